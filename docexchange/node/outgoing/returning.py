"""Tell whoever brought a letter that it was given up further on, so that its origin learns of it.

A hub that gives up a letter refuses, in the same transaction, what it had acknowledged; that
refusal is owed (``InboundState.RETURNING``) until it was carried to the node that brought the
letter. There the delivery goes from acknowledged to returned, and if that node is a hub too, it
owes a refusal of its own. Carried twice, a refusal changes nothing. One whose certificate has ended
or was revoked before it could be carried would not be believed, and is signed anew.

A durable transport keeps what it has accepted. Where it may be lost, nobody would ask for it again,
as letters are asked for receipts: it is carried again and again, at the pace of attempts, until
these are spent or the letter comes again. How often is not written down: a new process begins anew.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import filterfalse, islice
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    AddTimeline,
    Change,
    InboundEvent,
    InboundState,
    OutboundState,
    PutInbound,
    PutReceipt,
    ReceiptRecord,
    TimelineEntry,
    step,
)
from docexchange.delivery.table import INBOUND
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import NoRoute, TransportError, UnusableKey
from docexchange.instrumentation import EventName
from docexchange.node.incoming.answering import reason_of, signed_record, still_holds, words_given
from docexchange.node.outgoing.guards import unless_stale
from docexchange.transport import Parcel, ParcelKind

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.delivery import InboundRecord, OutboundRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.outgoing.peers import Peers
    from docexchange.node.point import AccessPoint

__all__ = ["Returning"]


_ENTRIES: Final = {InboundEvent.GIVEN_UP: "given-up", InboundEvent.TAKEN_UP: "taken-up"}
"""What the timeline says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repeat:
    """News that may have been lost."""

    times: int
    """How often it was carried."""
    due_at: datetime
    """When it is carried again."""


class Returning:
    """Returns for one access point."""

    def __init__(self, point: AccessPoint, peers: Peers) -> None:
        self._point = point
        self._peers = peers
        self._repeats: dict[tuple[MessageId, OrganId], _Repeat] = {}

    # --- what to write ---

    def changes(self, record: OutboundRecord, now: datetime) -> list[Change]:
        """What the end of a delivery means for whoever brought the letter; nothing if we wrote it.

        Args:
            record: the delivery, in the state that is being written.
            now: the present.
        """
        if not record.state.is_terminal:
            return []
        came = self._point.store.inbound(record.message_id, record.recipient)
        event = InboundEvent.GIVEN_UP if record.state.is_failure else InboundEvent.TAKEN_UP
        if came is None or (came.state, event) not in INBOUND:
            return []
        why = reason_of(_reason(record, self._point)) if record.state.is_failure else ""
        moved = replace(came, state=step(came.state, event), problem=why)
        entry = TimelineEntry.of(
            now, came.message_id, _ENTRIES[event], to=came.from_node, reason=why
        )
        words = [PutReceipt(word) for word in self._words(came, why, now)]
        return [PutInbound(moved, expected=came.state), *words, AddTimeline(entry)]

    def _words(self, came: InboundRecord, why: str, now: datetime) -> list[ReceiptRecord]:
        """To everyone who holds the contrary: what is true now of the bytes he brought."""
        said = words_given(came.message_id, came.recipient, self._point.store)
        return [
            signed_record(
                replace(read_receipt(words[-1].xml)[0], at=now, accepted=not why, reason=why),
                self._point,
            )
            for words in said.values()
            if words[-1].accepted is bool(why) and any(word.accepted for word in words)
        ]

    def tell(self, record: OutboundRecord) -> None:
        """Let hooks know or, where it arrived after all, the nodes that brought it.

        Args:
            record: the delivery, written together with `changes` that were not empty.
        """
        came = self._point.store.inbound(record.message_id, record.recipient)
        if record.state.is_failure:
            message_id, reason = str(record.message_id), record.problem
            self._point.emit(EventName.RETURN_ISSUED, message_id=message_id, reason=reason)
        elif came is not None:
            for word in self._latest(came):
                self._point.send_receipt(word.xml, _parcel(came, word))

    # --- what to do ---

    def work(self, limit: int) -> int:
        """Carry the refusals that are owed.

        Args:
            limit: at most those of so many letters; what waits for a peer does not count.

        Returns:
            Of how many letters it was carried, or cannot be.
        """
        owed = self._point.store.inbound_in_state(InboundState.RETURNING)
        if not (owed or self._repeats):
            return 0
        known = set(map(_key, owed))
        self._repeats = {key: value for key, value in self._repeats.items() if key in known}
        return sum(map(self._settle, islice(filterfalse(self._has_to_wait, owed), limit)))

    def next_due(self) -> datetime | None:
        """When to try and carry the next of the refusals that are owed; None when none is."""
        owed = self._point.store.inbound_in_state(InboundState.RETURNING)
        return min(map(self._due, owed), default=None)

    def _due(self, came: InboundRecord) -> datetime:
        now, repeat = self._point.clock.now(), self._repeats.get(_key(came))
        shut_until = self._peers.away_until(came.from_node)
        return max(shut_until or now, repeat.due_at if repeat else now)

    def _has_to_wait(self, came: InboundRecord) -> bool:
        """Whether its bearer is out of reach, and will be waited for, without a look at words."""
        now, repeat = self._point.clock.now(), self._repeats.get(_key(came))
        is_young = now < self._point.schedule.expires_at(came.received_at)
        is_away = is_young and self._peers.away_until(came.from_node)
        return bool(is_away or (repeat and repeat.due_at > now))

    def _settle(self, came: InboundRecord) -> bool:
        # A peer of which nothing was heard for as long as a letter lives is not waited for.
        owed = [word for word in self._latest(came) if not self._is_too_late(word)]
        if any(self._peers.away_until(_parcel(came, word).from_node) for word in owed):
            return False
        words = list(map(self._believable, owed))
        # All are carried before it is settled: after a crash in the midst they are carried again.
        if not all([w and self._is_carried(w, _parcel(came, w)) for w in words]):  # noqa: C419
            return False
        if words and self._is_repeated(came):
            return True
        told = replace(came, state=step(came.state, InboundEvent.RETURNED))
        now = self._point.clock.now()
        entry = TimelineEntry.of(now, came.message_id, "returned", to=came.from_node)
        changes: list[Change] = [PutInbound(told, expected=came.state), AddTimeline(entry)]
        return unless_stale(lambda: self._point.store.apply(changes))

    def _is_repeated(self, came: InboundRecord) -> bool:
        """Whether it has to be carried again, as nobody knows whether it arrives."""
        point, key = self._point, _key(came)
        if point.transport.capabilities.durable:
            return False
        times = self._repeats[key].times + 1 if key in self._repeats else 1
        name = f"{came.message_id}/{came.recipient}"
        due = point.schedule.next_attempt(times, now=point.clock.now(), key=name)
        if due is not None:
            self._repeats[key] = _Repeat(times=times, due_at=due)
        return due is not None

    def _believable(self, word: ReceiptRecord) -> ReceiptRecord | None:
        """The word, signed anew where its certificate holds no longer; None until one does."""
        point = self._point
        if still_holds(word.xml, point):
            return word
        said = replace(read_receipt(word.xml)[0], at=point.clock.now())
        with suppress(UnusableKey):
            again = signed_record(said, point)
            if still_holds(again.xml, point):
                point.store.apply([PutReceipt(again)])
                return again
        return None

    def _latest(self, came: InboundRecord) -> list[ReceiptRecord]:
        """The last word to each node that ever had a receipt."""
        said = words_given(came.message_id, came.recipient, self._point.store)
        return [words[-1] for words in said.values() if any(word.accepted for word in words)]

    def _is_carried(self, word: ReceiptRecord, about: Parcel) -> bool:
        point, message_id = self._point, str(about.message_id)
        try:
            with self._peers.attempt(self._peers.place_of(about.from_node)):
                point.carry_receipt(word.xml, about)
        except (TransportError, NoRoute) as error:
            point.emit(EventName.RETURN_NOT_CARRIED, message_id=message_id, reason=str(error))
            return False
        point.emit(EventName.RETURN_CARRIED, message_id=message_id)
        return True

    def _is_too_late(self, word: ReceiptRecord) -> bool:
        return self._point.clock.now() >= self._point.schedule.expires_at(word.at)


def _key(came: InboundRecord) -> tuple[MessageId, OrganId]:
    return came.message_id, came.recipient


def _reason(record: OutboundRecord, point: AccessPoint) -> str:
    """Who gave up and why; what a hub further on said of that is passed on as it is."""
    if record.state is OutboundState.RETURNED:
        return record.problem
    if record.state is OutboundState.REJECTED:
        return f"{record.next_hop} refused it: {record.problem}"
    return f"{point.own} gave up sending it to {record.next_hop} ({record.state}): {record.problem}"


def _parcel(came: InboundRecord, word: ReceiptRecord) -> Parcel:
    """The parcel that a word of ours answers."""
    receipt = read_receipt(word.xml)[0]
    return Parcel(
        kind=ParcelKind.MESSAGE,
        message_id=came.message_id,
        recipients=(came.recipient,),
        origin=came.origin,
        from_node=receipt.from_node,
        to_node=receipt.issuer,
        sha256=receipt.sha256,
        size=receipt.size,
        message_kind=came.kind,
    )
