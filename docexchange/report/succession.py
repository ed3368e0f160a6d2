"""Who is who in books that span mergers: one agency under two codes, an agency and its heirs.

>>> meant_on(OrganId("H39"), directory, date(2025, 7, 1))      # "000.00.00.H53"
>>> heirs_of(OrganId("H39"), directory)                        # {"000.00.00.H53"}
>>> linked([ledger_of_h39, ledger_of_h53])                     # the first knows of the second

What an heir is told, answers and takes back counts for the documents of those it took over from:
where both stores are reported together, a letter of June that is answered in July is answered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.identifiers import OrganId
    from docexchange.report.ledger import Ledger

__all__ = ["ends_of", "heirs_of", "linked", "meant_on", "place_on"]


def place_on(organ_id: OrganId, directory: Directory, day: date) -> DirectoryEntry | None:
    """What the directory says of an agency on a day; of one that has ended, what it said last.

    Args:
        organ_id: its own code in either system.
        directory: who was when.
        day: calendar date in Vietnam.
    """
    known = directory.entries_of(organ_id)
    begun = [entry for entry in known if entry.first_day <= day]
    return begun[-1] if begun else next(iter(known), None)


def meant_on(organ_id: OrganId, directory: Directory, day: date) -> str:
    """Whom a code means on a day, in the form in which codes are compared.

    Args:
        organ_id: a code in either system, or an alias.
        directory: who was when.
        day: calendar date in Vietnam.
    """
    entry = directory.find(organ_id, day)
    if entry is None:
        heirs = directory.successors(organ_id, day)
        entry = heirs[0] if len(heirs) == 1 else None
    return (entry.organ_id if entry else organ_id).as_decision_20


def heirs_of(organ_id: OrganId, directory: Directory) -> frozenset[str]:
    """Everybody who ever took over from an agency, from one to the next.

    Args:
        organ_id: its own code in either system.
        directory: who was when.
    """
    found: set[str] = set()
    pending = [organ_id]
    while pending:
        for entry in directory.entries_of(pending.pop()):
            new = [code for code in entry.successors if code.as_decision_20 not in found]
            found |= {code.as_decision_20 for code in new}
            pending += new
    return frozenset(found - {organ_id.as_decision_20})


def ends_of(organ_id: OrganId, directory: Directory) -> frozenset[str]:
    """Everybody who takes in the letters to a code, or sends those from it, today or once.

    That is itself, its heirs, whoever has the code as an alias, and representatives.

    Args:
        organ_id: its own code in either system.
        directory: who was when.
    """
    codes = {organ_id.as_decision_20} | heirs_of(organ_id, directory)
    codes |= {entry.organ_id.as_decision_20 for entry in directory if _has_alias(entry, organ_id)}
    entries = [entry for entry in directory if entry.organ_id.as_decision_20 in codes]
    served = (entry.representative for entry in entries)
    return frozenset(codes | {code.as_decision_20 for code in served if code})


def _has_alias(entry: DirectoryEntry, organ_id: OrganId) -> bool:
    return any(alias.as_decision_20 == organ_id.as_decision_20 for alias in entry.aliases)


def linked(ledgers: Iterable[Ledger]) -> tuple[Ledger, ...]:
    """The same books; each knows those of its heirs, as far as they are among them.

    Args:
        ledgers: one for each agency; the newest of their directories knows best.
    """
    listed = tuple(ledgers)
    directories = {id(ledger.directory): ledger.directory for ledger in listed}.values()
    found = []
    for ledger in listed:
        heirs = frozenset().union(*(heirs_of(ledger.agency, known) for known in directories))
        theirs = tuple(other for other in listed if other.agency.as_decision_20 in heirs)
        found.append(replace(ledger, heirs=theirs) if theirs else ledger)
    return tuple(found)
