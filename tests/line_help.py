"""Two nodes and a bad line between them: the commune brings letters to the district over HTTP.

``Line`` puts the commune's real client, the proxy ``BadLine`` and the district's real server in
a row. Sockets keep the time of the machine; rests between goes are a hundred times as short.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from cryptography.x509 import load_pem_x509_certificates
from exchange_help import COMMUNE, DISTRICT, entries, letter, signed, signing_key, trust_in

from docexchange.directory import Directory, InForce
from docexchange.node.opening.identity import Peers, client_identity
from docexchange.signing.certificates import fingerprint
from docexchange.testing import BadLine, Fate
from docexchange.transport import HttpSettings, HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from exchange_help import World
    from web_help import Site

    from docexchange.clock import Clock
    from docexchange.delivery import OutboundState
    from docexchange.envelope import Document
    from docexchange.identifiers import MessageId
    from docexchange.node import Node

__all__ = ["Line", "server_fingerprint"]

HASTY = HttpSettings(connect_seconds=5, read_seconds=5, stalls=6)
"""Waits that are long for a machine and short for a test."""


class Hurried:
    """The clock of a world in which rests are short: the other side does need a moment."""

    def __init__(self, clock: Clock, scale: float) -> None:
        self._clock, self._scale = clock, scale
        self._never = threading.Event()

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._never.wait(seconds / self._scale)


@dataclass(repr=False)
class Line:
    """The row; a context manager."""

    site: Site
    script: Callable[[int], Fate] = lambda _: Fate()
    settings: HttpSettings = HASTY
    scale: float = 100
    shows: str = "commune"
    claims: Sequence[str] = ()
    scheme: str = "https"
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.proxy = self._open.enter_context(
            BadLine(self.site.port, self.script, scale=self.scale)
        )
        self.world.directories["commune"] = self.directory
        self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    @property
    def world(self) -> World:
        """Both nodes, and their clock."""
        return self.site.world

    @property
    def url(self) -> str:
        """Where the commune finds the district."""
        return f"{self.scheme}://localhost:{self.proxy.port}/"

    @property
    def directory(self) -> Directory:
        """What the commune knows: the endpoint is the line's, the certificate the server's."""
        pki = self.world.pki
        held = self.claims or (pki.agency(DISTRICT).sha256, server_fingerprint(self.site))
        district = {"endpoint": self.url, "certificates": tuple(held)}
        return Directory(entries(pki, district=district))

    def transport(self, **changes: Any) -> HttpTransport:
        """A client of the commune's; another one is another process with the same folder."""
        pki, clock = self.world.pki, self.world.clock
        trust = trust_in(pki)
        key = signing_key(pki.agency(self.shows))
        values: dict[str, Any] = {
            "state": self.world.folder / "commune" / "lines",
            "clock": Hurried(clock, self.scale),
            "tls": client_identity(key, trusted=trust.anchors),
            "peers": Peers(directory=InForce(self.directory), trust=trust, clock=clock),
            "settings": self.settings,
        }
        transport = HttpTransport(COMMUNE, **(values | changes))
        self._open.callback(transport.close)
        return transport

    def open(self, **changes: Any) -> Node:
        """Start the commune's node, or start it anew."""
        self.world.nodes.pop("commune", None)
        node = self.world.open("commune", transport=self.transport(**changes))
        node.recover()
        return node

    def bring(self, octets: bytes = b"%PDF-1.4", **changes: Any) -> int:
        """Have the commune send a letter to the district, once; gives back its size."""
        self.world["commune"].send(self.letter(octets, **changes))
        self.world["commune"].run_once()
        return self.sent.size

    def letter(self, octets: bytes, **changes: Any) -> Document:
        """A letter to the district."""
        return letter(DISTRICT, octets=octets, **changes)

    def bytes_of(self, document: Document) -> bytes:
        """The letter as the commune would send it."""
        return signed(document, self.world.pki.agency(COMMUNE), self.world.clock.now())

    @property
    def sent(self) -> Any:
        """What the commune knows of the letter it has sent."""
        (record,) = (
            record
            for record in self.world["commune"].store.outbound_of(self.message_id)
            if record.recipient == DISTRICT
        )
        return record

    @property
    def message_id(self) -> MessageId:
        """The letter's."""
        from exchange_help import LETTER

        return LETTER

    @property
    def state(self) -> OutboundState:
        """How far it is with the letter."""
        state: OutboundState = self.sent.state
        return state

    def arrived_once(self) -> bool:
        """Whether the district's application has the letter, and had it handed over once."""
        self.world["district"].run_until_idle()
        return self.world.handed_over("district") == 1

    def receipts(self) -> tuple[list[bytes], list[bytes]]:
        """The receipts of the letter that the commune was given and that the district gave."""
        return (
            [item.xml for item in self.world["commune"].store.receipts(self.message_id)],
            [item.xml for item in self.world["district"].store.receipts(self.message_id)],
        )


def server_fingerprint(site: Site) -> str:
    """SHA-256 of the certificate that a server shows."""
    from cryptography.hazmat.primitives.serialization import Encoding

    first, *_ = load_pem_x509_certificates(site._tls[0].read_bytes())
    return fingerprint(first.public_bytes(Encoding.DER))
