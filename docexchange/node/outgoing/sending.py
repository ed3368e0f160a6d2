"""Carry what is queued to its next hop: whose turn it is, and what waits for whom.

One letter for several recipients behind one neighbour goes in one parcel (``together``); how an
attempt is made and what is answered is in ``attempting``.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    OutboundEvent,
    OutboundRecord,
    PutOutbound,
    in_turn,
    next_peers,
    share_of,
    step,
)
from docexchange.node.outgoing.attempting import Attempting
from docexchange.node.outgoing.detours import Detours
from docexchange.node.outgoing.evidence import Evidence
from docexchange.node.outgoing.guards import unless_stale
from docexchange.node.outgoing.peers import Peers
from docexchange.node.outgoing.rerouting import Rerouting
from docexchange.node.outgoing.returning import Returning
from docexchange.node.outgoing.setting_back import SettingBack
from docexchange.node.outgoing.steps import Steps
from docexchange.node.outgoing.together import Due, due_for, key_of, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docexchange.identifiers import OrganId
    from docexchange.node.outgoing.together import Key
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Arrival

__all__ = ["Sending"]

_AT_A_TIME: Final = 20
"""Letters that a thread attempts for one endpoint before it looks again whose turn it is."""
_PUT_OFF_AT_A_TIME: Final = 1000


class Sending:
    """Sends for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._choosing = threading.Lock()
        self._served: set[str] = set()
        self._peers = Peers(point)
        self._last_peer: OrganId | None = None
        self._returning = Returning(point, self._peers)
        self.steps = Steps(point, self._returning)
        rerouting = Rerouting(point)
        self._evidence = Evidence(point, self.steps, rerouting)
        self._detours = Detours(point, self._peers, self.steps)
        self._setting_back = SettingBack(point)
        self._attempting = Attempting(
            point,
            self._peers,
            self.steps,
            self._evidence,
            rerouting=rerouting,
            detours=self._detours,
        )

    def recover(self) -> int:
        """Put attempts that nobody is making any more back into the queue; returns how many.

        Letters that were planned by a clock that ran ahead are due again, too.
        """
        self._setting_back.work()
        return self._attempting.recover()

    def take_receipt(self, arrival: Arrival) -> bool:
        """Deal with one parcel that holds a receipt; tells whether it is dealt with."""
        return self._evidence.take(arrival)

    def work(self, limit: int) -> int:
        """Attempt what is due, each peer its share, and tell what was given up.

        Args:
            limit: at most so many attempts.

        Returns:
            How many records moved.
        """
        return self._send(limit) + self.send_back(limit)

    def send_back(self, limit: int) -> int:
        """Tell what was given up to whoever brought it; returns how much was told."""
        return self._returning.work(limit)

    def next_due(self) -> datetime | None:
        """When something is to be sent, expires, or is to be told; None when nothing is."""
        moments = (self._point.store.next_due(), self._returning.next_due())
        return min(filter(None, moments), default=None)

    def serve_next(self) -> int:
        """Attempt what is due for one endpoint that no other thread serves; returns how much.

        However long one neighbour takes, it takes the time of one thread.
        """
        with self._choosing:
            turn = self._next_turn()
            if turn is None:
                return 0
            peer, place = turn
            self._served.add(place)
        try:
            return self._serve(peer, place)
        finally:
            with self._choosing:
                self._served.discard(place)

    def _next_turn(self) -> tuple[OrganId, str] | None:
        """The peer whose turn it is, and its endpoint; None where nothing is due."""
        peers = self._point.store.due_peers(self._point.clock.now())
        for peer in next_peers(peers, after=self._last_peer, limit=len(peers)):
            place = self._peers.place_of(peer)
            if place not in self._served:
                self._last_peer = peer
                return peer, place
        return None

    def _serve(self, peer: OrganId, place: str) -> int:
        store, now = self._point.store, self._point.clock.now()
        if until := self._peers.shut_until(place):
            return self._put_off(store.due_for(peer, now, _PUT_OFF_AT_A_TIME), until)
        due = in_turn(store.due_for(peer, now, _AT_A_TIME), limit=_AT_A_TIME)
        return self._attend(due)

    def _send(self, limit: int) -> int:
        store, now = self._point.store, self._point.clock.now()
        due_peers = store.due_peers(now)
        if not due_peers:
            self._last_peer = None
            return 0
        peers = next_peers(due_peers, after=self._last_peer, limit=limit)
        self._last_peer = peers[-1] if peers else None
        shut = {peer: until for peer in peers if (until := self._peers.away_until(peer))}
        moved = sum(self._put_off(store.due_for(peer, now, limit), shut[peer]) for peer in shut)
        share = share_of(limit, len(peers) - len(shut))
        due = [store.due_for(peer, now, share) for peer in peers if peer not in shut]
        return moved + self._attend(in_turn(chain.from_iterable(due), limit=limit))

    def _put_off(self, records: Sequence[OutboundRecord], until: datetime) -> int:
        """Let letters wait until their peer is probed; neither attempts nor back-off are spent.

        Those that have another way take it.
        """
        now = self._point.clock.now()
        due = [record for record in records if due_for(record, now) is Due.ATTEMPT]
        moved = self._detours.take(due, now)
        waiting = [record for record in due if key_of(record) not in moved]
        changes = [PutOutbound(self._later(item, until), expected=item.state) for item in waiting]
        ended = self._attend(item for item in records if due_for(item, now) is not Due.ATTEMPT)
        done = unless_stale(lambda: self._point.store.apply(changes))
        return len(moved) + ended + len(changes) * done

    def _later(self, record: OutboundRecord, until: datetime) -> OutboundRecord:
        state = step(record.state, OutboundEvent.PUT_OFF)
        reason = self._peers.reason(self._peers.place_of(record.next_hop))
        said = f"{record.next_hop} is out of reach, next tried {until.isoformat()}: {reason}"
        return replace(record, state=state, due_at=min(until, record.expires_at), problem=said)

    def _attend(self, records: Iterable[OutboundRecord]) -> int:
        """Give each delivery its turn; what went together with another has had it."""
        done: set[Key] = set()
        for record in records:
            if key_of(record) not in done:
                unless_stale(partial(self._take_turn, record, done))
        return len(done)

    def _take_turn(self, record: OutboundRecord, done: set[Key]) -> None:
        """Do what is due for a delivery and for all that go together with it."""
        now = self._point.clock.now()
        group = together(record, self._point.store.outbound_of(record.message_id), now=now)
        if not group:
            return
        reason = due_for(group[0], now)
        if reason is Due.LIFETIME_OVER:
            self._expire(group, now)
        elif reason is Due.RECEIPT_OVERDUE:
            why = "no receipt came in time"
            self._attempting.try_later(group, OutboundEvent.RECEIPT_OVERDUE, why, now)
        elif until := self._peers.away_until(record.next_hop):
            # A letter before it found the peer out of reach.
            self._put_off(group, until)
        else:
            group = self._attempting.attempt(record, group, now)
        done.update(map(key_of, group))

    def _expire(self, group: Sequence[OutboundRecord], now: datetime) -> None:
        def why(item: OutboundRecord) -> dict[str, object]:
            return {"problem": "; ".join(filter(None, ["its lifetime is over", item.problem]))}

        self.steps.take_all(group, OutboundEvent.LIFETIME_OVER, now, each=why)
