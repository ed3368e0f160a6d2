"""The promises of `docexchange.directory.Directory`, one test each: say how yours is filled.

For directories that come from elsewhere: a database, a service of the ministry, a cache::

    class TestMyDirectory(DirectoryContract):
        def open(self, entries: Sequence[DirectoryEntry]) -> Directory:
            return MyDirectory(entries)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from docexchange.directory import DirectoryEntry
from docexchange.errors import MalformedDirectory, UsageError
from docexchange.identifiers import OrganId
from docexchange.testing.contracts._country import country, days_of
from docexchange.testing.contracts._plain_directory import PlainDirectory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.directory import Directory

__all__ = ["DirectoryContract"]

SEEDS = range(4)
LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)
TOP, OLD, NEW = OrganId("G22"), OrganId("H22"), OrganId("H60")
STRANGER = OrganId("H99")


def _agency(code: OrganId, parent: OrganId | None = TOP, **fields: Any) -> DirectoryEntry:
    """An entry with plain values where the test does not care."""
    above = None if code == TOP else parent
    values = {"name": f"Agency {code}", "tier": 2 if above else 1, "parent": above}
    return DirectoryEntry(organ_id=code, **(values | fields))


def _merger() -> list[DirectoryEntry]:
    """H22 closes at the end of June 2025; H60 takes over and answers to its code."""
    closed = _agency(OLD, valid_to=LAST, successors=(NEW,))
    return [_agency(TOP), closed, _agency(NEW, aliases=(OLD,))]


class DirectoryContract(ABC):
    """Subclass it, begin the name with Test, and write ``open``: pytest does the rest.

    The docstring of each test is the promise that it holds a directory to.
    """

    @abstractmethod
    def open(self, entries: Sequence[DirectoryEntry]) -> Directory:
        """A directory that holds exactly these entries.

        Args:
            entries: in any order; they may contradict each other, then this must raise.
        """

    @pytest.fixture(params=SEEDS)
    def told(self, request: pytest.FixtureRequest) -> list[DirectoryEntry]:
        """The entries of a made-up country with four reforms."""
        return country(request.param)

    def cases(
        self, told: list[DirectoryEntry]
    ) -> list[tuple[OrganId, date, DirectoryEntry | None]]:
        """Every code on every day that matters, with the entry that it means."""
        plain = PlainDirectory(told)
        codes = sorted({entry.organ_id for entry in told} | {STRANGER})
        return [(code, day, plain.find(code, day)) for day in days_of(told) for code in codes]

    def test_every_entry_is_held(self, told: list[DirectoryEntry]) -> None:
        """The entries come out as they went in, each once."""
        found = self.open(told)
        assert len(found) == len(told)
        assert sorted(found, key=repr) == sorted(told, key=repr)

    def test_a_code_means_what_it_meant_on_that_day(self, told: list[DirectoryEntry]) -> None:
        """Each code is its own agency on that day, or the one that answers to it, or nobody."""
        directory = self.open(told)
        for code, day, expected in self.cases(told):
            assert directory.find(code, day) == expected, f"{code} on {day}"

    def test_a_lookup_finds_or_says_why_not(self, told: list[DirectoryEntry]) -> None:
        """Whoever is not in force is refused as closed, whoever was never known as unknown."""
        directory = self.open(told)
        for code, day, expected in self.cases(told):
            if expected:
                assert directory.lookup(code, day) == expected
                continue
            with pytest.raises(UsageError) as caught:
                directory.lookup(code, day)
            kind = "unknown" if code == STRANGER else "closed"
            assert caught.value.code == f"directory.{kind}-agency"
            assert caught.value.advice

    def test_the_tree_is_that_of_the_day(self, told: list[DirectoryEntry]) -> None:
        """Superior, superiors and way to the root, nearest first, are those of that day."""
        directory, plain = self.open(told), PlainDirectory(told)
        for code, day, entry in self.cases(told):
            if entry:
                path = plain.path(entry, day)
                assert directory.parent(code, day) == plain.parent(entry, day)
                assert list(directory.path_to_root(code, day)) == path, f"{code} on {day}"
                assert list(directory.ancestors(code, day)) == path[1:]

    def test_children_are_those_of_the_day(self, told: list[DirectoryEntry]) -> None:
        """An agency's children are exactly those whose superior it is then, each once."""
        directory, plain = self.open(told), PlainDirectory(told)
        for code, day, entry in self.cases(told):
            if entry:
                found = directory.children(code, day)
                assert set(found) == plain.children(entry, day), f"{code} on {day}"
                assert len(set(found)) == len(found)

    def test_letters_are_taken_in_by_the_representative(self, told: list[DirectoryEntry]) -> None:
        """Who has no server is served by its representative, whoever represents that one too."""
        directory, plain = self.open(told), PlainDirectory(told)
        for code, day, entry in self.cases(told):
            if entry:
                assert directory.server(code, day) == plain.server(entry, day), f"{code} on {day}"

    def test_successors_are_followed_to_those_in_force(self, told: list[DirectoryEntry]) -> None:
        """A closed agency's heirs, and theirs where they are closed too; none while in force."""
        directory, plain = self.open(told), PlainDirectory(told)
        for code, day, _ in self.cases(told):
            found = directory.successors(code, day)
            assert set(found) == plain.successors(code, day), f"{code} on {day}"
            assert len(set(found)) == len(found)

    def test_versions_stand_by_date(self, told: list[DirectoryEntry]) -> None:
        """All entries of a code, oldest first, in either spelling; aliases do not count."""
        directory, plain = self.open(told), PlainDirectory(told)
        for code in {entry.organ_id for entry in told}:
            other = OrganId(code.as_decision_20)
            assert list(directory.versions(code)) == plain.versions(code)
            assert list(directory.versions(other)) == list(directory.entries_of(code))
        assert list(directory.versions(STRANGER)) == []

    def test_a_certificate_leads_to_those_who_list_it(self, told: list[DirectoryEntry]) -> None:
        """Every entry of any date that lists it, and none else."""
        directory = self.open(told)
        for digits in {item for entry in told for item in entry.certificates}:
            expected = [entry for entry in told if digits in entry.certificates]
            assert sorted(directory.holders(digits), key=repr) == sorted(expected, key=repr)
        assert list(directory.holders("0" * 64)) == []

    def test_the_order_of_entries_does_not_matter(self, told: list[DirectoryEntry]) -> None:
        """The same entries the other way round give the same answers."""
        one, other = self.open(told), self.open(told[::-1])
        for code, day, _ in self.cases(told):
            assert one.find(code, day) == other.find(code, day)

    def test_either_spelling_is_the_same_agency(self) -> None:
        """The 13-character code and its Decision 20 form are one."""
        directory = self.open([_agency(TOP), _agency(OrganId("000.21.31.H53"))])
        found = directory.lookup(OrganId("H53.31.21"), FIRST)
        assert found == directory.lookup(OrganId("000.21.31.H53"), FIRST)

    def test_a_merged_code_means_itself_until_its_last_day(self) -> None:
        """From the next day on it is an alias of its heir, which has it as predecessor."""
        directory = self.open(_merger())
        assert directory.lookup(OLD, LAST).organ_id == OLD
        assert directory.lookup(OLD, FIRST).organ_id == NEW
        assert [entry.organ_id for entry in directory.successors(OLD, FIRST)] == [NEW]
        assert [entry.organ_id for entry in directory.predecessors(NEW, FIRST)] == [OLD]
        assert list(directory.predecessors(NEW, LAST)) == []

    def test_a_refusal_names_the_successor(self) -> None:
        """Whoever writes to a closed agency is told who took over."""
        top, closed, heir = _merger()
        directory = self.open([top, closed, replace(heir, aliases=())])
        with pytest.raises(UsageError) as caught:
            directory.lookup(OLD, FIRST)
        assert caught.value.code == "directory.closed-agency"
        assert str(NEW) in caught.value.advice

    def test_changes_are_those_of_the_period(self) -> None:
        """After the first day of a period, up to its last."""
        directory = self.open(_merger())
        (change,) = directory.changes(after=LAST, until=FIRST)
        assert (change.on, change.organ_id, str(change.kind)) == (FIRST, OLD, "closed")
        assert [item.on for item in directory.history(OLD)] == [FIRST]
        assert list(directory.changes(after=FIRST, until=date.max)) == []

    def test_a_moment_is_no_date(self) -> None:
        """Late in the evening UTC it is tomorrow in Vietnam, so a datetime is refused."""
        with pytest.raises(TypeError):
            self.open(_merger()).find(NEW, datetime(2025, 6, 30, 20, tzinfo=UTC))

    @pytest.mark.parametrize(
        "faulty",
        [
            [_agency(TOP), _agency(OLD), _agency(OLD, name="Another")],
            [_agency(TOP), _agency(OLD, STRANGER)],
            [_agency(TOP), _agency(OLD, NEW), _agency(NEW, OLD)],
        ],
        ids=["two at once", "a superior that nobody is", "a circle"],
    )
    def test_entries_that_contradict_each_other_are_refused(
        self, faulty: list[DirectoryEntry]
    ) -> None:
        """No directory exists that could give two answers, or none, where there must be one."""
        with pytest.raises(MalformedDirectory):
            self.open(faulty)

    def test_nobody_is_no_contradiction(self) -> None:
        """A directory without entries knows nobody."""
        directory = self.open([])
        assert (len(directory), directory.find(TOP, FIRST)) == (0, None)
