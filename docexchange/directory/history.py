"""What changed, and when: from the dated entries of a directory to its history.

::

    for change in directory.changes(after=date(2025, 6, 30), until=date(2025, 7, 1)):
        print(change.on, change.kind, change.organ_id, *change.fields)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final

from docexchange.directory.comparison import EntryDifference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.directory._index import Index
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Change", "ChangeKind", "changes_between", "changes_of"]

_ONE_DAY: Final = timedelta(days=1)


class ChangeKind(StrEnum):
    """What happened to an agency."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(EntryDifference):
    """What happened to one agency on one day: the entries of the day before and of that day."""

    on: date
    """The first day on which it was so."""
    _unasked: ClassVar = frozenset({"valid_from", "valid_to", "successors"})

    @property
    def kind(self) -> ChangeKind:
        """Opened, changed or closed."""
        if self.before is None:
            return ChangeKind.OPENED
        return ChangeKind.CLOSED if self.after is None else ChangeKind.CHANGED

    @property
    def organ_id(self) -> OrganId:
        """The agency's code."""
        return self.entry.organ_id


def changes_of(index: Index) -> tuple[Change, ...]:
    """All changes that the entries tell of, by date and code."""
    found = [
        change
        for entries in index.by_code.values()
        for change in changes_between(index.versions(entries[0].organ_id))
    ]
    return tuple(sorted(found, key=lambda change: (change.on, change.organ_id.as_decision_20)))


def changes_between(versions: Sequence[DirectoryEntry]) -> tuple[Change, ...]:
    """What happened between the entries of one agency, which stand by date."""
    return tuple(_changes(versions)) if versions else ()


def _changes(versions: Sequence[DirectoryEntry]) -> Iterator[Change]:
    if versions[0].valid_from is not None:
        yield Change(on=versions[0].first_day, before=None, after=versions[0])
    for before, after in pairwise(versions):
        yield from _between(before, after)
    last = versions[-1]
    if last.last_day < date.max:
        yield Change(on=last.last_day + _ONE_DAY, before=last, after=None)


def _between(before: DirectoryEntry, after: DirectoryEntry) -> Iterator[Change]:
    closed = before.last_day + _ONE_DAY
    if closed == after.first_day:
        yield Change(on=closed, before=before, after=after)
        return
    yield Change(on=closed, before=before, after=None)
    yield Change(on=after.first_day, before=None, after=after)
