"""The cast of a demonstration."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from docexchange.errors import UsageError
from docexchange.identifiers import OrganId
from docexchange.testing import FOUR_TIERS
from docexchange.testing.agencies import check_agencies


def test_four_tiers_lead_from_the_commune_to_the_centre() -> None:
    """Each agency's parent is the next one, one tier up, and the last has none."""
    for lower, upper in pairwise(FOUR_TIERS):
        assert (lower.parent, lower.tier) == (upper.organ_id, upper.tier + 1)
    assert [str(agency.organ_id) for agency in FOUR_TIERS] == [
        "000.21.31.H53",
        "000.00.31.H53",
        "000.00.00.H53",
        "000.00.00.G22",
    ]
    assert FOUR_TIERS[-1].parent is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"name": ""}, "''"),
        ({"name": "x" * 65}, "65 characters"),
        ({"name": "UBND\u200bxã"}, r"\u200b"),
        ({"leader": " "}, "' '"),
        ({"folder": "../escape"}, "../escape"),
        ({"folder": "/etc"}, "/etc"),
        ({"folder": ""}, "''"),
        ({"tier": 0}, "found 0"),
        ({"parent": FOUR_TIERS[0].organ_id}, "itself"),
    ],
)
def test_an_impossible_agency_cannot_exist(change: dict[str, object], found: str) -> None:
    """Names that fit no certificate, folders that leave the folder and own parents are refused."""
    with pytest.raises(UsageError) as refusal:
        replace(FOUR_TIERS[0], **change)
    assert found in str(refusal.value)


@pytest.mark.parametrize(
    ("cast", "found"),
    [
        ((), "found none"),
        ((FOUR_TIERS[3], FOUR_TIERS[3]), "000.00.00.G22 again"),
        (
            (FOUR_TIERS[3], replace(FOUR_TIERS[3], organ_id=OrganId("000.00.00.G01"))),
            "central again",
        ),
        (FOUR_TIERS[:2], "found 000.00.00.H53"),
    ],
)
def test_a_cast_that_contradicts_itself_is_refused(cast: tuple, found: str) -> None:
    """Nobody, codes or folders twice, and parents who do not take part are named."""
    with pytest.raises(UsageError) as refusal:
        check_agencies(cast)
    assert found in str(refusal.value)
