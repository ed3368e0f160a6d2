"""What agencies of a simulated network are asked to send, and how long they insist.

delivery = network.outgoing.submit(commune, network.letters.plain(to=ministry))
network.outgoing.expect(send)       # of a history: in time, however often a node refuses first
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from docexchange.errors import DocExchangeError, StoreFailure, TransportError
from docexchange.routing import closed_code
from docexchange.simulator.delivery import Delivery
from docexchange.simulator.letters import Draft
from docexchange.simulator.replies import reply_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.envelope import Document
    from docexchange.identifiers import MessageId
    from docexchange.node import Decision, Letter
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.history import Send
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["Outgoing"]

_AGAIN: Final = timedelta(minutes=1)
_LATER: Final = timedelta(minutes=10)


class Outgoing:
    """The letters of one network.

    Args:
        network: whose agencies send them.
        agenda: when.
    """

    def __init__(self, network: SimulatedNetwork, agenda: Agenda) -> None:
        self._network: Final = network
        self._agenda: Final = agenda
        self.deliveries: Final[dict[MessageId, Delivery]] = {}
        """All of them, by message id."""
        self.sends: Final[dict[MessageId, Send]] = {}
        """Those that can be sent again, by message id."""

    def submit(self, sender: Agency, letter: Draft | Document, *, key: str = "") -> Delivery:
        """Have a letter sent; see ``Agency.send``."""
        send = None
        if isinstance(letter, Draft):
            minute = self._network.elapsed.total_seconds() / 60
            send = letter.sent_by(sender.place, minute=minute)
            letter = self._network.letters.written(send)
        delivery = Delivery(letter, sender, self._network.agencies, self._network.ways.takers)
        self._try(delivery, key)
        self.deliveries[delivery.message_id] = delivery
        if send:
            self.sends[delivery.message_id] = send
        return delivery

    def expect(self, send: Send) -> None:
        """Have a letter of a history sent in time, however often the node refuses at first."""
        self._agenda.at(
            self._agenda.start + timedelta(minutes=send.minute), partial(self._expected, send)
        )

    def written(self, send: Send) -> Delivery:
        """Write a letter of a history as of now, without having it sent."""
        network = self._network
        sender = network.agency(tier=send.sender[0], n=send.sender[1])
        earlier = self.deliveries.get(network.letters.id_of(send.about)) if send.asks else None
        document = network.letters.written(send, earlier.document if earlier else None)
        return Delivery(document, sender, network.agencies, network.ways.takers)

    def _expected(self, send: Send) -> None:
        delivery = self.written(send)
        self.deliveries[delivery.message_id] = delivery
        self.sends[delivery.message_id] = send
        self._insist(delivery)

    def _insist(self, delivery: Delivery) -> None:
        try:
            self._try(delivery, "", again=self._insist)
        except DocExchangeError as error:
            delivery.problem = f"{error.code}: {error}"
            network, sender = self._network, delivery.sender.organ_id
            # An agency that has come to an end writes no more.
            if not closed_code(sender, network.directory, network.today):
                self._agenda.after(_LATER, partial(self._insist, delivery))

    def _try(
        self, delivery: Delivery, key: str, *, again: Callable[[Delivery], None] | None = None
    ) -> None:
        """Submit it; once more in a minute, where that is nobody's mistake."""
        host = delivery.sender.host
        try:
            accepted = host.act(lambda node: node.send(delivery.document, key=key))
            delivery.is_accepted = accepted is not None
            delivery.problem = "" if accepted else "the node did not answer"
        except (StoreFailure, TransportError) as error:
            delivery.problem = f"{error.code}: {error}"
        if delivery.problem:
            host.note(f"not accepted: {delivery.message_id} {delivery.problem}")
            once_more = again or partial(self._try, key=key)
            self._agenda.after(_AGAIN, partial(once_more, delivery))

    def reply(self, letter: Letter) -> Decision:
        """What an agency answers that nobody has told otherwise."""
        return reply_to(letter, self.sends.get(letter.message_id), now=self._network.now)

    def forget(self, delivery: Delivery) -> None:
        """Have never been asked to send a letter; its history can then not be played again."""
        del self.deliveries[delivery.message_id]
        self.sends.pop(delivery.message_id, None)
