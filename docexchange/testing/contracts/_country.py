"""A made-up country whose agencies merge, split, move and change their codes, out of a seed.

The same seed is the same country. Every chapter of its history closes some agencies on the day on
which others begin, so its entries never contradict each other.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory import DirectoryEntry
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["country", "days_of"]

_ONE_DAY: Final = timedelta(days=1)
_ROOT: Final = OrganId("000.00.00.G22")
_CHAPTERS: Final = tuple(date(year, 7, 1) for year in (2019, 2021, 2023, 2025))


def country(seed: int) -> list[DirectoryEntry]:
    """All entries of a country, in any order.

    Args:
        seed: which country.
    """
    told = _Country(random.Random(seed))  # noqa: S311  # a country is no secret
    for day in _CHAPTERS:
        told.reform(day)
    return told.entries()


def days_of(entries: Sequence[DirectoryEntry]) -> list[date]:
    """The days on which an answer may change, and those before them."""
    first = {entry.valid_from for entry in entries if entry.valid_from}
    after = {entry.valid_to + _ONE_DAY for entry in entries if entry.valid_to}
    days = first | after
    return sorted({date(2000, 1, 1), date(2030, 1, 1)} | days | {day - _ONE_DAY for day in days})


class _Country:
    """Entries in force, and those that are closed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._closed: list[DirectoryEntry] = []
        self._numbers = iter(range(10, 99))
        root = DirectoryEntry(organ_id=_ROOT, name="Centre", tier=1, endpoint="memory:centre")
        self._open = {_ROOT: root}
        for province in [self._found(root, None) for _ in range(4)]:
            for _ in range(chance.randrange(1, 4)):
                self._found(province, None)

    def entries(self) -> list[DirectoryEntry]:
        found = [*self._closed, *self._open.values()]
        self._chance.shuffle(found)
        return found

    def reform(self, day: date) -> None:
        """One of each thing that happens to agencies, each to another."""
        for change in (self._rename, self._merge, self._split, self._move):
            leaves = [
                entry
                for entry in self._open.values()
                if entry.tier == 3 and entry.valid_from != day
            ]  # one thing a day for each
            self._chance.shuffle(leaves)
            change(day, leaves)

    def _found(self, parent: DirectoryEntry, day: date | None) -> DirectoryEntry:
        number = next(self._numbers)
        above = str(parent.organ_id).split(".")[-1]
        code = f"000.00.00.H{number}" if parent.tier == 1 else f"000.00.{number}.{above}"
        served = self._chance.random() < 0.5
        entry = DirectoryEntry(
            organ_id=OrganId(code),
            name=f"Agency {number}",
            tier=parent.tier + 1,
            parent=parent.organ_id,
            endpoint="" if served else f"memory:{number}",
            representative=parent.organ_id if served else None,
            certificates=(f"{number:064x}",),
            valid_from=day,
        )
        self._open[entry.organ_id] = entry
        return entry

    def _rename(self, day: date, leaves: list[DirectoryEntry]) -> None:
        if leaves:
            self._revise(leaves[0], day, name=f"{leaves[0].name} since {day.year}")

    def _move(self, day: date, leaves: list[DirectoryEntry]) -> None:
        provinces = [entry for entry in self._open.values() if entry.tier == 2]
        if leaves:
            above = self._chance.choice(provinces).organ_id
            served = above if leaves[0].representative else None
            self._revise(leaves[0], day, parent=above, representative=served)

    def _merge(self, day: date, leaves: list[DirectoryEntry]) -> None:
        if len(leaves) < 2:
            return
        ends, heir, *_ = leaves
        self._close(ends, day, heir)
        if self._chance.random() < 0.5:
            self._revise(heir, day, aliases=(*heir.aliases, ends.organ_id))

    def _split(self, day: date, leaves: list[DirectoryEntry]) -> None:
        if leaves:
            province = self._open.get(leaves[0].parent or _ROOT, self._open[_ROOT])
            self._close(leaves[0], day, self._found(province, day), self._found(province, day))

    def _close(self, entry: DirectoryEntry, day: date, *heirs: DirectoryEntry) -> None:
        del self._open[entry.organ_id]
        named = tuple(heir.organ_id for heir in heirs)
        self._closed.append(replace(entry, valid_to=day - _ONE_DAY, successors=named))

    def _revise(self, entry: DirectoryEntry, day: date, **fields: Any) -> None:
        self._closed.append(replace(entry, valid_to=day - _ONE_DAY))
        self._open[entry.organ_id] = replace(entry, valid_from=day, **fields)
