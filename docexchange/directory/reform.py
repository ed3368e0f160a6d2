"""How does a directory look after a merger, a split, a new name? Entries in, entries out.

Nothing is forgotten: what ends gets a last day, what changes gets another entry from that day on. A
merger leaves the codes of the absorbed agencies with their heir as aliases, so letters and
subordinates that still name them find it::

    entries = merge(entries, on=date(2025, 7, 1), into=OrganId("H60"), absorbed=[OrganId("H22")])
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["close", "merge", "revise", "revised", "split"]

_ONE_DAY: Final = timedelta(days=1)

Entries = tuple["DirectoryEntry", ...]


def close(
    entries: Iterable[DirectoryEntry],
    *,
    on: date,
    organ_id: OrganId,
    successors: Sequence[OrganId] = (),
) -> Entries:
    """End an agency.

    Args:
        entries: the directory before.
        on: the first day on which it is no more, in Vietnam.
        organ_id: its own code, in either system.
        successors: who takes over.

    Raises:
        UsageError: ``directory.reform`` where it is not in force, or began on that very day.
    """
    listed = tuple(entries)
    entry = _in_force(listed, organ_id, on)
    if entry.first_day == on:
        raise UsageError(
            f"agency {organ_id}: expected a day after {on} to close it, found the day it begins",
            code="directory.reform",
            advice="Leave the agency out, or close it later.",
        )
    ended = replace(entry, valid_to=on - _ONE_DAY, successors=tuple(successors))
    return tuple(ended if other is entry else other for other in listed)


def revise(
    entries: Iterable[DirectoryEntry], *, on: date, organ_id: OrganId, **fields: Any
) -> Entries:
    """Give an agency another name, superior, tier, endpoint ... from a day on.

    Args:
        entries: the directory before.
        on: the first day on which it is so, in Vietnam.
        organ_id: its own code, in either system.
        fields: what is new, by the names of ``DirectoryEntry``.

    Raises:
        UsageError: ``directory.reform`` where it is not in force.
    """
    listed = tuple(entries)
    entry = _in_force(listed, organ_id, on)
    place = next(place for place, other in enumerate(listed) if other is entry)
    return (*listed[:place], *revised(entry, on=on, **fields), *listed[place + 1 :])


def revised(entry: DirectoryEntry, *, on: date, **fields: Any) -> Entries:
    """The entry that ends and the one that begins when something about an agency changes.

    Args:
        entry: in force on ``on``.
        on: the first day on which it is so, in Vietnam.
        fields: what is new, by the names of ``DirectoryEntry``.

    Returns:
        Both; only the new one where the old one began on that very day.
    """
    if entry.first_day == on:
        return (replace(entry, **fields),)
    ended = replace(entry, valid_to=on - _ONE_DAY, successors=())
    return (ended, replace(entry, valid_from=on, **fields))


def merge(
    entries: Iterable[DirectoryEntry],
    *,
    on: date,
    into: OrganId,
    absorbed: Sequence[OrganId],
    **fields: Any,
) -> Entries:
    """Let one agency take over others and answer to their codes.

    Args:
        entries: the directory before.
        on: the first day on which it is so, in Vietnam.
        into: the agency that goes on under its own code.
        absorbed: the agencies that end.
        fields: what else is new about it, by the names of ``DirectoryEntry``.

    Raises:
        UsageError: ``directory.reform`` where one of them is not in force.
    """
    listed = tuple(entries)
    heir = _in_force(listed, into, on)
    ended = [_in_force(listed, organ_id, on) for organ_id in absorbed]
    names = (name for entry in ended for name in (entry.organ_id, *entry.aliases))
    aliases = tuple(dict.fromkeys((*heir.aliases, *names)))
    for entry in ended:
        listed = close(listed, on=on, organ_id=entry.organ_id, successors=(heir.organ_id,))
    return revise(listed, on=on, organ_id=into, **{"aliases": aliases, **fields})


def split(
    entries: Iterable[DirectoryEntry],
    *,
    on: date,
    organ_id: OrganId,
    heirs: Sequence[DirectoryEntry],
    moves: Mapping[OrganId, OrganId],
) -> Entries:
    """Let several new agencies take over from one that ends.

    Args:
        entries: the directory before.
        on: the first day on which it is so, in Vietnam.
        organ_id: the agency that ends.
        heirs: the new agencies; ``on`` becomes their first day.
        moves: for each agency below the old one, the superior it gets.

    Raises:
        UsageError: ``directory.reform`` where one of them is not in force.
    """
    successors = tuple(heir.organ_id for heir in heirs)
    listed = close(entries, on=on, organ_id=organ_id, successors=successors)
    for moved, parent in moves.items():
        listed = revise(listed, on=on, organ_id=moved, parent=parent)
    return (*listed, *(replace(heir, valid_from=on) for heir in heirs))


def _in_force(entries: Entries, organ_id: OrganId, on: date) -> DirectoryEntry:
    own = organ_id.as_decision_20
    for entry in entries:
        if entry.organ_id.as_decision_20 == own and entry.valid_on(on):
            return entry
    raise UsageError(
        f"agency {organ_id}: expected to be in force on {on}, found no such entry",
        code="directory.reform",
        advice="Check the code and the date.",
    )
