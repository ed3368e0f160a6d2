"""What the audit log tells of must be there: the log held to the records, and the timeline to it.

>>> for lost in absent_records(connection): ...      # an entry, and the record that it proves

An entry proves that its record was written in the same transaction (`audit.notes_of`), and nothing
but a purge takes records out, which names in the log whatever leaves. Without this, a row that
somebody deletes from the database would leave no trace but in the memory of people.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.delivery._tables import (
    BOOK_TABLE,
    INBOUND_TABLE,
    OUTBOUND_TABLE,
    STATUS_TABLE,
    TIMELINE_TABLE,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

__all__ = ["Absent", "absent_entries", "absent_records"]


@dataclass(frozen=True, slots=True)
class Absent:
    """An entry of the log whose record is not in the store."""

    number: int
    """Its place in the log."""
    about: str
    """What it is about."""
    table: str
    """Where its record should be."""


# What the log says about messages: its text is "id recipient", and an id has no space.
_TOLD: Final = """
    WITH told AS (
        SELECT number, at, what, about, sha256,
            substr(about, 1, instr(about || ' ', ' ') - 1) AS id,
            substr(about, instr(about || ' ', ' ') + 1) AS recipient
        FROM audit),
    sent AS (SELECT message_id, recipient, payload, kind FROM outbound
        UNION ALL SELECT message_id, recipient, payload, kind FROM outbound_past),
    came AS (SELECT message_id, recipient, payload, kind FROM inbound
        UNION ALL SELECT message_id, recipient, payload, kind FROM inbound_past),
    purged AS (SELECT about FROM audit WHERE what = 'message.purged')"""

_HANDED: Final = "('handed-over', 'handover.refused', 'taken-before')"
_OF_TIMELINE: Final = f"""(what LIKE 'outbound.%' AND what NOT LIKE 'outbound.is-%'
    OR what IN {_HANDED} OR what IN ('submitted', 'received', 'refused', 'relayed', 'conflict',
        'unreadable', 'status', 'status.sent', 'status.not-sent', 'book.duplicate', 'given-up',
        'inherited', 'returned', 'taken-up'))"""

# Bytes of a message to send are never exchanged. Those of one that came may be, once the first were
# refused or given up: then the log tells of both, and the record must be of one of these.
_QUERIES: Final = (
    (
        OUTBOUND_TABLE.name,
        """(what = 'submitted' OR what LIKE 'outbound.%')
        AND ((id, recipient) NOT IN (SELECT message_id, recipient FROM sent)
            OR sha256 <> '' AND (id, sha256) NOT IN (SELECT message_id, payload FROM sent))
        OR what = 'relayed' AND (id, sha256) NOT IN (SELECT message_id, payload FROM sent)""",
    ),
    (
        INBOUND_TABLE.name,
        f"""what = 'received' AND (
            id NOT IN (SELECT message_id FROM came
                WHERE (message_id, payload) IN (SELECT id, sha256 FROM told))
            OR recipient <> '' AND (id, recipient) NOT IN (SELECT message_id, recipient FROM came))
        OR (what IN {_HANDED} OR what = 'inherited')
            AND (id, sha256) NOT IN (SELECT message_id, payload FROM came)""",  # noqa: S608
    ),
    (
        TIMELINE_TABLE.name,
        f"""{_OF_TIMELINE} AND id NOT IN (SELECT about FROM purged)
        AND (at, id, what) NOT IN (SELECT at, message_id, event FROM timeline)""",  # noqa: S608
    ),
    (
        BOOK_TABLE.name,
        """what = 'submitted'
        AND id IN (SELECT message_id FROM sent WHERE kind = 'document')
        AND id NOT IN (SELECT message_id FROM book
            WHERE book = 'outgoing' AND message_id IS NOT NULL)""",
    ),
    (
        BOOK_TABLE.name,
        f"""what IN {_HANDED}
        AND id IN (SELECT message_id FROM came WHERE kind = 'document')
        AND id NOT IN (SELECT message_id FROM book
            WHERE book = 'incoming' AND message_id IS NOT NULL)""",  # noqa: S608
    ),
    (
        BOOK_TABLE.name,
        """what IN ('book.entered', 'book.reserved') AND about NOT IN (
        SELECT book || ' ' || series || ' ' || year || coalesce('/' || number, '') FROM book)""",
    ),
)
_STATUSES: Final = f"""{_TOLD}
    SELECT number, about, what, id, (SELECT detail FROM timeline AS line
        WHERE line.at = told.at AND line.message_id = id AND line.event = what) AS detail
    FROM told WHERE what IN ('status', 'status.sent') AND detail IS NOT NULL ORDER BY number"""  # noqa: S608
_IS_KNOWN: Final = """
    SELECT EXISTS (SELECT 1 FROM status WHERE message_id = :id AND outgoing = :outgoing)
    OR EXISTS (SELECT 1 FROM audit WHERE what = 'message.purged' AND about = :id)"""
# A log is younger than the timeline of a store that was made before there was one.
_UNTOLD: Final = f"""{_TOLD}
    SELECT message_id, event FROM timeline
    WHERE number > (SELECT min(number) FROM timeline
        WHERE (at, message_id, event) IN (SELECT at, id, what FROM told))
    AND (at, message_id, event) NOT IN (SELECT at, id, what FROM told) ORDER BY number"""  # noqa: S608


def absent_records(connection: sqlite3.Connection) -> Iterator[Absent]:
    """The entries whose records are not there, or are of other bytes; of each thing the first.

    Args:
        connection: a store, inside a transaction.
    """
    for table, where in _QUERIES:
        sql = f"{_TOLD} SELECT min(number), about FROM told WHERE {where} GROUP BY about ORDER BY 1"  # noqa: S608
        for number, about in connection.execute(sql):
            yield Absent(number, about, table)
    yield from _absent_statuses(connection)


def _absent_statuses(connection: sqlite3.Connection) -> Iterator[Absent]:
    """The log says that there was a status, the timeline which one."""
    for number, about, what, message_id, text in connection.execute(_STATUSES).fetchall():
        detail = _detail(text)
        sent = what == "status.sent"
        if not (sent or detail.get("code")):
            continue  # it was none of the list, and only its letter was kept
        key = {"id": detail.get("message", "") if sent else message_id, "outgoing": sent}
        if not connection.execute(_IS_KNOWN, key).fetchone()[0]:
            yield Absent(number, about, STATUS_TABLE.name)


def absent_entries(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What the timeline tells of, and the log does not: message and event.

    Args:
        connection: a store, inside a transaction.
    """
    yield from connection.execute(_UNTOLD)


def _detail(text: str) -> dict[str, str]:
    """What an entry says; nothing where it is damaged, which reading the records has told."""
    with suppress(TypeError, ValueError):
        return dict(json.loads(text))
    return {}
