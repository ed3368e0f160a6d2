"""The books in SQLite: numbers are given inside the transaction that writes them.

>>> enter(rows, row)        # the row as it now stands in the book

One writes at a time (``BEGIN IMMEDIATE``), so the highest number is still the highest when the next
is written; an index refuses what would break that.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.delivery._sealing import seal
from docexchange.delivery._tables import BOOK_TABLE
from docexchange.delivery.books import Book, BookRow, is_about, is_place_for, note_of_entry
from docexchange.delivery.records import storable

if TYPE_CHECKING:
    from docexchange.delivery._rows import Rows

__all__ = ["concerning", "doubles", "enter", "enter_alone", "rows_of_book"]

_IN_SERIES: Final = "WHERE book = ? AND agency = ? AND series = ? AND year = ?"
_SAME_NUMBER: Final = "WHERE book = ? AND agency = ? AND year = ? AND number = ? AND automatic"


def enter(rows: Rows, row: BookRow) -> BookRow:
    """Enter a row, in the transaction at hand; returns it with its number."""
    if row.message_id is not None:
        tail = "WHERE book = ? AND message_id = ?"
        known = rows.select(BOOK_TABLE, tail, row.book, row.message_id)
        if known:
            return known[0]
    if row.wants_number:
        row = _numbered(rows, row)
    elif row.book is Book.OUTGOING and row.number is not None:
        row = _in_reserved_place(rows, row)
    rows.insert("INSERT", BOOK_TABLE, row)
    return row


def enter_alone(rows: Rows, row: BookRow, who: str) -> BookRow:
    """Enter a row that no message tells of, and tell the audit log."""
    entered = enter(rows, row)
    seal(rows, [note_of_entry(entered, who)])
    return entered


def rows_of_book(rows: Rows, book: Book, year: int | None) -> list[BookRow]:
    """The rows of a book in the order of their entry."""
    if year is None:
        return rows.select(BOOK_TABLE, "WHERE book = ? ORDER BY place", book)
    return rows.select(BOOK_TABLE, "WHERE book = ? AND year = ? ORDER BY place", book, year)


def doubles(rows: Rows, row: BookRow) -> list[BookRow]:
    """The rows that bear the same mark, but for that of the same message."""
    found = rows.select(
        BOOK_TABLE, "WHERE mark = ? AND mark <> '' AND book = ? ORDER BY place", row.mark, row.book
    )
    return [item for item in found if item.message_id != row.message_id and not item.is_reserved]


def concerning(rows: Rows, document_id: str) -> list[BookRow]:
    """The rows of a document, and of those that ask something about it, as they were entered."""
    own = rows.select(BOOK_TABLE, "WHERE document_id = ? AND document_id <> ''", document_id)
    # Few documents ask: these are found by an index, and the right ones among them by the eye.
    asking = rows.select(
        BOOK_TABLE,
        "WHERE asks <> '[]' AND instr(asks, ?) > 0 AND document_id <> ? ORDER BY place",
        json.dumps(storable(document_id), ensure_ascii=False),
        document_id,
    )
    return [*own, *(row for row in asking if is_about(row, document_id))]


def _numbered(rows: Rows, row: BookRow) -> BookRow:
    sql = f"SELECT max(number) FROM {BOOK_TABLE.name} {_IN_SERIES}"  # noqa: S608
    series = (row.book, str(row.agency), row.series, row.year)
    return row.numbered_by(rows.connection.execute(sql, series).fetchone())


def _in_reserved_place(rows: Rows, row: BookRow) -> BookRow:
    """The row as the document whose number was reserved; the reservation makes way."""
    found = rows.select(BOOK_TABLE, _SAME_NUMBER, row.book, row.agency, row.year, row.number)
    for reserved in found:
        if is_place_for(row, reserved):
            rows.connection.execute(
                f"DELETE FROM {BOOK_TABLE.name} {_SAME_NUMBER} AND series = ?",  # noqa: S608
                (row.book, str(row.agency), row.year, row.number, reserved.series),
            )
            return replace(row, series=reserved.series, automatic=True)
    return row
