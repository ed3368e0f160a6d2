"""Make an attempt: one parcel for all deliveries that go together, and what is answered.

1. The attempt is written down for all of them, in one transaction, before it is made: a crash in
   the middle is seen on restart, and the same bytes go again under the same id.
2. The parcel is carried.
3. Each receipt that comes back at once ends one delivery; each is evidence on its own.
4. The others wait for theirs, or are tried again later: those, and no others.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from docexchange.delivery import AddTimeline, OutboundEvent, OutboundState, TimelineEntry
from docexchange.errors import (
    DocExchangeError,
    NoRoute,
    StoreFailure,
    TransportError,
    UnreadableInput,
    VerificationFailed,
)
from docexchange.instrumentation import EventName
from docexchange.limits import Limits
from docexchange.node.outgoing.setting_back import LONGEST_ASKED
from docexchange.node.outgoing.together import key_of, one_parcel
from docexchange.signing import verify_receipt
from docexchange.transport import Parcel, ParcelKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.node.outgoing.detours import Detours
    from docexchange.node.outgoing.evidence import Evidence
    from docexchange.node.outgoing.peers import Peers
    from docexchange.node.outgoing.rerouting import Rerouting
    from docexchange.node.outgoing.steps import Steps
    from docexchange.node.outgoing.together import Key
    from docexchange.node.point import AccessPoint

__all__ = ["Attempting"]

_MOST_RECIPIENTS: Final = Limits().recipients
_FAILURES: Final = (TransportError, NoRoute, UnreadableInput, VerificationFailed)


class Attempting:
    """Makes the attempts of one access point.

    Args:
        point: what it works with.
        peers: knows who is out of reach.
        steps: writes down what happened.
        evidence: takes the receipts.
        rerouting: knows the hop of today.
        detours: knows what has another way.
    """

    def __init__(
        self,
        point: AccessPoint,
        peers: Peers,
        steps: Steps,
        evidence: Evidence,
        *,
        rerouting: Rerouting,
        detours: Detours,
    ) -> None:
        self._point = point
        self._peers = peers
        self._steps = steps
        self._evidence = evidence
        self._rerouting = rerouting
        self._detours = detours
        self._choosing = threading.Lock()
        self._in_hand: set[Key] = set()

    def recover(self) -> int:
        """Put attempts that nobody is making any more back into the queue; returns how many."""
        with self._choosing:
            found = [
                record
                for record in self._point.store.in_state(OutboundState.SENDING)
                if key_of(record) not in self._in_hand
            ]
            for record in found:
                now = self._point.clock.now()
                self._steps.take(record, OutboundEvent.RECOVERED, now, due_at=now)
        return len(found)

    def attempt(
        self, record: OutboundRecord, group: Sequence[OutboundRecord], now: datetime
    ) -> list[OutboundRecord]:
        """Make an attempt.

        Args:
            record: whose turn it is.
            group: those that go together with it, itself included.
            now: the present.

        Returns:
            Those that went.
        """
        ways = [(item, self._rerouting.hop_today(item)) for item in group]
        way = next(way for item, way in ways if item.recipient == record.recipient)
        hop, way_back = way
        fitting = [item for item, other in ways if other == way]
        # Whatever we would read ourselves, neighbours read no longer notes than these.
        most = min(self._point.limits.recipients, _MOST_RECIPIENTS)
        parcel = one_parcel(record, fitting, most=max(1, most))
        with self._held(parcel):
            sending = self._steps.take_all(
                parcel,
                OutboundEvent.STARTED,
                now,
                each=lambda item: {"attempts": item.attempts + 1},
                next_hop=hop,
                problem="",
            )
            if way_back:
                self._steps.take_all(sending, OutboundEvent.GIVEN_UP, now, problem=way_back)
            else:
                self._make(sending)
        return parcel

    @contextmanager
    def _held(self, records: Sequence[OutboundRecord]) -> Iterator[None]:
        """While an attempt is being made, no other thread takes it for one that was cut short."""
        keys = set(map(key_of, records))
        with self._choosing:
            self._in_hand |= keys
        try:
            yield
        finally:
            with self._choosing:
                self._in_hand -= keys

    def _make(self, sending: Sequence[OutboundRecord]) -> None:
        point, message_id = self._point, str(sending[0].message_id)
        point.emit(EventName.OUTBOUND_STARTED, message_id=message_id)
        try:
            endpoint = point.endpoint(sending[0].next_hop)
            answers = self._carry(sending, endpoint)
        except _FAILURES as error:
            self._failed(sending, error)
            return
        point.emit(EventName.OUTBOUND_CARRIED, message_id=message_id)
        ended, trouble = self._take_in(answers)
        left = self._still_sending(sending, ended)
        if left and trouble:
            self._failed(left, trouble)
        elif trouble:
            point.emit(EventName.NODE_ERROR, code=trouble.code, reason=str(trouble))
        elif left:
            now = point.clock.now()
            due = self._receipt_due(left[0], endpoint, now)
            self._steps.take_all(left, OutboundEvent.CARRIED, now, due_at=due)
            point.emit(EventName.OUTBOUND_AWAITING, message_id=message_id)

    def _take_in(self, answers: Sequence[bytes]) -> tuple[set[Key], DocExchangeError | None]:
        """Write down what was answered; one bad receipt does not spoil the others.

        Returns:
            The deliveries that have ended, and what was wrong with a receipt.
        """
        ended: set[Key] = set()
        trouble: DocExchangeError | None = None
        for xml in answers:
            try:
                receipt = verify_receipt(xml, self._point.verifier)
                if self._evidence.record(receipt, xml):
                    ended.add((receipt.message_id, receipt.recipient))
            except _FAILURES as error:
                trouble = error
        return ended, trouble

    def _still_sending(
        self, sending: Sequence[OutboundRecord], ended: Collection[Key]
    ) -> list[OutboundRecord]:
        """Those of whom nothing final is known; receipts may have come by another way meanwhile."""
        open_keys = {key_of(record) for record in sending} - set(ended)
        if not open_keys:
            return []
        stored = self._point.store.outbound_of(sending[0].message_id)
        is_open = OutboundState.SENDING
        return [item for item in stored if item.state is is_open and key_of(item) in open_keys]

    def _receipt_due(self, record: OutboundRecord, endpoint: str, now: datetime) -> datetime:
        """When to send again for want of a receipt; where it is to be picked up, not at all."""
        point = self._point
        if point.transport.waits_for_pickup(endpoint):
            return record.expires_at
        return point.schedule.receipt_due(now)

    def _carry(self, sending: Sequence[OutboundRecord], endpoint: str) -> tuple[bytes, ...]:
        """Give the bytes to the transport; gives back the receipts that come at once."""
        point, record = self._point, sending[0]
        try:
            stream = point.payloads.open(record.payload)
        except StoreFailure as error:
            # That the bytes of one letter cannot be read must not stop the others.
            raise TransportError(str(error), code=error.code, advice=error.advice) from error
        with stream, self._peers.attempt(endpoint):
            return point.transport.send(self._parcel(sending), stream, to=endpoint)

    def _failed(self, sending: Sequence[OutboundRecord], error: DocExchangeError) -> None:
        records, now = self._still_sending(sending, ()), self._point.clock.now()
        message_id = str(sending[0].message_id)
        self._point.emit(EventName.OUTBOUND_FAILED, message_id=message_id, reason=str(error))
        if isinstance(error, TransportError) and not error.retryable:
            self._steps.take_all(records, OutboundEvent.GIVEN_UP, now, problem=error.problem)
        else:
            asked = getattr(error, "retry_after_seconds", None) or 0
            if getattr(error, "may_have_arrived", False):
                self._point.store.apply([_in_doubt(item, now) for item in records])
            self.try_later(records, OutboundEvent.FAILED, error.problem, now, asked_seconds=asked)

    def try_later(
        self,
        records: Sequence[OutboundRecord],
        event: OutboundEvent,
        problem: str,
        now: datetime,
        *,
        asked_seconds: float = 0,
    ) -> None:
        """Plan the next attempt, or give up where there were enough.

        Args:
            records: of one letter to one neighbour.
            event: what happened to them.
            problem: why they have to go again.
            now: the present.
            asked_seconds: how much time the neighbour asked for.
        """
        plan = {key_of(item): self._next_attempt(item, now, asked_seconds) for item in records}
        over = [item for item in records if plan[key_of(item)] is None]
        rest = [item for item in records if plan[key_of(item)] is not None]
        self._steps.take_all(over, OutboundEvent.GIVEN_UP, now, problem=problem)

        def due(item: OutboundRecord) -> dict[str, Any]:
            return {"due_at": plan[key_of(item)]}

        waiting = self._steps.take_all(rest, event, now, each=due, problem=problem)
        self._detours.after_failure(waiting, now)

    def _next_attempt(
        self, record: OutboundRecord, now: datetime, asked_seconds: float
    ) -> datetime | None:
        """The time of the next attempt: the same for all that go together, None for no more."""
        key = f"{record.message_id}/{record.next_hop}"
        again = self._point.schedule.next_attempt(record.attempts, now=now, key=key)
        if again is None:
            return None
        # The other side may ask for more time, but not for more than the letter has.
        asked = now + timedelta(seconds=min(asked_seconds, LONGEST_ASKED))
        return min(max(again, asked), record.expires_at)

    def _parcel(self, sending: Sequence[OutboundRecord]) -> Parcel:
        record = sending[0]
        return Parcel(
            kind=ParcelKind.MESSAGE,
            message_id=record.message_id,
            recipients=tuple(item.recipient for item in sending),
            origin=record.origin,
            from_node=self._point.own,
            to_node=record.next_hop,
            sha256=record.payload,
            size=record.size,
            message_kind=record.kind,
        )


def _in_doubt(record: OutboundRecord, now: datetime) -> AddTimeline:
    """For whoever has to know later whether the next hop may have a letter (``rerouting``)."""
    entry = TimelineEntry.of(
        now,
        record.message_id,
        "outbound.in-doubt",
        to=record.next_hop,
        recipient=record.recipient,
        attempt=record.attempts,
    )
    return AddTimeline(entry)
