"""Tiers as data: which exist on a day, and who is on one that does not."""

from __future__ import annotations

from datetime import date

import pytest
from agency_trees import agency

from docexchange.directory import (
    FOUR_TIERS,
    TierScheme,
    parse_tiers,
    shipped_tiers,
    tiers_not_in_force,
    tiers_on,
)
from docexchange.errors import MalformedDirectory, UsageError


def test_four_tiers_are_meant_where_nothing_is_said():
    """No scheme, or none that has begun."""
    later = TierScheme(tiers=FOUR_TIERS.tiers[:2], valid_from=date(2030, 1, 1))
    assert tiers_on([], date(2026, 1, 1)) is FOUR_TIERS
    assert tiers_on([later], date(2026, 1, 1)) is FOUR_TIERS
    assert tiers_on([later], date(2030, 1, 1)) is later
    assert FOUR_TIERS.named(3).english == "district"


def test_a_district_that_outlives_its_tier_is_told_of_with_the_day():
    """Once, with the first day on which its tier did not exist; one that ended in time is not."""
    ended = agency("H01.31", tier=3, valid_to=date(2025, 6, 30))
    open_ended = agency("H01.32", tier=3)
    new = agency("H01.33", tier=3, valid_from=date(2026, 1, 1))
    found = list(tiers_not_in_force([ended, open_ended, new], shipped_tiers()))
    assert [finding.message for finding in found] == [
        "H01.32 (Agency H01.32): expected a tier that exists on 2025-07-01, found tier 3",
        "H01.33 (Agency H01.33): expected a tier that exists on 2026-01-01, found tier 3",
    ]
    assert found[0].advice == "End the entry on 2025-06-30, or correct its tier."


@pytest.mark.parametrize(
    "text",
    ["", "scheme = 1", "[[scheme]]", "[[scheme]]\ntiers = [{}]", "[[scheme]]\ntiers = [[", "a" * 9],
)
def test_what_is_no_list_of_tiers_is_refused(text):
    """With a code, whatever it is."""
    with pytest.raises(MalformedDirectory) as caught:
        parse_tiers(text)
    assert caught.value.code == "directory.tiers"


@pytest.mark.parametrize("numbers", [[], [1, 1], [2, 1]])
def test_tiers_go_from_the_highest_down(numbers):
    """Each number once."""
    from docexchange.directory import Tier

    with pytest.raises(UsageError, match="from the highest down"):
        TierScheme(tiers=tuple(Tier(number=number, name="x", english="x") for number in numbers))
