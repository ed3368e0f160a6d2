"""Versions, changes, representatives and successors of agencies, as of a day."""

from __future__ import annotations

from datetime import date

import pytest
from agency_trees import agency, four_tiers, trees
from hypothesis import given

from docexchange.directory import (
    Change,
    ChangeKind,
    Directory,
    check,
    compare,
    survey,
)
from docexchange.errors import MalformedDirectory, UsageError
from docexchange.identifiers import OrganId

BEFORE, ON = date(2025, 6, 30), date(2025, 7, 1)
H22, H60 = OrganId("H22"), OrganId("H60")


@pytest.fixture
def merged():
    """H22 under H60 since 1 July 2025, after a new name of its own in 2020."""
    return Directory(
        [
            agency("A00", tier=1),
            agency("H22", "A00", name="Old", valid_to=date(2019, 12, 31)),
            agency("H60", "A00"),
            agency("H22", "A00", valid_from=date(2020, 1, 1), valid_to=BEFORE, successors=(H60,)),
        ]
    )


def test_versions_stand_by_date_under_either_spelling(merged):
    """And not under another's alias."""
    names = [entry.name for entry in merged.versions(OrganId("000.00.00.H22"))]
    assert names == ["Old", "Agency H22"]
    assert merged.versions(OrganId("H99")) == ()


def test_the_history_tells_what_happened_and_when(merged):
    """The name that changed, and the end."""
    told = [(change.on, change.kind, change.fields) for change in merged.history(H22)]
    assert told == [
        (date(2020, 1, 1), ChangeKind.CHANGED, ("name",)),
        (ON, ChangeKind.CLOSED, ()),
    ]
    assert merged.history(OrganId("H99")) == ()


def test_changes_are_those_of_the_period(merged):
    """After the first day, up to the last."""
    assert [str(change.organ_id) for change in merged.changes(after=BEFORE, until=ON)] == ["H22"]
    assert merged.changes(after=ON, until=date.max) == ()


def test_an_agency_that_comes_back_is_closed_and_opened():
    """A gap between two entries is no change from one to the other."""
    directory = Directory(
        [agency("A00", valid_to=date(2020, 1, 1)), agency("A00", valid_from=date(2021, 1, 1))]
    )
    kinds = [(change.on, change.kind) for change in directory.history(OrganId("A00"))]
    assert kinds == [
        (date(2020, 1, 2), ChangeKind.CLOSED),
        (date(2021, 1, 1), ChangeKind.OPENED),
    ]


def test_a_change_is_one_of_something():
    """From nothing to nothing, nothing has changed."""
    with pytest.raises(UsageError, match="expected an entry before or after"):
        Change(on=ON, before=None, after=None)


def test_successors_are_those_of_the_last_entry_before_the_day(merged):
    """None while the agency is in force, and none before it began."""
    assert [entry.organ_id for entry in merged.successors(H22, ON)] == [H60]
    assert merged.successors(H22, BEFORE) == ()
    assert merged.successors(OrganId("H99"), ON) == ()
    assert [entry.organ_id for entry in merged.predecessors(H60, ON)] == [H22]
    assert merged.predecessors(H60, BEFORE) == ()


def test_successors_in_a_circle_end():
    """Two that name each other have nobody in force."""
    directory = Directory(
        [
            agency("A00"),
            agency("H22", "A00", valid_to=BEFORE, successors=(H60,)),
            agency("H60", "A00", valid_to=BEFORE, successors=(H22,)),
        ]
    )
    assert directory.successors(H22, ON) == ()


def test_a_split_agency_is_refused_with_all_its_successors():
    """Whoever writes to it must choose."""
    directory = Directory(
        [
            agency("A00"),
            agency("H22", "A00", valid_to=BEFORE, successors=(H60, OrganId("A00"))),
            agency("H60", "A00", name="Tuyên Quang"),
        ]
    )
    with pytest.raises(UsageError) as caught:
        directory.lookup(H22, ON)
    assert caught.value.advice == (
        "Write to the one of its successors that deals with the matter: "
        "H60 (Tuyên Quang), A00 (Agency A00)."
    )


def test_the_one_successor_is_told_and_several_are_not_one():
    """For callers that can follow one only."""
    assert agency("H22", successors=(H60,)).successor == H60
    assert agency("H22", successors=(H60, H22)).successor is None
    assert agency("H22").successor is None
    with pytest.raises(UsageError, match="expected each code once"):
        agency("H22", successors=(H60, H60))


def test_letters_of_an_agency_without_a_server_go_to_its_representative():
    """And on to the representative's own."""
    directory = Directory(
        [
            agency("A00", endpoint="folder:a"),
            agency("A01", "A00", representative=OrganId("A00")),
            agency("A02", "A01", representative=OrganId("A01")),
        ]
    )
    assert [
        str(directory.server(OrganId(code), ON).organ_id) for code in ("A00", "A01", "A02")
    ] == ["A00"] * 3


def test_a_representative_beside_an_endpoint_is_refused():
    """Either the agency takes its letters in, or another does."""
    with pytest.raises(UsageError, match="expected none beside an endpoint"):
        agency("A01", endpoint="folder:a", representative=OrganId("A00"))


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([agency("A00", representative=OrganId("A09"))], "directory.unknown-representative"),
        (
            [
                agency("A00", representative=OrganId("A01")),
                agency("A01", "A00", valid_to=BEFORE),
            ],
            "directory.unknown-representative",
        ),
        ([agency("A00", representative=OrganId("A00"))], "directory.representative-circle"),
        (
            [
                agency("A00", valid_to=BEFORE),
                agency("A00", valid_from=ON, representative=OrganId("A01")),
                agency("A01", "A00", representative=OrganId("A00")),
            ],
            "directory.representative-circle",
        ),
    ],
)
def test_letters_that_nobody_would_take_in_are_a_contradiction(entries, code):
    """On the first day on which it is so."""
    assert code in {finding.code for finding in check(entries) if finding.blocking}
    with pytest.raises(MalformedDirectory):
        Directory(entries)


@given(trees())
def test_a_walk_from_the_root_reaches_everybody(tree):
    """The survey of a tree says that it is one, with as many as there are."""
    seen = survey(tree, ON)
    assert (seen.is_tree, seen.reached, sum(seen.tiers.values())) == (True, len(tree), len(tree))
    assert seen.depth == max(len(tree.path_to_root(entry.organ_id, ON)) for entry in tree)


def test_two_trees_are_no_tree():
    """Each is reached, but from a root of its own."""
    seen = survey(Directory([agency("A00"), agency("B00")], several_roots=True), ON)
    assert (seen.reached, seen.agencies, seen.is_tree) == (2, 2, False)


@given(trees(), trees())
def test_a_comparison_leads_from_one_directory_to_the_other(old, new):
    """Taking away what went and adding what came makes the second; with itself, nothing differs."""
    found = compare(old, new)
    result = set(old) - {item.before for item in found} | {item.after for item in found} - {None}
    assert result == set(new)
    assert compare(old, old) == ()


def test_an_entry_that_gets_its_first_day_stays_the_same_entry():
    """It is different, not another one."""
    (item,) = compare([agency("A00")], [agency("A00", valid_from=ON)])
    assert item.fields == ("valid_from",)
    gone = compare([agency("A00")], [])
    assert [(item.fields, item.entry.organ_id) for item in gone] == [((), OrganId("A00"))]


def test_a_path_begins_with_the_agency_and_ends_with_the_root():
    """The agency itself included."""
    path = four_tiers().path_to_root(OrganId("H53.31.21"), ON)
    assert [str(entry.organ_id) for entry in path] == [
        "000.21.31.H53",
        "000.00.31.H53",
        "000.00.00.H53",
        "000.00.00.G22",
    ]
