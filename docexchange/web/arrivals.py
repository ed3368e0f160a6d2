"""A parcel that somebody brought over HTTP and waits for the answer to.

>>> arrival = HttpArrival(parcel, received)
>>> door.take(arrival), arrival.receipts
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from docexchange.transport import Arrival

if TYPE_CHECKING:
    from docexchange.envelope import Envelope
    from docexchange.transport import Parcel
    from docexchange.web.bodies import Received

__all__ = ["HttpArrival"]


class HttpArrival(Arrival):
    """A body with its note; what the node answers is kept for the response.

    Args:
        parcel: the note.
        body: the bytes, in memory or in a file.
        envelope: what was read from them.
    """

    def __init__(self, parcel: Parcel, body: Received, *, envelope: Envelope | None = None) -> None:
        self._parcel = parcel
        self._body = body
        self._envelope = envelope
        self.receipts: list[bytes] = []
        """What the node answered, one for each recipient; empty as long as it has not."""
        self.problem = ""
        """Why the node set it aside."""

    @property
    def parcel(self) -> Parcel:
        """The note."""
        return self._parcel

    @property
    def envelope(self) -> Envelope | None:
        """What was read to write the note."""
        return self._envelope

    def open(self) -> BinaryIO:
        """Open the body."""
        return self._body.open()

    def answer(self, receipt: bytes) -> bool:
        """Keep the receipt for the response."""
        self.receipts.append(receipt)
        return True

    def settle(self) -> None:
        """Nothing is left to do: the response tells."""

    def reject(self, reason: str) -> None:
        """The response tells, and a letter's refusal is signed: nothing is kept aside."""
        self.problem = reason
