"""Answer what arrives: receipts and refusals, signed, kept, and given again when asked for again.

>>> answering.give(incoming, [answering.decide(incoming.copy_for(code), changes) for code in codes])

A receipt vouches for bytes and is made out to the node that brought them; each recipient has one of
its own. Sending one may fail; whoever got none sends his parcel again, and the stored one is given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

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
    from collections.abc import Callable, Sequence

    from docexchange.delivery import InboundRecord, Payload, Store
    from docexchange.envelope import Envelope
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node.point import AccessPoint
    from docexchange.signing import Report
    from docexchange.transport import Arrival, Parcel

__all__ = [
    "Answer",
    "Answering",
    "Incoming",
    "Once",
    "reason_of",
    "signed_record",
    "still_holds",
    "words_given",
]

Result = TypeVar("Result")
_REASON_LENGTH: Final = 2000
_NEXT_MOMENT: Final = timedelta(microseconds=1)


class Once(Generic[Result]):
    """What is done when it is first asked for, and then known.

    Args:
        make: does it.
    """

    __slots__ = ("_found", "_make")

    def __init__(self, make: Callable[[], Result]) -> None:
        self._make = make
        self._found: list[Result] = []

    def __call__(self) -> Result:
        """What came of it; after an error it is tried again."""
        if not self._found:
            self._found.append(self._make())
        return self._found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A parcel whose message was read."""

    arrival: Arrival
    """To settle it."""
    parcel: Parcel
    """Its note, with the recipients as the message spells them."""
    payload: Payload
    """What was stored."""
    kept: Sequence[Change]
    """What makes stored bytes durable; applied with whatever first refers to them."""
    envelope: Envelope
    """What was read from that."""
    examined: Once[Report]
    """Judges its signatures."""
    traced: Once[Payload]
    """Stores it with our trace header, to be passed on; however many it is for."""

    def copy_for(self, recipient: OrganId) -> Incoming:
        """The same, as far as one recipient is concerned."""
        parcel = self.parcel.only(recipient)
        return self if parcel is self.parcel else replace(self, parcel=parcel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said about a message for one recipient."""

    about: Parcel
    """The note, with that recipient alone."""
    xml: bytes
    """The signed receipt or refusal."""
    changes: Sequence[Change]
    """What is written down before it is said; nothing where it was said before."""
    event: EventName
    """What hooks are told."""
    reason: str = ""
    """Why it is refused."""


class Answering:
    """Answers for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    # --- what to say ---

    def decide(self, incoming: Incoming, changes: Sequence[Change], *, why: str = "") -> Answer:
        """Answer what was decided; it is written down together with the receipt.

        Args:
            incoming: what arrived, for one recipient.
            changes: what follows from it.
            why: the reason of a refusal; empty when it was accepted.
        """
        receipt = self._signed(incoming.parcel, incoming.payload, incoming.envelope, why)
        return Answer(
            about=incoming.parcel,
            xml=receipt.xml,
            changes=[*changes, PutReceipt(receipt)],
            event=EventName.INBOUND_REFUSED if why else EventName.INBOUND_ACCEPTED,
            reason=why,
        )

    def refuse(self, incoming: Incoming, why: str) -> Answer:
        """Refuse what arrived and leave everything else as it is.

        Args:
            incoming: what arrived, for one recipient.
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
        return self.decide(incoming, [AddTimeline(entry)], why=why)

    def repeat(self, incoming: Incoming) -> Answer:
        """Answer a message that is known and accepted: the stored receipt, byte for byte.

        Who brings it by another way gets a receipt of his own: the stored one is made out to the
        node, and speaks of the bytes, that came first, and would prove nothing to anyone else.
        """
        given, changes = self._given(incoming), list[Change]()
        if given is None:
            receipt = self._signed(incoming.parcel, incoming.payload, incoming.envelope, "")
            given, changes = receipt.xml, [PutReceipt(receipt)]
        return Answer(
            about=incoming.parcel,
            xml=given,
            changes=changes,
            event=EventName.INBOUND_REPEATED,
        )

    def refuse_conflict(self, incoming: Incoming, known: InboundRecord) -> Answer:
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
        return self.decide(incoming, [AddTimeline(entry)], why=why)

    # --- to say it ---

    def give(self, incoming: Incoming, answers: Sequence[Answer | None]) -> bool:
        """Write down what was decided for all recipients in one transaction, and answer.

        Args:
            incoming: what arrived.
            answers: for each recipient; None for one that cannot be judged now.

        Returns:
            Whether the parcel is settled: all recipients have their answer.

        Raises:
            DeliveryError: code ``store.stale``; someone else was faster, nothing was written.
        """
        ready = [answer for answer in answers if answer]
        changes = [change for answer in ready for change in answer.changes]
        if changes:
            self._point.store.apply([*incoming.kept, *changes])
        message_id = str(incoming.parcel.message_id)
        for answer in ready:
            self._point.emit(answer.event, message_id=message_id, reason=answer.reason)
        for answer in ready:
            self._send_back(incoming.arrival, answer.about, answer.xml)
        if len(ready) < len(answers):
            return False
        incoming.arrival.settle()
        self._point.emit(EventName.PARCEL_SETTLED, message_id=message_id)
        return True

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
        copies = [parcel.only(recipient) for recipient in parcel.recipients]
        receipts = [self._signed(copy, payload, None, why) for copy in copies]
        entry = TimelineEntry.of(
            point.clock.now(), parcel.message_id, "unreadable", sha256=payload.sha256, reason=why
        )
        point.store.apply([*kept, *map(PutReceipt, receipts), AddTimeline(entry)])
        for copy, receipt in zip(copies, receipts, strict=True):
            self._send_back(arrival, copy, receipt.xml)
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
