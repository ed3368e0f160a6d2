"""Take letters around a link that is out of order, where a rule of the way allows it.

>>> detours.take(records, now)        # how many go another way from now on

1. Only what waits to be sent moves: what a hub may have in hand (``awaiting_receipt``) stays its
   own until the receipt is overdue, which is an attempt that failed.
2. It moves when the turn of a delivery comes and its link has been out of reach for long
   (`BreakerPolicy.is_out_of_order`), and then all recipients of the letter that share the link and
   the way around it, in one transaction: a node that is killed behind it finds them in the queue.
3. Nobody is asked twice: the way is not one through an agency in the trace headers.
4. Letters that come later begin on the usual way. So one of them probes it whenever a probe is due,
   and with the first that passes all others stay there.

A letter that went both ways is the same letter for whoever has it already (ADR 0007), and a receipt
or refusal of either hop counts (`Evidence`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from docexchange.delivery import OutboundEvent, OutboundState
from docexchange.errors import DocExchangeError
from docexchange.instrumentation import EventName
from docexchange.node.guards import unless_stale
from docexchange.node.together import key_of
from docexchange.routing import detour, refuse_return

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.identifiers import OrganId
    from docexchange.node.peers import Peers
    from docexchange.node.point import AccessPoint
    from docexchange.node.steps import Steps
    from docexchange.node.together import Key
    from docexchange.routing import Hop, Route

__all__ = ["Detours"]

_MOVABLE = (OutboundState.QUEUED, OutboundState.RETRY_WAIT)


@dataclass(frozen=True, slots=True)
class _Detour:
    """Where to instead, and why."""

    hop: OrganId
    why: str


class Detours:
    """Detours of one access point.

    Args:
        point: what it works with.
        peers: knows which links are out of order.
        steps: writes down what happened.
    """

    def __init__(self, point: AccessPoint, peers: Peers, steps: Steps) -> None:
        self._point = point
        self._peers = peers
        self._steps = steps

    def take(self, records: Iterable[OutboundRecord], now: datetime) -> set[Key]:
        """Send deliveries another way, where there is one.

        Args:
            records: deliveries whose next hop is out of reach.
            now: the present.

        Returns:
            What goes another way; all others are as they were.
        """
        moved: set[Key] = set()
        for record in records:
            if key_of(record) not in moved and self.is_open_to(record):
                moved |= self._move(record, now)
        return moved

    def is_open_to(self, record: OutboundRecord) -> bool:
        """Whether a delivery has another way now; cheap where its link is in order."""
        return self._around(record) is not None

    def _move(self, record: OutboundRecord, now: datetime) -> set[Key]:
        """One delivery and those that go with it."""
        ways = {
            key_of(item): (item, self._around(item))
            for item in self._point.store.outbound_of(record.message_id)
            if item.state in _MOVABLE
            and (item.payload, item.next_hop) == (record.payload, record.next_hop)
        }
        _, found = ways.get(key_of(record), (record, None))
        if found is None:
            return set()
        group = [item for item, way in ways.values() if way == found]
        move = partial(self._steps.take_all, group, OutboundEvent.REROUTED, now)
        if not unless_stale(partial(move, next_hop=found.hop, due_at=now, problem=found.why)):
            return set()
        self._point.emit(
            EventName.OUTBOUND_REROUTED,
            message_id=str(record.message_id),
            to=str(found.hop),
            reason=found.why,
        )
        return set(map(key_of, group))

    def _around(self, record: OutboundRecord) -> _Detour | None:
        """The other way of a delivery; None where its link is in order, or no rule allows one."""
        place = self._peers.place_of(record.next_hop)
        since = self._peers.out_of_order_since(place)
        if since is None:
            return None
        try:
            # Few letters have another way: what they have passed is read of those alone.
            hop = self._hop(record, ()) and self._hop(record, self._passed(record))
        except DocExchangeError:
            return None  # none that may be taken; the letter waits for its link
        if hop is None:
            return None
        rule = f"; rule: {hop.rule}" if hop.rule else ""
        reason = self._peers.reason(place)
        why = f"{record.next_hop} is out of reach since {since.isoformat()}: {reason}{rule}"
        return _Detour(hop.organ_id, why)

    def _hop(self, record: OutboundRecord, passed: Collection[OrganId]) -> Hop | None:
        def way_with(down: Collection[OrganId]) -> Route:
            way = self._point.way_to(record.recipient, passed=passed, down=down)
            refuse_return(list(passed), way)
            return way

        return detour(record.next_hop, way_with=way_with, is_down=self._is_down)

    def _is_down(self, peer: OrganId) -> bool:
        return self._peers.out_of_order_since(self._peers.place_of(peer)) is not None

    def _passed(self, record: OutboundRecord) -> list[OrganId]:
        own = self._point.own.as_decision_20
        traces = self._point.envelope(record.payload).traces
        codes = [trace.organ_id for trace in traces if trace.organ_id]
        return [code for code in codes if code.as_decision_20 != own]
