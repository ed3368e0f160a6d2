"""What a node's books and the statuses tell of its documents, put together.

>>> ledger = ledger_of(store, agency, tier=4)
>>> for row in ledger.documents(Book.OUTGOING):
...     print(row.code, ledger.dealings(row), ledger.answered_at(row))

A document is one of its own: numbers that are only reserved, recalls and updates are none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import Book
from docexchange.envelope import BusinessKind, StatusCode
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import OrganId
from docexchange.report.standing import standings_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from docexchange.delivery import BookRow, StatusRecord, Store
    from docexchange.lifecycle import Standing

__all__ = ["Dealing", "Ledger", "day_of", "ledger_of"]

_ABOUT_OTHERS: Final = {BusinessKind.RECALL, BusinessKind.UPDATE}
_ANSWERS: Final = {
    StatusCode.REFUSED,
    StatusCode.RECEIVED,
    StatusCode.ASSIGNED,
    StatusCode.IN_PROCESSING,
    StatusCode.FINISHED,
}
"""What tells the sender that somebody has looked at a document: 02, 03, and what follows 03 where
a system leaves that out. 01 is told by a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    """What one agency did with one document."""

    party: OrganId
    """The agency that has it."""
    arrived: datetime
    """When it had it; when it was sent, as long as nobody said so."""
    acknowledged: datetime | None = None
    """When it told the sender what it does with it."""
    refusal: str | None = None
    """The reason, if it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The books of one agency, and what was reported about the documents in them."""

    agency: OrganId
    """Whose."""
    tier: int | None
    """Its tier; None where the directory does not know it."""
    rows: tuple[BookRow, ...]
    """Both books."""
    statuses: Callable[[str], Sequence[StatusRecord]]
    """What was reported about a document, by its id."""
    standings: Callable[[str], Sequence[Standing]] = lambda _: ()
    """Where a document stands at its receivers, by its id."""
    _answers: dict[tuple[Book, str], datetime] = field(default_factory=dict, init=False)
    _recalled: set[tuple[Book, str]] = field(default_factory=set, init=False)
    _asked: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        for row in self.rows:
            self._asked.update(about for about, _, _ in row.asks)
            if row.business == BusinessKind.RECALL:
                self._recalled.update((row.book, about) for about, _ in row.answers if about)
            elif row.business not in _ABOUT_OTHERS:
                self._note_answer(row)

    def _note_answer(self, row: BookRow) -> None:
        at = row.received_at or row.entered_at
        for name in (name for pair in row.answers for name in pair if name):
            key = (row.book, name)
            self._answers[key] = min(at, self._answers.get(key, at))

    def documents(self, book: Book) -> tuple[BookRow, ...]:
        """The documents in a book."""
        return tuple(
            row
            for row in self.rows
            if row.book is book and not row.is_reserved and row.business not in _ABOUT_OTHERS
        )

    def dealings(self, row: BookRow) -> tuple[Dealing, ...]:
        """What each receiver of a document that went over the exchange did with it."""
        if not row.electronic:
            return ()
        said = self._said_about(row)
        if row.book is Book.INCOMING:
            own = [status for status in said if status.outgoing]
            return (_dealing(self.agency, row.received_at or row.entered_at, own, row.refusal),)
        return tuple(_dealing_of(party, row, said) for party in _parties(row))

    def answered_at(self, row: BookRow) -> datetime | None:
        """When a document was answered by another, or finished; None when it was not."""
        other = Book.INCOMING if row.book is Book.OUTGOING else Book.OUTGOING
        own = row.book is Book.INCOMING
        times = [
            self._answers[other, name]
            for name in (row.document_id, row.mark)
            if name and (other, name) in self._answers
        ]
        times += [
            status.at
            for status in self._said_about(row)
            if status.code == StatusCode.FINISHED and status.outgoing is own
        ]
        return min(times, default=None)

    def is_recalled(self, row: BookRow) -> bool:
        """Whether its sender took it back, by a document or by status 13."""
        return (row.book, row.document_id) in self._recalled or any(
            status.code == StatusCode.ASKED_BACK for status in self._said_about(row)
        )

    def standings_of(self, row: BookRow) -> tuple[Standing, ...]:
        """Where a document stands at each receiver, if its sender asked anything about it."""
        if row.document_id not in self._asked and not self.is_recalled(row):
            return ()
        issuer = row.issuer.as_decision_20 if row.issuer else ""
        found = self.standings(row.document_id)
        return tuple(item for item in found if item.sender.as_decision_20 == issuer)

    def _said_about(self, row: BookRow) -> Sequence[StatusRecord]:
        return self.statuses(row.document_id) if row.document_id else ()


def ledger_of(store: Store, agency: OrganId, *, tier: int | None = None) -> Ledger:
    """Read the books of a node.

    Args:
        store: what the node remembers.
        agency: whose it is.
        tier: of the agency.
    """
    rows = [row for book in Book for row in store.book(book)]
    # A document is asked about several times in a row.
    statuses = lru_cache(maxsize=8)(store.statuses)
    return Ledger(
        agency=agency,
        tier=tier,
        rows=tuple(rows),
        statuses=statuses,
        standings=partial(standings_at, store, own=agency),
    )


def day_of(row: BookRow) -> date:
    """The day in Vietnam on which a document went out or came in; on paper, that of its signing."""
    if row.issued is not None and not row.electronic:
        return row.issued
    return vietnam_date(row.received_at or row.entered_at)


def _parties(row: BookRow) -> Iterable[OrganId]:
    for code, _ in row.recipients:
        try:
            yield OrganId(code)
        except InvalidIdentifier:
            continue  # a name on paper


def _dealing_of(party: OrganId, row: BookRow, said: Iterable[StatusRecord]) -> Dealing:
    """What a receiver told us."""
    code = party.as_decision_20
    told = [item for item in said if not item.outgoing and item.reporter.as_decision_20 == code]
    arrivals = [item.at for item in told if item.code == StatusCode.ARRIVED]
    return _dealing(party, min(arrivals, default=row.entered_at), told)


def _dealing(
    party: OrganId, arrived: datetime, told: Sequence[StatusRecord], refusal: str = ""
) -> Dealing:
    answers = [item.at for item in told if item.code in _ANSWERS]
    reasons = [item.description for item in told if item.code == StatusCode.REFUSED]
    reasons += [refusal] if refusal else []
    return Dealing(
        party=party,
        arrived=arrived,
        acknowledged=min(answers, default=None),
        refusal=reasons[0] if reasons else None,
    )
