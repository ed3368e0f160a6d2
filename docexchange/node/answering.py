"""Answer what arrives: receipts and refusals, signed, kept, and given again when asked for again.

A receipt vouches for bytes and is made out to the node that brought them. Sending one may fail;
whoever got none sends his parcel again, and the stored one is given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    AddTimeline,
    Change,
    InboundEvent,
    PutReceipt,
    ReceiptRecord,
    TimelineEntry,
    step,
)
from docexchange.envelope import Receipt
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import VerificationFailed
from docexchange.instrumentation import EventName
from docexchange.signing import sign_receipt, verify_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.delivery import InboundRecord, Payload, Store
    from docexchange.envelope import Envelope
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Arrival, Parcel

__all__ = ["Answering", "Incoming", "reason_of", "signed_record", "still_holds", "words_given"]

_REASON_LENGTH: Final = 2000
_NEXT_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A parcel whose message was read."""

    arrival: Arrival
    """To settle it."""
    parcel: Parcel
    """Its note, with the recipient as the message spells it."""
    payload: Payload
    """What was stored."""
    kept: Sequence[Change]
    """What makes that durable; applied with whatever first refers to it."""
    envelope: Envelope
    """What was read from that."""


class Answering:
    """Answers for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def decide(self, incoming: Incoming, changes: Sequence[Change], *, why: str = "") -> None:
        """Write down what was decided together with its receipt, and answer.

        Args:
            incoming: what arrived.
            changes: what follows from it.
            why: the reason of a refusal; empty when it was accepted.
        """
        receipt = self._signed(incoming.parcel, incoming.payload, incoming.envelope, why)
        self._point.store.apply([*incoming.kept, *changes, PutReceipt(receipt)])
        name = EventName.INBOUND_REFUSED if why else EventName.INBOUND_ACCEPTED
        self._point.emit(name, message_id=str(incoming.parcel.message_id), reason=why)
        self._give(incoming, receipt.xml)

    def refuse(self, incoming: Incoming, why: str) -> None:
        """Refuse what arrived and leave everything else as it is.

        Args:
            incoming: what arrived.
            why: what was expected and what was found.
        """
        parcel, sha256 = incoming.parcel, incoming.payload.sha256
        now = self._point.clock.now()
        entry = TimelineEntry.of(
            now,
            parcel.message_id,
            "refused",
            **{"from": parcel.from_node},
            sha256=sha256,
            reason=why,
        )
        self.decide(incoming, [AddTimeline(entry)], why=why)

    def repeat(self, incoming: Incoming) -> None:
        """Answer a message that is known and accepted: the stored receipt, byte for byte.

        Who brings it by another way gets a receipt of his own: the stored one is made out to the
        node, and speaks of the bytes, that came first, and would prove nothing to anyone else.
        """
        given = self._given(incoming)
        if given is None:
            receipt = self._signed(incoming.parcel, incoming.payload, incoming.envelope, "")
            self._point.store.apply([*incoming.kept, PutReceipt(receipt)])
            given = receipt.xml
        self._point.emit(EventName.INBOUND_REPEATED, message_id=str(incoming.parcel.message_id))
        self._give(incoming, given)

    def refuse_conflict(self, incoming: Incoming, known: InboundRecord) -> None:
        """Refuse another message under a known id; the bytes of both are kept."""
        step(known.state, InboundEvent.CONFLICTED)  # the table has a row for it, or says why not
        why = (
            f"message {known.message_id}: expected the message received before (SHA-256 "
            f"{known.payload}), found another ({incoming.payload.sha256}); both are kept"
        )
        entry = TimelineEntry.of(
            self._point.clock.now(),
            known.message_id,
            "conflict",
            sha256=incoming.payload.sha256,
            reason=why,
        )
        self.decide(incoming, [AddTimeline(entry)], why=why)

    def refuse_unread(
        self, arrival: Arrival, payload: Payload, kept: Sequence[Change], why: str
    ) -> None:
        """Not a message, or not the one on the note: refused by name and set aside.

        Args:
            arrival: the parcel.
            payload: its bytes.
            kept: what makes them durable.
            why: what was expected and what was found.
        """
        point, parcel = self._point, arrival.parcel
        receipt = self._signed(parcel, payload, None, why)
        entry = TimelineEntry.of(
            point.clock.now(), parcel.message_id, "unreadable", sha256=payload.sha256, reason=why
        )
        point.store.apply([*kept, PutReceipt(receipt), AddTimeline(entry)])
        self._send_back(arrival, parcel, receipt.xml)
        arrival.reject(why)
        point.emit(EventName.PARCEL_REJECTED, message_id=str(parcel.message_id), reason=why)

    def _signed(
        self, parcel: Parcel, payload: Payload, envelope: Envelope | None, why: str
    ) -> ReceiptRecord:
        receipt = Receipt(
            message_id=parcel.message_id,
            recipient=parcel.recipient,
            from_node=parcel.from_node,
            issuer=self._point.own,
            sha256=payload.sha256,
            size=payload.size,
            at=self._point.clock.now(),
            hop=len(envelope.traces) if envelope else 0,
            accepted=not why,
            reason=reason_of(why),
        )
        return signed_record(receipt, self._point)

    def _given(self, incoming: Incoming) -> bytes | None:
        """The receipt for these bytes that whoever brings them now has, if it still holds.

        One whose certificate has ended or was revoked since would be refused again and again, and
        the letter given up in the end by those who sent it, though it arrived.
        """
        parcel = incoming.parcel
        words = words_given(parcel.message_id, parcel.recipient, self._point.store)
        said = words.get((parcel.from_node, incoming.payload.sha256))
        last = said[-1] if said else None
        holds = last and last.accepted and still_holds(last.xml, self._point)
        return last.xml if last and holds else None

    def _give(self, incoming: Incoming, receipt: bytes) -> None:
        self._send_back(incoming.arrival, incoming.parcel, receipt)
        incoming.arrival.settle()
        self._point.emit(EventName.PARCEL_SETTLED, message_id=str(incoming.parcel.message_id))

    def _send_back(self, arrival: Arrival, parcel: Parcel, receipt: bytes) -> None:
        if arrival.answer(receipt):
            self._point.emit(EventName.RECEIPT_SENT, message_id=str(parcel.message_id))
        else:
            self._point.send_receipt(receipt, parcel)


def still_holds(receipt: bytes, point: AccessPoint) -> bool:
    """Whether whoever is given a receipt of ours now can rely on it, as far as can be known.

    Args:
        receipt: its bytes.
        point: judges as others do.
    """
    try:
        verify_receipt(receipt, point.verifier)
    except VerificationFailed as error:
        return error.code == "certificate.no-revocation-information"
    return True


def words_given(
    message_id: MessageId, recipient: OrganId, store: Store
) -> dict[tuple[OrganId, str], list[ReceiptRecord]]:
    """What was said here about a message: to which node, and about which bytes.

    Args:
        message_id: the message.
        recipient: the agency it is for.
        store: has what was said.

    Returns:
        By node that brought it and SHA-256 of the bytes: receipts and refusals, by time.
    """
    words: defaultdict[tuple[OrganId, str], list[ReceiptRecord]] = defaultdict(list)
    for kept in store.receipts_for(message_id, recipient):
        if kept.given:
            words[read_receipt(kept.xml)[0].from_node, kept.payload].append(kept)
    return {key: sorted(said, key=lambda word: word.at) for key, said in words.items()}


def signed_record(receipt: Receipt, point: AccessPoint) -> ReceiptRecord:
    """Sign what is said, later than all that was said before to the same about the same bytes.

    Whoever has several words of ours goes by the time in them, and our clock may have been set
    back.
    """
    words = words_given(receipt.message_id, receipt.recipient, point.store)
    earlier = words.get((receipt.from_node, receipt.sha256))
    if earlier:
        receipt = replace(receipt, at=max(receipt.at, earlier[-1].at + _NEXT_MOMENT))
    return ReceiptRecord(
        message_id=receipt.message_id,
        recipient=receipt.recipient,
        issuer=receipt.issuer,
        given=True,
        payload=receipt.sha256,
        at=receipt.at,
        xml=sign_receipt(receipt, point.signer),
        accepted=receipt.accepted,
    )


def reason_of(text: str) -> str:
    """A reason for a receipt: short, and escaped, for it may quote what a stranger wrote."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )[:_REASON_LENGTH]
