"""What must be true of a network at any time, whatever went wrong in it.

>>> problems(network)
[]

1. Nothing is lost: from its origin on, each letter and status that a node accepted is in somebody's
   hands, was handed over, or is known at its origin to have failed.
2. Nothing is handed over twice, to anybody it is not for, or changed. It is for whoever the code
   means on the day: the heir of an agency that has ended, but not for both.
3. No hop is unsigned: what was carried on bears a signature, and every receipt for it one that the
   agency which gave it made with a certificate in force.
4. Receipts match bytes: what is acknowledged has a receipt of the next hop for these very bytes,
   and that node knows it as its own.
5. Statuses agree: what a sender was told is what the recipient said; at rest, both know the same of
   where a document stands that the sender recalled, changed or replaced (`agreement`).
6. Timelines tell how each state came about.
7. Nothing is alive past its expiry.
8. Every letter goes the way that the directory and the rules give it, on a day of its journey;
   around a link only where a rule allows it, and the timeline says why.

All of it is read from the stores and inboxes of the nodes, and from what was asked of them.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.clock import vietnam_date
from docexchange.delivery import InboundState, OutboundState
from docexchange.envelope import Document
from docexchange.envelope.receipt import read_receipt
from docexchange.simulator.agreement import disagreements
from docexchange.simulator.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.delivery import InboundRecord, OutboundRecord, ReceiptRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["problems"]

Record = TypeVar("Record", "OutboundRecord", "InboundRecord")

_GRACE: Final = timedelta(minutes=10)
"""After its expiry a letter may stay until its node looks at it again."""
_REROUTED: Final = "outbound.rerouted"
_SIGNATURE: Final = b"SignatureValue"
_WRITTEN: Final = attrgetter(*{item.name for item in fields(Document)} - {"attachments"})
"""What a letter says, but for its attachments: those have other sources once they were read."""
_S, _I = OutboundState, InboundState
_ENTRY_OF: Final = {
    _S.ACKNOWLEDGED: "outbound.receipt",
    _S.REJECTED: "outbound.refusal",
    _S.RETURNED: "outbound.refusal",
    _S.EXPIRED: "outbound.lifetime_over",
    _S.DEAD_LETTER: "outbound.given_up",
    _S.CANCELLED: "outbound.cancelled",
    _I.HANDED_OVER: "handed-over",
    _I.RELAYED: "relayed",
    _I.REFUSED: "refused",
}
"""What stands in the timeline of whatever came to such a state."""
_INSTEAD: Final = {
    "handed-over": {"taken-before", "handover.refused", "inherited"},
    "refused": {"given-up", "unreadable"},
}
_IN_HAND: Final = (_I.RECEIVED, _I.VERIFIED, _I.RETURNING)


def problems(network: SimulatedNetwork) -> list[Problem]:
    """Look at everything.

    Args:
        network: at rest or in the midst of things.

    Returns:
        What must not be; nothing, if all is well.
    """
    return [
        *_lost(network),
        *_twice(network),
        *_changed(network),
        *_hops(network),
        *disagreements(network),
    ]


# --- 1: nothing is lost ---


def _lost(network: SimulatedNetwork) -> Iterator[Problem]:
    for delivery in network.deliveries.values():
        for recipient in _without_copy(network, delivery) if delivery.is_accepted else ():
            text = (
                f"expected it at {delivery.sender.organ_id}, which accepted it, found nothing "
                f"for {recipient}"
            )
            yield Problem(rule="lost", message_id=delivery.message_id, text=text)
    for agency in network.agencies.values():
        for record in _outbound(network, agency):
            if record.submit_key is not None:
                text = _custody(network, agency, record)
                if text:
                    yield Problem(rule="lost", message_id=record.message_id, text=text)


def _without_copy(network: SimulatedNetwork, delivery: Delivery) -> list[OrganId]:
    """The recipients for whom nothing was sent; two codes of one agency share a copy."""
    records = delivery.sender.store.outbound_of(delivery.message_id)
    sent = {record.recipient for record in records}
    day = vietnam_date(min((item.created_at for item in records), default=network.now))
    reached = {network.ways.taker(recipient, day) for recipient in sent}
    return [
        recipient
        for recipient in delivery.document.destinations
        if recipient not in sent and network.ways.taker(recipient, day) not in reached
    ]


def _custody(network: SimulatedNetwork, origin: Agency, record: OutboundRecord) -> str:
    """Follow a message from hand to hand; what is wrong with where it ends."""
    if record.state.is_failure:
        return ""
    agency, message_id, recipient = origin, record.message_id, record.recipient
    for _ in network.agencies:
        sent = _sent_by(agency, message_id, recipient)
        if sent is None:
            return f"expected {agency.organ_id} to pass it on, found no trace of that"
        bearer, agency = agency, network.agencies[sent.next_hop]
        came = _come_to(agency, message_id, recipient)
        is_passed_on = sent.state is OutboundState.ACKNOWLEDGED
        if not (is_passed_on and came and came.state is InboundState.RELAYED):
            if is_passed_on:
                return _at_end(network, agency, came, message_id)
            return _in_hands(network, bearer, sent)
    return "it goes in circles"


def _in_hands(network: SimulatedNetwork, agency: Agency, sent: OutboundRecord) -> str:
    """What is wrong with a message that a node has, and has not brought away."""
    if not sent.state.is_terminal:
        return f"{agency.organ_id} has it and does nothing" if network.is_quiet else ""
    came = _come_to(agency, sent.message_id, sent.recipient)
    if came and came.state is InboundState.RETURNING and not network.is_quiet:
        return ""  # news of it is owed
    if network.wire.is_under_way(sent.message_id):
        return ""  # news of it is
    return f"{agency.organ_id} gave it up ({sent.state}), and who brought it does not know"


def _at_end(
    network: SimulatedNetwork, agency: Agency, came: InboundRecord | None, message_id: MessageId
) -> str:
    """What is wrong with a message that a node has acknowledged and does not pass on."""
    if came is None:
        return f"{agency.organ_id} acknowledged it and does not have it"
    if came.state in _IN_HAND:
        return f"{agency.organ_id} has it and does nothing" if network.is_quiet else ""
    if came.state is InboundState.REFUSED and not network.wire.is_under_way(message_id):
        return f"{agency.organ_id} acknowledged it and refused it ({came.problem})"
    is_given = agency.host.desk.has(message_id) or _is_foreign(network, message_id)
    if came.state is InboundState.HANDED_OVER and not is_given:
        return f"{agency.organ_id} says that it was handed over, and its inbox does not have it"
    return ""


def _is_foreign(network: SimulatedNetwork, message_id: MessageId) -> bool:
    """Whether it asks about a letter of another agency: nodes refuse that without being told."""
    delivery = network.deliveries.get(message_id)
    asked = delivery.document.acted_on if delivery else ()
    return any(
        item.document.document_id in asked and delivery and item.sender is not delivery.sender
        for item in network.deliveries.values()
    )


# --- 2: nothing is handed over twice, to others, or changed ---


def _twice(network: SimulatedNetwork) -> Iterator[Problem]:
    for agency in network.agencies.values():
        for record in _inbound(network, agency):
            entries = agency.store.timeline(record.message_id)
            times = sum(entry.event == "handed-over" for entry in entries)
            if times > 1:
                text = f"expected it once, {agency.organ_id} handed it over {times} times"
                yield Problem(rule="twice", message_id=record.message_id, text=text)
    for delivery in network.deliveries.values():
        for recipient in delivery.document.destinations:
            takers = [network.agencies[code] for code in network.ways.takers(recipient)]
            had = [item for item in takers if _was_given(item, delivery.message_id, recipient)]
            if len(had) > 1:
                text = f"expected it once for {recipient}, found it handed over by {had}"
                yield Problem(rule="twice", message_id=delivery.message_id, text=text)


def _was_given(agency: Agency, message_id: MessageId, recipient: OrganId) -> bool:
    came = _come_to(agency, message_id, recipient)
    return came is not None and came.state is InboundState.HANDED_OVER


def _changed(network: SimulatedNetwork) -> Iterator[Problem]:
    for agency in network.agencies.values():
        for letter in agency.inbox:
            delivery = _sent_as(network, letter.message_id)
            text = _difference(agency, letter.verified.message, delivery)
            if text:
                yield Problem(rule="changed", message_id=letter.message_id, text=text)


def _sent_as(network: SimulatedNetwork, message_id: MessageId) -> Delivery | None:
    border = network.wire.border
    elsewhere = border.announced.get(message_id) if border else None
    return network.deliveries.get(message_id) or elsewhere


def _difference(agency: Agency, message: object, delivery: Delivery | None) -> str:
    if delivery is None:
        return f"expected a letter that somebody sent, {agency.organ_id} has one that nobody did"
    if agency not in delivery.recipients:
        return f"expected it at its recipients, found it in the inbox of {agency.organ_id}"
    if not isinstance(message, Document) or _said(message) != _said(delivery.document):
        return f"expected what was sent, {agency.organ_id} was handed something else"
    return ""


def _said(document: Document) -> tuple[object, ...]:
    attached = [(item.name, item.sha256) for item in document.attachments]
    return _WRITTEN(document), attached


# --- 3, 4, 6, 7, 8: hop by hop ---


def _hops(network: SimulatedNetwork) -> Iterator[Problem]:
    for agency in network.agencies.values():
        for record in _outbound(network, agency):
            yield from _sent(network, agency, record)
        for came in _inbound(network, agency):
            yield from _told(agency, came)


def _sent(network: SimulatedNetwork, agency: Agency, record: OutboundRecord) -> Iterator[Problem]:
    def problem(rule: str, text: str) -> Problem:
        where = f"{agency.organ_id} to {record.next_hop} for {record.recipient}: "
        return Problem(rule=rule, message_id=record.message_id, text=where + text)

    if _SIGNATURE not in agency.host.payloads.open(record.payload).read():
        yield problem("unsigned", "expected a signature in the letter, found none")
    for rule, text in _receipts(network, agency, record):
        yield problem(rule, text)
    if _is_overdue(network, agency, record):
        yield problem("expired", f"{record.state}, and its life ended at {record.expires_at}")
    yield from _told(agency, record)
    if text := _strayed(network, agency, record):
        yield problem("astray", text)


def _receipts(
    network: SimulatedNetwork, agency: Agency, record: OutboundRecord
) -> Iterator[tuple[str, str]]:
    kept = agency.store.receipts_for(record.message_id, record.recipient)
    obtained = [receipt for receipt in kept if not receipt.given]
    for receipt in obtained:
        if _SIGNATURE not in receipt.xml:
            yield "unsigned", f"expected a signature in the receipt of {receipt.issuer}, found none"
        elif fault := network.fault_in(receipt):
            yield "forged", f"expected a receipt that {receipt.issuer} signed, found: {fault}"
        theirs = network.agencies[receipt.issuer].store
        given = theirs.receipts_for(record.message_id, record.recipient)
        if not any(item.given and _is_same(item, receipt) for item in given):
            yield "receipt", f"{receipt.issuer} does not know the receipt that it gave"
    if record.state is OutboundState.ACKNOWLEDGED and not any(
        receipt.accepted and receipt.payload == record.payload and receipt.issuer == record.next_hop
        for receipt in obtained
    ):
        yield "receipt", "acknowledged, without a receipt of the next hop for these bytes"


def _is_same(given: ReceiptRecord, obtained: ReceiptRecord) -> bool:
    """Whether both say the same; a byte that nobody signed may have changed on the way."""
    if given.xml == obtained.xml:
        return True
    return read_receipt(given.xml)[0] == read_receipt(obtained.xml)[0]


def _is_overdue(network: SimulatedNetwork, agency: Agency, record: OutboundRecord) -> bool:
    is_late = agency.now > record.expires_at + _GRACE
    is_up = agency.node is not None or not network.setting.is_played(agency.place)
    can_act = is_up and not agency.host.full_disks
    return is_late and can_act and not record.state.is_terminal


def _told(agency: Agency, record: OutboundRecord | InboundRecord) -> Iterator[Problem]:
    wanted = _ENTRY_OF.get(record.state)
    if wanted is None:
        return
    told = {entry.event for entry in agency.store.timeline(record.message_id)}
    if told.isdisjoint({wanted, *_INSTEAD.get(wanted, ())}):
        text = f"{agency.organ_id}: {record.state}, expected {wanted} in the timeline, found {told}"
        yield Problem(rule="timeline", message_id=record.message_id, text=text)


def _strayed(network: SimulatedNetwork, agency: Agency, record: OutboundRecord) -> str:
    days = network.ways.days_since(record.created_at)
    ways = [network.ways.hops(agency.organ_id, record.recipient, day) for day in days]
    came = _come_to(agency, record.message_id, record.recipient)
    # No letter goes back to where it came from, though its usual way may lead there by now.
    onward = [[hop for hop in way if came and hop != came.from_node] for way in ways]
    if any(record.next_hop in way[:1] for way in (*ways, *onward)):
        return ""
    told = {("to", str(record.next_hop)), ("recipient", str(record.recipient))}
    entries = agency.store.timeline(record.message_id)
    is_told = any(item.event == _REROUTED and told <= set(item.detail) for item in entries)
    is_around = any(record.next_hop in way for way in ways)
    if is_around and is_told:
        return ""
    named = " or ".join(map(str, dict.fromkeys(hop for way in ways for hop in way[:1])))
    return f"expected it to go to {named}{', or to be told why not' if is_around else ''}"


# --- where to look ---


def _outbound(network: SimulatedNetwork, agency: Agency) -> list[OutboundRecord]:
    return _at_home(network, agency.host.store.sent())


def _inbound(network: SimulatedNetwork, agency: Agency) -> list[InboundRecord]:
    return _at_home(network, agency.host.store.came())


def _at_home(network: SimulatedNetwork, records: list[Record]) -> list[Record]:
    """Those that are checked here; other processes check theirs, and are told about them."""
    border = network.wire.border
    return [record for record in records if not border.is_guest(record)] if border else records


def _sent_by(agency: Agency, message_id: MessageId, recipient: OrganId) -> OutboundRecord | None:
    """What an agency passes on; not asked as the node asks, for that is what is looked into."""
    records = agency.store.outbound_of(message_id)
    return next((record for record in records if record.recipient == recipient), None)


def _come_to(agency: Agency, message_id: MessageId, recipient: OrganId) -> InboundRecord | None:
    records = agency.store.inbound_of(message_id)
    return next((record for record in records if record.recipient == recipient), None)
