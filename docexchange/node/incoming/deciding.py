"""What becomes of a message that arrived for a recipient: the duplicate rule, the verdict, policy.

>>> Deciding(point, answering).answer(incoming)

Nothing is written here: each decision is an `Answer`, with all that is to be written down with it.

Clocks differ by minutes. About a midnight at which agencies begin and end, what one node sends by
the new day another would refuse by the old one: for as long as clocks may differ nothing is
refused, but judged when it comes again.
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
    PutInbound,
    TimelineEntry,
    judge,
    step,
)
from docexchange.delivery.changes import check_inbound
from docexchange.envelope import Document
from docexchange.errors import MalformedEnvelope, NoRoute, problem_text
from docexchange.instrumentation import EventName
from docexchange.node.incoming.relaying import Relaying
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.identifiers import OrganId
    from docexchange.node.incoming.answering import Answer, Answering, Incoming
    from docexchange.node.point import AccessPoint

__all__ = ["Deciding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What to do with a message that was read."""

    verdict: str = ""
    refusal: str = ""
    postponed: bool = False
    next_hop: OrganId | None = None


class Deciding:
    """Decides for one access point.

    Args:
        point: what it works with.
        answering: words what was decided.
    """

    def __init__(self, point: AccessPoint, answering: Answering) -> None:
        self._point = point
        self._answering = answering
        self._relaying = Relaying(point)

    def answer(self, incoming: Incoming) -> Answer | None:
        """Decide about a message for one recipient.

        Args:
            incoming: what arrived; its note names that recipient alone.

        Returns:
            The answer, with what follows from it; None when it cannot be judged now.

        Raises:
            DeliveryError: code ``store.stale``; someone else was faster with the same letter.
        """
        known = self._point.store.inbound(incoming.parcel.message_id, incoming.parcel.recipient)
        rule = judge(known, incoming.payload.sha256)
        if known is None or rule is Arrival.AGAIN or known.state is InboundState.RECEIVED:
            if rule is Arrival.CONFLICT:
                return None  # the first one under this id is decided first
            return self._process(incoming, known.state if known else None)
        if rule is Arrival.CONFLICT:
            is_inherited = self._is_inherited(incoming, known)
            decide = self._inherit if is_inherited else self._take_other_bytes
            return decide(incoming, known)
        return self._answering.repeat(incoming)

    def _is_inherited(self, incoming: Incoming, known: InboundRecord) -> bool:
        """Whether we were passing it on when its recipient was merged into us: now it is ours."""
        by_us = incoming.parcel.from_node.as_decision_20 == self._point.own.as_decision_20
        is_ours = self._point.serves(known.recipient)
        relayed = known.state is InboundState.RELAYED
        return (
            by_us
            and is_ours
            and relayed
            and self._relaying.has_signatures_of(incoming, known.payload)
        )

    def _inherit(self, incoming: Incoming, known: InboundRecord) -> Answer | None:
        """Keep for ourselves what we sent to ourselves, and give ourselves the receipt."""
        decision = self._decide(incoming)
        if decision.postponed:
            return self._postponed(incoming, decision)
        if decision.refusal:
            return self._answering.refuse(incoming, decision.refusal)
        moved = replace(known, state=step(known.state, InboundEvent.INHERITED))
        heir = self._point.redirection(known.recipient)
        now = self._point.clock.now()
        entry = TimelineEntry.of(now, known.message_id, "inherited", sha256=known.payload, **heir)
        changes: list[Change] = [PutInbound(moved, expected=known.state), AddTimeline(entry)]
        return self._answering.decide(incoming, changes)

    def _take_other_bytes(self, incoming: Incoming, known: InboundRecord) -> Answer | None:
        """Other bytes under a known id: the same letter by another way, or a conflict.

        Only trace headers are outside the signature. Where those alone differ, the letter that
        came first is this letter, and whoever brings it may be told that we have it.
        """
        decision = _Decision(refusal="another message")
        if self._relaying.has_signatures_of(incoming, known.payload):
            decision = self._judge(incoming)
        if decision.postponed:
            return self._postponed(incoming, decision)
        if decision.refusal:
            return self._answering.refuse_conflict(incoming, known)
        return self._answering.repeat(incoming)

    def _process(self, incoming: Incoming, expected: InboundState | None) -> Answer | None:
        now = self._point.clock.now()
        decision = self._decide(incoming)
        if decision.postponed:
            return self._postponed(incoming, decision)
        judged = _judged(incoming, decision, now)
        put = PutInbound(judged, expected=expected)
        if decision.refusal and self._relaying.passed_on(incoming.parcel):
            # Another thread may have passed it on since we looked: then it is not refused for that.
            check_inbound(put, self._point.store.inbound(judged.message_id, judged.recipient))
            # What we know of the letter that we once passed on stays as it is.
            return self._answering.refuse(incoming, decision.refusal)
        changes: list[Change] = [
            put,
            _entry(incoming, judged, self._point.redirection(judged.recipient)),
        ]
        if decision.next_hop is not None and not decision.refusal:
            changes += self._relaying.changes(incoming, judged, decision.next_hop, now)
        return self._answering.decide(incoming, changes, why=decision.refusal)

    def _postponed(self, incoming: Incoming, decision: _Decision) -> Answer | None:
        """No answer yet."""
        self._point.emit(
            EventName.INBOUND_POSTPONED,
            message_id=str(incoming.parcel.message_id),
            reason=decision.verdict,
        )
        return None

    def _judge(self, incoming: Incoming) -> _Decision:
        report = incoming.examined()
        if report.sub_indication is SubIndication.TRY_LATER:
            # Our own evidence is out of date; that is no reason to turn a genuine letter away.
            return _Decision(verdict=report.summary, postponed=True)
        if not report.passed:
            why = problem_text(report.summary, code=report.code, advice="")
            return self._refused(why, verdict=report.indication)
        return _Decision(verdict=report.summary)

    def _refused(self, why: str, *, verdict: str) -> _Decision:
        """Not while it may be another day where the letter comes from, and agencies change."""
        if self._point.is_turn_of_agencies:
            return _Decision(verdict=f"{why} (at the turn of agencies)", postponed=True)
        return _Decision(verdict=verdict, refusal=why)

    def _decide(self, incoming: Incoming) -> _Decision:
        judged = self._judge(incoming)
        if judged.postponed or judged.refusal:
            return judged
        refusal = self._point.refusal_of(
            incoming.envelope.message, incoming.parcel.recipient, size=incoming.payload.size
        )
        if refusal:
            return self._refused(refusal.problem, verdict=judged.verdict)
        if self._point.serves(incoming.parcel.recipient):
            return judged
        try:
            return replace(judged, next_hop=self._relaying.way(incoming))
        except (NoRoute, MalformedEnvelope) as error:
            return self._refused(error.problem, verdict=judged.verdict)


def _judged(incoming: Incoming, decision: _Decision, now: datetime) -> InboundRecord:
    message = incoming.envelope.message
    event = InboundEvent.REFUSED if decision.refusal else InboundEvent.VERIFIED
    return InboundRecord(
        message_id=incoming.parcel.message_id,
        recipient=incoming.parcel.recipient,
        origin=message.sender.organ_id,
        from_node=incoming.parcel.from_node,
        kind="document" if isinstance(message, Document) else "status",
        payload=incoming.payload.sha256,
        size=incoming.payload.size,
        state=step(InboundState.RECEIVED, event),
        received_at=now,
        verdict=decision.verdict,
        problem=decision.refusal,
    )


def _entry(
    incoming: Incoming, record: InboundRecord, redirection: dict[str, OrganId]
) -> AddTimeline:
    is_alone = len(incoming.arrival.parcel.recipients) == 1
    return AddTimeline(
        TimelineEntry.of(
            record.received_at,
            record.message_id,
            "refused" if record.problem else "received",
            **{"from": record.from_node},
            **({} if is_alone else {"recipient": record.recipient}),
            sha256=record.payload,
            verdict=record.verdict,
            reason=record.problem,
            **redirection,
        )
    )
