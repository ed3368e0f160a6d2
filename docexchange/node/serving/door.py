"""The door of a node: what it lets the server in front of it do.

>>> door = NodeDoor(node, folder=node.folder / "http", free_bytes=limits.free_bytes)

Whoever brings a letter says nothing about it: its note is read from the letter itself.
"""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange._processors import on_any_processor
from docexchange.delivery import SMALL_BYTES
from docexchange.envelope import Document, Envelope
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import (
    InputNotFound,
    StoreFailure,
    UnreadableInput,
    UsageError,
)
from docexchange.identifiers import MessageId
from docexchange.node.point import message_id_of
from docexchange.transport import Parcel, ParcelKind
from docexchange.web import Given
from docexchange.web.arrivals import HttpArrival

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docexchange.identifiers import OrganId
    from docexchange.instrumentation import EventName
    from docexchange.node.node import Node
    from docexchange.transport import Arrival
    from docexchange.web.bodies import Received

__all__ = ["NodeDoor"]


class NodeDoor:
    """A `docexchange.web.Door`.

    Args:
        node: whose it is.
        folder: on the disk that must not be full.
        free_bytes: with less free space there, it is not ready.
    """

    def __init__(self, node: Node, *, folder: Path, free_bytes: int) -> None:
        self._node = node
        self._point = node.point
        self._folder = folder
        self._free_bytes = free_bytes
        self._held: AbstractContextManager[None] | None = None

    def open(self) -> None:
        """Keep the store for this process."""
        self._held = self._node.at_work()
        self._held.__enter__()

    def close(self) -> None:
        """Let go of the store."""
        if self._held is not None:
            self._held.__exit__(None, None, None)
            self._held = None

    def take(self, arrival: Arrival) -> bool:
        """Have the node deal with a parcel."""
        with _room_for(arrival.parcel.size):
            return self._node.take(arrival)

    def letter(
        self, body: Received, *, caller: OrganId, recipients: tuple[OrganId, ...]
    ) -> HttpArrival:
        """Read the note from the letter; what is no letter gets one that it can be refused by."""
        own = self._point.own
        unread = Parcel(
            kind=ParcelKind.MESSAGE,
            message_id=MessageId(f"sha256-{body.sha256}"),
            recipients=recipients or (own,),
            origin=caller,
            from_node=caller,
            to_node=own,
            sha256=body.sha256,
            size=body.size,
        )
        try:
            envelope = self._read(body)
        except InputNotFound:
            raise  # our own disk
        except UnreadableInput:
            return HttpArrival(unread, body)
        message = envelope.message
        note = replace(
            unread,
            message_id=message_id_of(envelope, body.sha256),
            recipients=recipients or (_only(message.destinations, otherwise=own),),
            origin=message.sender.organ_id,
            message_kind="document" if isinstance(message, Document) else "status",
        )
        return HttpArrival(note, body, envelope=envelope)

    def _read(self, body: Received) -> Envelope:
        with _room_for(body.size):
            if body.path is None:
                return Envelope.from_bytes(body.data or b"", self._point.limits)
            return Envelope.read(body.path, self._point.limits)

    def receipt_note(self, body: Received, *, caller: OrganId) -> Parcel:
        """Read the note from the receipt, which must be the caller's own."""
        with body.open() as stream:
            receipt, _ = read_receipt(stream.read(), self._point.limits)
        if receipt.issuer.as_decision_20 != caller.as_decision_20:
            raise UnreadableInput(
                f"receipt: expected one that {caller} made out, found one by {receipt.issuer}",
                code="receipt.not-yours",
            )
        return Parcel(
            kind=ParcelKind.RECEIPT,
            message_id=receipt.message_id,
            recipients=(receipt.recipient,),
            origin=self._point.own,
            from_node=caller,
            to_node=self._point.own,
            sha256=body.sha256,
            size=body.size,
        )

    def receipts_given(self, message_id: MessageId, *, caller: OrganId) -> list[Given]:
        """The receipts for a message that are made out to the caller."""
        code = caller.as_decision_20
        return [
            Given(
                recipient=item.recipient,
                accepted=item.accepted,
                at=item.at,
                sha256=item.payload,
                xml=item.xml,
            )
            for item in self._point.store.receipts(message_id)
            if item.given and read_receipt(item.xml)[0].from_node.as_decision_20 == code
        ]

    def ready(self) -> list[str]:
        """Look at store and disk."""
        reasons = []
        try:
            self._point.store.next_due()
            probe = self._folder / ".ready"
            probe.write_bytes(b"")
            probe.unlink(missing_ok=True)
            if shutil.disk_usage(self._folder).free < self._free_bytes:
                reasons.append("store.full")
        except StoreFailure as error:
            reasons.append(error.code)
        except OSError:
            reasons.append("store.failure")
        return reasons

    def tell(self, name: EventName, **fields: object) -> None:
        """Tell the hooks of the node."""
        self._point.emit(name, **fields)


def _room_for(size: int) -> AbstractContextManager[None]:
    """Large letters are digested on any processor, where nobody has to wait for them."""
    return on_any_processor() if size > SMALL_BYTES else nullcontext()


def _only(recipients: tuple[OrganId, ...], *, otherwise: OrganId) -> OrganId:
    """The one recipient; a letter for nobody is refused under ours."""
    if len(recipients) <= 1:
        return recipients[0] if recipients else otherwise
    raise UsageError(
        f"recipient: expected one of {', '.join(map(str, recipients))}, found none",
        code="http.which-recipient",
        advice="The letter has several recipients: name those that this copy is for.",
    )
