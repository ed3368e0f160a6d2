"""How records lie in SQLite: the way from record to row and back; `_migrations` has the schema.

Columns bear the names of the fields. Times are text of one fixed width in UTC, which sorts as time
does and can be read by an operator with the ``sqlite3`` program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
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
_PLAIN: Final = frozenset({str, int, bytes, bool, type(None)})
"""What SQLite takes as it is: most values of most records."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table(Generic[Record]):
    """One table and the records in it."""

    name: str
    """Its name in the schema."""
    make: Callable[..., Record]
    """The class of its records."""
    readers: Mapping[str, Reader]
    """For each column, how its value becomes the field's."""
    columns: str = field(init=False)
    """The columns for a SELECT, in the order that `record` expects."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", ", ".join(self.readers))

    def values(self, record: Record) -> dict[str, object]:
        """The row of a record, by column."""
        return {
            name: value if type(value := getattr(record, name)) in _PLAIN else to_sql(value)
            for name in self.readers
        }

    def record(self, row: tuple[Any, ...]) -> Record:
        """The record of a row; the record's own checks run again."""
        values = zip(self.readers.items(), row, strict=True)
        return self.make(**{name: read(value) for (name, read), value in values})


def to_sql(value: object) -> object:
    """The form in which SQLite keeps a field."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if type(value) in _PLAIN or isinstance(value, int | bytes):
        return value
    return str(value)


def _same(value: Any) -> Any:
    return value


def _tuples(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, json.loads(text)))


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


_READERS: Final[Mapping[str, Reader]] = {
    "int": _same,
    "str": _same,
    "bytes": _same,
    "MessageKind": _same,
    "bool": bool,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "MessageId": MessageId,
    "OrganId": OrganId,
    "Book": Book,
    "InboundState": InboundState,
    "OutboundState": OutboundState,
    "tuple[str, ...]": lambda text: tuple(json.loads(text)),
    "tuple[tuple[str, str], ...]": _tuples,
    "tuple[tuple[str, str, str], ...]": _tuples,
}
"""How a value becomes that of a field, by the field's type as it stands in the class."""


def _reader_of(kind: str) -> Reader:
    read = _READERS[kind.removesuffix(" | None")]
    return _optional(read) if kind.endswith(" | None") and read is not _same else read


def _table(name: str, make: type[Record]) -> Table[Record]:
    columns: tuple[Field[Any], ...] = fields(make)  # type: ignore[arg-type]
    readers = {column.name: _reader_of(str(column.type)) for column in columns}
    return Table(name=name, make=make, readers=readers)


OUTBOUND_TABLE: Final = _table("outbound", OutboundRecord)
OUTBOUND_PAST: Final = replace(OUTBOUND_TABLE, name="outbound_past")
"""What is remembered of purged messages, so that none of them is sent or taken in twice."""
INBOUND_TABLE: Final = _table("inbound", InboundRecord)
INBOUND_PAST: Final = replace(INBOUND_TABLE, name="inbound_past")
"""What is remembered of purged messages that came in; refused ones have no claim to their id."""
RECEIPT_TABLE: Final = _table("receipt", ReceiptRecord)
STATUS_TABLE: Final = _table("status", StatusRecord)
TIMELINE_TABLE: Final = _table("timeline", TimelineEntry)
AUDIT_TABLE: Final = _table("audit", AuditEntry)
BOOK_TABLE: Final = _table("book", BookRow)
OUTAGE_TABLE: Final = _table("outage", Outage)
"""Open circuits; where a peer is in reach there is no row."""
