"""Hand what was accepted for this agency to its application, once.

An application is asked to take a letter until it has taken or refused it. Whatever goes wrong in
it, the letter waits, a growing pause, and others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    AddTimeline,
    Change,
    EnterInBook,
    InboundEvent,
    InboundState,
    PutInbound,
    PutStatus,
    StatusRecord,
    TimelineEntry,
    step,
)
from docexchange.envelope import Document, ResponseFor, Status, StatusCode
from docexchange.errors import DeliveryError, DocExchangeError, StoreFailure
from docexchange.instrumentation import EventName
from docexchange.lifecycle import Asked, is_numbered, judge
from docexchange.node.books.bookkeeping import incoming_row, warnings_about
from docexchange.node.business.application import Agree, Later, Letter, Refuse
from docexchange.node.business.standings import is_foreign
from docexchange.node.outgoing.submitting import recipient_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docexchange.delivery import BookRow, InboundRecord
    from docexchange.envelope import Message
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.lifecycle import Standing
    from docexchange.node.business.application import Application, Decision
    from docexchange.node.business.consent import Consent
    from docexchange.node.business.standings import Standings
    from docexchange.node.outgoing.submitting import Submitting
    from docexchange.node.point import AccessPoint
    from docexchange.signing import VerifiedEnvelope

__all__ = ["Handing"]

_FOREIGN: Final = (
    "văn bản này do cơ quan khác gửi; chỉ cơ quan gửi được thu hồi, cập nhật hoặc thay thế"
)
"""Another agency sent this document; that one alone may recall, update or replace it. It is in
Vietnamese, for the clerk at the other end reads it as it is."""
_FIRST_PAUSE: Final = timedelta(seconds=2)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_MOST_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause:
    """How long one letter is not offered again."""

    offers: int
    until: datetime


class Handing:
    """Hands over for one access point.

    Args:
        point: what the node works with.
        application: takes the letters.
        submitting: sends statuses about them.
        standings: knows what they concern.
        consent: answers what they ask.
    """

    def __init__(
        self,
        point: AccessPoint,
        application: Application,
        submitting: Submitting,
        standings: Standings,
        consent: Consent,
    ) -> None:
        self._point = point
        self._application = application
        self._submitting = submitting
        self._standings = standings
        self._consent = consent
        # In memory only: after a restart everything is offered at once.
        self._pauses: dict[tuple[MessageId, OrganId], _Pause] = {}
        self._is_offering = False

    def work(self) -> int:
        """Offer what waits and is not in a pause; returns how many were taken or refused.

        An application that lets its node work while it is offered a letter is not offered more.
        """
        if self._is_offering:
            return 0
        self._is_offering = True
        try:
            return self._offer_all()
        finally:
            self._is_offering = False

    def _offer_all(self) -> int:
        waiting = self._point.store.inbound_in_state(InboundState.VERIFIED)
        if not waiting:
            return 0
        now = self._point.clock.now()
        return sum(self._offer(record) for record in waiting if self._is_due(record, now))

    def next_due(self) -> datetime | None:
        """When a letter that was put off is to be offered again; None when none was."""
        waiting = self._point.store.inbound_in_state(InboundState.VERIFIED)
        if not waiting:
            return None
        pauses = (self._pauses.get((item.message_id, item.recipient)) for item in waiting)
        now = self._point.clock.now()
        return min(pause.until if pause else now for pause in pauses)

    def _is_due(self, record: InboundRecord, now: datetime) -> bool:
        pause = self._pauses.get((record.message_id, record.recipient))
        return pause is None or pause.until <= now

    def _offer(self, record: InboundRecord) -> bool:
        point, message_id = self._point, str(record.message_id)
        point.emit(EventName.HANDOVER_STARTED, message_id=message_id)
        try:
            verified = self._judged(record)
            known = self._was_taken(record, verified)
            concerns = self._standings.concerns(
                verified.message, partial(self._fresh, record, verified)
            )
            decision = None if known else self._give(record, verified, concerns)
        except DocExchangeError as error:
            return self._defer(record, Later(error.problem))
        if isinstance(decision, Later):
            return self._defer(record, decision)
        point.emit(EventName.HANDOVER_TAKEN, message_id=message_id)
        event = "taken-before" if known else "handed-over"
        self._record(record, verified, event, decision, concerns)
        self._pauses.pop((record.message_id, record.recipient), None)
        point.emit(EventName.HANDOVER_RECORDED, message_id=message_id)
        return True

    def _defer(self, record: InboundRecord, later: Later) -> bool:
        self._put_off(record, later.after)
        self._point.emit(
            EventName.HANDOVER_DEFERRED, message_id=str(record.message_id), reason=later.reason
        )
        return False

    def _put_off(self, record: InboundRecord, after: timedelta | None = None) -> None:
        """Offer it again after a pause: the first time at once, then longer and longer."""
        key = (record.message_id, record.recipient)
        known = self._pauses.get(key)
        offers = known.offers + 1 if known else 0
        growing = _FIRST_PAUSE * 2 ** min(offers - 1, _MOST_DOUBLINGS) if offers else timedelta()
        pause = min(growing, _LONGEST_PAUSE) if after is None else after
        self._pauses[key] = _Pause(offers=offers, until=self._point.clock.now() + pause)

    def _judged(self, record: InboundRecord) -> VerifiedEnvelope:
        """Judge the stored bytes again, as of their acceptance.

        What the application gets is what a signature covers, whatever happened to the disk since.
        """
        envelope = self._point.envelope(record.payload)
        return self._point.verifier.verify(envelope, at=record.received_at)

    def _was_taken(self, record: InboundRecord, verified: VerifiedEnvelope) -> bool:
        """Whether the application has it already, as a letter to another code of this agency."""
        return any(
            _content(self._judged(other)) == _content(verified)
            for other in self._point.store.inbound_of(record.message_id)
            if other.state is InboundState.HANDED_OVER and other.recipient != record.recipient
        )

    def _fresh(
        self, record: InboundRecord, verified: VerifiedEnvelope
    ) -> list[BookRow | StatusRecord]:
        """What will be kept of a letter, if it is taken now."""
        message, now = verified.message, self._point.clock.now()
        if isinstance(message, Status):
            status = _status_record(record, message, now)
            return [status] if status else []
        return [self._row(record, verified, "", now)]

    def _give(
        self, record: InboundRecord, verified: VerifiedEnvelope, concerns: tuple[Standing, ...]
    ) -> Decision:
        if is_foreign(record.message_id, concerns):
            return Refuse(_FOREIGN)
        letter = Letter(
            message_id=record.message_id,
            verified=verified,
            file=partial(self._point.payloads.path, record.payload),
            received_at=record.received_at,
            concerns=concerns,
        )
        try:
            return self._application.take(letter)
        except DocExchangeError:
            raise
        except Exception as error:
            # Not our code: whatever goes wrong in it, the letter waits and others go on.
            raise DeliveryError(
                f"application: expected it to take {record.message_id}, "
                f"found {type(error).__name__}: {error}",
                code="handover.application",
                advice="Mend the application; the letter is then offered again.",
            ) from error
        except BaseException:
            # ``sys.exit()``, or a caller's interrupt. Next time the letters behind it have a turn.
            self._put_off(record)
            raise

    def _record(
        self,
        record: InboundRecord,
        verified: VerifiedEnvelope,
        event: str,
        decision: Agree | Refuse | None,
        concerns: Sequence[Standing],
    ) -> None:
        now, message = self._point.clock.now(), verified.message
        reason = decision.reason if isinstance(decision, Refuse) else ""
        asks = _asks(record.message_id, concerns)
        # Who refuses what a recall or update asks has the letter all the same.
        turned_away = "" if asks and not _is_letter(message) else reason
        done = replace(record, state=step(record.state, InboundEvent.HANDED_OVER))
        entry = TimelineEntry.of(
            now,
            record.message_id,
            "handover.refused" if reason else event,
            to=record.recipient,
            sha256=record.payload,
            reason=reason,
        )
        self._point.store.apply(
            [
                PutInbound(done, expected=record.state),
                AddTimeline(entry),
                *self._in_book(record, verified, turned_away, now),
                *(
                    self._note_status(record, message, now)
                    if isinstance(message, Status)
                    else self._tell_sender(record, message, now, turned_away)
                ),
                *(self._answer(record, message, decision) if asks and not turned_away else ()),
            ]
        )

    def _in_book(
        self, record: InboundRecord, verified: VerifiedEnvelope, refusal: str, now: datetime
    ) -> list[Change]:
        if not isinstance(verified.message, Document):
            return []
        row = self._row(record, verified, refusal, now)
        return [EnterInBook(row), *warnings_about(row, self._point.store.doubles(row), now)]

    def _row(
        self, record: InboundRecord, verified: VerifiedEnvelope, refusal: str, now: datetime
    ) -> BookRow:
        document = verified.message
        assert isinstance(document, Document)  # noqa: S101
        return incoming_row(
            document,
            verified.report,
            agency=self._point.own,
            message_id=record.message_id,
            received_at=record.received_at,
            at=now,
            refusal=refusal,
        )

    def _tell_sender(
        self, record: InboundRecord, document: Document, now: datetime, refusal: str
    ) -> list[Change]:
        """Report that it has arrived, or that it was refused; nobody has to send these."""
        code = StatusCode.REFUSED if refusal else StatusCode.ARRIVED
        return self._sent(
            record,
            code,
            lambda: self._submitting.status_changes(
                document, code, about=record.message_id, now=now, description=refusal
            ),
        )

    def _answer(
        self, record: InboundRecord, message: Message, decision: Agree | Refuse | None
    ) -> list[Change]:
        """Tell whoever asked that we agree, or why not; nothing when that is said later."""
        if decision is None:
            return []
        agree = isinstance(decision, Agree)
        reason = decision.note if isinstance(decision, Agree) else decision.reason
        return self._sent(
            record,
            StatusCode.CHANGE_ACCEPTED if agree else StatusCode.CHANGE_REFUSED,
            lambda: self._consent.reply(
                _named(message), record.message_id, agree=agree, reason=reason
            ),
        )

    def _sent(
        self, record: InboundRecord, code: StatusCode, make: Callable[[], list[Change]]
    ) -> list[Change]:
        try:
            return make()
        except StoreFailure:
            raise
        except DocExchangeError as error:
            # No way back to the sender, for example; that is no reason to withhold the letter.
            entry = TimelineEntry.of(
                self._point.clock.now(),
                record.message_id,
                "status.not-sent",
                code=code,
                reason=error.problem,
            )
            return [AddTimeline(entry)]

    def _note_status(self, record: InboundRecord, status: Status, now: datetime) -> list[Change]:
        code, document_id = status.code, str(status.response_for.document_id or "")
        earlier = [
            StatusCode(item.code)
            for item in self._point.store.statuses(document_id)
            if item.reporter == status.sender.organ_id
        ]
        kept = _status_record(record, status, now)
        if code is None or kept is None:
            odd = "expected a status code of the list, found another; the letter was kept"
            unknown = TimelineEntry.of(
                now, record.message_id, "status", document=document_id, warning=odd
            )
            return [AddTimeline(unknown)]
        odd = judge(earlier[-1] if earlier else None, code).warning
        entry = TimelineEntry.of(
            now, record.message_id, "status", code=code, document=document_id, warning=odd
        )
        return [PutStatus(kept), AddTimeline(entry)]


def _asks(message_id: MessageId, concerns: Sequence[Standing]) -> bool:
    """Whether a message asks something of us, or pretends to."""
    asked = [item.question for one in concerns for item in one.asked]
    return is_foreign(message_id, concerns) or any(
        item.message_id == message_id and item.kind is not Asked.ADDITION for item in asked
    )


def _is_letter(message: Message) -> bool:
    return isinstance(message, Document) and is_numbered(message)


def _named(message: Message) -> ResponseFor:
    """What an answer names: the letter that asks; after a status 13, the document."""
    sender = message.sender.organ_id
    if isinstance(message, Status):
        return replace(message.response_for, organ_id=sender)
    return ResponseFor(
        organ_id=sender,
        code=str(message.code),
        document_id=message.document_id,
        promulgated=message.promulgation.on,
    )


def _status_record(record: InboundRecord, status: Status, now: datetime) -> StatusRecord | None:
    if status.code is None:
        return None
    return StatusRecord(
        message_id=record.message_id,
        document_id=str(status.response_for.document_id or ""),
        code=status.code,
        reporter=status.sender.organ_id,
        about_recipient=recipient_in(status) or status.sender.organ_id,
        at=status.at or now,
        description=status.description,
        outgoing=False,
    )


def _content(verified: VerifiedEnvelope) -> tuple[object, ...]:
    """What was said and attached, wherever the bytes are."""
    message = verified.message
    attached = [(item.content_id, item.sha256) for item in message.attachments]
    return replace(message, attachments=()) if isinstance(message, Document) else message, attached
