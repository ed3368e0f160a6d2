"""What changed, and when: from the dated entries of a directory to its history.

::

    for change in directory.changes(after=date(2025, 6, 30), until=date(2025, 7, 1)):
        print(change.on, change.kind, change.organ_id, *change.fields)
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.directory._index import Index
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Change", "ChangeKind", "changed_fields", "changes_between", "changes_of"]

_ONE_DAY: Final = timedelta(days=1)
_DATES: Final = frozenset({"valid_from", "valid_to", "successors"})


class ChangeKind(StrEnum):
    """What happened to an agency."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one agency on one day."""

    on: date
    """The first day on which it was so."""
    before: DirectoryEntry | None
    """The entry of the day before; none where the agency was not in force."""
    after: DirectoryEntry | None
    """The entry of that day; none where the agency is closed."""

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise UsageError("change of an agency: expected an entry before or after, found none")

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

    @property
    def entry(self) -> DirectoryEntry:
        """What is known of it last: the new entry, or that of an agency that is closed."""
        return cast("DirectoryEntry", self.after or self.before)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that changed; none where it was opened or closed."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name in changed_fields(self.before, self.after) if name not in _DATES)


def changed_fields(before: DirectoryEntry, after: DirectoryEntry) -> tuple[str, ...]:
    """The names of the fields in which two entries differ, in the order of an entry."""
    names = (field.name for field in fields(before))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


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
