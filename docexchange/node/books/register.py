"""The books of a node's agency: numbers before there is a document, and documents on paper.

    register = node.register
    register.next_number(notation="UBND-VX")      # 16: reserved, whoever asks at the same time
    register.rows(Book.OUTGOING, year=2026)

Documents that are sent or handed over are entered by themselves, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import Book, BookRow
from docexchange.lifecycle import GENERAL, mark_of, number_text

if TYPE_CHECKING:
    from datetime import date

    from docexchange.clock import Clock
    from docexchange.delivery import Store
    from docexchange.identifiers import OrganId

__all__ = ["PaperDocument", "Register"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDocument:
    """A document that goes out on paper alone: the book has it, the exchange has not."""

    notation: str
    """Its notation."""
    issued: date
    """The day it was signed."""
    subject: str
    """Trích yếu."""
    type_name: str = ""
    """The kind of document."""
    signer: str = ""
    """Who signed it."""
    recipients: tuple[str, ...] = ()
    """Whom it goes to, by name."""
    copies: int | None = None
    """How many copies were made."""
    note: str = ""
    """For people."""


class Register:
    """The books of one agency.

    Args:
        agency: whose.
        store: where they are kept.
        clock: tells the time.
    """

    def __init__(self, agency: OrganId, store: Store, clock: Clock) -> None:
        self._agency = agency
        self._store = store
        self._clock = clock

    def next_number(
        self,
        series: str = GENERAL,
        year: int | None = None,
        *,
        notation: str = "",
        note: str = "",
    ) -> int:
        """Reserve the next number; nobody else gets it, and the document that bears it takes it.

        Args:
            series: ``general``, ``legal``, or a name of the agency's own.
            year: of the series; this year in Vietnam when left out.
            notation: only a document with this notation takes the number.
            note: for people.

        Raises:
            StoreFailure: it could not be kept.
        """
        return self.reserve(series, year, notation=notation, note=note).number or 0

    def reserve(
        self,
        series: str = GENERAL,
        year: int | None = None,
        *,
        notation: str = "",
        note: str = "",
    ) -> BookRow:
        """Reserve the next number (see `next_number`) and show the entry."""
        now = self._clock.now()
        return self._store.enter(
            BookRow(
                book=Book.OUTGOING,
                agency=self._agency,
                series=series,
                year=year if year is not None else vietnam_date(now).year,
                number=None,
                automatic=True,
                entered_at=now,
                code=notation.strip(),
                note=note,
            )
        )

    def enter_paper(self, document: PaperDocument, *, series: str = GENERAL) -> BookRow:
        """Enter a document that goes out on paper alone, under the next number.

        Args:
            document: the document.
            series: where it is numbered.

        Raises:
            StoreFailure: it could not be kept; a number that was reserved for it stays so.
        """
        year, notation = document.issued.year, document.notation.strip()
        reserved = self.reserve(series, year, notation=notation)
        number = number_text(reserved.number or 0)
        return self._store.enter(
            replace(
                reserved,
                automatic=False,
                code=f"{number}/{notation}",
                mark=mark_of(self._agency, year, number, notation),
                issued=document.issued,
                type_name=document.type_name,
                subject=document.subject,
                signer=document.signer,
                issuer=self._agency,
                recipients=tuple(("", name) for name in document.recipients),
                copies=document.copies,
                paper=True,
                note=document.note,
            )
        )

    def rows(self, book: Book, *, year: int | None = None) -> list[BookRow]:
        """The entries of a book in the order they were made.

        Args:
            book: which.
            year: of the series; all when left out.
        """
        return self._store.book(book, year=year)
