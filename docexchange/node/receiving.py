"""Take in what arrives: store, judge, answer with a signed receipt, and only then let go.

1. The bytes are stored durably before anything else.
2. They are read; who they are from and for is taken from what is signed, never from the note.
3. Has it come before? The duplicate rule decides (``delivery.duplicates``).
4. The signature is judged and, for others' letters, the way onward found.
5. The record, the receipt and, when relaying, the message in our own queue are written in one
   transaction: whatever happens later, all of it has happened or none.
6. The receipt is sent, and the parcel settled. A crash before that brings the parcel again, and
   step 3 answers with the stored receipt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import (
    AddTimeline,
    Arrival,
    Change,
    InboundEvent,
    InboundRecord,
    InboundState,
    OutboundRecord,
    OutboundState,
    Payload,
    PutInbound,
    PutOutbound,
    PutReceipt,
    ReceiptRecord,
    TimelineEntry,
    judge,
    step,
)
from docexchange.envelope import Document, Envelope, Receipt, TraceHeader
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DeliveryError, InputNotFound, NoRoute, UnreadableInput
from docexchange.instrumentation import EventName
from docexchange.node.point import AccessPoint, message_id_of
from docexchange.routing import next_hop, refuse_loops
from docexchange.signing import SubIndication, sign_receipt

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.identifiers import OrganId
    from docexchange.transport import Arrival as ParcelArrival
    from docexchange.transport import Parcel

__all__ = ["Receiving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What to do with a message that was read."""

    verdict: str = ""
    refusal: str = ""
    postponed: bool = False
    next_hop: OrganId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Incoming:
    """A parcel whose message was read."""

    arrival: ParcelArrival
    """To settle it."""
    parcel: Parcel
    """Its note, with the recipient as the message spells it."""
    payload: Payload
    """What was stored."""
    envelope: Envelope
    """What was read from that."""


class Receiving:
    """Takes in messages for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def take(self, arrival: ParcelArrival) -> bool:
        """Deal with one parcel that holds a message; tells whether it is dealt with."""
        point, parcel = self._point, arrival.parcel
        with arrival.open() as stream:
            payload = point.payloads.put(stream)
        point.emit(EventName.INBOUND_STORED, message_id=str(parcel.message_id))
        try:
            envelope = Envelope.read(point.payloads.path(payload.sha256), point.limits)
            parcel = _true_note(envelope, parcel, payload)
        except InputNotFound:
            raise  # our own disk; that is no reason to turn a letter away
        except (UnreadableInput, DeliveryError) as error:
            self._refuse_unread(arrival, payload, str(error))
            return True
        incoming = _Incoming(arrival=arrival, parcel=parcel, payload=payload, envelope=envelope)
        known = point.store.inbound(parcel.message_id, parcel.recipient)
        rule = judge(known, payload.sha256)
        if known is None or rule is Arrival.AGAIN or known.state is InboundState.RECEIVED:
            if rule is Arrival.CONFLICT:
                return False  # the first one under this id is decided first
            return self._process(incoming, known.state if known else None)
        if rule is Arrival.REPEAT:
            self._repeat(incoming)
        else:
            self._conflict(incoming, known)
        return True

    def _process(self, incoming: _Incoming, expected: InboundState | None) -> bool:
        point, now = self._point, self._point.clock.now()
        parcel, payload, envelope = incoming.parcel, incoming.payload, incoming.envelope
        decision = self._decide(envelope, parcel)
        if decision.postponed:
            point.emit(
                EventName.INBOUND_POSTPONED,
                message_id=str(parcel.message_id),
                reason=decision.verdict,
            )
            return False
        event = InboundEvent.REFUSED if decision.refusal else InboundEvent.VERIFIED
        record = InboundRecord(
            message_id=parcel.message_id,
            recipient=parcel.recipient,
            origin=envelope.message.sender.organ_id,
            from_node=parcel.from_node,
            kind="document" if isinstance(envelope.message, Document) else "status",
            payload=payload.sha256,
            size=payload.size,
            state=InboundState.RECEIVED,
            received_at=now,
        )
        judged = replace(
            record,
            state=step(InboundState.RECEIVED, event).state,
            verdict=decision.verdict,
            problem=decision.refusal,
        )
        receipt = self._receipt(envelope, parcel, payload, now, decision.refusal)
        changes: list[Change] = [
            *([] if expected is record.state else [PutInbound(record, expected=expected)]),
            PutInbound(judged, expected=InboundState.RECEIVED),
            PutReceipt(receipt),
            self._entry(record, now, decision),
        ]
        if decision.next_hop is not None and not decision.refusal:
            changes += self._relay(envelope, judged, decision.next_hop, now)
        point.store.apply(changes)
        name = EventName.INBOUND_REFUSED if decision.refusal else EventName.INBOUND_ACCEPTED
        point.emit(
            name, message_id=str(parcel.message_id), verdict=decision.verdict or decision.refusal
        )
        self._answer(incoming, receipt.xml)
        return True

    def _decide(self, envelope: Envelope, parcel: Parcel) -> _Decision:
        point = self._point
        report = point.verifier.examine(envelope)
        if report.sub_indication is SubIndication.TRY_LATER:
            # Our own evidence is out of date; that is no reason to turn a genuine letter away.
            return _Decision(verdict=report.summary, postponed=True)
        if not report.passed:
            return _Decision(verdict=report.indication, refusal=report.summary)
        if point.is_own(parcel.recipient):
            return _Decision(verdict=report.summary)
        try:
            hop = self._way_onward(envelope, parcel)
        except NoRoute as error:
            return _Decision(verdict=report.summary, refusal=f"{error} {error.advice}".strip())
        return _Decision(verdict=report.summary, next_hop=hop)

    def _way_onward(self, envelope: Envelope, parcel: Parcel) -> OrganId:
        point, today = self._point, vietnam_date(self._point.clock.now())
        refuse_loops([trace.organ_id for trace in envelope.traces], point.own, limits=point.limits)
        if point.store.outbound(parcel.message_id, parcel.recipient):
            raise NoRoute(
                f"message {parcel.message_id} to {parcel.recipient}: expected one that is new to "
                f"{point.own}, found one that was sent from here",
                code="route.loop",
                advice="Compare the directories of the two agencies; one sends letters back.",
            )
        hop = next_hop(
            point.own, parcel.recipient, directory=point.directory, at=today, limits=point.limits
        )
        return hop.organ_id

    def _relay(
        self, envelope: Envelope, judged: InboundRecord, hop: OrganId, now: datetime
    ) -> list[Change]:
        """Our trace header goes in, nothing else changes; the letter stands in our own queue."""
        point = self._point
        payload = point.store_bytes(envelope.with_trace(TraceHeader(point.own, now)))
        queued = OutboundRecord(
            message_id=judged.message_id,
            recipient=judged.recipient,
            origin=judged.origin,
            next_hop=hop,
            kind=judged.kind,
            payload=payload.sha256,
            size=payload.size,
            state=OutboundState.QUEUED,
            attempts=0,
            due_at=now,
            created_at=now,
            expires_at=point.schedule.expires_at(now),
        )
        relayed = replace(judged, state=step(judged.state, InboundEvent.RELAYED).state)
        return [
            PutInbound(relayed, expected=judged.state),
            PutOutbound(queued, expected=None),
            AddTimeline(
                TimelineEntry.of(now, judged.message_id, "relayed", to=hop, sha256=payload.sha256)
            ),
        ]

    def _entry(self, record: InboundRecord, now: datetime, decision: _Decision) -> AddTimeline:
        return AddTimeline(
            TimelineEntry.of(
                now,
                record.message_id,
                "refused" if decision.refusal else "received",
                **{"from": record.from_node},
                sha256=record.payload,
                verdict=decision.verdict,
                reason=decision.refusal,
            )
        )

    def _receipt(
        self, envelope: Envelope | None, parcel: Parcel, payload: Payload, now: datetime, why: str
    ) -> ReceiptRecord:
        receipt = Receipt(
            message_id=parcel.message_id,
            recipient=parcel.recipient,
            from_node=parcel.from_node,
            issuer=self._point.own,
            sha256=payload.sha256,
            size=payload.size,
            at=now,
            hop=len(envelope.traces) if envelope else 0,
            accepted=not why,
            reason=why[:2000],
        )
        return ReceiptRecord(
            message_id=parcel.message_id,
            recipient=parcel.recipient,
            issuer=self._point.own,
            given=True,
            payload=payload.sha256,
            at=now,
            xml=sign_receipt(receipt, self._point.signer),
            accepted=not why,
        )

    def _repeat(self, incoming: _Incoming) -> None:
        """The same bytes again: the stored receipt again, byte for byte.

        Whoever brings them by another way gets a receipt of its own: the stored one is made out to
        the node that was named first, and would prove nothing for another.
        """
        point, parcel = self._point, incoming.parcel
        given = self._given(incoming)
        if given is None:
            now = point.clock.now()
            receipt = self._receipt(incoming.envelope, parcel, incoming.payload, now, "")
            point.store.apply([PutReceipt(receipt)])
            given = receipt.xml
        point.emit(EventName.INBOUND_REPEATED, message_id=str(parcel.message_id))
        self._answer(incoming, given)

    def _given(self, incoming: _Incoming) -> bytes | None:
        """The receipt that was given for these bytes to whoever brings them now."""
        parcel = incoming.parcel
        for receipt in self._point.store.receipts(parcel.message_id):
            if (
                receipt.given
                and receipt.accepted
                and receipt.recipient == parcel.recipient
                and receipt.payload == incoming.payload.sha256
                and read_receipt(receipt.xml)[0].from_node == parcel.from_node
            ):
                return receipt.xml
        return None

    def _conflict(self, incoming: _Incoming, known: InboundRecord) -> None:
        """Other bytes under a known id: refused, and both kept."""
        step(known.state, InboundEvent.CONFLICTED)  # the table has a row for it, or says why not
        point, now, payload = self._point, self._point.clock.now(), incoming.payload
        why = (
            f"message {known.message_id}: expected the bytes received before (SHA-256 "
            f"{known.payload}), found others ({payload.sha256}); both are kept"
        )
        receipt = self._receipt(incoming.envelope, incoming.parcel, payload, now, why)
        entry = TimelineEntry.of(
            now, known.message_id, "conflict", sha256=payload.sha256, reason=why
        )
        point.store.apply([PutReceipt(receipt), AddTimeline(entry)])
        point.emit(EventName.INBOUND_REFUSED, message_id=str(known.message_id), verdict=why)
        self._answer(incoming, receipt.xml)

    def _refuse_unread(self, arrival: ParcelArrival, payload: Payload, why: str) -> None:
        """Not a letter, or not the one on the note: refused by name, set aside with the reason."""
        point, parcel, now = self._point, arrival.parcel, self._point.clock.now()
        receipt = self._receipt(None, parcel, payload, now, why)
        entry = TimelineEntry.of(
            now, parcel.message_id, "unreadable", sha256=payload.sha256, reason=why
        )
        point.store.apply([PutReceipt(receipt), AddTimeline(entry)])
        point.send_receipt(receipt.xml, parcel)
        arrival.reject(why)
        point.emit(EventName.PARCEL_REJECTED, message_id=str(parcel.message_id), reason=why)

    def _answer(self, incoming: _Incoming, receipt: bytes) -> None:
        self._point.send_receipt(receipt, incoming.parcel)
        incoming.arrival.settle()
        self._point.emit(EventName.PARCEL_SETTLED, message_id=str(incoming.parcel.message_id))


def _true_note(envelope: Envelope, parcel: Parcel, payload: Payload) -> Parcel:
    """Hold the unsigned note to what the message itself says.

    Returns:
        The note, with the recipient spelt as in the message: one recipient must not become two
        by writing its code in both ways.
    """
    own_id = message_id_of(envelope, payload.sha256)
    if parcel.message_id != own_id:
        raise DeliveryError(
            f"note: expected message {own_id}, found {parcel.message_id}", code="delivery.note"
        )
    destinations = envelope.message.destinations
    meant = [
        code for code in destinations if code.as_decision_20 == parcel.recipient.as_decision_20
    ]
    if not meant:
        raise DeliveryError(
            f"note: expected one of the letter's recipients, found {parcel.recipient}",
            code="delivery.note",
        )
    return parcel if parcel.recipient in meant else replace(parcel, recipient=meant[0])
