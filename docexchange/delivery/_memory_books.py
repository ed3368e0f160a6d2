"""The books of a store in memory; they give the same numbers as those in SQLite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.delivery.books import Book, is_about, is_place_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from docexchange.delivery.books import BookRow
    from docexchange.identifiers import MessageId

__all__ = ["MemoryBooks"]


class MemoryBooks:
    """Rows in the order of their entry; the caller holds the lock."""

    def __init__(self) -> None:
        self.rows: Final[list[BookRow]] = []

    def enter(self, row: BookRow) -> BookRow:
        """Enter a row; returns it with its number."""
        if row.message_id is not None:
            for known in self.rows:
                if known.message_id == row.message_id and known.book is row.book:
                    return known
        if row.wants_number:
            row = row.numbered_by(
                item.number for item in self.rows if _series(item) == _series(row)
            )
        elif row.book is Book.OUTGOING:
            row = self._in_reserved_place(row)
        self.rows.append(row)
        return row

    def forget(self, messages: Collection[MessageId]) -> None:
        """Strike out the rows of messages, as if they had never been there."""
        self.rows[:] = [row for row in self.rows if row.message_id not in messages]

    def of(self, book: Book, year: int | None) -> list[BookRow]:
        """The rows of a book."""
        return [row for row in self.rows if row.book is book and year in (None, row.year)]

    def doubles(self, row: BookRow) -> list[BookRow]:
        """The rows that bear the same mark, but for that of the same message."""
        return [
            item
            for item in self.of(row.book, None)
            if row.mark
            and item.mark == row.mark
            and item.message_id != row.message_id
            and not item.is_reserved
        ]

    def concerning(self, document_id: str) -> list[BookRow]:
        """The rows of a document, and of those that ask something about it."""
        return [row for row in self.rows if is_about(row, document_id)]

    def _in_reserved_place(self, row: BookRow) -> BookRow:
        for known in self.rows:
            if (
                known.automatic
                and _numbering(known) == _numbering(row)
                and is_place_for(row, known)
            ):
                self.rows.remove(known)
                return replace(row, series=known.series, automatic=True)
        return row


def _series(row: BookRow) -> tuple[object, ...]:
    return row.book, row.agency, row.series, row.year


def _numbering(row: BookRow) -> tuple[object, ...]:
    return row.book, row.agency, row.year, row.number
