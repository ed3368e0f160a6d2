"""The door of a node, as the server sees it: what it may ask, and nothing more.

The server knows HTTP; the node behind the door knows letters. A `Door` may be used from several
threads at once; every method may take its time and must not be called where nobody may wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.identifiers import MessageId, OrganId
    from docexchange.instrumentation import EventName
    from docexchange.transport import Arrival, Parcel
    from docexchange.web.arrivals import HttpArrival
    from docexchange.web.bodies import Received

__all__ = ["Door", "Given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A receipt that was given."""

    recipient: OrganId
    """The agency that the copy is for."""
    accepted: bool
    """False for a refusal."""
    at: datetime
    """When."""
    sha256: str
    """Digest of the bytes it is about."""
    xml: bytes
    """The signed receipt."""


class Door(Protocol):
    """What a node offers to the server in front of it."""

    def open(self) -> None:
        """Keep the node's store for this process, until ``close``.

        Raises:
            StoreFailure: another node is at work on it.
        """

    def close(self) -> None:
        """Let go of it."""

    def take(self, arrival: Arrival) -> bool:
        """Deal with a parcel; False when it cannot be judged now.

        Raises:
            DocExchangeError: it was neither accepted nor refused.
        """

    def letter(
        self, body: Received, *, caller: OrganId, recipients: tuple[OrganId, ...]
    ) -> HttpArrival:
        """A letter that was brought, with a note that was read from the letter.

        Args:
            body: the letter, or what is said to be one.
            caller: the agency that brought it.
            recipients: whom this copy is for; may be none when the letter has one recipient only.

        Raises:
            UsageError: it has several recipients, and it was not said which are meant.
        """

    def receipt_note(self, body: Received, *, caller: OrganId) -> Parcel:
        """The note for a receipt that was brought.

        Raises:
            UnreadableInput: it is none.
            UsageError: somebody else than the caller made it out.
        """

    def receipts_given(self, message_id: MessageId, *, caller: OrganId) -> list[Given]:
        """The receipts that the caller was given for a message, oldest first."""

    def ready(self) -> list[str]:
        """Why it takes no letters now; empty when it does."""

    def tell(self, name: EventName, **fields: object) -> None:
        """Tell whoever watches the node; may be called where nobody may wait."""
