"""Letters that came from nodes which another process plays: home is told about them, for it checks.

>>> with told_home(network):           # all processes at the same time
...     found = problems(network)      # what others have about our letters lies in its place
>>> forget_abroad(network, orders)     # all processes again
"""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from docexchange.delivery import PutInbound, PutOutbound, PutStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.delivery import Change
    from docexchange.identifiers import MessageId
    from docexchange.simulator.border import Border
    from docexchange.simulator.cast import Place
    from docexchange.simulator.host import Host
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["Order", "forget_abroad", "told_home"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is finished, and is to be forgotten by all who had it."""

    messages: frozenset[MessageId]
    """A letter, and the statuses about it."""
    document_id: str
    """The document."""
    places: tuple[Place, ...]
    """The nodes that had any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dossier:
    """What one node has about messages that are at home elsewhere."""

    place: Place
    changes: Sequence[Change]
    payloads: Sequence[bytes]
    taken: frozenset[MessageId]


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What one process tells another about the messages that are at home there."""

    dossiers: Sequence[_Dossier]
    busy: frozenset[MessageId]
    """Those that are between two nodes, or wait in a mailbox."""


@contextmanager
def told_home(network: SimulatedNetwork) -> Iterator[None]:
    """While it lasts, have what other processes have about our letters where it would be here.

    Args:
        network: one that is divided, or not: then there is nothing to tell.
    """
    border = network.wire.border
    if border is None:
        yield
        return
    news: list[_News] = border.exchange(
        {home: [_news(network, border, home)] for home in border.others}
    )
    border.busy_abroad = {message_id for item in news for message_id in item.busy}
    with ExitStack() as laid_out:
        for dossier in (dossier for item in news for dossier in item.dossiers):
            laid_out.callback(_lay_out(dossier, network.host(dossier.place), network).close)
        yield
    border.busy_abroad = set()


def _news(network: SimulatedNetwork, border: Border, home: int) -> _News:
    guests = {name: guest for name, guest in border.guests.items() if guest.home == home}
    places = sorted({place for guest in guests.values() for place in guest.places})
    hosts = [network.host(place) for place in places]
    waiting = {parcel.message_id for host in hosts for parcel, _ in host.mailbox.new.values()}
    flying = filter(network.wire.is_flying, guests)
    dossiers = (_dossier(host, border, home) for host in hosts)
    return _News(
        dossiers=[dossier for dossier in dossiers if dossier.changes],
        busy=frozenset({*waiting.intersection(guests), *flying}),
    )


def _dossier(host: Host, border: Border, home: int) -> _Dossier:
    changes = host.store.excerpt(lambda record: border.home_of(record) == home)
    sent = [change.record for change in changes if isinstance(change, PutOutbound)]
    return _Dossier(
        place=host.member.place,
        changes=changes,
        payloads=[host.payloads.open(record.payload).read() for record in sent],
        taken=frozenset(filter(host.desk.has, _messages(changes))),
    )


def _messages(changes: Sequence[Change]) -> frozenset[MessageId]:
    kinds = (PutOutbound, PutInbound)
    return frozenset(change.record.message_id for change in changes if isinstance(change, kinds))


def _lay_out(dossier: _Dossier, host: Host, network: SimulatedNetwork) -> ExitStack:
    """Put it where a node would have it that is not played here; returns what takes it away."""
    host.store.adopt(dossier.changes)
    host.desk.adopt(dossier.taken)
    away = ExitStack()
    for data in dossier.payloads:
        name = sha256(data).hexdigest()
        if name not in network.spool:
            away.callback(network.spool.drop, name)
        host.payloads.put(io.BytesIO(data))
        away.callback(host.payloads.forget, name)
    messages = _messages(dossier.changes)
    away.callback(host.desk.forget, messages)
    about = {
        change.record.document_id for change in dossier.changes if isinstance(change, PutStatus)
    }
    for document_id in about | {""}:
        away.callback(partial(host.store.forget, messages, document_id))
    return away


def forget_abroad(network: SimulatedNetwork, orders: Sequence[Order]) -> None:
    """Have other processes forget what is finished, and forget what they say is.

    Args:
        network: one that is divided, or not: then nobody is to be told.
        orders: what is finished here.
    """
    border = network.wire.border
    if border is None:
        return
    told = [order for order in orders if _is_known_abroad(order, border)]
    given: list[Order] = border.exchange(dict.fromkeys(border.others, told))
    for order in given:
        for place in order.places:
            if not border.is_abroad(place):
                network.host(place).forget(order.messages, order.document_id)
        network.wire.forget(order.messages)
        for message_id in order.messages:
            border.guests.pop(message_id, None)
            border.announced.pop(message_id, None)
    for order in (*orders, *given):
        border.gone.difference_update(order.messages)


def _is_known_abroad(order: Order, border: Border) -> bool:
    """Whether any of it was elsewhere, or was to come there."""
    is_gone = not border.gone.isdisjoint(order.messages)
    return is_gone or any(map(border.is_abroad, order.places))
