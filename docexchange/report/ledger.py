"""What a node's books and the statuses tell of its documents, put together.

>>> ledger = ledger_of(store, agency, directory=directory)
>>> for row in ledger.documents(Book.OUTGOING):
...     print(row.code, ledger.dealings(row), ledger.answered_at(row))

A document is one of its own: numbers that are only reserved, recalls and updates are none. Agencies
end and are taken over: see ``succession`` for what their heirs have to do with their books.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import Book
from docexchange.directory import Directory
from docexchange.envelope import BusinessKind, StatusCode
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import OrganId
from docexchange.report.standing import standings_at
from docexchange.report.succession import heirs_of, meant_on, place_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
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


_NO_DIRECTORY: Final = Directory(())


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
    rows: tuple[BookRow, ...]
    """Both books."""
    statuses: Callable[[str], Sequence[StatusRecord]]
    """What was reported about a document, by its id."""
    standings: Callable[[str], Sequence[Standing]] = lambda _: ()
    """Where a document stands at its receivers, by its id."""
    directory: Directory = _NO_DIRECTORY
    """Who was when and where."""
    heirs: tuple[Ledger, ...] = ()
    """The books of those who took over from it, as far as they are known; see ``linked``."""
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

    def tier_on(self, day: date) -> int | None:
        """The tier of the agency on a day; None where the directory does not know it."""
        entry = place_on(self.agency, self.directory, day)
        return entry.tier if entry else None

    def superiors_on(self, day: date) -> tuple[OrganId, ...]:
        """The agency itself and all above it on a day, the highest last."""
        entry = place_on(self.agency, self.directory, day)
        if entry is None:
            return (self.agency,)
        at = max(min(day, entry.last_day), entry.first_day)
        way = self.directory.path_to_root(entry.organ_id, at)
        return tuple(superior.organ_id for superior in way)

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
        parties = self._parties(row)
        told = {key: self._told_by(key, parties, said) for key in parties}
        return tuple(
            _dealing(codes[0], _arrival(told[key], row), told[key])
            for key, codes in parties.items()
        )

    def _parties(self, row: BookRow) -> dict[str, list[OrganId]]:
        """The receivers of a document, each with its codes: on that day, several may mean one."""
        found: dict[str, list[OrganId]] = {}
        for code in _codes(row):
            found.setdefault(meant_on(code, self.directory, day_of(row)), []).append(code)
        return found

    def _told_by(
        self, party: str, parties: Mapping[str, list[OrganId]], said: Iterable[StatusRecord]
    ) -> list[StatusRecord]:
        """What a receiver told us, or its heir in its place."""
        told = [(item.reporter.as_decision_20, item) for item in said if not item.outgoing]
        names = {party, *(code.as_decision_20 for code in parties[party])}
        heirs = {heir for code in parties[party] for heir in heirs_of(code, self.directory)}
        if any(reporter in names for reporter, _ in told):
            heirs -= parties.keys()  # an heir that got the document as well speaks of its own copy
        return [item for reporter, item in told if reporter in names | heirs]

    def answered_at(self, row: BookRow) -> datetime | None:
        """When a document was answered by another, or finished; None when it was not."""
        other = Book.INCOMING if row.book is Book.OUTGOING else Book.OUTGOING
        own = row.book is Book.INCOMING
        found = (books.answer_to(row, other) for books in (self, *self.heirs))
        times = [at for at in found if at is not None]
        times += [
            status.at
            for status in self._said_about(row)
            if status.code == StatusCode.FINISHED and status.outgoing is own
        ]
        return min(times, default=None)

    def answer_to(self, row: BookRow, book: Book) -> datetime | None:
        """When a document was first answered by one in this agency's book."""
        names = ((book, name) for name in (row.document_id, row.mark) if name)
        return min((self._answers[key] for key in names if key in self._answers), default=None)

    def has_recall_of(self, row: BookRow) -> bool:
        """Whether a document in the same book of this agency takes a document back."""
        return (row.book, row.document_id) in self._recalled

    def is_recalled(self, row: BookRow) -> bool:
        """Whether its sender took it back, by a document or by status 13."""
        return any(books.has_recall_of(row) for books in (self, *self.heirs)) or any(
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
        """What we told and were told; since we ended, our heirs are told in our place."""
        if not row.document_id:
            return ()
        heard = [
            status
            for heir in self.heirs
            for status in heir.statuses(row.document_id)
            if row.book is Book.OUTGOING and not status.outgoing
        ]
        return [*self.statuses(row.document_id), *heard]


def ledger_of(store: Store, agency: OrganId, *, directory: Directory = _NO_DIRECTORY) -> Ledger:
    """Read the books of a node.

    Args:
        store: what the node remembers.
        agency: whose it is.
        directory: who was when and where; tells tiers, superiors and heirs.
    """
    rows = [row for book in Book for row in store.book(book)]
    # A document is asked about several times in a row.
    statuses = lru_cache(maxsize=8)(store.statuses)
    return Ledger(
        agency=agency,
        rows=tuple(rows),
        statuses=statuses,
        standings=partial(standings_at, store, own=agency),
        directory=directory,
    )


def day_of(row: BookRow) -> date:
    """The day in Vietnam on which a document went out or came in; on paper, that of its signing."""
    if row.issued is not None and not row.electronic:
        return row.issued
    return vietnam_date(row.received_at or row.entered_at)


def _codes(row: BookRow) -> Iterable[OrganId]:
    for code, _ in row.recipients:
        try:
            yield OrganId(code)
        except InvalidIdentifier:
            continue  # a name on paper


def _arrival(told: Iterable[StatusRecord], row: BookRow) -> datetime:
    arrivals = [item.at for item in told if item.code == StatusCode.ARRIVED]
    return min(arrivals, default=row.entered_at)


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
