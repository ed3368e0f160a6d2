"""Records in and out of one connection: the only place that puts SQL text together.

    rows = Rows(connection, path)
    rows.select(OUTBOUND_TABLE, "WHERE state = ?", OutboundState.QUEUED)

Every part of the text is written in this package; what comes from outside is bound.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.delivery._failures import damaged, from_os, from_sqlite
from docexchange.delivery._tables import to_sql
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from docexchange.delivery._tables import Table

__all__ = ["Rows", "translated"]

Record = TypeVar("Record")


class Rows:
    """The records behind a connection.

    Args:
        connection: to a store.
        path: its file, to be named when it is damaged.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection: Final = connection
        self.path: Final = path

    def select(self, table: Table[Record], tail: str, *values: object) -> list[Record]:
        """The records of ``table`` that ``tail`` (``WHERE … ORDER BY …``) describes."""
        sql = f"SELECT {table.columns} FROM {table.name} {tail}"  # noqa: S608
        rows = self.connection.execute(sql, tuple(map(to_sql, values))).fetchall()
        return [self.record(table, row) for row in rows]

    def record(self, table: Table[Record], row: tuple[Any, ...]) -> Record:
        """The record of a row; an illegal one is damage."""
        try:
            return table.record(row)
        except (UsageError, AttributeError, TypeError, ValueError) as error:
            raise damaged(self.path, f"legal records in table {table.name}", error) from error

    def insert(
        self, verb: str, table: Table[Record], record: Record, more: Mapping[str, object] = {}
    ) -> int:
        """Write a record.

        Args:
            verb: ``INSERT``, ``INSERT OR IGNORE`` or ``REPLACE``.
            table: where.
            record: what.
            more: columns that are no fields.

        Returns:
            How many rows were written: 0 when it was ignored.
        """
        sql = _insert_sql(verb, table, *more)
        values = (*table.values(record).values(), *more.values())
        return self.connection.execute(sql, values).rowcount


@cache
def _insert_sql(verb: str, table: Table[Any], *more: str) -> str:
    columns = ", ".join((*table.readers, *more))
    marks = ", ".join("?" * (len(table.readers) + len(more)))
    return f"{verb} INTO {table.name} ({columns}) VALUES ({marks})"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Tell what the driver or the system say about the store at ``path`` as a `StoreFailure`."""
    try:
        yield
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    except UnicodeDecodeError as error:
        # The driver fails like this on SQLite's own message about a schema of damaged names.
        raise damaged(path, "text in UTF-8", error) from error
    except OSError as error:
        raise from_os(error, path) from error
