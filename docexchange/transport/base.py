"""How bytes move: the one interface of all transports; its docstrings are the contract.

    with open_transport("folder:/srv/mailbox", base=Path("/srv")) as transport:
        receipt = transport.send(parcel, file, to="folder:/mnt/ministry")
        for arrival in transport.receive(10):
            payloads.put(arrival.open())
            arrival.settle()

A transport carries at least once: what is not settled comes again, so the receiver's duplicate
elimination is needed and the sender may always send again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docexchange.envelope import Envelope
    from docexchange.transport.parcel import Parcel

__all__ = ["Arrival", "Capabilities", "SetAside", "Transport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a transport can do, for callers that do not know which it is."""

    durable: bool
    """What was accepted for carriage survives the end of every process, and arrives."""
    answers_at_once: bool = False
    """`Transport.send` may return receipts."""
    largest_bytes: int | None = None
    """No payload is larger than this; None: any length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something that arrived and will never be delivered, kept to be looked at."""

    name: str
    """Under which name it is kept."""
    reason: str
    """Why."""


class Arrival(ABC):
    """A parcel that arrived and waits to be settled."""

    @property
    @abstractmethod
    def parcel(self) -> Parcel:
        """The note on the outside; the payload had its size and digest when it was given out."""

    @abstractmethod
    def open(self) -> BinaryIO:
        """Open the payload for reading from its start; any number of times until it is settled.

        The caller hashes what it reads: a neighbour with access to the mailbox could have changed
        the bytes in the meantime.

        Raises:
            TransportError: it is no longer there.
        """

    @property
    def envelope(self) -> Envelope | None:
        """What was read from exactly these bytes on the way here, to spare reading them twice."""
        return None

    def answer(self, receipt: bytes) -> bool:
        """Give a receipt back on the way the parcel came, before it is settled or rejected.

        A parcel for several recipients is answered once for each of them.

        Args:
            receipt: the signed receipt or refusal.

        Returns:
            Whether it goes that way; if not, it has to be sent as a parcel of its own.
        """
        del receipt
        return False

    @abstractmethod
    def settle(self) -> None:
        """Let it go for good; call this only after the payload has been stored durably.

        Settling what has been settled or rejected, here or by another process, is harmless.

        Raises:
            TransportError: it cannot be removed; it will come again.
        """

    @abstractmethod
    def reject(self, reason: str) -> None:
        """Set it aside, with the reason beside it: kept, and never delivered again.

        Rejecting what has been settled or rejected is harmless.

        Args:
            reason: for people, any text.

        Raises:
            TransportError: it cannot be set aside; it will come again.
        """


class Transport(ABC):
    """A way to carry parcels to other access points and to get those that others sent.

    Several threads may use one transport. `TransportError` is the only error that leaves it, and
    says whether trying again can help.
    """

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What this transport can do."""

    @abstractmethod
    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Carry a parcel; the other side gets all of it or nothing.

        A parcel for several recipients goes once; to a node that reads no such notes, once for
        each recipient.

        Args:
            parcel: the note on the outside.
            payload: the bytes, read from where the stream stands to its end; not closed.
            to: the endpoint of the other side, a URL of this transport's scheme.

        Returns:
            The receipts that the other side gave at once, in any order; those of the other
            recipients follow, for all of whom the parcel was accepted for carriage.

        Raises:
            TransportError: the parcel was not accepted, as far as is known. Not retryable when the
                payload is not what the note says or the URL makes no sense.
        """

    def waits_for_pickup(self, to: str) -> bool:
        """Whether what is sent there lies with us until the other side comes for it.

        The receipt may then take days, and sending again would be of no use.

        Args:
            to: the endpoint of the other side.
        """
        del to
        return False

    @abstractmethod
    def probe(self, to: str) -> datetime | None:
        """Find out whether an endpoint can be reached now, without sending anything.

        Args:
            to: the endpoint of the other side, a URL of this transport's scheme.

        Returns:
            What the clock of the other side shows, UTC; None when it does not tell.

        Raises:
            TransportError: it cannot be reached, as far as is known.
        """

    @abstractmethod
    def receive(self, limit: int) -> Iterator[Arrival]:
        """Give out parcels that arrived, whole ones only, without removing them.

        What is truncated, damaged or no parcel at all is set aside with the reason. What has been
        given out but is neither settled nor rejected is given out again by the next call.

        Args:
            limit: at most so many.

        Raises:
            TransportError: our own mailbox is out of reach.
        """

    @abstractmethod
    def set_aside(self) -> list[SetAside]:
        """What was set aside and why, by name.

        Raises:
            TransportError: our own mailbox is out of reach.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
