"""Where does a letter go whose way has changed since it was accepted? As after a merger.

    hop, way_back = rerouting.hop_today(record)     # before an attempt
    rerouting.send_anew(record, refusal)            # tells whether it goes another way instead

1. A letter of an earlier day takes the way of today.
2. Unless the hop of yesterday may have it already, and has not said so: it is asked first, lest
   the letter be handed over by the old agency and by its heir. Of a closed agency that does not
   answer, nobody waits longer than a day.
3. Where the way of today leads back to an agency that the letter has passed, it is not passed on
   but given back with a signed refusal, from bearer to bearer, up to where another way begins.
4. Whoever is refused a letter, and now knows another way, takes that; once for each way.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import (
    AddTimeline,
    OutboundEvent,
    PutOutbound,
    PutReceipt,
    TimelineEntry,
    step,
)
from docexchange.errors import NoRoute
from docexchange.routing import closed_code, refuse_return, ways_out

if TYPE_CHECKING:
    from docexchange.delivery import OutboundRecord, ReceiptRecord
    from docexchange.identifiers import OrganId
    from docexchange.node.point import AccessPoint
    from docexchange.routing import Route

__all__ = ["Rerouting"]

_ASKED_DAYS: Final = 1
"""How many days a closed agency is asked whether it has a letter, before its heir gets it."""


class Rerouting:
    """Reroutes for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def hop_today(self, record: OutboundRecord) -> tuple[OrganId, str]:
        """The next hop of a letter, today.

        Args:
            record: the delivery as it is stored.

        Returns:
            The hop, and why the letter is not sent there but given back; empty where it is sent.
        """
        way = self._other_way(record)
        if way is None or self._may_have_it(record):
            return record.next_hop, ""
        try:
            self._refuse_return(record, way)
        except NoRoute as error:
            return record.next_hop, error.problem
        return way.hops[0].organ_id, ""

    def send_anew(self, record: OutboundRecord, refusal: ReceiptRecord) -> bool:
        """Send a letter another way after it was refused, if there is another one by now.

        Args:
            record: the delivery as it is stored.
            refusal: what the next hop said; kept together with the change.

        Returns:
            Whether it goes another way; if not, nothing was written.
        """
        now, way = self._point.clock.now(), self._other_way(record)
        if way is None or now >= record.expires_at or record.state.is_failure:
            return False  # what was given up or cancelled stays so
        try:
            self._refuse_return(record, way)
        except NoRoute:
            return False
        refused = step(record.state, OutboundEvent.REFUSAL)
        queued = replace(
            record,
            state=step(refused, OutboundEvent.RESENT),
            next_hop=way.hops[0].organ_id,
            attempts=0,
            due_at=now,
            problem="",
        )
        entry = TimelineEntry.of(
            now,
            record.message_id,
            "outbound.rerouted",
            **{"from": record.next_hop},
            to=queued.next_hop,
            recipient=record.recipient,
            sha256=record.payload,
        )
        moved = PutOutbound(queued, expected=record.state)
        self._point.store.apply([moved, PutReceipt(refusal), AddTimeline(entry)])
        return True

    def _other_way(self, record: OutboundRecord) -> Route | None:
        """The way of today, if it begins otherwise than that of the day of acceptance."""
        point = self._point
        if vietnam_date(record.created_at) >= point.today:
            return None
        with suppress(NoRoute):
            way = point.way_to(record.recipient)
            if not self._is_way_out(record, way):
                return way
        return None

    def _is_way_out(self, record: OutboundRecord, way: Route) -> bool:
        """Whether it goes the way of today already, or around a link of that."""
        hop = record.next_hop.as_decision_20
        if way.hops[0].organ_id.as_decision_20 == hop:
            return True
        point = self._point
        with suppress(NoRoute):
            others = ways_out(lambda down: point.way_to(record.recipient, down=down))
            return any(other.organ_id.as_decision_20 == hop for other in others)
        return False

    def _may_have_it(self, record: OutboundRecord) -> bool:
        """Whether an attempt may have reached the hop of yesterday, though nothing was heard."""
        point, hop = self._point, record.next_hop
        closed = closed_code(hop, point.directory, point.today)
        if closed and (point.today - closed.last_day).days > _ASKED_DAYS:
            return False
        about = {("to", str(hop)), ("recipient", str(record.recipient))}
        events = [
            entry.event
            for entry in point.store.timeline(record.message_id)
            if about <= set(entry.detail)
        ]
        # An attempt that failed after all bytes were sent is one of which nothing is known.
        failed = events.count("outbound.failed") - events.count("outbound.in-doubt")
        return events.count("outbound.started") > failed

    def _refuse_return(self, record: OutboundRecord, way: Route) -> None:
        if way.hops[0].organ_id.as_decision_20 == self._point.own.as_decision_20:
            return  # it has come to its end here
        traces = self._point.envelope(record.payload).traces
        refuse_return([trace.organ_id for trace in traces], way)
