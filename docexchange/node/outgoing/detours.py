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
5. Where all links of a letter are out of order, each attempt that fails leaves the next one to the
   next link, with the pause that it has earned: so each link is probed, by one letter at a time.

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
from docexchange.node.outgoing.guards import unless_stale
from docexchange.node.outgoing.together import key_of
from docexchange.routing import detour, refuse_return, ways_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.identifiers import OrganId
    from docexchange.node.outgoing.peers import Peers
    from docexchange.node.outgoing.steps import Steps
    from docexchange.node.outgoing.together import Key
    from docexchange.node.point import AccessPoint
    from docexchange.routing import Hop, Route

__all__ = ["Detours"]

_MOVABLE = (OutboundState.QUEUED, OutboundState.RETRY_WAIT)


@dataclass(frozen=True, slots=True)
class _Detour:
    """Where to instead, and why."""

    hop: OrganId
    why: str
    at_once: bool


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
        """Send deliveries by another link that is in order, where there is one.

        Args:
            records: deliveries whose next hop is out of reach.
            now: the present.

        Returns:
            What goes another way; all others are as they were.
        """
        return self._move(records, now, self._around)

    def after_failure(self, records: Iterable[OutboundRecord], now: datetime) -> None:
        """Send deliveries another way at once, or try another link that is out of order next time.

        Args:
            records: deliveries of which an attempt has just failed.
            now: the present.
        """
        found = list(records)
        moved = self._move(found, now, self._around)
        self._move([item for item in found if key_of(item) not in moved], now, self._next)

    def _move(
        self,
        records: Iterable[OutboundRecord],
        now: datetime,
        choose: Callable[[OutboundRecord], _Detour | None],
    ) -> set[Key]:
        moved: set[Key] = set()
        for record in records:
            found = None if key_of(record) in moved else choose(record)
            if found is not None:
                moved |= self._move_together(record, now, found, choose)
        return moved

    def _move_together(
        self,
        record: OutboundRecord,
        now: datetime,
        found: _Detour,
        choose: Callable[[OutboundRecord], _Detour | None],
    ) -> set[Key]:
        """One delivery, and those of the same letter with the same link and the same detour."""
        group = [
            item
            for item in self._point.store.outbound_of(record.message_id)
            if item.state in _MOVABLE
            and (item.payload, item.next_hop) == (record.payload, record.next_hop)
            and choose(item) == found
        ]

        def due(item: OutboundRecord) -> dict[str, object]:
            return {"due_at": now if found.at_once else item.due_at}

        move = partial(self._steps.take_all, group, OutboundEvent.REROUTED, now, each=due)
        if not unless_stale(partial(move, next_hop=found.hop, problem=found.why)):
            return set()
        self._point.emit(
            EventName.OUTBOUND_REROUTED,
            message_id=str(record.message_id),
            to=str(found.hop),
            reason=found.why,
        )
        return set(map(key_of, group))

    def _around(self, record: OutboundRecord) -> _Detour | None:
        """A link in order instead of one that is not; None where no rule allows one."""

        def choose(passed: Collection[OrganId]) -> Hop | None:
            way_with = partial(self._way, record, passed)
            return detour(record.next_hop, way_with=way_with, is_down=self._is_down)

        return self._instead(record, choose, at_once=True)

    def _next(self, record: OutboundRecord) -> _Detour | None:
        """Where all links are out of order, the one after this: somebody has to probe each."""

        def choose(passed: Collection[OrganId]) -> Hop | None:
            hops = list(ways_out(partial(self._way, record, passed)))
            codes = [hop.organ_id for hop in hops]
            place = codes.index(record.next_hop) if record.next_hop in codes else -1
            return hops[(place + 1) % len(hops)] if len(hops) > 1 else None

        return self._instead(record, choose, at_once=False)

    def _instead(
        self,
        record: OutboundRecord,
        choose: Callable[[Collection[OrganId]], Hop | None],
        *,
        at_once: bool,
    ) -> _Detour | None:
        place = self._peers.place_of(record.next_hop)
        since = self._peers.out_of_order_since(place)
        if since is None:
            return None
        try:
            # Few letters have another way: what they have passed is read of those alone.
            hop = choose(()) and choose(self._passed(record))
        except DocExchangeError:
            return None  # none that may be taken; the letter waits for its link
        if hop is None:
            return None
        rule = f"; rule: {hop.rule}" if hop.rule else ""
        reason = self._peers.reason(place)
        why = f"{record.next_hop} is out of reach since {since.isoformat()}: {reason}{rule}"
        return _Detour(hop.organ_id, why, at_once)

    def _way(
        self, record: OutboundRecord, passed: Collection[OrganId], down: Collection[OrganId]
    ) -> Route:
        way = self._point.way_to(record.recipient, passed=passed, down=down)
        refuse_return(list(passed), way)
        return way

    def _is_down(self, peer: OrganId) -> bool:
        return self._peers.out_of_order_since(self._peers.place_of(peer)) is not None

    def _passed(self, record: OutboundRecord) -> list[OrganId]:
        own = self._point.own.as_decision_20
        traces = self._point.envelope(record.payload).traces
        codes = [trace.organ_id for trace in traces if trace.organ_id]
        return [code for code in codes if code.as_decision_20 != own]
