"""Bytes in SQLite whose files may not be on the disk yet: they come with a record, and go later.

>>> keep(rows, KeepBytes(sha256=payload.sha256, data=data, at=now))
>>> let_go(rows, [item.number for item in kept(rows, limit=100)])
"""

from __future__ import annotations

from hashlib import sha256 as new_sha256
from typing import TYPE_CHECKING

from docexchange.delivery._tables import to_sql
from docexchange.delivery.records import KeptBytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.delivery._rows import Rows
    from docexchange.delivery.changes import KeepBytes

__all__ = ["keep", "kept", "kept_data", "kept_size", "let_go"]


def keep(rows: Rows, change: KeepBytes) -> None:
    """Write them, in the transaction at hand."""
    rows.connection.execute(
        "INSERT INTO kept (sha256, at, data) VALUES (?, ?, ?)",
        (change.sha256, to_sql(change.at), change.data),
    )


def kept(rows: Rows, *, limit: int) -> list[KeptBytes]:
    """The oldest."""
    found = rows.connection.execute(
        "SELECT number, sha256 FROM kept ORDER BY number LIMIT ?", (max(limit, 0),)
    )
    return [KeptBytes(number=number, sha256=name) for number, name in found]


def kept_data(rows: Rows, item: KeptBytes) -> bytes | None:
    """The bytes of one; None when they were let go."""
    asked = rows.connection.execute("SELECT data FROM kept WHERE number = ?", (item.number,))
    found = asked.fetchone()
    return found[0] if found else None


def kept_size(rows: Rows, sha256: str) -> int | None:
    """The length of what is kept under a name, if it is what the name says."""
    found = rows.connection.execute("SELECT data FROM kept WHERE sha256 = ?", (sha256,))
    for (data,) in found:
        if new_sha256(data).hexdigest() == sha256:
            return len(data)
    return None


def let_go(rows: Rows, numbers: Iterable[int]) -> None:
    """Take them out, in the transaction at hand."""
    rows.connection.executemany("DELETE FROM kept WHERE number = ?", ((item,) for item in numbers))
