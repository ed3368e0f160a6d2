"""Who took over from whom? Successor links, followed in both directions as of a day.

A code that is in force has no heirs, however often it was closed before. One that is closed has
those whom its last entry names, and theirs where they are closed too.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from docexchange.directory._index import Index
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Heirs"]


class Heirs:
    """Successor links of a directory.

    Args:
        entries: all entries.
        index: the same, by code.
    """

    __slots__ = ("_index", "_named_by")

    def __init__(self, entries: Iterable[DirectoryEntry], index: Index) -> None:
        self._index = index
        named_by: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
        for entry in entries:
            for successor in entry.successors:
                named_by[successor.as_decision_20].append(entry)
        self._named_by = dict(named_by)

    def successors(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """The heirs of a closed code that are in force on ``at``, each once."""
        found: dict[DirectoryEntry, None] = {}
        pending, seen = [organ_id], {organ_id.as_decision_20}
        while pending:
            for successor in self._links(pending.pop(), at):
                heir = self._index.find(successor, at)
                if heir is not None:
                    found[heir] = None
                elif successor.as_decision_20 not in seen:
                    seen.add(successor.as_decision_20)
                    pending.append(successor)
        return tuple(found)

    def predecessors(self, entry: DirectoryEntry, at: date) -> tuple[DirectoryEntry, ...]:
        """The last entries of the closed codes whose heir ``entry`` is on ``at``, each once."""
        found: dict[DirectoryEntry, None] = {}
        pending = [name for name in _names(entry) if self._index.find(name, at) is entry]
        while pending:
            for closed in self._closed_in_favour_of(pending.pop(), at):
                if closed not in found:
                    found[closed] = None
                    if self._index.find(closed.organ_id, at) is None:
                        pending.append(closed.organ_id)
        return tuple(found)

    def _closed_in_favour_of(self, organ_id: OrganId, at: date) -> Iterator[DirectoryEntry]:
        for entry in self._named_by.get(organ_id.as_decision_20, ()):
            if self._last_closed(entry.organ_id, at) is entry:
                yield entry

    def _links(self, organ_id: OrganId, at: date) -> tuple[OrganId, ...]:
        closed = self._last_closed(organ_id, at)
        return () if closed is None else closed.successors

    def _last_closed(self, organ_id: OrganId, at: date) -> DirectoryEntry | None:
        """The last entry of a code before ``at``; none where the code is in force then."""
        versions = self._index.versions(organ_id)
        if any(entry.valid_on(at) for entry in versions):
            return None
        past = [entry for entry in versions if entry.last_day < at]
        return past[-1] if past else None


def _names(entry: DirectoryEntry) -> tuple[OrganId, ...]:
    # Codes in two spellings are one name.
    names = {name.as_decision_20: name for name in (*entry.aliases, entry.organ_id)}
    return tuple(names.values())
