"""Where documents stand, out of a node's store: its books and statuses as evidence.

    standings_at(store, document_id, own=agency)      # one for each receiver, or our own

Books and the statuses of documents in them are never purged: what was recalled years ago stays so.
Whose word counts for whom is in ``_parties``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.delivery import BookRow, InboundState, StatusRecord
from docexchange.envelope import StatusCode
from docexchange.identifiers import OrganId
from docexchange.lifecycle import Asked, Evidence, Held, Question, Word, standings
from docexchange.report._parties import Parties, Speaks, asks_about_itself, is_same, stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docexchange.delivery import Store
    from docexchange.identifiers import MessageId
    from docexchange.lifecycle import Standing

__all__ = ["evidence_about", "standings_at"]

_KEPT: Final = frozenset({InboundState.VERIFIED, InboundState.HANDED_OVER})
_ANSWERS: Final = frozenset(
    {StatusCode.REFUSED, StatusCode.CHANGE_ACCEPTED, StatusCode.CHANGE_REFUSED}
)


def standings_at(
    store: Store,
    document_id: str,
    *,
    own: OrganId,
    also: Iterable[BookRow | StatusRecord] = (),
    speaks: Speaks = is_same,
) -> tuple[Standing, ...]:
    """Where the documents under one id stand, as one agency knows.

    Args:
        store: what the agency remembers.
        document_id: the id; several agencies may have used it.
        own: the agency.
        also: what is about to be kept.
        speaks: whether what one agency says at a moment, now when None, counts for another; they
            are merged, and served by others.

    Returns:
        Of its own document one for each receiver, else for itself and for whom it speaks; by
        sender, then receiver.
    """
    evidence = evidence_about(store, document_id, own=own, also=also, speaks=speaks)
    senders = {item.sender for item in evidence.held if item.document_id == document_id}
    # Of a document that is not here it is known who asks about it; once it is, nobody else counts.
    senders = senders or {item.sender for item in evidence.questions if item.about == document_id}
    by_code = {sender.as_decision_20: sender for sender in senders}
    sent = [item.message_id for item in evidence.held if item.document_id == document_id]
    return tuple(
        standing
        for _, sender in sorted(by_code.items())
        for standing in standings(document_id, sender=sender, evidence=evidence)
        if speaks(own, sender, None)
        or is_same(own, standing.receiver, None)
        or (
            speaks(own, standing.receiver, None)
            and (standing.asked or _came_here(standing.receiver, sent, store))
        )
    )


def _came_here(recipient: OrganId, sent: Iterable[MessageId], store: Store) -> bool:
    """Whether we have the copy for somebody for whom we speak; an heir may have its own alone."""
    came = (store.inbound(message_id, recipient) for message_id in sent)
    return any(record.state in _KEPT for record in came if record)


def evidence_about(
    store: Store,
    document_id: str,
    *,
    own: OrganId,
    also: Iterable[BookRow | StatusRecord] = (),
    speaks: Speaks = is_same,
) -> Evidence:
    """All that an agency has on a document, on what asks about it, and on what asks about that.

    Args:
        store: what the agency remembers.
        document_id: the document.
        own: the agency.
        also: what is about to be kept.
        speaks: whether what one agency says at a moment counts for another.
    """
    more = tuple(also)
    fresh = [item for item in more if isinstance(item, BookRow)]
    said = [item for item in more if isinstance(item, StatusRecord)]
    parties = Parties(store, fresh, own=own, speaks=speaks)
    waiting, seen = [document_id], set[str]()
    evidence = Evidence()
    while waiting:
        name = waiting.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        rows = parties.rows(name)
        spoken = [*store.statuses(name), *(item for item in said if item.document_id == name)]
        evidence |= _facts(rows, spoken, parties)
        asking = (row for row in rows if any(about == name for about, _, _ in row.asks))
        waiting += [row.document_id for row in asking]
    return evidence


def _facts(rows: Iterable[BookRow], statuses: Iterable[StatusRecord], parties: Parties) -> Evidence:
    sent = [row for row in rows if row.message_id and row.issuer]
    back = [item for item in statuses if item.code == StatusCode.ASKED_BACK]
    askers = [item.reporter for item in back]
    words = (item for item in statuses if item.code in _ANSWERS)
    return Evidence(
        held=frozenset(_held(sent, parties)),
        questions=frozenset([*_asked(sent, parties), *_asked_back(back, parties)]),
        words=frozenset(word for item in words for word in _words(item, askers, parties)),
    )


def _held(rows: Iterable[BookRow], parties: Parties) -> Iterator[Held]:
    for row in rows:
        owner = parties.owner(row)
        if row.message_id and owner and row.document_id and not asks_about_itself(row):
            yield Held(
                message_id=row.message_id,
                document_id=row.document_id,
                sender=owner,
                receivers=frozenset(OrganId(code) for code, _ in row.recipients if code),
            )


def _asked(rows: Iterable[BookRow], parties: Parties) -> Iterator[Question]:
    for row in rows:
        for about, kind, whom in row.asks:
            if row.message_id and row.issuer:
                yield from parties.between(
                    Question(
                        message_id=row.message_id,
                        kind=Asked(kind),
                        about=about,
                        sender=row.issuer,
                        receiver=OrganId(whom),
                        at=stated(row),
                        document_id="" if row.document_id == about else row.document_id,
                        reason=row.note,
                    )
                )


def _asked_back(statuses: Iterable[StatusRecord], parties: Parties) -> Iterator[Question]:
    """Statuses 13 as questions."""
    for status in statuses:
        whom = status.about_recipient if status.outgoing else parties.asked_by(status)
        yield from parties.between(
            Question(
                message_id=status.message_id,
                kind=Asked.RECALL,
                about=status.document_id,
                sender=status.reporter,
                receiver=whom,
                at=status.at.replace(microsecond=0),
                reason=status.description,
            )
        )


def _words(status: StatusRecord, askers: Iterable[OrganId], parties: Parties) -> Iterator[Word]:
    """A status 02, 15 or 16 as answers; the wire knows no parts of seconds."""
    for to in parties.addressees(status, askers):
        for receiver in parties.speakers(status):
            yield Word(
                message_id=status.message_id,
                code=StatusCode(status.code),
                about=status.document_id,
                receiver=receiver,
                to=to,
                at=status.at.replace(microsecond=0),
                reason=status.description,
            )
