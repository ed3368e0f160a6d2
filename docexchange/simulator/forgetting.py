"""Long runs in little memory: what is finished is checked, counted, and forgotten everywhere.

>>> forgetter = Forgetter(network)
>>> forgetter.sweep(older_than=timedelta(minutes=5))    # now and then
[]

A letter is finished when all its recipients have it, its sender was told so, and no node has
anything left to do about it or about its statuses. Until then it is checked at every sweep, with
everything else that is there. What would come again after that would be found in an inbox as a
letter that nobody sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from docexchange.simulator.guests import Order, forget_abroad, told_home
from docexchange.simulator.invariants import problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from docexchange.delivery import InboundState
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.host import Host
    from docexchange.simulator.network import SimulatedNetwork
    from docexchange.simulator.problem import Problem

__all__ = ["Forgetter"]


@dataclass(frozen=True, slots=True)
class _Business:
    """Everything about one letter: its messages, and the machines that had them."""

    document_id: str
    messages: frozenset[MessageId]
    hosts: tuple[Host, ...]


class Forgetter:
    """Forgets what is finished in one network.

    Args:
        network: the network.
    """

    def __init__(self, network: SimulatedNetwork) -> None:
        self._network: Final = network
        self.failed = 0
        """Of how many forgotten copies the senders were told that they could not be delivered."""

    def sweep(self, *, older_than: timedelta) -> list[Problem]:
        """Check everything that is there, then forget what is finished.

        Args:
            older_than: what was sent since then is left alone.

        Returns:
            What must not be; then nothing is forgotten.
        """
        network = self._network
        with told_home(network):
            business = {
                message_id: _business_of(delivery)
                for message_id, delivery in network.deliveries.items()
            }
            involved = _involved(business) | _hosts_of_guests(network)
            found = problems(cast("SimulatedNetwork", _Part(network, involved)))
            orders = [] if found else list(self._forget(business, network.now - older_than))
        forget_abroad(network, orders)
        return found

    def _forget(self, business: Mapping[MessageId, _Business], before: datetime) -> Iterator[Order]:
        """Forget what is finished; gives it for others to forget."""
        network = self._network
        for message_id, about in business.items():
            delivery = network.deliveries[message_id]
            if _was_sent(delivery, before) and _is_finished(network, delivery, about):
                self.failed += sum(state.is_failure for state in delivery.states.values())
                _forget(network, delivery, about)
                places = tuple(host.member.place for host in about.hosts)
                yield Order(messages=about.messages, document_id=about.document_id, places=places)


def _involved(business: Mapping[MessageId, _Business]) -> set[OrganId]:
    return {host.member.organ_id for item in business.values() for host in item.hosts}


def _hosts_of_guests(network: SimulatedNetwork) -> set[OrganId]:
    """What they were given is looked at where they are."""
    guests = network.wire.border.guests.values() if network.wire.border else ()
    places = {place for guest in guests for place in guest.places}
    return {network.host(place).member.organ_id for place in places}


def _business_of(delivery: Delivery) -> _Business:
    """The letter, the statuses about it, and all who had any of them."""
    hosts: dict[OrganId, Host] = {delivery.sender.organ_id: delivery.sender.host}
    document_id, messages = str(delivery.document.document_id), {delivery.message_id}
    for recipient in delivery.recipients:
        for hop in delivery.trace_to(recipient):
            hosts[hop.agency.organ_id] = hop.agency.host
        hosts[recipient.organ_id] = recipient.host
        told = recipient.store.statuses(document_id)
        messages |= {item.message_id for item in told}
    return _Business(document_id, frozenset(messages), tuple(hosts.values()))


def _was_sent(delivery: Delivery, before: datetime) -> bool:
    records = delivery.sender.store.outbound_of(delivery.message_id)
    return any(record.created_at < before for record in records)


def _is_finished(network: SimulatedNetwork, delivery: Delivery, about: _Business) -> bool:
    """Whether nobody has anything left to do about it."""
    if not delivery.is_accepted or any(map(network.wire.is_flying, about.messages)):
        return False
    for host in about.hosts:
        waiting = {parcel.message_id for parcel, _ in host.mailbox.new.values()}
        if not waiting.isdisjoint(about.messages):
            return False
        for message_id in about.messages:
            sent = (record.state for record in host.store.outbound_of(message_id))
            came = (record.state for record in host.store.inbound_of(message_id))
            if not (all(state.is_terminal for state in sent) and all(map(_is_done, came))):
                return False
    told = delivery.sender.store.statuses(about.document_id)
    reporters = {status.reporter for status in told if not status.outgoing}
    failed = {code for code, state in delivery.states.items() if state.is_failure}
    return set(delivery.document.destinations) <= reporters | failed


def _is_done(state: InboundState) -> bool:
    return state.is_terminal


def _forget(network: SimulatedNetwork, delivery: Delivery, about: _Business) -> None:
    for host in about.hosts:
        host.forget(about.messages, about.document_id)
    network.wire.forget(about.messages)
    network.outgoing.forget(delivery)


class _Part:
    """A network in which only some agencies are looked through; all can be asked."""

    def __init__(self, network: SimulatedNetwork, involved: set[OrganId]) -> None:
        self._network: Final = network
        self.agencies: Final = _Some(network.agencies, involved)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)


class _Some(dict[Any, Any]):
    def __init__(self, agencies: Mapping[OrganId, Agency], involved: set[OrganId]) -> None:
        super().__init__(agencies)
        self._listed: Final = [agency for code, agency in agencies.items() if code in involved]

    def values(self) -> Iterator[Agency]:  # type: ignore[override]
        """Those that are involved, in the order of all."""
        return iter(self._listed)
