"""The store of a node on one machine: one SQLite file, durable to the last acknowledged letter.

    with SQLiteStore(Path("/var/lib/docexchange/store.db")) as store: ...

Write-ahead log with a full flush for each commit. One thread writes for all the others, whose
changes share a commit when they come at the same time (`_writer`); queries have a connection of
their own. Several processes may have the file open; SQLite lets one write at a time, and the guards
of `changes` decide who was first. The database appears under its name only once it is whole: it is
made beside it and linked into place.
"""

from __future__ import annotations

import weakref
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.delivery._booking import concerning, doubles, enter_alone, rows_of_book
from docexchange.delivery._keeping import kept, kept_data, let_go
from docexchange.delivery._opening import connect, connect_to_write, create
from docexchange.delivery._purging import purge, refers_to
from docexchange.delivery._reader import Reader
from docexchange.delivery._rows import Rows, translated
from docexchange.delivery._sealing import last_entry
from docexchange.delivery._summaries import summarise
from docexchange.delivery._tables import (
    AUDIT_TABLE,
    INBOUND_PAST,
    INBOUND_TABLE,
    IS_WAITING,
    OUTAGE_TABLE,
    OUTBOUND_PAST,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    STATUS_TABLE,
    TIMELINE_TABLE,
    Table,
    to_sql,
)
from docexchange.delivery._writer import Writer
from docexchange.delivery._writing import find, write
from docexchange.delivery.audit import BEGINNING, head_of
from docexchange.delivery.lanes import Lane
from docexchange.delivery.records import storable
from docexchange.delivery.store import Store
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docexchange.delivery.audit import AuditHead
    from docexchange.delivery.books import Book, BookRow
    from docexchange.delivery.changes import Change
    from docexchange.delivery.outages import Outage
    from docexchange.delivery.records import (
        AuditEntry,
        InboundRecord,
        KeptBytes,
        MessageSummary,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.delivery.retention import Purge, PurgeReport
    from docexchange.delivery.table import InboundState, OutboundState
    from docexchange.identifiers import MessageId

__all__ = ["SQLiteStore"]

Record = TypeVar("Record")
Result = TypeVar("Result")

# SQLite would rather find the states by another index and then sort everything that waits.
_WAITING: Final = f"INDEXED BY outbound_due WHERE {IS_WAITING}"

# Every part of this text is written in this package.
_DUE_PEERS: Final = f"""WITH RECURSIVE peer (code) AS (
    SELECT min(next_hop) FROM outbound INDEXED BY outbound_peer WHERE {IS_WAITING}
    UNION ALL
    SELECT (SELECT min(next_hop) FROM outbound INDEXED BY outbound_peer
        WHERE {IS_WAITING} AND next_hop > peer.code)
    FROM peer WHERE peer.code IS NOT NULL)
SELECT code FROM peer WHERE EXISTS (SELECT 1 FROM outbound INDEXED BY outbound_peer
    WHERE {IS_WAITING} AND next_hop = peer.code AND lane IN (0, 1, 2) AND due_at <= ?)"""  # noqa: S608
"""Some look-ups for each peer, however many letters wait for it."""

_LATEST: Final = """WHERE message_id IN (
    SELECT message_id FROM (
        SELECT message_id, created_at AS seen FROM outbound
        UNION ALL SELECT message_id, received_at FROM inbound)
    GROUP BY message_id ORDER BY min(seen) DESC, message_id LIMIT ?)"""


class SQLiteStore(Store):
    """A store in one SQLite file.

    Args:
        path: the file; it is made when absent, its folder is not.
        busy_seconds: how long to wait while another process writes.
        who: the agency whose store it is, for the audit log.

    Raises:
        StoreFailure: the file is no docexchange store, is damaged, was written by a newer version,
            or cannot be opened.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 10.0, who: str = "node") -> None:
        self._who: Final = who
        path = self._path = Path(path).absolute()
        with translated(path):
            if not path.exists():
                create(path)
            self._reader: Final = Reader(connect(path, busy_seconds), path)
        self._writer: Final = Writer(lambda: connect_to_write(path, busy_seconds), path)
        # A store that nobody closes takes its thread along when it goes.
        self._ended: Final = weakref.finalize(self, _end, self._writer, self._reader)

    def apply(self, changes: Sequence[Change]) -> None:
        """One transaction, one flush, shared with those who come at the same time."""
        if changes:
            self._change(lambda rows: write(rows, changes, self._who))

    def outbound(self, message_id: MessageId, recipient: OrganId) -> OutboundRecord | None:
        """By primary key."""
        return self._by_key(OUTBOUND_TABLE, OUTBOUND_PAST, message_id, recipient)

    def inbound(self, message_id: MessageId, recipient: OrganId) -> InboundRecord | None:
        """By primary key."""
        return self._by_key(INBOUND_TABLE, INBOUND_PAST, message_id, recipient)

    def due(self, now: datetime, limit: int) -> list[OutboundRecord]:
        """By an index of what is waiting."""
        tail = f"{_WAITING} AND due_at <= ? ORDER BY due_at, message_id, recipient LIMIT ?"
        return self._select(OUTBOUND_TABLE, tail, now.astimezone(UTC), max(limit, 0))

    def due_peers(self, now: datetime) -> list[OrganId]:
        """Skip from peer to peer through an index."""
        with self._reader.rows() as rows:
            found = rows.connection.execute(_DUE_PEERS, (to_sql(now.astimezone(UTC)),)).fetchall()
        return sorted(OrganId(code) for (code,) in found)

    def due_for(self, peer: OrganId, now: datetime, limit: int) -> list[OutboundRecord]:
        """The beginning of each lane, by the same index."""
        tail = (
            f"INDEXED BY outbound_peer WHERE {IS_WAITING} AND next_hop = ? AND lane = ? "
            "AND due_at <= ? ORDER BY due_at, created_at, message_id, recipient LIMIT ?"
        )
        moment, most = now.astimezone(UTC), max(limit, 0)
        return [
            record
            for lane in Lane
            for record in self._select(OUTBOUND_TABLE, tail, peer, lane, moment, most)
        ]

    def next_due(self) -> datetime | None:
        """The first entry of the same index."""
        first = self._select(OUTBOUND_TABLE, f"{_WAITING} ORDER BY due_at LIMIT 1")
        return first[0].due_at if first else None

    def due_after(self, moment: datetime, limit: int) -> list[OutboundRecord]:
        """From the end of the same index."""
        tail = (
            f"{_WAITING} AND due_at > ? AND state <> 'awaiting_receipt' "
            "ORDER BY due_at, message_id, recipient LIMIT ?"
        )
        return self._select(OUTBOUND_TABLE, tail, moment.astimezone(UTC), max(limit, 0))

    def in_state(self, state: OutboundState) -> list[OutboundRecord]:
        """By index."""
        tail = "WHERE state = ? ORDER BY created_at, message_id, recipient"
        return self._select(OUTBOUND_TABLE, tail, state)

    def inbound_in_state(self, state: InboundState) -> list[InboundRecord]:
        """By index."""
        tail = "WHERE state = ? ORDER BY received_at, message_id, recipient"
        return self._select(INBOUND_TABLE, tail, state)

    def by_submit_key(self, key: str) -> list[OutboundRecord]:
        """By index."""
        return self._select(OUTBOUND_TABLE, "WHERE submit_key = ? ORDER BY recipient", key)

    def outbound_of(self, message_id: MessageId) -> list[OutboundRecord]:
        """By primary key."""
        return self._select(OUTBOUND_TABLE, "WHERE message_id = ? ORDER BY recipient", message_id)

    def inbound_of(self, message_id: MessageId) -> list[InboundRecord]:
        """By primary key."""
        return self._select(INBOUND_TABLE, "WHERE message_id = ? ORDER BY recipient", message_id)

    def receipts(self, message_id: MessageId) -> list[ReceiptRecord]:
        """By index."""
        return self._select(RECEIPT_TABLE, "WHERE message_id = ? ORDER BY number", message_id)

    def receipts_for(self, message_id: MessageId, recipient: OrganId) -> list[ReceiptRecord]:
        """By index."""
        tail = "WHERE message_id = ? AND recipient = ? ORDER BY number"
        return self._select(RECEIPT_TABLE, tail, message_id, recipient)

    def statuses(self, document_id: str) -> list[StatusRecord]:
        """By index."""
        return self._select(STATUS_TABLE, "WHERE document_id = ? ORDER BY at, number", document_id)

    def timeline(self, message_id: MessageId) -> list[TimelineEntry]:
        """By index."""
        return self._select(TIMELINE_TABLE, "WHERE message_id = ? ORDER BY at, number", message_id)

    def enter(self, row: BookRow) -> BookRow:
        """One transaction, one flush."""
        return self._change(lambda rows: enter_alone(rows, row, self._who))

    def book(self, book: Book, *, year: int | None = None) -> list[BookRow]:
        """By primary key."""
        with self._reader.rows() as rows:
            return rows_of_book(rows, book, year)

    def doubles(self, row: BookRow) -> list[BookRow]:
        """By index."""
        with self._reader.rows() as rows:
            return doubles(rows, row)

    def concerning(self, document_id: str) -> list[BookRow]:
        """By index, both in one moment."""
        with self._reader.rows(at_once=True) as rows:
            return concerning(rows, document_id)

    def messages(self, *, limit: int | None = None) -> list[MessageSummary]:
        """Both tables in one moment, then folded."""
        most = -1 if limit is None else max(limit, 0)
        with self._reader.rows(at_once=True) as rows:
            sent = rows.select(OUTBOUND_TABLE, _LATEST, most)
            came = rows.select(INBOUND_TABLE, _LATEST, most)
        return summarise([*sent, *came], limit)

    def purge(self, wanted: Purge) -> PurgeReport:
        """One transaction a batch; others write in between."""
        return self._change(lambda rows: purge(rows, wanted))

    def kept(self, *, limit: int) -> list[KeptBytes]:
        """In the order in which they came."""
        with self._reader.rows() as rows:
            return kept(rows, limit=limit)

    def kept_data(self, item: KeptBytes) -> bytes | None:
        """By primary key."""
        with self._reader.rows() as rows:
            return kept_data(rows, item)

    def let_go(self, kept: Sequence[KeptBytes]) -> None:
        """By primary key."""
        self._change(lambda rows: let_go(rows, [item.number for item in kept]))

    def refers_to(self, payload: str) -> bool:
        """By indexes."""
        with self._reader.rows() as rows:
            return refers_to(rows, payload)

    def outages(self) -> list[Outage]:
        """By primary key."""
        return self._select(OUTAGE_TABLE, "ORDER BY endpoint")

    def put_outage(self, outage: Outage) -> None:
        """One row, one flush."""
        self._change(lambda rows: rows.insert("REPLACE", OUTAGE_TABLE, outage))

    def end_outage(self, endpoint: str) -> None:
        """By primary key."""
        sql = f"DELETE FROM {OUTAGE_TABLE.name} WHERE endpoint = ?"  # noqa: S608
        self._change(lambda rows: rows.connection.execute(sql, (storable(endpoint),)).rowcount)

    def audit(self, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """By primary key."""
        tail = "WHERE number > ? ORDER BY number LIMIT ?"
        return self._select(AUDIT_TABLE, tail, after, max(limit, 0))

    def audit_head(self) -> AuditHead:
        """The last by primary key."""
        with self._reader.rows() as rows:
            last = last_entry(rows)
        return head_of(last) if last else BEGINNING

    def counts(self) -> dict[str, int]:
        """By index, without reading a record."""
        with self._reader.rows(at_once=True) as rows:
            found = [
                rows.connection.execute(f"SELECT state, count(*) FROM {name} GROUP BY state")  # noqa: S608
                for name in (OUTBOUND_TABLE.name, INBOUND_TABLE.name)
            ]
            return {state: number for cursor in found for state, number in cursor}

    def close(self) -> None:
        """The last to close folds the log back into the file."""
        self._ended()

    def _change(self, work: Callable[[Rows], Result]) -> Result:
        def on(connection: sqlite3.Connection) -> Result:
            return work(Rows(connection, self._path))

        with translated(self._path):
            return self._writer.run(on)

    def _by_key(
        self, live: Table[Record], past: Table[Record], message_id: MessageId, recipient: OrganId
    ) -> Record | None:
        with self._reader.rows() as rows:
            return find(rows, live, past, message_id, recipient)[0]

    def _select(self, table: Table[Record], tail: str, *values: object) -> list[Record]:
        with self._reader.rows() as rows:
            return rows.select(table, tail, *values)


def _end(writer: Writer, reader: Reader) -> None:
    writer.close()
    reader.close()
