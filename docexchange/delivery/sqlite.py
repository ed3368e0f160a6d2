"""The store of a node on one machine: one SQLite file, durable to the last acknowledged letter.

    with SQLiteStore(Path("/var/lib/docexchange/store.db")) as store: ...

Write-ahead log with a full flush for each `apply`. Several processes may have the file open; SQLite
lets one write at a time, and the guards of `changes` decide who was first. The database appears
under its name only once it is whole: it is made beside it and linked into place.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from contextlib import closing, contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar, assert_never

from docexchange.delivery._failures import damaged, from_os, from_sqlite
from docexchange.delivery._files import flush_directory, flush_file
from docexchange.delivery._summaries import summarise
from docexchange.delivery._tables import (
    APPLICATION_ID,
    INBOUND_TABLE,
    IS_WAITING,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    SCHEMA,
    SCHEMA_VERSION,
    STATUS_TABLE,
    TIMELINE_TABLE,
    Table,
    to_sql,
)
from docexchange.delivery.changes import (
    AddTimeline,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    check_inbound,
    check_outbound,
    receipt_identity,
)
from docexchange.delivery.lanes import Lane
from docexchange.delivery.store import Store
from docexchange.errors import StoreFailure, UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from docexchange.delivery.changes import Change
    from docexchange.delivery.records import (
        InboundRecord,
        MessageSummary,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.delivery.table import InboundState, OutboundState
    from docexchange.identifiers import MessageId

__all__ = ["SQLiteStore"]

Record = TypeVar("Record")

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

    Raises:
        StoreFailure: the file is no docexchange store, is damaged, was written by a newer version,
            or cannot be opened.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 10.0) -> None:
        self._path: Final = Path(path).absolute()
        self._lock: Final = threading.RLock()
        with self._translated():
            if not self._path.exists():
                _create(self._path)
            self._connection: Final = _connect(self._path, busy_seconds)

    def apply(self, changes: Sequence[Change]) -> None:
        """One transaction, one flush."""
        if not changes:
            return
        with self._transaction():
            for change in changes:
                self._write(change)

    def outbound(self, message_id: MessageId, recipient: OrganId) -> OutboundRecord | None:
        """By primary key."""
        return self._one(OUTBOUND_TABLE, message_id, recipient)

    def inbound(self, message_id: MessageId, recipient: OrganId) -> InboundRecord | None:
        """By primary key."""
        return self._one(INBOUND_TABLE, message_id, recipient)

    def due(self, now: datetime, limit: int) -> list[OutboundRecord]:
        """By an index of what is waiting."""
        tail = f"{_WAITING} AND due_at <= ? ORDER BY due_at, message_id, recipient LIMIT ?"
        return self._select(OUTBOUND_TABLE, tail, now.astimezone(UTC), max(limit, 0))

    def due_peers(self, now: datetime) -> list[OrganId]:
        """Skip from peer to peer through an index."""
        with self._lock, self._translated():
            rows = self._connection.execute(_DUE_PEERS, (to_sql(now.astimezone(UTC)),)).fetchall()
        return sorted(OrganId(code) for (code,) in rows)

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

    def messages(self, *, limit: int | None = None) -> list[MessageSummary]:
        """Both tables in one moment, then folded."""
        most = -1 if limit is None else max(limit, 0)
        with self._transaction("BEGIN"):
            sent = self._select(OUTBOUND_TABLE, _LATEST, most)
            came = self._select(INBOUND_TABLE, _LATEST, most)
        return summarise([*sent, *came], limit)

    def close(self) -> None:
        """The last to close folds the log back into the file."""
        with self._lock, self._translated():
            self._connection.close()

    def _write(self, change: Change) -> None:
        match change:
            case PutOutbound(record=sent):
                known = self.outbound(sent.message_id, sent.recipient)
                check_outbound(change, known, self._holder(sent.submit_key))
                self._insert("REPLACE", OUTBOUND_TABLE, sent)
            case PutInbound(record=came):
                check_inbound(change, self.inbound(came.message_id, came.recipient))
                self._insert("REPLACE", INBOUND_TABLE, came)
            case PutReceipt(record=receipt):
                digest = {"digest": receipt_identity(receipt)[-1]}
                self._insert("INSERT OR IGNORE", RECEIPT_TABLE, receipt, digest)
            case PutStatus(record=status):
                self._insert("INSERT OR IGNORE", STATUS_TABLE, status)
            case AddTimeline(entry=entry):
                self._insert("INSERT", TIMELINE_TABLE, entry)
            case _:
                assert_never(change)

    def _holder(self, submit_key: str | None) -> MessageId | None:
        if submit_key is None:
            return None
        holders = self._select(OUTBOUND_TABLE, "WHERE submit_key = ? LIMIT 1", submit_key)
        return holders[0].message_id if holders else None

    def _insert(
        self, verb: str, table: Table[Record], record: Record, more: Mapping[str, object] = {}
    ) -> None:
        values = {**table.values(record), **more}
        marks = ", ".join("?" * len(values))
        sql = f"{verb} INTO {table.name} ({', '.join(values)}) VALUES ({marks})"
        self._connection.execute(sql, tuple(values.values()))

    def _one(self, table: Table[Record], *key: object) -> Record | None:
        found = self._select(table, "WHERE message_id = ? AND recipient = ?", *key)
        return found[0] if found else None

    def _select(self, table: Table[Record], tail: str, *values: object) -> list[Record]:
        # Every part of the text is written in this package; what comes from outside is bound.
        sql = f"SELECT {table.columns} FROM {table.name} {tail}"  # noqa: S608
        with self._lock, self._translated():
            rows = self._connection.execute(sql, tuple(map(to_sql, values))).fetchall()
        try:
            return [table.record(row) for row in rows]
        except (UsageError, AttributeError, TypeError, ValueError) as error:
            raise damaged(self._path, f"legal records in table {table.name}", error) from error

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        with self._lock, self._translated():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                # Only a transaction that did not get as far as its commit is still open here.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise from_sqlite(error, self._path) from error
        except UnicodeDecodeError as error:
            # The driver fails like this on SQLite's own message about a schema of damaged names.
            raise damaged(self._path, "text in UTF-8", error) from error
        except OSError as error:
            raise from_os(error, self._path) from error


def _create(path: Path) -> None:
    """Make the database beside ``path`` and link it there, unless another process was faster."""
    handle, name = tempfile.mkstemp(prefix=".docexchange-", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.executescript(SCHEMA)
        flush_file(draft)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    flush_directory(path.parent)


def _connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a database that is there, and make sure that it is ours."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _check(connection, path)
        connection.execute("PRAGMA synchronous = FULL")
    except (sqlite3.Error, StoreFailure):
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    mark: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if mark != APPLICATION_ID:
        found = f"another SQLite file (application id {mark:#x})"
        raise damaged(path, f"application id {APPLICATION_ID:#x}", found, code="store.foreign")
    if version > SCHEMA_VERSION:
        raise StoreFailure(
            f"store {path}: expected schema version {SCHEMA_VERSION} or older, found {version}",
            code="store.schema-newer",
            advice="Use the version of docexchange that wrote the store, or a newer one.",
        )
