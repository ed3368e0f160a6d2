"""What a person may do about a delivery: have it sent again, or stop it.

>>> node.resend(message_id, reason="the district is back")
>>> node.cancel(message_id, recipient, reason="wrong recipient")

Works beside a running node: whoever writes first decides, the other one is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.delivery import OUTBOUND, OutboundEvent
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.delivery import OutboundRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.outgoing.steps import Steps
    from docexchange.node.point import AccessPoint

__all__ = ["Mending"]

_ADVICE: Final = {
    OutboundEvent.RESENT: "Only what has failed can be sent again; the rest is under way or there.",
    OutboundEvent.CANCELLED: "Only what is still under way can be stopped.",
}


class Mending:
    """Mends for one access point."""

    def __init__(self, point: AccessPoint, steps: Steps) -> None:
        self._point = point
        self._steps = steps

    def resend(
        self, message_id: MessageId, recipient: OrganId | None, reason: str
    ) -> list[OutboundRecord]:
        """Queue the same bytes again, along today's way, with all attempts and a new lifetime."""
        point, now = self._point, self._point.clock.now()
        records = self._fitting(message_id, recipient, OutboundEvent.RESENT)
        hops = [self._next_hop(record) for record in records]
        return [
            self._steps.take(
                record,
                OutboundEvent.RESENT,
                now,
                why=reason,
                next_hop=hop,
                attempts=0,
                due_at=now,
                expires_at=point.schedule.expires_at(now),
                problem="",
            )
            for record, hop in zip(records, hops, strict=True)
        ]

    def cancel(
        self, message_id: MessageId, recipient: OrganId | None, reason: str
    ) -> list[OutboundRecord]:
        """Attempt no more; what the next hop has already may arrive all the same."""
        now = self._point.clock.now()
        return [
            self._steps.take(record, OutboundEvent.CANCELLED, now, problem=reason)
            for record in self._fitting(message_id, recipient, OutboundEvent.CANCELLED)
        ]

    def _fitting(
        self, message_id: MessageId, recipient: OrganId | None, event: OutboundEvent
    ) -> list[OutboundRecord]:
        """The deliveries that the table lets take this step; at least one."""
        known = self._point.store.outbound_of(message_id)
        meant = [record for record in known if recipient in (None, record.recipient)]
        fitting = [record for record in meant if (record.state, event) in OUTBOUND]
        if fitting:
            return fitting
        whom = f" to {recipient}" if recipient else ""
        found = ", ".join(f"{item.recipient} {item.state}" for item in meant) or "none"
        raise UsageError(
            f"message {message_id}{whom}: expected a delivery that can be {event}, found {found}",
            code=f"delivery.not-{event}",
            advice=_ADVICE[event] if meant else "`docexchange delivery list` shows what there is.",
        )

    def _next_hop(self, record: OutboundRecord) -> OrganId:
        return self._point.way_to(record.recipient).hops[0].organ_id
