"""The schema of a store, version by version, and how an older one is brought up to date.

>>> migrate(connection, path)     # one transaction: the newest version, or as it was

A new store is made by the same steps, from the first on, so there is one way to every version.
Steps that were released are never changed.
"""

from __future__ import annotations

import sqlite3
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from docexchange.delivery._rows import Rows
from docexchange.delivery._sealing import seal
from docexchange.delivery._tables import RECEIPT_TABLE
from docexchange.delivery.audit import note_of_receipt
from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "migrate", "version_of"]

APPLICATION_ID: Final = 0x64786531
"""Marks a SQLite file as ours ("dxe1")."""

_PAGE: Final = 1000


def _seal_receipts(rows: Rows) -> None:
    """Receipts from before there was an audit log are its first entries."""
    places = rows.connection.execute("SELECT number FROM receipt ORDER BY number").fetchall()
    for start in range(0, len(places), _PAGE):
        page = places[start : start + _PAGE]
        tail = "WHERE number BETWEEN ? AND ? ORDER BY number"
        notes = map(note_of_receipt, rows.select(RECEIPT_TABLE, tail, page[0][0], page[-1][0]))
        seal(rows, notes)


# As `_tables.IS_WAITING` says it today; another set of states needs a step of its own.
_WAITING: Final = "state IN ('awaiting_receipt', 'queued', 'retry_wait')"

_STEPS_1: Final = (
    """CREATE TABLE outbound (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    next_hop TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, submit_key TEXT, problem TEXT NOT NULL,
    PRIMARY KEY (message_id, recipient))""",
    f"""CREATE INDEX outbound_due ON outbound (due_at, message_id, recipient) WHERE {_WAITING}""",
    "CREATE INDEX outbound_state ON outbound (state, created_at, message_id, recipient)",
    """CREATE INDEX outbound_submit_key ON outbound (submit_key) WHERE submit_key IS NOT NULL""",
    """CREATE TABLE inbound (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    from_node TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, received_at TEXT NOT NULL, verdict TEXT NOT NULL, problem TEXT NOT NULL,
    PRIMARY KEY (message_id, recipient))""",
    "CREATE INDEX inbound_state ON inbound (state, received_at, message_id, recipient)",
    """CREATE TABLE receipt (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL,
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, issuer TEXT NOT NULL,
    given INTEGER NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL, xml BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    UNIQUE (message_id, recipient, issuer, given, digest))""",
    """CREATE TABLE status (
    number INTEGER PRIMARY KEY, message_id TEXT NOT NULL, document_id TEXT NOT NULL,
    code TEXT NOT NULL, reporter TEXT NOT NULL, about_recipient TEXT NOT NULL, at TEXT NOT NULL,
    description TEXT NOT NULL, outgoing INTEGER NOT NULL,
    UNIQUE (
        document_id, at, message_id, code, reporter, about_recipient, description, outgoing))""",
    """CREATE TABLE timeline (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, message_id TEXT NOT NULL, event TEXT NOT NULL,
    detail TEXT NOT NULL)""",
    "CREATE INDEX timeline_message ON timeline (message_id, at)",
)
"""The first."""

_STEPS_2: Final = (
    "ALTER TABLE outbound ADD COLUMN lane INTEGER NOT NULL DEFAULT 1",
    f"""CREATE INDEX outbound_peer
    ON outbound (next_hop, lane, due_at, created_at, message_id, recipient) WHERE {_WAITING}""",
    """CREATE TABLE outbound_past (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    next_hop TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at TEXT NOT NULL,
    created_at TEXT NOT NULL, expires_at TEXT NOT NULL, submit_key TEXT, problem TEXT NOT NULL,
    lane INTEGER NOT NULL, PRIMARY KEY (message_id, recipient)) WITHOUT ROWID""",
    "CREATE INDEX outbound_past_key ON outbound_past (submit_key) WHERE submit_key IS NOT NULL",
    """CREATE TABLE inbound_past (
    message_id TEXT NOT NULL, recipient TEXT NOT NULL, origin TEXT NOT NULL,
    from_node TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL, received_at TEXT NOT NULL, verdict TEXT NOT NULL, problem TEXT NOT NULL,
    PRIMARY KEY (message_id, recipient)) WITHOUT ROWID""",
    "CREATE INDEX outbound_payload ON outbound (payload)",
    "CREATE INDEX inbound_payload ON inbound (payload)",
    "CREATE INDEX receipt_payload ON receipt (payload)",
    "CREATE INDEX receipt_at ON receipt (at)",
    "CREATE INDEX timeline_at ON timeline (at, message_id)",
    "CREATE INDEX status_message ON status (message_id)",
    """CREATE TABLE audit (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL,
    about TEXT NOT NULL, sha256 TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    _seal_receipts,
)
"""Lanes of outbound messages, what remains of purged ones, and the audit log."""

_STEPS_3: Final = (
    """CREATE TABLE kept (
    number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, data BLOB NOT NULL)""",
)
"""Bytes whose files may not be on the disk yet."""

_STEPS_4: Final = (
    """CREATE TABLE book (
    place INTEGER PRIMARY KEY, book TEXT NOT NULL, agency TEXT NOT NULL, series TEXT NOT NULL,
    year INTEGER NOT NULL, number INTEGER, automatic INTEGER NOT NULL, entered_at TEXT NOT NULL,
    received_at TEXT, message_id TEXT, document_id TEXT NOT NULL, code TEXT NOT NULL,
    mark TEXT NOT NULL, issued TEXT, type_name TEXT NOT NULL, subject TEXT NOT NULL,
    signer TEXT NOT NULL, issuer TEXT, issuer_name TEXT NOT NULL, recipients TEXT NOT NULL,
    copies INTEGER, priority INTEGER NOT NULL, due TEXT, answers TEXT NOT NULL,
    business INTEGER NOT NULL, electronic INTEGER NOT NULL, paper INTEGER, roles TEXT NOT NULL,
    refusal TEXT NOT NULL, note TEXT NOT NULL)""",
    "CREATE INDEX book_series ON book (book, agency, series, year, number)",
    "CREATE INDEX book_year ON book (book, agency, year, number)",
    """CREATE UNIQUE INDEX book_number ON book (book, agency, series, year, number)
    WHERE automatic AND number IS NOT NULL""",
    """CREATE UNIQUE INDEX book_message ON book (book, message_id)
    WHERE message_id IS NOT NULL""",
    "CREATE INDEX book_mark ON book (mark) WHERE mark <> ''",
    "CREATE INDEX book_document ON book (document_id) WHERE document_id <> ''",
)
"""The books of outgoing and incoming documents."""

_STEPS_5: Final = (
    "ALTER TABLE book ADD COLUMN asks TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE book ADD COLUMN stated_at TEXT",
    "CREATE INDEX book_asks ON book (place) WHERE asks <> '[]'",
)
"""What a document asks about earlier ones: recalls, updates, replacements."""

_STEPS_6: Final = (
    """CREATE TABLE outage (
    endpoint TEXT PRIMARY KEY, failures INTEGER NOT NULL, since TEXT NOT NULL,
    until TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID""",
)
"""Peers that are out of reach."""

_STEPS: Final[Mapping[int, tuple[str | Callable[[Rows], None], ...]]] = MappingProxyType(
    {1: _STEPS_1, 2: _STEPS_2, 3: _STEPS_3, 4: _STEPS_4, 5: _STEPS_5, 6: _STEPS_6}
)

SCHEMA_VERSION: Final = max(_STEPS)
"""The version that this program reads and writes."""


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the schema behind a connection; 0 when there is none yet."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the schema to `SCHEMA_VERSION`; does nothing when it is there.

    Of several processes that open an old store at once, one does it while the others wait.

    Raises:
        StoreFailure: code ``store.schema-older``; the file is old and must not be written.
        sqlite3.Error: the database failed; it is as it was.
    """
    found = version_of(connection)
    if found == SCHEMA_VERSION:
        return
    try:
        connection.execute("BEGIN EXCLUSIVE")
        _take_steps(Rows(connection, path))
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
        raise StoreFailure(
            f"store {path}: expected schema version {SCHEMA_VERSION}, "
            f"found {found} in a file that cannot be written",
            code="store.schema-older",
            advice="Make the file and its folder writable and open it once, or open a copy.",
        ) from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _take_steps(rows: Rows) -> None:
    for version in range(version_of(rows.connection) + 1, SCHEMA_VERSION + 1):
        for step in _STEPS[version]:
            if isinstance(step, str):
                rows.connection.execute(step)
            else:
                step(rows)
    rows.connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
