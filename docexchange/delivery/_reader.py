"""Reading while others write: a connection of its own, which never waits for a flush.

with reader.rows() as rows: ...            # all that was committed, at this moment
with reader.rows(at_once=True) as rows:    # several queries that see one and the same moment
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from docexchange.delivery._failures import forked_store
from docexchange.delivery._rows import Rows, translated

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Reader"]


class Reader:
    """Queries on one database; threads take turns.

    Args:
        connection: to read with.
        path: the database, to be named in errors.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._rows: Final = Rows(connection, path)
        self._process: Final = os.getpid()
        self._lock: Final = threading.RLock()

    @contextmanager
    def rows(self, *, at_once: bool = False) -> Iterator[Rows]:
        """The records as they are; what fails underneath comes out as a `StoreFailure`.

        Args:
            at_once: whether all queries see one moment.
        """
        connection, path = self._rows.connection, self._rows.path
        if os.getpid() != self._process:
            raise forked_store(path)
        with self._lock, translated(path):
            if not at_once:
                yield self._rows
                return
            connection.execute("BEGIN")
            try:
                yield self._rows
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the connection; harmless when repeated, or after a fork."""
        if os.getpid() == self._process:
            with self._lock, translated(self._rows.path):
                self._rows.connection.close()
