"""Pass on what is for others: the next hop, no circles, our trace header, a place in our queue.

>>> Relaying(point).way(incoming)
OrganId('000.00.31.H53')
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.delivery import (
    AddTimeline,
    Change,
    InboundEvent,
    InboundRecord,
    OutboundEvent,
    OutboundRecord,
    OutboundState,
    PutInbound,
    PutOutbound,
    TimelineEntry,
    lane_of,
    step,
)
from docexchange.errors import NoRoute
from docexchange.node.sameness import signature_values
from docexchange.routing import refuse_loops, refuse_return

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope import Envelope
    from docexchange.identifiers import OrganId
    from docexchange.node.incoming.answering import Incoming
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Parcel

__all__ = ["Relaying"]


class Relaying:
    """Passes on for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def way(self, incoming: Incoming) -> OrganId:
        """The next hop of a message for one recipient.

        Raises:
            NoRoute: there is none, or it has been here before.
            MalformedEnvelope: there is no place for our trace header in it.
        """
        point = self._point
        parcel, recipient = incoming.parcel, incoming.parcel.recipient
        passed = [trace.organ_id for trace in incoming.envelope.traces]
        refuse_loops(passed, point.own, limits=point.limits)
        onward = point.store.outbound(parcel.message_id, recipient)
        if onward and onward.submit_key is not None:
            raise _sent_from_here(parcel, point.own)
        if onward:
            self._refuse_another(incoming, onward)
        way = point.way_to(recipient, passed=[stop for stop in passed if stop])
        refuse_return(passed, way)
        if onward is None:
            incoming.traced()
        return way.hops[0].organ_id

    def passed_on(self, parcel: Parcel) -> OutboundRecord | None:
        """What was passed on from here under this id before; nothing that was written here."""
        onward = self._point.store.outbound(parcel.message_id, parcel.recipient)
        return onward if onward and onward.submit_key is None else None

    def has_signatures_of(self, incoming: Incoming, payload: str) -> bool:
        """Whether a message is the one that was stored, going by its signatures."""
        if not self._point.payloads.contains(payload):
            return False  # purged: nothing is left to compare with
        first = self._point.envelope(payload)
        return signature_values(incoming.envelope) == signature_values(first)

    def _refuse_another(self, incoming: Incoming, onward: OutboundRecord) -> None:
        """Let a letter pass again after it was given up; no other one under its id, and no loop."""
        parcel, own = incoming.parcel, self._point.own
        stored = self._point.envelope(onward.payload)
        if _visits(incoming.envelope, own) >= _visits(stored, own):
            raise _sent_from_here(parcel, own)
        if not self.has_signatures_of(incoming, onward.payload):
            raise NoRoute(
                f"message {parcel.message_id} to {parcel.recipient}: expected the message that "
                f"was passed on before (SHA-256 {onward.payload}), found another",
                code="delivery.conflicting-duplicate",
                advice="Give every new message an id of its own.",
            )

    def changes(
        self, incoming: Incoming, judged: InboundRecord, hop: OrganId, now: datetime
    ) -> list[Change]:
        """Our trace header goes in, nothing else changes; the letter stands in our own queue.

        Args:
            incoming: the message, for one recipient.
            judged: its record, as it is written in the same transaction.
            hop: where it goes next.
            now: the present.
        """
        onward = self.passed_on(incoming.parcel)
        expires = self._point.schedule.expires_at(now)
        queued = (
            _again(onward, hop, now=now, expires=expires)
            if onward
            else self._first(incoming, judged, hop, now=now, expires=expires)
        )
        relayed = replace(judged, state=step(judged.state, InboundEvent.RELAYED))
        entry = TimelineEntry.of(now, judged.message_id, "relayed", to=hop, sha256=queued.payload)
        return [
            PutInbound(relayed, expected=judged.state),
            PutOutbound(queued, expected=onward.state if onward else None),
            AddTimeline(entry),
        ]

    def _first(
        self,
        incoming: Incoming,
        judged: InboundRecord,
        hop: OrganId,
        *,
        now: datetime,
        expires: datetime,
    ) -> OutboundRecord:
        payload = incoming.traced()
        return OutboundRecord(
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
            expires_at=expires,
            lane=lane_of(incoming.envelope.message, size=payload.size),
        )


def _again(
    onward: OutboundRecord, hop: OrganId, *, now: datetime, expires: datetime
) -> OutboundRecord:
    """The same bytes once more; where they are under way already, they stay so."""
    if not onward.state.is_failure:
        return onward
    return replace(
        onward,
        state=step(onward.state, OutboundEvent.RESENT),
        next_hop=hop,
        attempts=0,
        problem="",
        due_at=now,
        expires_at=expires,
    )


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
