"""What should have been done by now, and by whom? Lists out of books and statuses.

>>> for item in overdue([ledger], now=now):
...     print(item.what, item.row.code, item.party, item.deadline)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import Book
from docexchange.lifecycle import WorkCalendar, acknowledge_by, answer_by, send_by
from docexchange.report.succession import linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from docexchange.delivery import BookRow
    from docexchange.identifiers import OrganId
    from docexchange.report.ledger import Ledger

__all__ = ["Overdue", "OverdueItem", "overdue"]

_PLAIN: Final = WorkCalendar()


class Overdue(StrEnum):
    """What is overdue."""

    SEND = "send"
    """We took a number, and have sent no document under it."""
    ACKNOWLEDGE = "acknowledge"
    """A document came in, and its sender was not told within the day (Decree 30, art. 21)."""
    ANSWER = "answer"
    """A document that came in is past its due date, neither answered nor finished."""
    RECEIPT_AWAITED = "receipt-awaited"
    """A receiver of our document has not told us within the day what it does with it."""
    ANSWER_AWAITED = "answer-awaited"
    """Our document is past its due date, neither answered nor finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueItem:
    """One thing that is overdue."""

    what: Overdue
    """What."""
    row: BookRow
    """The entry of the document."""
    party: OrganId | None
    """Who is to do it; None where it is not one agency alone."""
    deadline: datetime
    """Since when."""


def overdue(
    ledgers: Iterable[Ledger], *, now: datetime, calendar: WorkCalendar = _PLAIN
) -> tuple[OverdueItem, ...]:
    """List what is overdue.

    Args:
        ledgers: one for each agency.
        now: the present.
        calendar: which days are worked.

    Returns:
        The longest overdue first.
    """
    found = [
        item
        for ledger in linked(ledgers)
        for item in (*_numbers(ledger, calendar), *_of_documents(ledger, calendar))
        if item.deadline <= now
    ]
    return tuple(sorted(found, key=lambda item: (item.deadline, item.what, item.row.entered_at)))


def _numbers(ledger: Ledger, calendar: WorkCalendar) -> Iterator[OverdueItem]:
    for row in ledger.rows:
        if row.is_reserved:
            deadline = send_by(vietnam_date(row.entered_at), calendar=calendar)
            yield OverdueItem(what=Overdue.SEND, row=row, party=ledger.agency, deadline=deadline)


def _of_documents(ledger: Ledger, calendar: WorkCalendar) -> Iterator[OverdueItem]:
    for book in Book:
        for row in ledger.documents(book):
            # What was refused or taken back asks nothing of anybody.
            if not ledger.is_recalled(row):
                yield from _receipts(ledger, row, calendar)
                yield from _answers(ledger, row)


def _receipts(ledger: Ledger, row: BookRow, calendar: WorkCalendar) -> Iterator[OverdueItem]:
    own = row.book is Book.INCOMING
    for dealing in ledger.dealings(row):
        if dealing.acknowledged is None and dealing.refusal is None:
            yield OverdueItem(
                what=Overdue.ACKNOWLEDGE if own else Overdue.RECEIPT_AWAITED,
                row=row,
                party=dealing.party,
                deadline=acknowledge_by(dealing.arrived, calendar=calendar),
            )


def _answers(ledger: Ledger, row: BookRow) -> Iterator[OverdueItem]:
    if row.due is None or row.refusal or ledger.answered_at(row) is not None:
        return
    own = row.book is Book.INCOMING
    dealings = ledger.dealings(row)
    if dealings and all(dealing.refusal is not None for dealing in dealings):
        return
    yield OverdueItem(
        what=Overdue.ANSWER if own else Overdue.ANSWER_AWAITED,
        row=row,
        party=ledger.agency if own else None,
        deadline=answer_by(row.due),
    )
