"""How records lie in SQLite: the way from record to row and back; `_migrations` has the schema.

Columns bear the names of the fields. Times are text of one fixed width in UTC, which sorts as time
does and can be read by an operator with the ``sqlite3`` program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

from docexchange.delivery.books import Book, BookRow
from docexchange.delivery.outages import Outage
from docexchange.delivery.records import (
    AuditEntry,
    InboundRecord,
    OutboundRecord,
    ReceiptRecord,
    StatusRecord,
    TimelineEntry,
)
from docexchange.delivery.table import WAITING, InboundState, OutboundState
from docexchange.identifiers import MessageId, OrganId

__all__ = [
    "AUDIT_TABLE",
    "BOOK_TABLE",
    "INBOUND_PAST",
    "INBOUND_TABLE",
    "IS_WAITING",
    "OUTAGE_TABLE",
    "OUTBOUND_PAST",
    "OUTBOUND_TABLE",
    "RECEIPT_TABLE",
    "STATUS_TABLE",
    "TIMELINE_TABLE",
    "Table",
    "to_sql",
]

IS_WAITING: Final = "state IN ({})".format(", ".join(f"'{state}'" for state in WAITING))
"""The same words in index and query, or SQLite will not use the one for the other."""

Record = TypeVar("Record")
Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table(Generic[Record]):
    """One table and the records in it."""

    name: str
    """Its name in the schema."""
    make: Callable[..., Record]
    """The class of its records."""
    readers: Mapping[str, Reader]
    """For each column, how its value becomes the field's."""

    @property
    def columns(self) -> str:
        """The columns for a SELECT, in the order that `record` expects."""
        return ", ".join(self.readers)

    def values(self, record: Record) -> dict[str, object]:
        """The row of a record, by column."""
        return {name: to_sql(getattr(record, name)) for name in self.readers}

    def record(self, row: tuple[Any, ...]) -> Record:
        """The record of a row; the record's own checks run again."""
        values = zip(self.readers.items(), row, strict=True)
        return self.make(**{name: read(value) for (name, read), value in values})


def to_sql(value: object) -> object:
    """The form in which SQLite keeps a field."""
    if type(value) is str:  # most are; this is asked for every value of every record
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, int | bytes):
        return value
    return str(value)


def _same(value: Any) -> Any:
    return value


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(text))


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


_time: Final = datetime.fromisoformat
_day: Final = _optional(date.fromisoformat)
_MESSAGE: Final[Mapping[str, Reader]] = {
    "message_id": MessageId,
    "recipient": OrganId,
    "origin": OrganId,
    "kind": _same,
    "payload": _same,
    "size": _same,
}

OUTBOUND_TABLE: Final = Table(
    name="outbound",
    make=OutboundRecord,
    readers={
        **_MESSAGE,
        "next_hop": OrganId,
        "state": OutboundState,
        "attempts": _same,
        "due_at": _time,
        "created_at": _time,
        "expires_at": _time,
        "submit_key": _same,
        "lane": _same,
        "problem": _same,
    },
)
OUTBOUND_PAST: Final = replace(OUTBOUND_TABLE, name="outbound_past")
"""What is remembered of purged messages, so that none of them is sent or taken in twice."""
INBOUND_TABLE: Final = Table(
    name="inbound",
    make=InboundRecord,
    readers={
        **_MESSAGE,
        "from_node": OrganId,
        "state": InboundState,
        "received_at": _time,
        "verdict": _same,
        "problem": _same,
    },
)
INBOUND_PAST: Final = replace(INBOUND_TABLE, name="inbound_past")
"""What is remembered of purged messages that came in; refused ones have no claim to their id."""
RECEIPT_TABLE: Final = Table(
    name="receipt",
    make=ReceiptRecord,
    readers={
        "message_id": MessageId,
        "recipient": OrganId,
        "issuer": OrganId,
        "given": bool,
        "payload": _same,
        "at": _time,
        "xml": _same,
        "accepted": bool,
    },
)
STATUS_TABLE: Final = Table(
    name="status",
    make=StatusRecord,
    readers={
        "message_id": MessageId,
        "document_id": _same,
        "code": _same,
        "reporter": OrganId,
        "about_recipient": OrganId,
        "at": _time,
        "description": _same,
        "outgoing": bool,
    },
)
TIMELINE_TABLE: Final = Table(
    name="timeline",
    make=TimelineEntry,
    readers={"at": _time, "message_id": MessageId, "event": _same, "detail": _pairs},
)
AUDIT_TABLE: Final = Table(
    name="audit",
    make=AuditEntry,
    readers={
        "number": _same,
        "at": _time,
        "who": _same,
        "what": _same,
        "about": _same,
        "sha256": _same,
        "previous": _same,
        "hash": _same,
    },
)
BOOK_TABLE: Final = Table(
    name="book",
    make=BookRow,
    readers={
        "book": Book,
        "agency": OrganId,
        "series": _same,
        "year": _same,
        "number": _same,
        "automatic": bool,
        "entered_at": _time,
        "received_at": _optional(_time),
        "message_id": _optional(MessageId),
        "document_id": _same,
        "code": _same,
        "mark": _same,
        "issued": _day,
        "type_name": _same,
        "subject": _same,
        "signer": _same,
        "issuer": _optional(OrganId),
        "issuer_name": _same,
        "recipients": _pairs,
        "copies": _same,
        "priority": _same,
        "due": _day,
        "answers": _pairs,
        "asks": lambda text: tuple(map(tuple, json.loads(text))),
        "stated_at": _optional(_time),
        "business": _same,
        "electronic": bool,
        "paper": _optional(bool),
        "roles": lambda text: tuple(json.loads(text)),
        "refusal": _same,
        "note": _same,
    },
)
OUTAGE_TABLE: Final = Table(
    name="outage",
    make=Outage,
    readers={
        "endpoint": _same,
        "failures": _same,
        "since": _time,
        "until": _time,
        "reason": _same,
    },
)
"""Open circuits; where a peer is in reach there is no row."""
