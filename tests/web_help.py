"""A node that is served over HTTP on this machine, with mutual TLS, for the tests of the server.

``Site`` runs one node of a ``World`` under uvicorn. TLS asks the machine for the time, so the PKI
is of the present. ``shown`` shows an application the certificates that a connection would.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self

import httpx
from exchange_help import COMMUNE, DISTRICT, World, letter, signed

from docexchange.delivery import SQLiteStore
from docexchange.node.opening.config import KeyConfig, NodeConfig, ServerConfig, TrustConfig
from docexchange.node.serving.serving import served
from docexchange.testing import server_credential
from docexchange.web.fields import digest_field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography import x509

    from docexchange.identifiers import MessageId
    from docexchange.node import Node
    from docexchange.testing import Credential, DemoPki

SERVER_AUTH: Final = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
NODE: Final = "district"


def pem_files(credential: Credential, folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate with its chain, and its key, as files."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key.pem"
    certificate.write_bytes(credential.certificate_pem)
    key.write_bytes(credential.key_pem())
    return certificate, key


def chain_of(credential: Credential) -> tuple[str, ...]:
    """A certificate and its chain as the TLS extension of ASGI has them."""
    held = (credential.certificate, *credential.chain)
    return tuple(ssl.DER_cert_to_PEM_cert(_der(each)) for each in held)


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


def shown(app: Any, credential: Credential | None) -> Any:
    """An application, called by the holder of a certificate."""
    chain = chain_of(credential) if credential else ()

    async def called(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "extensions": {"tls": {"client_cert_chain": chain}}}, receive, send)

    return called


def push_headers(data: bytes, **more: str) -> dict[str, str]:
    """The headers of a letter that is brought."""
    digest = digest_field(sha256(data).hexdigest())
    return {"Content-Type": "application/xml", "Content-Digest": digest, **more}


@dataclass(repr=False)
class Site:
    """A node that is served; open it with ``with``."""

    world: World
    limits: dict[str, float | int] = field(default_factory=dict)
    port: int = 0
    name: str = NODE
    host: str = "127.0.0.1"

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._open.enter_context(self._serve())
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._open.close()

    @contextmanager
    def _serve(self) -> Iterator[None]:
        with served(self.node, self._config()) as address:
            assert address is not None
            self.port = address.port
            yield
        self.port = 0

    def restart(self, **changes: Any) -> None:
        """Stop server and node, and start both anew over the same folder, perhaps changed."""
        self._open.close()
        self.world.restart(self.name, **changes)
        self.__enter__()

    @property
    def node(self) -> Node:
        """The node behind the server."""
        return self.world[self.name]

    @property
    def pki(self) -> DemoPki:
        """Its certificates."""
        return self.world.pki

    def _config(self) -> NodeConfig:
        folder = self.world.folder
        certificate, key = self._tls
        return NodeConfig(
            agency=str(DISTRICT),
            directory="none",
            key=KeyConfig(uri="none"),
            trust=TrustConfig(paths=[]),
            server=ServerConfig(
                host=self.host,
                port=0,
                certificate=str(certificate),
                key=str(key),
                limits=self.limits,
            ),
            base=folder,
        )

    @cached_property
    def _tls(self) -> tuple[Path, Path]:
        return pem_files(server_credential(self.pki), self.world.folder, "server")

    @cached_property
    def root(self) -> Path:
        """The anchor of the PKI, as a file."""
        path = self.world.folder / "root.pem"
        path.write_bytes(self.pki.root.credential.certificate_pem)
        return path

    def files(self, credential: Credential) -> tuple[Path, Path]:
        """A client's certificate and key as files."""
        return pem_files(credential, self.world.folder, credential.sha256[:16])

    def context(self, credential: Credential | None) -> ssl.SSLContext:
        """TLS as a client with that certificate speaks it."""
        context = ssl.create_default_context(cafile=str(self.root))
        if credential:
            context.load_cert_chain(*self.files(credential))
        return context

    def url(self, path: str = "") -> str:
        """An address of the server."""
        return f"https://localhost:{self.port}{path}"

    def client(self, credential: Credential | None) -> httpx.Client:
        """A client with that certificate."""
        return httpx.Client(verify=self.context(credential), base_url=self.url(), timeout=30)

    def connect(self, credential: Credential | None = None) -> ssl.SSLSocket:
        """A connection to write whatever one likes on."""
        context = self.context(credential)  # made before: the server waits only so long for it
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return context.wrap_socket(raw, server_hostname="localhost")

    def reasons(self) -> list[tuple[object, object]]:
        """Status and code, or reason, of every refusal that was told."""
        return [
            (item.fields["status"], item.fields.get("code", item.fields["reason"]))
            for item in self.world.events
            if item.name == "http.refused"
        ]


def on_disk(world: World) -> World:
    """The same world with stores on disk."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    return world


def letter_from(pki: DemoPki, message_id: MessageId, *, size: int = 100) -> bytes:
    """A signed letter from the commune to the district."""
    text = letter(DISTRICT, message_id=message_id, octets=b"x" * size)
    return signed(text, pki.agency(COMMUNE), pki.at)


def response_of(connection: socket.socket) -> bytes:
    """All that the server writes until it closes the connection."""
    found = bytearray()
    while True:
        try:
            piece = connection.recv(65536)
        except (ConnectionError, ssl.SSLEOFError):
            break
        if not piece:
            break
        found += piece
    return bytes(found)
