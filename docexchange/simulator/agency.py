"""An agency as a test sees it: it sends, it has an inbox, and its node can be looked into.

>>> commune = network.agency(tier=4, n=0)
>>> delivery = commune.send(network.letters.plain(to=network.agency(tier=1)))
>>> commune.inbox, commune.statuses, commune.store, commune.node
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.envelope import Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.delivery import Store
    from docexchange.envelope import Document, StatusCode
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.node import Decision, Letter, Node
    from docexchange.simulator.cast import Place
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.host import Host
    from docexchange.simulator.letters import Draft
    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["Agency"]

Handler = TypeVar("Handler", bound="Callable[[Letter], Decision]")


class Agency:
    """One agency; made by the network.

    Args:
        host: its machine.
        network: the network it is in.
    """

    def __init__(self, host: Host, network: SimulatedNetwork) -> None:
        self.host: Final = host
        """Its machine."""
        self._network: Final = network

    @property
    def organ_id(self) -> OrganId:
        """Its code."""
        return self.host.member.organ_id

    @property
    def name(self) -> str:
        """Its name."""
        return self.host.member.name

    @property
    def tier(self) -> int:
        """Its tier; 1 is the highest."""
        return self.host.member.tier

    @property
    def place(self) -> Place:
        """Tier and number, as faults and histories name it."""
        return self.host.member.place

    @property
    def node(self) -> Node | None:
        """The node that runs; None while it is down."""
        return self.host.node

    @property
    def store(self) -> Store:
        """What its node remembers; it outlives the node."""
        return self.host.store

    @property
    def inbox(self) -> list[Letter]:
        """The documents that were handed over, oldest first."""
        return list(self.host.desk.letters)

    @property
    def statuses(self) -> list[Status]:
        """The business statuses that were handed over, oldest first."""
        messages = (letter.verified.message for letter in self.host.desk.statuses)
        return [message for message in messages if isinstance(message, Status)]

    @property
    def now(self) -> datetime:
        """What its clock shows, UTC."""
        return self.host.clock.now()

    def send(self, letter: Draft | Document, *, key: str = "") -> Delivery:
        """Have a letter sent; it leaves as soon as time passes.

        While the node is down or cannot write, the letter is submitted again, minute by minute, as
        a document system would.

        Args:
            letter: from ``network.letters``, or a document of your own, from this agency.
            key: the caller's own key for the submission; the message id when empty.

        Raises:
            InvalidEnvelope: the letter has faults.
            UsageError: it has no id, or is from another agency.
            VerificationFailed: the agency's signature would be refused.
            NoRoute: a recipient cannot be reached.
            DeliveryError: it may not be sent, or is known with another content.
        """
        return self._network.outgoing.submit(self, letter, key=key)

    def on_document(self, handler: Handler) -> Handler:
        """Let the code under test take the documents of this agency; use it as a decorator.

        What it takes is in ``inbox`` as well. It is asked again after a crash of the node, and
        after an error of its own, as in real life.

        Args:
            handler: as for ``Node.on_document``.

        Returns:
            The function itself.
        """
        self.host.desk.on_document = handler
        return handler

    def on_status(self, handler: Handler) -> Handler:
        """Let the code under test take the business statuses; use it as a decorator.

        Args:
            handler: as for ``Node.on_status``.

        Returns:
            The function itself.
        """
        self.host.desk.on_status = handler
        return handler

    def report(self, message_id: MessageId, code: StatusCode, *, description: str = "") -> bool:
        """Tell the sender of a document what became of it.

        Args:
            message_id: the message that brought it.
            code: what became of it.
            description: the reason, in refusals.

        Returns:
            Whether the node runs, and lived through it.

        Raises:
            UsageError: no such document came in.
        """

        def tell(node: Node) -> bool:
            node.report_status(message_id, code, description=description)
            return True

        return bool(self.host.act(tell))

    def __repr__(self) -> str:
        return f"<Agency {self.organ_id} ({self.name}), tier {self.tier}>"
