"""The books as Decree 30/2020/NĐ-CP prints them: ten columns each (appendix IV).

>>> [column.vietnamese for column in COLUMNS[Book.INCOMING]][:2]
['Ngày đến', 'Số đến']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import Book
from docexchange.lifecycle import State, number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date, datetime

    from docexchange.delivery import BookRow
    from docexchange.report.ledger import Ledger

__all__ = ["COLUMNS", "Column", "book_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a book."""

    vietnamese: str
    """Its head as the decree has it."""
    english: str
    """The same in English."""
    text: Callable[[BookRow, Ledger], str]
    """What stands in it for a row."""


def book_table(
    rows: Iterable[BookRow], ledger: Ledger, book: Book, *, vietnamese: bool
) -> list[list[str]]:
    """A book as a table of texts, its heads first.

    Args:
        rows: of that book.
        ledger: of the agency, for what became of each document.
        book: which.
        vietnamese: the language of the heads.
    """
    columns = COLUMNS[book]
    heads = [column.vietnamese if vietnamese else column.english for column in columns]
    return [heads, *([column.text(row, ledger) for column in columns] for row in rows)]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _moment(at: datetime | None) -> str:
    return _day(vietnam_date(at)) if at else ""


def _code(row: BookRow, _: Ledger) -> str:
    if row.is_reserved and row.number is not None:
        return f"{number_text(row.number)}/{row.code}".rstrip("/")
    return row.code


def _title(row: BookRow, _: Ledger) -> str:
    return " ".join(filter(None, [row.type_name, row.subject]))


def _recipients(row: BookRow, _: Ledger) -> str:
    return "; ".join(name or code for code, name in row.recipients)


def _moved(row: BookRow, _: Ledger) -> str:
    return "" if row.is_reserved else _moment(row.entered_at)


def _signed_for(row: BookRow, ledger: Ledger) -> str:
    """Who confirmed it, and on which day: what takes the place of a signature on paper."""
    return "; ".join(
        f"{dealing.party} {_moment(dealing.acknowledged)}"
        for dealing in ledger.dealings(row)
        if dealing.acknowledged is not None and dealing.refusal is None
    )


def _notes(row: BookRow, ledger: Ledger) -> str:
    refusals = [dealing.refusal for dealing in ledger.dealings(row) if dealing.refusal is not None]
    return "; ".join(filter(None, [row.note, *refusals, *_marks(row, ledger)]))


def _marks(row: BookRow, ledger: Ledger) -> Iterator[str]:
    """What became of it afterwards; the entry itself and its number stay (appendix VI)."""
    for standing in ledger.standings_of(row):
        if standing.state in _MARKS:
            whom = f" {standing.receiver}" if row.book is Book.OUTGOING else ""
            yield f"{_MARKS[standing.state]}{whom}"


def _issuer(row: BookRow, _: Ledger) -> str:
    return row.issuer_name or str(row.issuer or "")


def _arrival(row: BookRow, _: Ledger) -> str:
    return number_text(row.number) if row.number is not None else ""


def _issued(row: BookRow, _: Ledger) -> str:
    return _day(row.issued)


_MARKS: Final[Mapping[State, str]] = {
    State.RECALLED: "đã thu hồi",
    State.UPDATED: "đã cập nhật",
    State.REPLACED: "đã được thay thế",
}
"""In the language of the form, as what people wrote stands beside it."""
_TITLE: Final = Column(
    vietnamese="Tên loại và trích yếu nội dung văn bản", english="Type and subject", text=_title
)
_MOVED: Final = Column(vietnamese="Ngày chuyển", english="Passed on", text=_moved)
_SIGNED_FOR: Final = Column(vietnamese="Ký nhận", english="Confirmed by", text=_signed_for)
_NOTES: Final = Column(vietnamese="Ghi chú", english="Notes", text=_notes)
_NUMBER: Final = Column(vietnamese="Số, ký hiệu văn bản", english="Number and notation", text=_code)
_DATE: Final = Column(vietnamese="Ngày tháng văn bản", english="Date", text=_issued)

COLUMNS: Final[Mapping[Book, tuple[Column, ...]]] = {
    Book.OUTGOING: (
        _NUMBER,
        _DATE,
        _TITLE,
        Column(vietnamese="Người ký", english="Signed by", text=lambda row, _: row.signer),
        Column(vietnamese="Nơi nhận văn bản", english="Recipients", text=_recipients),
        # Nobody tells the exchange who keeps the file copy; the clerk fills it in.
        Column(
            vietnamese="Đơn vị, người nhận bản lưu",
            english="Keeper of the copy",
            text=lambda _row, _: "",
        ),
        Column(
            vietnamese="Số lượng bản",
            english="Copies",
            text=lambda row, _: "" if row.copies is None else str(row.copies),
        ),
        _MOVED,
        _SIGNED_FOR,
        _NOTES,
    ),
    Book.INCOMING: (
        Column(
            vietnamese="Ngày đến", english="Arrived", text=lambda row, _: _moment(row.received_at)
        ),
        Column(vietnamese="Số đến", english="Arrival number", text=_arrival),
        Column(vietnamese="Tác giả", english="Issuer", text=_issuer),
        _NUMBER,
        _DATE,
        _TITLE,
        Column(vietnamese="Đơn vị hoặc người nhận", english="Handled by", text=lambda _row, _: ""),
        _MOVED,
        _SIGNED_FOR,
        _NOTES,
    ),
}
"""The columns of each book, in order."""
