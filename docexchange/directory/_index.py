"""Which entries can a code mean? The index that the directory and its check share.

One agency has one code, spelled in either system: ``000.21.31.H53`` and ``H53.31.21`` are the same
key. On one day, an agency's own code goes before another's alias: a merged agency's code means the
merged agency while it existed, and its heir afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Index", "first_gap"]

_ONE_DAY: Final = timedelta(days=1)


class Index:
    """Entries by own code and by alias.

    Args:
        entries: all entries; they may contradict each other.
    """

    __slots__ = ("by_alias", "by_code")

    def __init__(self, entries: Iterable[DirectoryEntry]) -> None:
        by_code: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
        by_alias: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
        for entry in entries:
            own = entry.organ_id.as_decision_20
            by_code[own].append(entry)
            for alias in {alias.as_decision_20 for alias in entry.aliases} - {own}:
                by_alias[alias].append(entry)
        self.by_code: Mapping[str, list[DirectoryEntry]] = dict(by_code)
        self.by_alias: Mapping[str, list[DirectoryEntry]] = dict(by_alias)

    def named(self, organ_id: OrganId) -> tuple[DirectoryEntry, ...]:
        """All entries that the code means on some day, own code before alias."""
        key = organ_id.as_decision_20
        return (*self.by_code.get(key, ()), *self.by_alias.get(key, ()))

    def versions(self, organ_id: OrganId) -> tuple[DirectoryEntry, ...]:
        """The entries of an agency's own code, by date."""
        own = self.by_code.get(organ_id.as_decision_20, ())
        return tuple(sorted(own, key=lambda entry: entry.first_day))

    def find(self, organ_id: OrganId, at: date) -> DirectoryEntry | None:
        """The entry that the code means on ``at``."""
        key = organ_id.as_decision_20
        for named in (self.by_code, self.by_alias):
            for entry in named.get(key, ()):
                if entry.valid_on(at):
                    return entry
        return None

    def link_days(self, entry: DirectoryEntry, above: OrganId | None) -> set[date]:
        """The days of ``entry`` on which the code ``above`` comes to mean another entry."""
        if above is None:
            return set()
        named = self.named(above)
        begins = {other.first_day for other in named}
        begins |= {other.last_day + _ONE_DAY for other in named if other.last_day < entry.last_day}
        return {entry.first_day} | {day for day in begins if entry.valid_on(day)}


def first_gap(entry: DirectoryEntry, covers: Iterable[DirectoryEntry]) -> date | None:
    """The first day of ``entry`` on which none of ``covers`` is in force."""
    day = entry.first_day
    for cover in sorted(covers, key=lambda other: other.first_day):
        if cover.first_day > day:
            break
        if cover.last_day >= entry.last_day:
            return None
        day = max(day, cover.last_day + _ONE_DAY)
    return day
