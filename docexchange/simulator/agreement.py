"""Whether sender and recipients of a letter agree on what became of it.

>>> list(disagreements(network))
[]

What a sender was told is what a recipient said. Once a network is at rest, and every message about
a document has arrived, both also know the same of where it stands, in whichever order they heard of
recalls, changes and answers. Where one did not arrive, its sender was told so, and they may differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.delivery import InboundState
from docexchange.lifecycle import Odd
from docexchange.report import standings_at
from docexchange.simulator.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.identifiers import MessageId
    from docexchange.lifecycle import Standing
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["disagreements"]


def disagreements(network: SimulatedNetwork) -> Iterator[Problem]:
    """What a sender knows otherwise than a recipient, and should not.

    Args:
        network: at rest or in the midst of things.
    """
    yield from _statuses(network)
    if network.is_quiet:
        yield from _standings(network)


def _statuses(network: SimulatedNetwork) -> Iterator[Problem]:
    for delivery in network.deliveries.values():
        document_id = str(delivery.document.document_id)
        for status in delivery.sender.store.statuses(document_id):
            if status.outgoing:
                continue
            # An heir answers in the name to which the letter was addressed.
            said = [
                item
                for code in network.ways.takers(status.reporter)
                for item in network.agencies[code].store.statuses(document_id)
            ]
            if not any(item.outgoing and item.code == status.code for item in said):
                text = f"{status.reporter} never said {status.code} of it"
                yield Problem(rule="status", message_id=delivery.message_id, text=text)
        for agency in delivery.recipients:
            if agency.host.desk.has(delivery.message_id) and not _has_said(agency, delivery):
                text = f"{agency.organ_id} has it and never said so"
                yield Problem(rule="status", message_id=delivery.message_id, text=text)


def _has_said(agency: Agency, delivery: Delivery) -> bool:
    store = agency.store
    said = any(item.outgoing for item in store.statuses(str(delivery.document.document_id)))
    events = {entry.event for entry in store.timeline(delivery.message_id)}
    return said or "status.not-sent" in events or "handed-over" not in events


# --- where documents stand ---


def _standings(network: SimulatedNetwork) -> Iterator[Problem]:
    asking = [item for item in network.deliveries.values() if item.document.acted_on]
    asked = {name for item in asking for name in item.document.acted_on}
    for delivery in network.deliveries.values():
        if delivery.document.document_id not in asked or not delivery.is_accepted:
            continue
        about = _about(delivery, asking)
        for agency in _by_their_own_code(network, delivery):
            if all(_has_all(item, agency) for item in about):
                yield from _otherwise(delivery, agency)


def _by_their_own_code(network: SimulatedNetwork, delivery: Delivery) -> Iterator[Agency]:
    """The recipients; without heirs, in whose books are letters to two codes."""
    for code in delivery.document.destinations:
        if code in network.agencies and network.ways.takers(code) == (code,):
            yield network.agencies[code]


def _otherwise(delivery: Delivery, agency: Agency) -> Iterator[Problem]:
    told, known = (_stands(item, delivery) for item in (delivery.sender, agency))
    mine = [item for item in told if item.receiver == agency.organ_id]
    if list(map(_plain, mine)) != list(map(_plain, known)):
        text = f"expected {agency.organ_id} to know {mine}, found {known}"
        yield Problem(rule="standing", message_id=delivery.message_id, text=text)


def _about(delivery: Delivery, asking: Sequence[Delivery]) -> list[Delivery]:
    """The letter, and all that ask something about it, or about one of those."""
    names, found = {delivery.document.document_id}, [delivery]
    for other in asking:
        if not names.isdisjoint(other.document.acted_on):
            names.add(other.document.document_id)
            found.append(other)
    return found


def _has_all(delivery: Delivery, agency: Agency) -> bool:
    """Whether a recipient was handed the letter, and its sender all that was said about it."""
    said = agency.store.statuses(str(delivery.document.document_id))
    return _was_handed(agency, delivery.message_id) and all(
        _was_handed(delivery.sender, item.message_id) for item in said if item.outgoing
    )


def _was_handed(agency: Agency, message_id: MessageId) -> bool:
    records = agency.store.inbound_of(message_id)
    return any(
        item.recipient == agency.organ_id and item.state is InboundState.HANDED_OVER
        for item in records
    )


def _stands(agency: Agency, delivery: Delivery) -> Sequence[Standing]:
    """Where a letter stands by the books of one side."""
    sender, name = delivery.sender.organ_id, str(delivery.document.document_id)
    found = standings_at(agency.store, name, own=agency.organ_id)
    is_asking = bool(delivery.document.acted_on)
    return [
        item
        for item in found
        if (item.document_id, item.sender) == (name, sender) and (item.asked or not is_asking)
    ]


def _plain(standing: Standing) -> tuple[object, ...]:
    """All but what only one side can know: what strangers wrote to the other."""
    warnings = tuple(item for item in standing.warnings if item.what is not Odd.FOREIGN)
    return standing.summary, standing.in_force, standing.asked, warnings
