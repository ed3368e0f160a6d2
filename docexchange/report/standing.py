"""Where documents stand, out of a node's store: its books and statuses as evidence.

    standings_at(store, document_id, own=agency)      # one for each receiver, or our own

Books and the statuses of documents in them are never purged: what was recalled years ago stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM
from docexchange.delivery import BookRow, StatusRecord, is_about
from docexchange.envelope import StatusCode
from docexchange.identifiers import OrganId
from docexchange.lifecycle import Asked, Evidence, Held, Question, Word, standings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docexchange.delivery import Store
    from docexchange.lifecycle import Standing

__all__ = ["evidence_about", "standings_at"]

_ANSWERS: Final = frozenset(
    {StatusCode.REFUSED, StatusCode.CHANGE_ACCEPTED, StatusCode.CHANGE_REFUSED}
)


def _itself(code: OrganId) -> OrganId:
    return code


def standings_at(
    store: Store,
    document_id: str,
    *,
    own: OrganId,
    also: Iterable[BookRow | StatusRecord] = (),
    means: Callable[[OrganId], OrganId] = _itself,
) -> tuple[Standing, ...]:
    """Where the documents under one id stand, as one agency knows.

    Args:
        store: what the agency remembers.
        document_id: the id; several agencies may have used it.
        own: the agency.
        also: what is about to be kept.
        means: who a code is today; agencies are merged and served by others.

    Returns:
        Of its own document one for each receiver, else its own alone; by sender, then receiver.
    """
    evidence = evidence_about(store, document_id, own=own, also=also, means=means)
    senders = {item.sender for item in evidence.held if item.document_id == document_id}
    # Of a document that is not here it is known who asks about it; once it is, nobody else counts.
    senders = senders or {item.sender for item in evidence.questions if item.about == document_id}
    by_code = {sender.as_decision_20: sender for sender in senders}
    code = means(own).as_decision_20
    return tuple(
        standing
        for _, sender in sorted(by_code.items())
        for standing in standings(document_id, sender=sender, evidence=evidence)
        if code in {sender.as_decision_20, standing.receiver.as_decision_20}
    )


def evidence_about(
    store: Store,
    document_id: str,
    *,
    own: OrganId,
    also: Iterable[BookRow | StatusRecord] = (),
    means: Callable[[OrganId], OrganId] = _itself,
) -> Evidence:
    """All that an agency has on a document, on what asks about it, and on what asks about that.

    Args:
        store: what the agency remembers.
        document_id: the document.
        own: the agency.
        also: what is about to be kept.
        means: who a code is today.
    """
    parties = _Parties(own=own, means=means, store=store)
    more = tuple(also)
    fresh = [item for item in more if isinstance(item, BookRow)]
    said = [item for item in more if isinstance(item, StatusRecord)]
    waiting, seen = [document_id], set[str]()
    evidence = Evidence()
    while waiting:
        name = waiting.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        rows = [*store.concerning(name), *(row for row in fresh if is_about(row, name))]
        spoken = [*store.statuses(name), *(item for item in said if item.document_id == name)]
        evidence |= _facts(rows, spoken, parties)
        asking = (row for row in rows if any(about == name for about, _, _ in row.asks))
        waiting += [row.document_id for row in asking]
    return evidence


def _facts(
    rows: Iterable[BookRow],
    statuses: Iterable[StatusRecord],
    parties: _Parties,
) -> Evidence:
    sent = [row for row in rows if row.message_id and row.issuer]
    back = [item for item in statuses if item.code == StatusCode.ASKED_BACK]
    issuers = {row.issuer for row in sent if row.issuer} | {item.reporter for item in back}
    return Evidence(
        held=frozenset(_held(sent, parties)),
        questions=frozenset([*_asked(sent, parties), *(parties.asked_back(item) for item in back)]),
        words=frozenset(
            parties.word(item, to)
            for item in statuses
            if item.code in _ANSWERS
            for to in parties.addressees(item, issuers)
        ),
    )


def _held(rows: Iterable[BookRow], parties: _Parties) -> Iterator[Held]:
    for row in rows:
        asks_about_itself = any(about == row.document_id for about, _, _ in row.asks)
        if row.message_id and row.issuer and row.document_id and not asks_about_itself:
            yield Held(
                message_id=row.message_id,
                document_id=row.document_id,
                sender=parties.means(row.issuer),
                receivers=frozenset(
                    parties.means(OrganId(code)) for code, _ in row.recipients if code
                ),
            )


def _asked(rows: Iterable[BookRow], parties: _Parties) -> Iterator[Question]:
    for row in rows:
        for about, kind, whom in row.asks:
            if row.message_id and row.issuer:
                yield Question(
                    message_id=row.message_id,
                    kind=Asked(kind),
                    about=about,
                    sender=parties.means(row.issuer),
                    receiver=parties.means(OrganId(whom)),
                    at=_stated(row),
                    document_id="" if row.document_id == about else row.document_id,
                    reason=row.note,
                )


def _stated(row: BookRow) -> datetime:
    """What the signature states; a letter of a system that states nothing counts from its date."""
    if row.stated_at is not None:
        return row.stated_at
    return datetime.combine(row.issued, time(tzinfo=VIETNAM)) if row.issued else row.entered_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parties:
    """Who speaks to whom in the statuses that an agency keeps."""

    own: OrganId
    means: Callable[[OrganId], OrganId]
    store: Store

    def asked_back(self, status: StatusRecord) -> Question:
        """A status 13 as a question."""
        return Question(
            message_id=status.message_id,
            kind=Asked.RECALL,
            about=status.document_id,
            sender=self.means(status.reporter),
            receiver=self.means(status.about_recipient if status.outgoing else self.own),
            at=status.at.replace(microsecond=0),
            reason=status.description,
        )

    def word(self, status: StatusRecord, to: OrganId) -> Word:
        """A status 02, 15 or 16 as an answer; the wire knows no parts of seconds."""
        return Word(
            message_id=status.message_id,
            code=StatusCode(status.code),
            about=status.document_id,
            receiver=self.means(status.reporter),
            to=self.means(to),
            at=status.at.replace(microsecond=0),
            reason=status.description,
        )

    def addressees(self, status: StatusRecord, issuers: Iterable[OrganId]) -> list[OrganId]:
        """Whom a status was for: us, or whoever of those whose document it may be was sent it."""
        if not status.outgoing:
            return [self.own]
        return [
            code
            for code in issuers
            if any(self.store.outbound(status.message_id, to) for to in (code, self.means(code)))
        ]
