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
from docexchange.envelope import Document, Status, StatusCode
from docexchange.errors import DeliveryError, DocExchangeError, StoreFailure
from docexchange.instrumentation import EventName
from docexchange.lifecycle import judge
from docexchange.node.application import Later, Letter, Refuse
from docexchange.node.bookkeeping import incoming_row, warnings_about

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.delivery import InboundRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.application import Application, Decision
    from docexchange.node.point import AccessPoint
    from docexchange.node.submitting import Submitting
    from docexchange.signing import VerifiedEnvelope

__all__ = ["Handing"]

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
    """

    def __init__(
        self, point: AccessPoint, application: Application, submitting: Submitting
    ) -> None:
        self._point = point
        self._application = application
        self._submitting = submitting
        # In memory only: after a restart everything is offered at once.
        self._pauses: dict[tuple[MessageId, OrganId], _Pause] = {}

    def work(self) -> int:
        """Offer what waits and is not in a pause; returns how many were taken or refused."""
        now = self._point.clock.now()
        waiting = self._point.store.inbound_in_state(InboundState.VERIFIED)
        return sum(self._offer(record) for record in waiting if self._is_due(record, now))

    def next_due(self) -> datetime | None:
        """When a letter that was put off is to be offered again; None when none was."""
        waiting = self._point.store.inbound_in_state(InboundState.VERIFIED)
        pauses = (self._pauses.get((item.message_id, item.recipient)) for item in waiting)
        now = self._point.clock.now()
        return min((pause.until if pause else now for pause in pauses), default=None)

    def _is_due(self, record: InboundRecord, now: datetime) -> bool:
        pause = self._pauses.get((record.message_id, record.recipient))
        return pause is None or pause.until <= now

    def _offer(self, record: InboundRecord) -> bool:
        point, message_id = self._point, str(record.message_id)
        point.emit(EventName.HANDOVER_STARTED, message_id=message_id)
        try:
            verified = self._judged(record)
            known = self._was_taken(record, verified)
            decision = None if known else self._give(record, verified)
        except DocExchangeError as error:
            return self._defer(record, Later(f"{error} {error.advice}".strip()))
        if isinstance(decision, Later):
            return self._defer(record, decision)
        point.emit(EventName.HANDOVER_TAKEN, message_id=message_id)
        event = "taken-before" if known else "handed-over"
        self._record(record, verified, event, decision)
        self._pauses.pop((record.message_id, record.recipient), None)
        point.emit(EventName.HANDOVER_RECORDED, message_id=message_id)
        return True

    def _defer(self, record: InboundRecord, later: Later) -> bool:
        """Offer it again after a pause: the first time at once, then longer and longer."""
        key = (record.message_id, record.recipient)
        known = self._pauses.get(key)
        offers = known.offers + 1 if known else 0
        growing = _FIRST_PAUSE * 2 ** min(offers - 1, _MOST_DOUBLINGS) if offers else timedelta()
        pause = min(growing, _LONGEST_PAUSE) if later.after is None else later.after
        self._pauses[key] = _Pause(offers=offers, until=self._point.clock.now() + pause)
        self._point.emit(
            EventName.HANDOVER_DEFERRED, message_id=str(record.message_id), reason=later.reason
        )
        return False

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

    def _give(self, record: InboundRecord, verified: VerifiedEnvelope) -> Decision:
        letter = Letter(
            message_id=record.message_id,
            verified=verified,
            file=partial(self._point.payloads.path, record.payload),
            received_at=record.received_at,
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

    def _record(
        self,
        record: InboundRecord,
        verified: VerifiedEnvelope,
        event: str,
        refusal: Refuse | None,
    ) -> None:
        now, message = self._point.clock.now(), verified.message
        reason = refusal.reason if refusal else ""
        done = replace(record, state=step(record.state, InboundEvent.HANDED_OVER).state)
        entry = TimelineEntry.of(
            now,
            record.message_id,
            "handover.refused" if refusal else event,
            to=record.recipient,
            sha256=record.payload,
            reason=reason,
        )
        self._point.store.apply(
            [
                PutInbound(done, expected=record.state),
                AddTimeline(entry),
                *self._in_book(record, verified, reason, now),
                *(
                    self._note_status(record, message, now)
                    if isinstance(message, Status)
                    else self._tell_sender(record, message, now, reason)
                ),
            ]
        )

    def _in_book(
        self, record: InboundRecord, verified: VerifiedEnvelope, refusal: str, now: datetime
    ) -> list[Change]:
        if not isinstance(verified.message, Document):
            return []
        row = incoming_row(
            verified.message,
            verified.report,
            agency=self._point.own,
            message_id=record.message_id,
            received_at=record.received_at,
            at=now,
            refusal=refusal,
        )
        return [EnterInBook(row), *warnings_about(row, self._point.store.doubles(row), now)]

    def _tell_sender(
        self, record: InboundRecord, document: Document, now: datetime, refusal: str
    ) -> list[Change]:
        """Report that it has arrived, or that it was refused; nobody has to send these."""
        code = StatusCode.REFUSED if refusal else StatusCode.ARRIVED
        try:
            return self._submitting.status_changes(
                document, code, about=record.message_id, now=now, description=refusal
            )
        except StoreFailure:
            raise
        except DocExchangeError as error:
            # No way back to the sender, for example; that is no reason to withhold the letter.
            entry = TimelineEntry.of(
                now,
                record.message_id,
                "status.not-sent",
                code=code,
                reason=f"{error} {error.advice}".strip(),
            )
            return [AddTimeline(entry)]

    def _note_status(self, record: InboundRecord, status: Status, now: datetime) -> list[Change]:
        code, document_id = status.code, str(status.response_for.document_id or "")
        earlier = [
            StatusCode(item.code)
            for item in self._point.store.statuses(document_id)
            if item.reporter == status.sender.organ_id
        ]
        if code is None:
            odd = "expected a status code of the list, found another; the letter was kept"
            unknown = TimelineEntry.of(
                now, record.message_id, "status", document=document_id, warning=odd
            )
            return [AddTimeline(unknown)]
        odd = judge(earlier[-1] if earlier else None, code).warning
        kept = StatusRecord(
            message_id=record.message_id,
            document_id=document_id,
            code=code,
            reporter=status.sender.organ_id,
            about_recipient=status.sender.organ_id,
            at=status.at or now,
            description=status.description,
            outgoing=False,
        )
        entry = TimelineEntry.of(
            now, record.message_id, "status", code=code, document=document_id, warning=odd
        )
        return [PutStatus(kept), AddTimeline(entry)]


def _content(verified: VerifiedEnvelope) -> tuple[object, ...]:
    """What was said and attached, wherever the bytes are."""
    message = verified.message
    attached = [(item.content_id, item.sha256) for item in message.attachments]
    return replace(message, attachments=()) if isinstance(message, Document) else message, attached
