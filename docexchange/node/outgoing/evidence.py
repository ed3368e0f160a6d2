"""Receipts about what we sent: verified, held to what we know, written down as evidence.

A letter that was sent to one hop and then around it may get words of both. Whoever acknowledged it
last and has not taken that back has it: the delivery is acknowledged, with that hop as its next.

>>> Evidence(point, steps, rerouting).record(verify_receipt(xml, point.verifier), xml)
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    OutboundEvent,
    OutboundRecord,
    OutboundState,
    PutReceipt,
    ReceiptRecord,
)
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DocExchangeError, NoRoute, UnreadableInput, VerificationFailed
from docexchange.instrumentation import EventName
from docexchange.signing import verify_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.envelope import Receipt
    from docexchange.identifiers import OrganId
    from docexchange.node.outgoing.rerouting import Rerouting
    from docexchange.node.outgoing.steps import Steps
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Arrival

__all__ = ["Evidence"]

_RECEIPT_LIMIT: Final = 1024 * 1024


class Evidence:
    """Takes receipts in for one access point.

    Args:
        point: what it works with.
        steps: ends deliveries.
        rerouting: knows another way for what was refused.
    """

    def __init__(self, point: AccessPoint, steps: Steps, rerouting: Rerouting) -> None:
        self._point = point
        self._steps = steps
        self._rerouting = rerouting

    def take(self, arrival: Arrival) -> bool:
        """Deal with one parcel that holds a receipt; tells whether it is dealt with."""
        point, parcel = self._point, arrival.parcel
        with arrival.open() as stream:
            xml = stream.read(_RECEIPT_LIMIT)
        try:
            receipt = verify_receipt(xml, point.verifier)
            self.record(receipt, xml)
        except VerificationFailed as error:
            is_ours = error.code == "certificate.no-revocation-information"
            if is_ours or point.is_turn_of_agencies:
                return False  # our own evidence or day is out of date; it is looked at again
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

    def record(self, receipt: Receipt, xml: bytes) -> bool:
        """Write down what a verified receipt says about a message of ours.

        Args:
            receipt: what it says.
            xml: its bytes.

        Returns:
            Whether it ends the delivery; what its issuer said before its last word does not, nor
            does a refusal of a hop that the letter goes around by now.

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
        kept = _kept(receipt, xml, point.clock.now())
        known = point.store.receipts_for(receipt.message_id, receipt.recipient)
        if any(other.xml == xml for other in known if not other.given):
            return record.state.is_terminal
        if any(_place(other) > _place(kept) for other in known if _has_subject_of(other, kept)):
            point.store.apply([PutReceipt(kept)])
            return False
        return self._take(record, kept, known, receipt.reason)

    def _take(
        self, record: OutboundRecord, kept: ReceiptRecord, known: Sequence[ReceiptRecord], why: str
    ) -> bool:
        """The last word of a hop, weighed with those of the others."""
        holder, event = kept.issuer, OutboundEvent.RECEIPT
        if not kept.accepted:
            holders = [word.issuer for word in _last_words(known, kept) if word.accepted]
            if not holders and not _is_by(kept, record.next_hop):
                self._point.store.apply([PutReceipt(kept)])
                return False
            if not holders and self._rerouting.send_anew(record, kept):
                return True
            holder = holders[-1] if holders else record.next_hop
            event = event if holders else OutboundEvent.REFUSAL
        elif record.state is OutboundState.ACKNOWLEDGED:
            holder = record.next_hop
        now, reason = self._point.clock.now(), "" if event is OutboundEvent.RECEIPT else why
        also = [PutReceipt(kept)]
        self._steps.take(record, event, now, also=also, next_hop=holder, problem=reason)
        return True

    def _is_about(self, receipt: Receipt, record: OutboundRecord) -> bool:
        return (
            receipt.from_node.as_decision_20 == self._point.own.as_decision_20
            and receipt.sha256 == record.payload
            and self._was_sent_to(receipt.issuer, record)
        )

    def _was_sent_to(self, issuer: OrganId, record: OutboundRecord) -> bool:
        """Whether an attempt was made there; where the way changed, the timeline knows."""
        if issuer.as_decision_20 == record.next_hop.as_decision_20:
            return True
        attempt = {
            ("to", str(issuer)),
            ("recipient", str(record.recipient)),
            ("sha256", record.payload),
        }
        entries = self._point.store.timeline(record.message_id)
        return any(
            entry.event == "outbound.started" and attempt <= set(entry.detail) for entry in entries
        )


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


def _last_words(known: Sequence[ReceiptRecord], kept: ReceiptRecord) -> list[ReceiptRecord]:
    """What each other hop said last about the same bytes."""
    words: dict[str, ReceiptRecord] = {}
    for word in sorted(known, key=_place):
        if not word.given and word.payload == kept.payload and not _is_by(word, kept.issuer):
            words[word.issuer.as_decision_20] = word
    return list(words.values())


def _is_by(word: ReceiptRecord, hop: OrganId) -> bool:
    return word.issuer.as_decision_20 == hop.as_decision_20


def _has_subject_of(other: ReceiptRecord, kept: ReceiptRecord) -> bool:
    """Whether both are what one node said to us about the same bytes."""
    return not other.given and _is_by(other, kept.issuer) and other.payload == kept.payload


def _place(kept: ReceiptRecord) -> tuple[datetime, bool]:
    """Its place among the words of its issuer; at one and the same time a receipt is the last."""
    return read_receipt(kept.xml)[0].at, kept.accepted
