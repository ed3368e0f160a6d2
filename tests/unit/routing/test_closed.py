from __future__ import annotations

from datetime import date

import pytest
from agency_trees import agency

from docexchange.directory import Directory
from docexchange.errors import NoRoute
from docexchange.identifiers import OrganId
from docexchange.routing import ClosedCodes, HopReason, Rules, closed_code, meaning_of, route

LAST, REFORM = date(2025, 6, 30), date(2025, 7, 1)
G22 = OrganId("G22")


def gone(code, **fields):
    """An agency that the reform closed."""
    return agency(code, "G22", valid_to=LAST, **fields)


def country(*more):
    return Directory([agency("G22"), agency("H60", "G22"), agency("H38", "G22"), *more])


def test_a_closed_code_means_its_successor():
    """Hà Giang (H22) went into Tuyên Quang (H60); before the reform it was itself."""
    directory = country(gone("H22", successors=(OrganId("H60"),)))
    assert str(meaning_of(OrganId("H22"), directory, LAST).entry.organ_id) == "H22"
    meant = meaning_of(OrganId("000.00.00.H22"), directory, REFORM)
    assert str(meant.entry.organ_id) == "H60"
    assert (str(meant.closed.organ_id), meant.closed.last_day) == ("H22", LAST)


def test_a_code_that_is_in_force_has_not_been_closed():
    """Nor has one that nobody knows, or that will only begin."""
    directory = country(gone("H22"), agency("H99", "G22", valid_from=REFORM))
    for code, day in (("H60", REFORM), ("Z99", REFORM), ("H22", LAST), ("H99", LAST)):
        assert closed_code(OrganId(code), directory, day) is None


def test_successors_are_followed_to_one_that_is_in_force():
    """The heir may itself have been merged since."""
    directory = country(
        agency("H01", "G22", valid_to=date(2020, 1, 1), successors=(OrganId("H22"),)),
        gone("H22", successors=(OrganId("H60"),)),
    )
    assert str(meaning_of(OrganId("H01"), directory, REFORM).entry.organ_id) == "H60"


def test_an_alias_counts_as_successor():
    """The heir that answers to the old code is where its letters go."""
    directory = country(gone("H63"), agency("H55", "G22", aliases=(OrganId("H63"),)))
    meant = meaning_of(OrganId("H63"), directory, REFORM)
    assert (str(meant.entry.organ_id), str(meant.closed.successors[0])) == ("H55", "H55")


def test_several_successors_are_named_and_none_is_chosen():
    """Nobody can tell which part of a split agency is meant."""
    directory = country(gone("G05", successors=(OrganId("H60"), OrganId("H38"))))
    with pytest.raises(NoRoute, match="found 2") as caught:
        meaning_of(OrganId("G05"), directory, REFORM)
    assert caught.value.code == "route.closed-agency"
    assert "H60, H38" in caught.value.advice


def test_two_successors_that_became_one_are_one():
    """Split first and merged again: there is one heir."""
    directory = country(
        agency(
            "H01", "G22", valid_to=date(2020, 1, 1), successors=(OrganId("H22"), OrganId("H60"))
        ),
        gone("H22", successors=(OrganId("H60"),)),
    )
    assert str(meaning_of(OrganId("H01"), directory, REFORM).entry.organ_id) == "H60"


@pytest.mark.parametrize("heir", [None, "H22", "H23", "Z99"])
def test_without_anybody_in_force_there_is_no_way(heir):
    """No successor, itself, one in a circle, or one that nobody knows."""
    directory = country(
        gone("H22", successors=() if heir is None else (OrganId(heir),)),
        gone("H23", successors=(OrganId("H22"),)),
    )
    with pytest.raises(NoRoute) as caught:
        meaning_of(OrganId("H22"), directory, REFORM)
    assert caught.value.code == "route.closed-agency"


def test_a_letter_to_a_closed_code_goes_to_the_heir_and_says_so():
    """The route keeps both codes."""
    directory = country(gone("H22", successors=(OrganId("H60"),), name="Hà Giang"))
    way = route(G22, OrganId("H22"), directory=directory, at=REFORM)
    assert str(way.recipient) == "H60"
    assert way.explain()[1] == "redirected: H22 (Hà Giang) until 2025-06-30, succeeded by H60"


def test_by_policy_it_is_refused_with_the_heir():
    """Also where the heir has the code as an alias."""
    directory = country(gone("H63"), agency("H55", "G22", aliases=(OrganId("H63"),)))
    strict = Rules(closed=ClosedCodes.REFUSE)
    with pytest.raises(NoRoute) as caught:
        route(G22, OrganId("H63"), directory=directory, at=REFORM, rules=strict)
    assert caught.value.code == "route.closed-agency"
    assert "H55" in caught.value.advice


def test_what_a_closed_hub_still_holds_goes_to_its_heir_first():
    """Its node has no place in the network of that day."""
    directory = country(gone("H22", successors=(OrganId("H60"),)))
    way = route(OrganId("H22"), OrganId("H38"), directory=directory, at=REFORM)
    assert [(str(hop.organ_id), hop.reason) for hop in way.hops] == [
        ("H60", HopReason.OUTSET),
        ("G22", HopReason.COMMON),
        ("H38", HopReason.RECIPIENT),
    ]
