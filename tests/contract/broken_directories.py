"""Directories that break one promise each: run by `test_contracts_catch`, never on their own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest

from docexchange.directory import Directory
from docexchange.errors import MalformedDirectory, UsageError
from docexchange.identifiers import OrganId
from docexchange.testing.contracts import DirectoryContract
from docexchange.testing.contracts._country import country

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.directory import DirectoryEntry


class Broken(DirectoryContract):
    """A directory of the class that is broken."""

    kind: ClassVar[type[Directory]]
    breaks: ClassVar[str]

    @pytest.fixture
    def told(self):
        return country(1)

    def open(self, entries: Sequence[DirectoryEntry]) -> Directory:
        return self.kind(entries)


class Latest(Directory):
    def __init__(self, entries):
        own = {}
        for entry in sorted(entries, key=lambda entry: entry.first_day):
            own[entry.organ_id] = entry
        super().__init__(own.values())


class TestOnlyTheLatestIsHeld(Broken):
    kind, breaks = Latest, "test_every_entry_is_held"


class DayLate(Directory):
    def find(self, organ_id, at):
        return super().find(organ_id, at - timedelta(days=1))


class TestADayLate(Broken):
    kind, breaks = DayLate, "test_a_code_means_what_it_meant_on_that_day"


class NoAlias(Directory):
    def find(self, organ_id, at):
        found = super().find(organ_id, at)
        return found if found and found.organ_id == organ_id else None


class TestAliasesAreForgotten(Broken):
    kind, breaks = NoAlias, "test_a_merged_code_means_itself_until_its_last_day"


class OwnSpelling(NoAlias):
    pass


class TestSpellingCounts(Broken):
    kind, breaks = OwnSpelling, "test_either_spelling_is_the_same_agency"


class Blunt(Directory):
    def lookup(self, organ_id, at):
        if found := self.find(organ_id, at):
            return found
        raise UsageError("no such agency", code="directory.unknown-agency", advice="Ask.")


class TestClosedIsCalledUnknown(Broken):
    kind, breaks = Blunt, "test_a_lookup_finds_or_says_why_not"


class TestSuccessorIsNotNamed(Broken):
    kind, breaks = Blunt, "test_a_refusal_names_the_successor"


class RootFirst(Directory):
    def path_to_root(self, organ_id, at):
        return super().path_to_root(organ_id, at)[::-1]


class TestRootComesFirst(Broken):
    kind, breaks = RootFirst, "test_the_tree_is_that_of_the_day"


class OldChildren(Directory):
    def children(self, organ_id, at):
        named = self.lookup(organ_id, at).organ_id
        return tuple(entry for entry in self if entry.parent == named)


class TestChildrenOfAllTime(Broken):
    kind, breaks = OldChildren, "test_children_are_those_of_the_day"


class ServesItself(Directory):
    def server(self, organ_id, at):
        return self.lookup(organ_id, at)


class TestRepresentativeIsIgnored(Broken):
    kind, breaks = ServesItself, "test_letters_are_taken_in_by_the_representative"


class FirstHeirs(Directory):
    def successors(self, organ_id, at):
        past = [entry for entry in self.versions(organ_id) if entry.last_day < at]
        if not past or self.find(organ_id, at):
            return ()
        heirs = [self.find(name, at) for name in past[-1].successors]
        return tuple(heir for heir in heirs if heir)


class TestHeirsOfHeirsAreForgotten(Broken):
    kind, breaks = FirstHeirs, "test_successors_are_followed_to_those_in_force"


class Newest(Directory):
    def versions(self, organ_id):
        return super().versions(organ_id)[::-1]


class TestNewestVersionComesFirst(Broken):
    kind, breaks = Newest, "test_versions_stand_by_date"


class Today(Directory):
    def holders(self, certificate_sha256):
        return tuple(
            entry for entry in super().holders(certificate_sha256) if entry.valid_on(date.max)
        )


class TestHoldersOfTheDay(Broken):
    kind, breaks = Today, "test_a_certificate_leads_to_those_who_list_it"


class FirstWins(Directory):
    def find(self, organ_id, at):
        found = [entry for entry in self if entry.organ_id == organ_id and entry.valid_on(at)]
        aliases = [entry for entry in self if organ_id in entry.aliases and entry.valid_on(at)]
        first = next(iter(self), None)
        return next(iter(found + aliases), first if organ_id == OrganId("H99") else None)


class TestOrderMatters(Broken):
    kind, breaks = FirstWins, "test_the_order_of_entries_does_not_matter"


class Inclusive(Directory):
    def changes(self, *, after, until):
        return super().changes(after=after - timedelta(days=1), until=until)


class TestPeriodBeginsTooEarly(Broken):
    kind, breaks = Inclusive, "test_changes_are_those_of_the_period"


class Moments(Directory):
    def find(self, organ_id, at):
        return super().find(organ_id, at.date() if isinstance(at, datetime) else at)


class TestMomentsAreTaken(Broken):
    kind, breaks = Moments, "test_a_moment_is_no_date"


class Lenient(Directory):
    def __init__(self, entries):
        try:
            super().__init__(entries)
        except MalformedDirectory:
            super().__init__([])


class TestContradictionsAreTaken(Broken):
    kind, breaks = Lenient, "test_entries_that_contradict_each_other_are_refused"


class NeverEmpty(Directory):
    def __init__(self, entries):
        if not entries:
            raise UsageError("no agencies")
        super().__init__(entries)


class TestNobodyIsRefused(Broken):
    kind, breaks = NeverEmpty, "test_nobody_is_no_contradiction"
