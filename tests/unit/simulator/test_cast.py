"""Who takes part: codes, names, superiors."""

from __future__ import annotations

import pytest

from docexchange.errors import UsageError
from docexchange.simulator.cast import Cast


def test_agencies_are_shared_out_evenly_among_those_above():
    """Each of three provinces has three districts, and each of those three communes."""
    cast = Cast((1, 3, 9, 27))
    below = [member.parent for member in cast.members if member.parent]
    assert len(cast.members) == 40
    assert {below.count(code) for code in set(below)} == {3}
    assert cast.member(4, 26).parent == cast.member(3, 8).organ_id


def test_a_country_has_codes_for_all():
    """Eleven thousand communes under 63 provinces: no code occurs twice, and all are strict."""
    members = Cast((1, 63, 700, 11_000)).members
    assert len({member.organ_id.as_decision_20 for member in members}) == 11_764
    assert all(member.organ_id.is_strict for member in members)


@pytest.mark.parametrize("tiers", [(), (2,), (1, 0), (1, 2000), (1,) * 7])
def test_shapes_that_cannot_be_are_refused(tiers):
    """One agency at the top, some in each tier, and not more than there are codes for."""
    with pytest.raises(UsageError, match="tiers"):
        Cast(tiers)


@pytest.mark.parametrize("place", [(0, 0), (3, 0), (2, 2), (1, -1)])
def test_places_that_are_not_there_are_refused(place):
    """Tiers count from 1, agencies from 0."""
    with pytest.raises(UsageError, match="place"):
        Cast((1, 2)).member(*place)
