"""Two ends joined by a real server, for the contract of transports.

The server is ours, with mutual TLS. Behind it stands no node but a `Shelf`: the contract carries
any octets, and a node takes letters only. What a node would read from a letter, its note, the shelf
is told beforehand (`Told`); the receipts are real.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from exchange_help import entries, signing_key, trust_in
from web_help import pem_files, server_credential

from docexchange.clock import SystemClock, VirtualClock
from docexchange.directory import Directory, InForce
from docexchange.envelope import Receipt
from docexchange.envelope.receipt import read_receipt
from docexchange.node.opening.identity import Peers, client_identity
from docexchange.signing import Signer, sign_receipt
from docexchange.testing import DemoPki
from docexchange.transport import (
    Arrival,
    Capabilities,
    FolderTransport,
    HttpTransport,
    Parcel,
    ParcelKind,
    PullBoxes,
    SetAside,
    Transport,
)
from docexchange.web import Callers, ServerKey, WebLimits, server_context
from docexchange.web.application import application
from docexchange.web.arrivals import HttpArrival
from docexchange.web.desk import Desk
from docexchange.web.serving import Address, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from docexchange.identifiers import MessageId, OrganId

__all__ = ["Answering", "Ends", "Told"]


@cache
def present() -> DemoPki:
    """TLS asks the machine for the time, so these certificates are of today."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


class Ends:
    """A server, and the ends that meet at it; close it in the end."""

    def __init__(self, folder: Path, *, server: OrganId) -> None:
        self.folder, self.pki, self.server = folder, present(), server
        self.clock = VirtualClock(self.pki.at)
        self.boxes = PullBoxes(folder / "boxes")
        self.shelf = Shelf(self)
        held = server_credential(self.pki)
        self._certificate = held.sha256
        certificate, key = pem_files(held, folder, "server")
        self._key = ServerKey(certificate=certificate, key=key)
        self._open = ExitStack()
        self.url = f"https://localhost:{self._open.enter_context(self._served()).port}/"

    @contextmanager
    def _served(self) -> Iterator[Address]:
        trust = trust_in(self.pki)
        desk = Desk(
            door=self.shelf,
            callers=Callers(
                trust=trust, directory=InForce(Directory(entries(self.pki))), clock=self.clock
            ),
            clock=self.clock,
            limits=WebLimits(),
            folder=self.folder / "desk",
        )
        context = server_context(self._key, trust, tell=print)
        at = Address(host="127.0.0.1", port=0)
        with serving(application(desk, self.boxes), desk, at=at, tls=context) as address:
            yield address

    def close(self) -> None:
        """Stop the server."""
        self._open.close()

    def client(self, own: OrganId, *, mailbox: bool = False) -> HttpTransport:
        """One node's client; opened again it is the same node restarted."""
        trust, server = trust_in(self.pki), self.pki.find(self.server)
        certificates = {server.folder: {"certificates": (self._certificate,)}}
        directory = Directory(entries(self.pki, **certificates))
        return HttpTransport(
            own,
            state=self.folder / "client",
            clock=self.clock,
            tls=client_identity(signing_key(self.pki.agency(own)), trusted=trust.anchors),
            peers=Peers(directory=InForce(directory), trust=trust, clock=self.clock),
            mailbox=(self.server, self.url) if mailbox else None,
        )

    def receipts(self, parcel: Parcel) -> list[bytes]:
        """The receipts for each whom the parcel is for."""
        return [self.receipt(parcel.only(recipient)) for recipient in parcel.recipients]

    def receipt(self, parcel: Parcel) -> bytes:
        """The receipt of whoever the parcel is for."""
        signer = Signer(signing_key(self.pki.agency(parcel.to_node)), clock=self.clock)
        receipt = Receipt(
            message_id=parcel.message_id,
            recipient=parcel.recipient,
            from_node=parcel.from_node,
            issuer=parcel.to_node,
            sha256=parcel.sha256,
            size=parcel.size,
            at=self.clock.now(),
            hop=0,
            accepted=True,
        )
        return sign_receipt(receipt, signer)


class Shelf:
    """A `docexchange.web.Door` that puts what is brought into a folder."""

    def __init__(self, ends: Ends) -> None:
        self._ends = ends
        self.notes: dict[tuple[str, ParcelKind], Parcel] = {}

    def open(self) -> None:
        self._transport = FolderTransport(self._ends.folder / "shelf")

    def close(self) -> None:
        self._transport.close()

    def take(self, arrival: Arrival) -> bool:
        parcel = arrival.parcel
        with arrival.open() as stream:
            self._transport.send(parcel, stream, to=f"folder:{self._ends.folder}/shelf")
        if parcel.kind is ParcelKind.MESSAGE:
            for receipt in self._ends.receipts(parcel):
                arrival.answer(receipt)
        arrival.settle()
        return True

    def letter(self, body: Any, *, caller: OrganId, recipients: tuple[OrganId, ...]) -> HttpArrival:
        note = self.notes[body.sha256, ParcelKind.MESSAGE]
        assert (note.from_node, note.recipients, note.size) == (caller, recipients, body.size)
        return HttpArrival(note, body)

    def receipt_note(self, body: Any, *, caller: OrganId) -> Parcel:
        if told := self.notes.get((body.sha256, ParcelKind.RECEIPT)):
            return told
        with body.open() as stream:
            receipt, _ = read_receipt(stream.read())
        assert receipt.issuer == caller
        return Parcel(
            kind=ParcelKind.RECEIPT,
            message_id=receipt.message_id,
            recipients=(receipt.recipient,),
            origin=receipt.from_node,
            from_node=caller,
            to_node=receipt.from_node,
            sha256=body.sha256,
            size=body.size,
        )

    def receipts_given(self, message_id: MessageId, *, caller: OrganId) -> list[Any]:
        del message_id, caller
        return []

    def ready(self) -> list[str]:
        return []

    def tell(self, name: Any, **fields: object) -> None:
        del name, fields


class _Around(Transport):
    """A transport around another, which does the work."""

    def __init__(self, inner: Transport, ends: Ends) -> None:
        self.inner, self.ends = inner, ends

    @property
    def capabilities(self) -> Capabilities:
        return self.inner.capabilities

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        return self.inner.send(parcel, payload, to=to)

    def probe(self, to: str) -> datetime | None:
        return self.inner.probe(to)

    def receive(self, limit: int) -> Iterator[Arrival]:
        return self.inner.receive(limit)

    def set_aside(self) -> list[SetAside]:
        return self.inner.set_aside()

    def close(self) -> None:
        self.inner.close()


class Told(_Around):
    """A client that tells the shelf what a letter would say of itself."""

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        self.ends.shelf.notes[parcel.sha256, parcel.kind] = parcel
        return super().send(parcel, payload, to=to)


class Answering(_Around):
    """A client that answers what it settles, as a node does."""

    def receive(self, limit: int) -> Iterator[Arrival]:
        return (_Answered(arrival, self.ends) for arrival in super().receive(limit))


class _Answered(Arrival):
    def __init__(self, inner: Arrival, ends: Ends) -> None:
        self._inner, self._ends = inner, ends

    @property
    def parcel(self) -> Parcel:
        return self._inner.parcel

    def open(self) -> BinaryIO:
        return self._inner.open()

    def settle(self) -> None:
        for receipt in self._ends.receipts(self.parcel):
            assert self._inner.answer(receipt)
        self._inner.settle()

    def reject(self, reason: str) -> None:
        self._inner.reject(reason)
