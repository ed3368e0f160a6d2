"""The audit log in SQLite: entries are put behind its end, and read in their order.

>>> seal(rows, [AuditNote(at=now, who="operator", what="store.backup")])
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.delivery._tables import AUDIT_TABLE
from docexchange.delivery.audit import BEGINNING, follow, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.delivery._rows import Rows
    from docexchange.delivery.records import AuditEntry, AuditNote

__all__ = ["last_entry", "seal"]


def last_entry(rows: Rows) -> AuditEntry | None:
    """The end of the log."""
    found = rows.select(AUDIT_TABLE, "ORDER BY number DESC LIMIT 1")
    return found[0] if found else None


def seal(rows: Rows, notes: Iterable[AuditNote]) -> None:
    """Write notes behind the end of the log, in the transaction at hand.

    Args:
        rows: a connection inside a transaction that writes.
        notes: what to write.
    """
    last = last_entry(rows)
    head = head_of(last) if last else BEGINNING
    for note in notes:
        entry = follow(head, note)
        rows.insert("INSERT", AUDIT_TABLE, entry)
        head = head_of(entry)
