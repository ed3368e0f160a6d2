"""Whom does a code mean on a day, also after its agency was merged or abolished?

The code of a merged agency means the agency while it existed, and its heir afterwards: whoever has
the old code as an alias, or else the one successor that the directory names, or that one's::

    meant = meaning_of(OrganId("H22"), directory, date(2025, 7, 1))
    meant.entry.organ_id, meant.closed      # H60, and what is known of the end of H22
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.errors import NoRoute, UsageError

if TYPE_CHECKING:
    from datetime import date

    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["ClosedCode", "Meaning", "closed_code", "meaning_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCode:
    """An agency that has come to an end, and who took over."""

    organ_id: OrganId
    """Its code, as the directory spells it."""
    name: str
    """Its last name."""
    last_day: date
    """Its last day."""
    successors: tuple[OrganId, ...]
    """Who is in force today and took over; none, one or several."""

    def __str__(self) -> str:
        heirs = ", ".join(map(str, self.successors)) or "nobody named"
        return f"{self.organ_id} ({self.name}) until {self.last_day}, succeeded by {heirs}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """Whom a code means."""

    entry: DirectoryEntry
    """The agency that is in force."""
    closed: ClosedCode | None = None
    """Where the code is that of a closed agency, and ``entry`` its heir."""


def closed_code(organ_id: OrganId, directory: Directory, at: date) -> ClosedCode | None:
    """What is known of the end of an agency; None where its code is in force, or unknown.

    Args:
        organ_id: a code in either system.
        directory: who was when.
        at: calendar date in Vietnam.
    """
    known = directory.entries_of(organ_id)
    past = [entry for entry in known if entry.last_day < at]
    if not past or any(entry.valid_on(at) for entry in known):
        return None
    last = max(past, key=lambda entry: entry.last_day)
    alias = directory.find(organ_id, at)
    heirs = (alias.organ_id,) if alias else tuple(_heirs(last, directory, at, {}))
    return ClosedCode(
        organ_id=last.organ_id, name=last.name, last_day=last.last_day, successors=heirs
    )


def meaning_of(organ_id: OrganId, directory: Directory, at: date) -> Meaning:
    """Whom a code means on a day.

    Args:
        organ_id: a code in either system, or an alias.
        directory: who is who.
        at: calendar date in Vietnam.

    Raises:
        NoRoute: ``route.unknown-agency``, or ``route.closed-agency`` where nobody, or more than
            one, took over.
    """
    entry = directory.find(organ_id, at)
    if entry is not None and entry.organ_id.as_decision_20 == organ_id.as_decision_20:
        return Meaning(entry=entry)
    closed = closed_code(organ_id, directory, at)
    if entry is None and closed is not None and len(closed.successors) == 1:
        entry = directory.find(closed.successors[0], at)
    if entry is not None:
        return Meaning(entry=entry, closed=closed)
    if closed is not None and closed.successors:
        raise NoRoute(
            f"expected one successor of {closed.organ_id} ({closed.name}, until "
            f"{closed.last_day}), found {len(closed.successors)}",
            code="route.closed-agency",
            advice=f"Write to the one concerned: {', '.join(map(str, closed.successors))}.",
        )
    try:
        return Meaning(entry=directory.lookup(organ_id, at))
    except UsageError as error:
        kind = error.code.removeprefix("directory.")
        raise NoRoute(str(error), code=f"route.{kind}", advice=error.advice) from error


def _heirs(
    entry: DirectoryEntry, directory: Directory, at: date, seen: dict[str, OrganId]
) -> dict[OrganId, None]:
    """Who is in force and took over, from successor to successor."""
    found: dict[OrganId, None] = {}
    named = entry.successors
    for code in dict.fromkeys(named):
        if code.as_decision_20 in seen:
            continue
        seen[code.as_decision_20] = code
        heir = directory.find(code, at)
        if heir is not None:
            found[heir.organ_id] = None
        for gone in directory.entries_of(code)[-1:] if heir is None else ():
            found |= _heirs(gone, directory, at, seen)
    return found
