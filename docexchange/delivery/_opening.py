"""Database files: made whole or not at all, and never somebody else's.

>>> connection = connect(Path("store.db"), busy_seconds=10)
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from docexchange.delivery._failures import damaged
from docexchange.delivery._migrations import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    migrate,
    version_of,
)
from docexchange.envelope.files import flush_directory, flush_file
from docexchange.errors import StoreFailure

__all__ = ["connect", "connect_to_write", "create"]


def create(path: Path) -> None:
    """Make the database beside ``path`` and link it there, unless another process was faster."""
    handle, name = tempfile.mkstemp(prefix=".docexchange-", dir=path.parent)
    os.close(handle)
    draft = Path(name)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(connection, draft)
        flush_file(draft)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    flush_directory(path.parent)


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a database that is there: make sure that it is ours, and bring it up to date."""
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
        migrate(connection, path)
    except (sqlite3.Error, StoreFailure):
        connection.close()
        raise
    return connection


def connect_to_write(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open a database for the many small changes of the thread that writes."""
    connection = connect(path, busy_seconds)
    # What a savepoint would take back: else SQLite writes it into a file, page by page.
    connection.execute("PRAGMA temp_store = MEMORY")
    # What is deleted is overwritten in pages that are written anyway, and no page for that alone:
    # letters have pages of their own. Unless they are told, some builds of SQLite do it for all.
    connection.execute("PRAGMA secure_delete = FAST")
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    mark: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if not path.stat().st_size:
        raise damaged(path, "a database", "an empty file")
    if mark != APPLICATION_ID:
        found = f"another SQLite file (application id {mark:#x})"
        raise damaged(path, f"application id {APPLICATION_ID:#x}", found, code="store.foreign")
    version = version_of(connection)
    if version > SCHEMA_VERSION:
        raise StoreFailure(
            f"store {path}: expected schema version {SCHEMA_VERSION} or older, found {version}",
            code="store.schema-newer",
            advice="Use the version of docexchange that wrote the store, or a newer one.",
        )
