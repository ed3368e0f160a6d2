"""The directory as one would explain it: a list of entries, read from its beginning each time.

The contract compares others with this; it is slow and obvious.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docexchange.directory import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["PlainDirectory"]


def _same(one: OrganId, other: OrganId) -> bool:
    return one.as_decision_20 == other.as_decision_20


class PlainDirectory:
    """Entries that agree, in any order."""

    def __init__(self, entries: Sequence[DirectoryEntry]) -> None:
        self._entries = entries

    def find(self, code: OrganId, at: date) -> DirectoryEntry | None:
        """Whose own code it is on that day; otherwise whose alias."""
        today = [entry for entry in self._entries if entry.valid_on(at)]
        own = [entry for entry in today if _same(entry.organ_id, code)]
        alias = [entry for entry in today if any(_same(name, code) for name in entry.aliases)]
        return next(iter(own + alias), None)

    def parent(self, entry: DirectoryEntry, at: date) -> DirectoryEntry | None:
        """Whom the code of its superior means on that day."""
        return self.find(entry.parent, at) if entry.parent else None

    def path(self, entry: DirectoryEntry, at: date) -> list[DirectoryEntry]:
        """From an agency up to the root."""
        above = self.parent(entry, at)
        return [entry, *(self.path(above, at) if above else [])]

    def children(self, entry: DirectoryEntry, at: date) -> set[DirectoryEntry]:
        """Those whose superior it is on that day."""
        today = [other for other in self._entries if other.valid_on(at)]
        return {other for other in today if self.parent(other, at) == entry}

    def server(self, entry: DirectoryEntry, at: date) -> DirectoryEntry:
        """Who takes in its letters: itself, or its representative's."""
        found = self.find(entry.representative, at) if entry.representative else None
        return self.server(found, at) if found else entry

    def versions(self, code: OrganId) -> list[DirectoryEntry]:
        """All entries of a code, by date."""
        own = [entry for entry in self._entries if _same(entry.organ_id, code)]
        return sorted(own, key=lambda entry: entry.first_day)

    def successors(self, code: OrganId, at: date) -> set[DirectoryEntry]:
        """Whom the last entry of a closed code names, and theirs where they are closed too."""
        own = self.versions(code)
        past = [entry for entry in own if entry.last_day < at]
        if not past or any(entry.valid_on(at) for entry in own):
            return set()
        heirs = [(name, self.find(name, at)) for name in past[-1].successors]
        further = (self.successors(name, at) for name, heir in heirs if heir is None)
        return {heir for _, heir in heirs if heir}.union(*further)
