"""Which entries can a code mean? The index that the directory and its check share.

One agency has one code, spelled in either system: ``000.21.31.H53`` and ``H53.31.21`` are the same
key. On one day, an agency's own code goes before another's alias: a merged agency's code means the
merged agency while it existed, and its heir afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Index"]


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

    def find(self, organ_id: OrganId, at: date) -> DirectoryEntry | None:
        """The entry that the code means on ``at``."""
        return next((entry for entry in self.named(organ_id) if entry.valid_on(at)), None)
