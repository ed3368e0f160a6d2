"""The books of an agency: one frozen row for each document that went out or came in.

    store.apply([..., EnterInBook(row)])     # with the message that it is about, or not at all
    store.enter(BookRow(book=Book.OUTGOING, automatic=True, ...)).number      # the next number

1. A row with ``automatic`` and no number gets the next of its agency, series and year: one more
   than the highest entered so far. Two never get the same, whoever asks at the same time.
2. A row that came with a number keeps it; that it may occur twice is told, not refused
   (``docexchange.lifecycle.register``).
3. A number that was reserved is a row without a document. The document that bears it takes its
   place.
4. A message is entered once, however often it is offered. Rows are never purged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.delivery.records import AuditNote, illegal_record, keep_text, keep_utc, storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.identifiers import MessageId, OrganId

__all__ = ["Book", "BookRow", "EnterInBook", "is_about", "is_place_for", "note_of_entry"]

_WHERE_KNOWN: Final = ("received_at", "stated_at")
_LARGEST_NUMBER: Final = 10**10 - 1
_TEXTS: Final = (
    "series",
    "document_id",
    "code",
    "mark",
    "type_name",
    "subject",
    "signer",
    "issuer_name",
    "refusal",
    "note",
)


class Book(StrEnum):
    """Which book."""

    OUTGOING = "outgoing"
    """Sổ đăng ký văn bản đi."""
    INCOMING = "incoming"
    """Sổ đăng ký văn bản đến."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """One entry of a book."""

    book: Book
    """Which book."""
    agency: OrganId
    """Whose book."""
    series: str
    """The series it is numbered in."""
    year: int
    """The year of the series."""
    number: int | None
    """Outgoing: the document's number. Incoming: the number of arrival. None: it has none."""
    automatic: bool = False
    """Whether the number is the book's; without one, the next is given."""
    entered_at: datetime
    """When it was entered: sent, handed over, or reserved."""
    received_at: datetime | None = None
    """When it came in."""
    message_id: MessageId | None = None
    """The message that carried it; none for paper alone, and for a number that is reserved."""
    document_id: str = ""
    """The document's own id."""
    code: str = ""
    """Number and notation as the document bears them; of a reserved number, the notation alone."""
    mark: str = ""
    """The same with issuer and year, in a form to compare."""
    issued: date | None = None
    """The day it was signed."""
    type_name: str = ""
    """The kind of document."""
    subject: str = ""
    """Trích yếu."""
    signer: str = ""
    """Who signed it."""
    issuer: OrganId | None = None
    """Whose document it is."""
    issuer_name: str = ""
    """Its name, as the document has it."""
    recipients: tuple[tuple[str, str], ...] = ()
    """Code and name of each agency it went to; the code is empty for one on paper."""
    copies: int | None = None
    """How many copies were made."""
    priority: int = 0
    """How urgent it is, a value of ``envelope.Priority``."""
    due: date | None = None
    """By when an answer is asked for."""
    answers: tuple[tuple[str, str], ...] = ()
    """What it answers, recalls or updates: id of the document, and its mark."""
    asks: tuple[tuple[str, str, str], ...] = ()
    """What it asks about earlier documents: id, what for (`lifecycle.Asked`), of which agency."""
    stated_at: datetime | None = None
    """When it was signed, as its last good signature states."""
    business: int = 0
    """What it does, a value of ``envelope.BusinessKind``."""
    electronic: bool = False
    """Whether it went over the exchange."""
    paper: bool | None = None
    """Whether it (also) went on paper; None where it does not say."""
    roles: tuple[str, ...] = ()
    """The role of each good signature, ``leader`` or ``agency``; empty for one without."""
    refusal: str = ""
    """Why the agency did not take it; such an entry has no number."""
    note: str = ""
    """For people."""

    def __post_init__(self) -> None:
        for name, value in (("number", self.number), ("copies", self.copies)):
            if value is not None and not 0 <= value <= _LARGEST_NUMBER:
                raise illegal_record(name, f"0 to {_LARGEST_NUMBER}", value)
        if not self.series.strip():
            raise illegal_record("series", "a name", self.series)
        if not date.min.year <= self.year <= date.max.year:
            raise illegal_record("year", f"{date.min.year} to {date.max.year}", self.year)
        keep_utc(self, "entered_at", *(name for name in _WHERE_KNOWN if getattr(self, name)))
        keep_text(self, *_TEXTS)
        for name in ("recipients", "answers", "asks"):
            if groups := getattr(self, name):
                object.__setattr__(self, name, _texts(groups))
        object.__setattr__(self, "roles", tuple(map(storable, self.roles)))

    @property
    def wants_number(self) -> bool:
        """Whether the book is to give it the next number."""
        return self.automatic and self.number is None

    @property
    def is_reserved(self) -> bool:
        """Whether it is a number for which there is no document yet."""
        return self.message_id is None and self.issued is None

    def numbered_by(self, used: Iterable[int | None]) -> BookRow:
        """The row with the number after the highest of those used."""
        highest = max((number for number in used if number is not None), default=0)
        return replace(self, number=highest + 1)


@dataclass(frozen=True, slots=True)
class EnterInBook:
    """Enter a document in a book; its message is entered once."""

    row: BookRow
    """The row; see the rules above for its number."""


def is_about(row: BookRow, document_id: str) -> bool:
    """Whether a row is that of a document, or asks something about it."""
    if not document_id:
        return False
    return row.document_id == document_id or document_id in [about for about, _, _ in row.asks]


def is_place_for(row: BookRow, reserved: BookRow) -> bool:
    """Whether a number was reserved for the document that is entered now.

    Args:
        row: the document.
        reserved: a row with the same book, agency, year and number.
    """
    if row.is_reserved or not reserved.is_reserved:
        return False
    # Who reserved a number with its notation means no other; without one, the series tells.
    notation = row.code.partition("/")[2]
    return reserved.code == notation if reserved.code else reserved.series == row.series


def note_of_entry(row: BookRow, who: str) -> AuditNote:
    """What the audit log says about an entry that no message tells of."""
    number = "" if row.number is None else f"/{row.number}"
    about = f"{row.book} {row.series} {row.year}{number}"
    what = "book.reserved" if row.is_reserved else "book.entered"
    return AuditNote(at=row.entered_at, who=who, what=what, about=about)


def _texts(groups: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple([tuple(map(storable, group)) for group in groups])
