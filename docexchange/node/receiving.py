"""Take in what arrives: store, judge, answer with a signed receipt, and only then let go.

1. The bytes are stored before anything else: large ones durably, small ones with step 5.
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

from docexchange.delivery import (
    AddTimeline,
    Arrival,
    Change,
    InboundEvent,
    InboundRecord,
    InboundState,
    OutboundEvent,
    OutboundRecord,
    OutboundState,
    Payload,
    PutInbound,
    PutOutbound,
    TimelineEntry,
    judge,
    lane_of,
    step,
)
from docexchange.envelope import Document, TraceHeader
from docexchange.errors import (
    InputNotFound,
    NoRoute,
    UnreadableInput,
)
from docexchange.instrumentation import EventName
from docexchange.node.answering import Answering, Incoming
from docexchange.node.point import AccessPoint, message_id_of
from docexchange.node.sameness import signature_values
from docexchange.routing import refuse_loops, refuse_return
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.envelope import Envelope
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


class Receiving:
    """Takes in messages for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._answering = Answering(point)

    def take(self, arrival: ParcelArrival) -> bool:
        """Deal with one parcel that holds a message; tells whether it is dealt with."""
        self._point.emit(
            EventName.INBOUND_STARTED,
            message_id=str(arrival.parcel.message_id),
            peer=str(arrival.parcel.from_node),
        )
        payload = Payload(sha256=arrival.parcel.sha256, size=arrival.parcel.size)
        kept: list[Change] = []
        try:
            payload, kept = self._stored(arrival)
            incoming = self._read(arrival, payload, kept)
        except InputNotFound:
            raise  # our own disk; that is no reason to turn a letter away
        except UnreadableInput as error:
            self._answering.refuse_unread(arrival, payload, kept, str(error))
            return True
        return self._take(incoming)

    def _stored(self, arrival: ParcelArrival) -> tuple[Payload, list[Change]]:
        with arrival.open() as stream:
            stored = self._point.store_stream(stream)
        self._point.emit(EventName.INBOUND_STORED, message_id=str(arrival.parcel.message_id))
        return stored

    def _read(self, arrival: ParcelArrival, payload: Payload, kept: Sequence[Change]) -> Incoming:
        envelope = arrival.envelope
        if envelope is None or arrival.parcel.sha256 != payload.sha256:
            envelope = self._point.envelope(payload.sha256)
        parcel = _true_note(envelope, arrival.parcel, payload)
        return Incoming(
            arrival=arrival, parcel=parcel, payload=payload, kept=kept, envelope=envelope
        )

    def _take(self, incoming: Incoming) -> bool:
        known = self._point.store.inbound(incoming.parcel.message_id, incoming.parcel.recipient)
        rule = judge(known, incoming.payload.sha256)
        if known is None or rule is Arrival.AGAIN or known.state is InboundState.RECEIVED:
            if rule is Arrival.CONFLICT:
                return False  # the first one under this id is decided first
            return self._process(incoming, known.state if known else None)
        if rule is Arrival.CONFLICT:
            is_inherited = self._is_inherited(incoming, known)
            take = self._inherit if is_inherited else self._take_other_bytes
            return take(incoming, known)
        self._answering.repeat(incoming)
        return True

    def _is_inherited(self, incoming: Incoming, known: InboundRecord) -> bool:
        """Whether we were passing it on when its recipient was merged into us: now it is ours."""
        by_us = incoming.parcel.from_node.as_decision_20 == self._point.own.as_decision_20
        is_ours = self._point.serves(known.recipient)
        relayed = known.state is InboundState.RELAYED
        return by_us and is_ours and relayed and self._has_signatures_of(incoming, known.payload)

    def _inherit(self, incoming: Incoming, known: InboundRecord) -> bool:
        """Keep for ourselves what we sent to ourselves, and give ourselves the receipt."""
        decision = self._decide(incoming)
        if decision.postponed:
            return self._postpone(incoming, decision)
        if decision.refusal:
            self._answering.refuse(incoming, decision.refusal)
            return True
        moved = replace(known, state=step(known.state, InboundEvent.INHERITED).state)
        heir = self._point.redirection(known.recipient)
        now = self._point.clock.now()
        entry = TimelineEntry.of(now, known.message_id, "inherited", sha256=known.payload, **heir)
        changes: list[Change] = [PutInbound(moved, expected=known.state), AddTimeline(entry)]
        self._answering.decide(incoming, changes)
        return True

    def _take_other_bytes(self, incoming: Incoming, known: InboundRecord) -> bool:
        """Other bytes under a known id: the same letter by another way, or a conflict.

        Only trace headers are outside the signature. Where those alone differ, the letter that
        came first is this letter, and whoever brings it may be told that we have it.
        """
        decision = _Decision(refusal="another message")
        if self._has_signatures_of(incoming, known.payload):
            decision = self._judge(incoming)
        if decision.postponed:
            return self._postpone(incoming, decision)
        if decision.refusal:
            self._answering.refuse_conflict(incoming, known)
        else:
            self._answering.repeat(incoming)
        return True

    def _has_signatures_of(self, incoming: Incoming, payload: str) -> bool:
        if not self._point.payloads.contains(payload):
            return False  # purged: nothing is left to compare with
        first = self._point.envelope(payload)
        return signature_values(incoming.envelope) == signature_values(first)

    def _process(self, incoming: Incoming, expected: InboundState | None) -> bool:
        now = self._point.clock.now()
        decision = self._decide(incoming)
        if decision.postponed:
            return self._postpone(incoming, decision)
        if decision.refusal and self._relayed(incoming.parcel):
            # What we know of the letter that we once passed on stays as it is.
            self._answering.refuse(incoming, decision.refusal)
            return True
        event = InboundEvent.REFUSED if decision.refusal else InboundEvent.VERIFIED
        record = _record(incoming, now)
        judged = replace(
            record,
            state=step(InboundState.RECEIVED, event).state,
            verdict=decision.verdict,
            problem=decision.refusal,
        )
        changes: list[Change] = [
            PutInbound(judged, expected=expected),
            _entry(record, now, decision, self._point.redirection(record.recipient)),
        ]
        if decision.next_hop is not None and not decision.refusal:
            changes += self._relay(incoming, judged, decision.next_hop, now)
        self._answering.decide(incoming, changes, why=decision.refusal)
        return True

    def _postpone(self, incoming: Incoming, decision: _Decision) -> bool:
        self._point.emit(
            EventName.INBOUND_POSTPONED,
            message_id=str(incoming.parcel.message_id),
            reason=decision.verdict,
        )
        return False

    def _judge(self, incoming: Incoming) -> _Decision:
        report = self._point.verifier.examine(incoming.envelope)
        if report.sub_indication is SubIndication.TRY_LATER:
            # Our own evidence is out of date; that is no reason to turn a genuine letter away.
            return _Decision(verdict=report.summary, postponed=True)
        if not report.passed:
            return _Decision(verdict=report.indication, refusal=report.summary)
        return _Decision(verdict=report.summary)

    def _decide(self, incoming: Incoming) -> _Decision:
        judged = self._judge(incoming)
        if judged.postponed or judged.refusal:
            return judged
        refusal = self._point.refusal_of(
            incoming.envelope.message, incoming.parcel.recipient, size=incoming.payload.size
        )
        if refusal:
            return replace(judged, refusal=f"{refusal.reason}. {refusal.advice}")
        if self._point.serves(incoming.parcel.recipient):
            return judged
        try:
            return replace(judged, next_hop=self._way_onward(incoming))
        except NoRoute as error:
            return replace(judged, refusal=f"{error} {error.advice}".strip())

    def _way_onward(self, incoming: Incoming) -> OrganId:
        point = self._point
        message_id, recipient = incoming.parcel.message_id, incoming.parcel.recipient
        passed = [trace.organ_id for trace in incoming.envelope.traces]
        refuse_loops(passed, point.own, limits=point.limits)
        # Asked once: another thread may be passing on this very letter.
        onward = point.store.outbound(message_id, recipient)
        if onward and onward.submit_key is not None:
            raise _sent_from_here(incoming.parcel, point.own)
        if onward:
            self._refuse_another(incoming, onward)
        way = point.way_to(recipient, passed=[stop for stop in passed if stop])
        refuse_return(passed, way)
        return way.hops[0].organ_id

    def _relayed(self, parcel: Parcel) -> OutboundRecord | None:
        """What was passed on from here under this id before; nothing that was written here."""
        onward = self._point.store.outbound(parcel.message_id, parcel.recipient)
        return onward if onward and onward.submit_key is None else None

    def _refuse_another(self, incoming: Incoming, onward: OutboundRecord) -> None:
        """Let a letter pass again after it was given up; no other one under its id, and no loop."""
        parcel, own = incoming.parcel, self._point.own
        stored = self._point.envelope(onward.payload)
        if _visits(incoming.envelope, own) >= _visits(stored, own):
            raise _sent_from_here(parcel, own)
        if not self._has_signatures_of(incoming, onward.payload):
            raise NoRoute(
                f"message {parcel.message_id} to {parcel.recipient}: expected the message that "
                f"was passed on before (SHA-256 {onward.payload}), found another",
                code="delivery.conflicting-duplicate",
                advice="Give every new message an id of its own.",
            )

    def _relay(
        self, incoming: Incoming, judged: InboundRecord, hop: OrganId, now: datetime
    ) -> list[Change]:
        """Our trace header goes in, nothing else changes; the letter stands in our own queue."""
        onward = self._relayed(incoming.parcel)
        kept: list[Change] = []
        if onward:
            queued = _again(onward, hop)
        else:
            queued, kept = self._first(incoming, judged, hop)
        if queued is not onward:
            expires = self._point.schedule.expires_at(now)
            queued = replace(queued, due_at=now, expires_at=expires)
        relayed = replace(judged, state=step(judged.state, InboundEvent.RELAYED).state)
        entry = TimelineEntry.of(now, judged.message_id, "relayed", to=hop, sha256=queued.payload)
        return [
            *kept,
            PutInbound(relayed, expected=judged.state),
            PutOutbound(queued, expected=onward.state if onward else None),
            AddTimeline(entry),
        ]

    def _first(
        self, incoming: Incoming, judged: InboundRecord, hop: OrganId
    ) -> tuple[OutboundRecord, list[Change]]:
        point, now = self._point, self._point.clock.now()
        traced = incoming.envelope.with_trace(TraceHeader(point.own, now))
        payload, kept = point.store_envelope(traced)
        record = OutboundRecord(
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
            expires_at=now,
            lane=lane_of(incoming.envelope.message, size=payload.size),
        )
        return record, kept


def _again(onward: OutboundRecord, hop: OrganId) -> OutboundRecord:
    """The same bytes once more; where they are under way already, they stay so."""
    if not onward.state.is_failure:
        return onward
    state = step(onward.state, OutboundEvent.RESENT).state
    return replace(onward, state=state, next_hop=hop, attempts=0, problem="")


def _visits(envelope: Envelope, own: OrganId) -> int:
    codes = [trace.organ_id.as_decision_20 for trace in envelope.traces if trace.organ_id]
    return codes.count(own.as_decision_20)


def _sent_from_here(parcel: Parcel, own: OrganId) -> NoRoute:
    return NoRoute(
        f"message {parcel.message_id} to {parcel.recipient}: expected one that is new to {own}, "
        "found one that was sent from here",
        code="route.loop",
        advice="Compare the directories of the two agencies; one sends letters back.",
    )


def _record(incoming: Incoming, now: datetime) -> InboundRecord:
    message = incoming.envelope.message
    return InboundRecord(
        message_id=incoming.parcel.message_id,
        recipient=incoming.parcel.recipient,
        origin=message.sender.organ_id,
        from_node=incoming.parcel.from_node,
        kind="document" if isinstance(message, Document) else "status",
        payload=incoming.payload.sha256,
        size=incoming.payload.size,
        state=InboundState.RECEIVED,
        received_at=now,
    )


def _entry(
    record: InboundRecord, now: datetime, decision: _Decision, redirection: dict[str, OrganId]
) -> AddTimeline:
    return AddTimeline(
        TimelineEntry.of(
            now,
            record.message_id,
            "refused" if decision.refusal else "received",
            **{"from": record.from_node},
            sha256=record.payload,
            verdict=decision.verdict,
            reason=decision.refusal,
            **redirection,
        )
    )


def _true_note(envelope: Envelope, parcel: Parcel, payload: Payload) -> Parcel:
    """Hold the unsigned note to what the message itself says.

    Returns:
        The note, with the recipient spelt as in the message: one recipient must not become two
        by writing its code in both ways.
    """
    own_id = message_id_of(envelope, payload.sha256)
    if parcel.message_id != own_id:
        raise _false_note(f"message {own_id}", parcel.message_id)
    destinations = envelope.message.destinations
    code = parcel.recipient.as_decision_20
    meant = [recipient for recipient in destinations if recipient.as_decision_20 == code]
    if not meant:
        raise _false_note("one of the letter's recipients", parcel.recipient)
    return parcel if parcel.recipient in meant else replace(parcel, recipient=meant[0])


def _false_note(expected: str, found: object) -> UnreadableInput:
    return UnreadableInput(f"note: expected {expected}, found {found}", code="delivery.note")
