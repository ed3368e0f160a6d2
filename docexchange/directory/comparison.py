"""What differs between two directories, entry by entry.

Entries of one code belong together where they begin on the same day; if each side has one left, so
do these.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, cast

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["EntryDifference", "changed_fields", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDifference:
    """An entry that only one of two directories has, or that is another in the other one."""

    before: DirectoryEntry | None
    """The entry of the first directory."""
    after: DirectoryEntry | None
    """The entry of the second directory."""
    _unasked: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise UsageError("change of an agency: expected an entry before or after, found none")

    @property
    def entry(self) -> DirectoryEntry:
        """The entry of the second directory, or of the first where the second has none."""
        return cast("DirectoryEntry", self.after or self.before)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which they differ; none where only one is there."""
        if self.before is None or self.after is None:
            return ()
        changed = changed_fields(self.before, self.after)
        return tuple(name for name in changed if name not in self._unasked)


def changed_fields(before: DirectoryEntry, after: DirectoryEntry) -> tuple[str, ...]:
    """The names of the fields in which two entries differ, in the order of an entry."""
    names = (field.name for field in fields(before))
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def compare(
    before: Iterable[DirectoryEntry], after: Iterable[DirectoryEntry]
) -> tuple[EntryDifference, ...]:
    """Compare two directories.

    Returns:
        What differs, by code and date; nothing where they say the same, in whatever order.
    """
    old, new = _by_code(before), _by_code(after)
    return tuple(
        difference
        for code in sorted(old.keys() | new.keys())
        for difference in _of_one(old.get(code, []), new.get(code, []))
    )


def _by_code(entries: Iterable[DirectoryEntry]) -> dict[str, list[DirectoryEntry]]:
    found: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.first_day):
        found[entry.organ_id.as_decision_20].append(entry)
    return dict(found)


def _of_one(before: list[DirectoryEntry], after: list[DirectoryEntry]) -> Iterator[EntryDifference]:
    old = {entry.first_day: entry for entry in before}
    new = {entry.first_day: entry for entry in after}
    gone = [day for day in old if day not in new]
    come = [day for day in new if day not in old]
    if len(gone) == len(come) == 1:
        new[gone[0]] = new.pop(come[0])
    for day in sorted(old.keys() | new.keys()):
        if old.get(day) != new.get(day):
            yield EntryDifference(before=old.get(day), after=new.get(day))
