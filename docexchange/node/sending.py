"""Carry what is queued to its next hop, and end each delivery by a signed receipt.

An attempt is written down before it is made, so that a crash in the middle is seen on restart and
made good by sending the same bytes under the same id again.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    OutboundEvent,
    OutboundRecord,
    OutboundState,
    PutOutbound,
    PutReceipt,
    ReceiptRecord,
    in_turn,
    next_peers,
    share_of,
    step,
)
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import (
    DocExchangeError,
    NoRoute,
    StoreFailure,
    TransportError,
    UnreadableInput,
    VerificationFailed,
)
from docexchange.instrumentation import EventName
from docexchange.node.guards import unless_stale
from docexchange.node.peers import Peers
from docexchange.node.rerouting import Rerouting
from docexchange.node.returning import Returning
from docexchange.node.steps import Steps
from docexchange.signing import verify_receipt
from docexchange.transport import Parcel, ParcelKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docexchange.envelope import Receipt
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Arrival

__all__ = ["Sending"]

_AT_A_TIME: Final = 20
"""Letters that a thread attempts for one endpoint before it looks again whose turn it is."""
_PUT_OFF_AT_A_TIME: Final = 1000
_LONGEST_ASKED: Final = 86400
"""Seconds; a peer that asks for more than a day is asked again after a day."""
_RECEIPT_LIMIT: Final = 1024 * 1024
_FAILURES: Final = (TransportError, NoRoute, UnreadableInput, VerificationFailed)


class Sending:
    """Sends for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._choosing = threading.Lock()
        self._served: set[str] = set()
        self._in_hand: set[tuple[MessageId, OrganId]] = set()
        self._peers = Peers(point)
        self._last_peer: OrganId | None = None
        self._returning = Returning(point, self._peers)
        self._rerouting = Rerouting(point)
        self.steps = Steps(point, self._returning)

    def recover(self) -> int:
        """Put attempts that nobody is making any more back into the queue; returns how many."""
        with self._choosing:
            found = [
                record
                for record in self._point.store.in_state(OutboundState.SENDING)
                if _key(record) not in self._in_hand
            ]
            now = self._point.clock.now()
            for record in found:
                self.steps.take(record, OutboundEvent.RECOVERED, now, due_at=now)
        return len(found)

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
        return sum(map(self._attend, due))

    def _send(self, limit: int) -> int:
        store, now = self._point.store, self._point.clock.now()
        peers = next_peers(store.due_peers(now), after=self._last_peer, limit=limit)
        self._last_peer = peers[-1] if peers else None
        shut = {peer: until for peer in peers if (until := self._shut_until(peer))}
        moved = sum(self._put_off(store.due_for(peer, now, limit), shut[peer]) for peer in shut)
        share = share_of(limit, len(peers) - len(shut))
        due = [store.due_for(peer, now, share) for peer in peers if peer not in shut]
        return moved + sum(map(self._attend, in_turn(chain.from_iterable(due), limit=limit)))

    def _shut_until(self, peer: OrganId) -> datetime | None:
        """Until when a peer is out of reach, as far as is known."""
        return self._peers.shut_until(self._peers.place_of(peer))

    def _put_off(self, records: Sequence[OutboundRecord], until: datetime) -> int:
        """Let letters wait until their peer is probed; neither attempts nor back-off are spent."""
        now = self._point.clock.now()
        waiting = [record for record in records if not _needs_no_peer(record, now)]
        changes = [PutOutbound(self._later(item, until), expected=item.state) for item in waiting]
        moved = sum(self._attend(record) for record in records if _needs_no_peer(record, now))
        done = unless_stale(lambda: self._point.store.apply(changes))
        return moved + len(changes) * done

    def _later(self, record: OutboundRecord, until: datetime) -> OutboundRecord:
        state = step(record.state, OutboundEvent.PUT_OFF).state
        reason = self._peers.reason(self._peers.place_of(record.next_hop))
        said = f"{record.next_hop} is out of reach, next tried {until.isoformat()}: {reason}"
        return replace(record, state=state, due_at=min(until, record.expires_at), problem=said)

    def _attend(self, record: OutboundRecord) -> bool:
        return unless_stale(lambda: self._take_turn(record))

    def _take_turn(self, record: OutboundRecord) -> None:
        now = self._point.clock.now()
        if now >= record.expires_at:
            problem = "; ".join(filter(None, ["its lifetime is over", record.problem]))
            self.steps.take(record, OutboundEvent.LIFETIME_OVER, now, problem=problem)
        elif record.state is OutboundState.AWAITING_RECEIPT:
            self._try_later(record, OutboundEvent.RECEIPT_OVERDUE, "no receipt came in time", now)
        elif until := self._shut_until(record.next_hop):
            # A letter before it found the peer out of reach.
            self._put_off([record], until)
        else:
            self._attempt(record, now)

    def _attempt(self, record: OutboundRecord, now: datetime) -> None:
        hop, way_back = self._rerouting.hop_today(record)
        with self._held(record):
            sending = self.steps.take(
                record,
                OutboundEvent.STARTED,
                now,
                attempts=record.attempts + 1,
                next_hop=hop,
                problem="",
            )
            if way_back:
                self.steps.take(sending, OutboundEvent.GIVEN_UP, now, problem=way_back)
            else:
                self._make_attempt(sending)

    @contextmanager
    def _held(self, record: OutboundRecord) -> Iterator[None]:
        """While an attempt is being made, no other thread takes it for one that was cut short."""
        with self._choosing:
            self._in_hand.add(_key(record))
        try:
            yield
        finally:
            with self._choosing:
                self._in_hand.discard(_key(record))

    def _make_attempt(self, sending: OutboundRecord) -> None:
        point, record = self._point, sending
        point.emit(EventName.OUTBOUND_STARTED, message_id=str(record.message_id))
        try:
            answer = self._carry(record)
            point.emit(EventName.OUTBOUND_CARRIED, message_id=str(record.message_id))
            if answer is not None and self.record_receipt(
                verify_receipt(answer, point.verifier), answer
            ):
                return
        except _FAILURES as error:
            self._failed(sending, error)
            return
        now = point.clock.now()
        self.steps.take(sending, OutboundEvent.CARRIED, now, due_at=self._receipt_due(sending, now))
        point.emit(EventName.OUTBOUND_AWAITING, message_id=str(record.message_id))

    def _receipt_due(self, record: OutboundRecord, now: datetime) -> datetime:
        """When to send again for want of a receipt; where it is to be picked up, not at all."""
        point = self._point
        if point.transport.waits_for_pickup(point.endpoint(record.next_hop)):
            return record.expires_at
        return point.schedule.receipt_due(now)

    def _carry(self, record: OutboundRecord) -> bytes | None:
        """Give the bytes to the transport; gives back the receipt if there is one at once."""
        point = self._point
        endpoint = point.endpoint(record.next_hop)
        try:
            stream = point.payloads.open(record.payload)
        except StoreFailure as error:
            # That the bytes of one letter cannot be read must not stop the others.
            raise TransportError(str(error), code=error.code, advice=error.advice) from error
        with stream, self._peers.attempt(endpoint):
            return point.transport.send(self._parcel(record), stream, to=endpoint)

    def _failed(self, sending: OutboundRecord, error: DocExchangeError) -> None:
        now = self._point.clock.now()
        self._point.emit(
            EventName.OUTBOUND_FAILED, message_id=str(sending.message_id), reason=str(error)
        )
        problem = f"{error} {error.advice}".strip()
        if isinstance(error, TransportError) and not error.retryable:
            self.steps.take(sending, OutboundEvent.GIVEN_UP, now, problem=problem)
        else:
            asked = getattr(error, "retry_after_seconds", None) or 0
            self._try_later(sending, OutboundEvent.FAILED, problem, now, asked)

    def _try_later(
        self,
        record: OutboundRecord,
        event: OutboundEvent,
        problem: str,
        now: datetime,
        asked_seconds: float = 0,
    ) -> None:
        key = f"{record.message_id}/{record.recipient}"
        again = self._point.schedule.next_attempt(record.attempts, now=now, key=key)
        if again is None:
            self.steps.take(record, OutboundEvent.GIVEN_UP, now, problem=problem)
        else:
            # The other side may ask for more time, but not for more than the letter has.
            asked = now + timedelta(seconds=min(asked_seconds, _LONGEST_ASKED))
            due = min(max(again, asked), record.expires_at)
            self.steps.take(record, event, now, due_at=due, problem=problem)

    def _parcel(self, record: OutboundRecord) -> Parcel:
        return Parcel(
            kind=ParcelKind.MESSAGE,
            message_id=record.message_id,
            recipient=record.recipient,
            origin=record.origin,
            from_node=self._point.own,
            to_node=record.next_hop,
            sha256=record.payload,
            size=record.size,
            message_kind=record.kind,
        )

    def take_receipt(self, arrival: Arrival) -> bool:
        """Deal with one parcel that holds a receipt; tells whether it is dealt with."""
        point, parcel = self._point, arrival.parcel
        with arrival.open() as stream:
            xml = stream.read(_RECEIPT_LIMIT)
        try:
            receipt = verify_receipt(xml, point.verifier)
            self.record_receipt(receipt, xml)
        except VerificationFailed as error:
            if error.code == "certificate.no-revocation-information":
                return False  # our own evidence is out of date; it stays and is looked at again
            self._set_aside(arrival, error)
        except (UnreadableInput, NoRoute) as error:
            self._set_aside(arrival, error)
        else:
            point.emit(EventName.RECEIPT_RECORDED, message_id=str(parcel.message_id))
            arrival.settle()
            point.emit(EventName.PARCEL_SETTLED, message_id=str(parcel.message_id))
        return True

    def _set_aside(self, arrival: Arrival, error: DocExchangeError) -> None:
        arrival.reject(str(error))
        self._point.emit(
            EventName.PARCEL_REJECTED,
            message_id=str(arrival.parcel.message_id),
            reason=str(error),
        )

    def record_receipt(self, receipt: Receipt, xml: bytes) -> bool:
        """Write down what a verified receipt says about a message of ours.

        Args:
            receipt: what it says.
            xml: its bytes.

        Returns:
            Whether it is the last word of its issuer; what it said before that changes nothing.

        Raises:
            NoRoute: it is not about anything we sent to its issuer.
        """
        point = self._point
        record = point.store.outbound(receipt.message_id, receipt.recipient)
        if record is None or not self._is_about(receipt, record):
            raise NoRoute(
                f"receipt for {receipt.message_id}: expected one for bytes that we sent to "
                f"{receipt.issuer}, found none such",
                code="receipt.not-ours",
            )
        kept, now = _kept(receipt, xml, point.clock.now()), point.clock.now()
        known = point.store.receipts_for(receipt.message_id, receipt.recipient)
        if any(other.xml == xml for other in known if not other.given):
            return record.state.is_terminal
        if any(_place(other) > _place(kept) for other in known if _has_subject_of(other, kept)):
            point.store.apply([PutReceipt(kept)])
            return False
        if not receipt.accepted and self._rerouting.send_anew(record, kept):
            return True
        event = OutboundEvent.RECEIPT if receipt.accepted else OutboundEvent.REFUSAL
        self.steps.take(record, event, now, also=[PutReceipt(kept)], problem=receipt.reason)
        return True

    def _is_about(self, receipt: Receipt, record: OutboundRecord) -> bool:
        return (
            receipt.issuer.as_decision_20 == record.next_hop.as_decision_20
            and receipt.from_node.as_decision_20 == self._point.own.as_decision_20
            and receipt.sha256 == record.payload
        )


def _key(record: OutboundRecord) -> tuple[MessageId, OrganId]:
    return record.message_id, record.recipient


def _needs_no_peer(record: OutboundRecord, now: datetime) -> bool:
    """Whether what is due is done here, by looking at the clock."""
    return record.state is OutboundState.AWAITING_RECEIPT or now >= record.expires_at


def _kept(receipt: Receipt, xml: bytes, now: datetime) -> ReceiptRecord:
    return ReceiptRecord(
        message_id=receipt.message_id,
        recipient=receipt.recipient,
        issuer=receipt.issuer,
        given=False,
        payload=receipt.sha256,
        at=now,
        xml=xml,
        accepted=receipt.accepted,
    )


def _has_subject_of(other: ReceiptRecord, kept: ReceiptRecord) -> bool:
    """Whether both are what one node said to us about the same bytes."""
    by_same = other.issuer.as_decision_20 == kept.issuer.as_decision_20
    return not other.given and by_same and other.payload == kept.payload


def _place(kept: ReceiptRecord) -> tuple[datetime, bool]:
    """Its place among the words of its issuer; at one and the same time a receipt is the last."""
    return read_receipt(kept.xml)[0].at, kept.accepted
