"""Nodes that reach each other over HTTPS with mutual TLS on this machine, ready to run.

The short way to two agencies with a line between them::

    pki = DemoPki.create(agencies, at=clock.now(), key="p256")
    with free_ports(len(agencies)) as ports:
        folders = write_served_nodes("demo", pki, ports)
        ...  # docexchange node run --node demo/nodes/commune, and so on
"""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.testing._profile import subject_name
from docexchange.testing.extensions import purposes
from docexchange.testing.nodes import PASSWORD, node_text
from docexchange.testing.validity import Validity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.credentials import Credential
    from docexchange.testing.extensions import Extra
    from docexchange.testing.pki import DemoPki

__all__ = ["free_ports", "server_credential", "write_served_nodes"]

_HOST: Final = "127.0.0.1"
_SERVER_AUTH: Final = "1.3.6.1.5.5.7.3.1"
_SERVED: Final = """
[tls]                                # who we are to the servers of others
key = "pkcs12:../../pki/agencies/{folder}/agency.p12"
password_file = "../../pki/password.txt"

[server]                             # others reach us here
host = "{host}"
port = {port}
certificate = "tls.pem"
key = "tls.key.pem"
"""


@contextmanager
def free_ports(count: int) -> Iterator[list[int]]:
    """Ports of this machine that are free, and that nobody is given while the context lasts.

    Servers may listen on them meanwhile, again and again: they are held bound, not listening.

    Args:
        count: how many.
    """
    with ExitStack() as held:
        yield [_held_port(held.enter_context(socket.socket())) for _ in range(count)]


def _held_port(holder: socket.socket) -> int:
    # Who sets this too may bind beside us, as servers do; whoever asks for any port is not given
    # this one.
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((_HOST, 0))
    return int(holder.getsockname()[1])


def server_credential(pki: DemoPki, *, extensions: Sequence[Extra] = ()) -> Credential:
    """A new certificate for a server on this machine, valid as long as the agencies' own.

    Args:
        pki: its issuing authority signs it.
        extensions: what else stands in it.
    """
    from ipaddress import ip_address

    from cryptography import x509

    first = pki.agency(pki.agencies[0].organ_id).certificate
    addresses = [x509.IPAddress(ip_address(address)) for address in (_HOST, "::1")]
    hosts = [x509.DNSName("localhost"), *addresses]
    return pki.sub_ca.issue(
        subject_name("localhost"),
        key=pki.key,
        validity=Validity(begin=first.not_valid_before_utc, end=first.not_valid_after_utc),
        extensions=(
            (x509.SubjectAlternativeName(hosts), False),
            purposes(_SERVER_AUTH),
            *extensions,
        ),
    )


def write_served_nodes(folder: Path | str, pki: DemoPki, ports: Sequence[int]) -> dict[str, Path]:
    """Write a PKI and a node for each of its agencies, which reach each other over HTTPS.

    Args:
        folder: where; gets ``pki/`` and ``nodes/``.
        pki: its agencies get the nodes.
        ports: where they listen, in the order of the agencies.

    Returns:
        The folder of each node, by the short name of its agency.

    Raises:
        UsageError: there is a PKI already.
    """
    folder = Path(folder)
    listening = dict(zip(pki.agencies, ports, strict=True))
    servers = {agency: server_credential(pki) for agency in pki.agencies}
    pki.write(
        folder / "pki",
        PASSWORD,
        endpoints={each.folder: f"https://localhost:{port}/" for each, port in listening.items()},
        certificates={each.folder: (held.sha256,) for each, held in servers.items()},
    )
    return {
        agency.folder: _write_node(folder / "nodes", agency, servers[agency], port)
        for agency, port in listening.items()
    }


def _write_node(nodes: Path, agency: DemoAgency, server: Credential, port: int) -> Path:
    folder = nodes / agency.folder
    folder.mkdir(parents=True)
    text = node_text(agency, mailbox="[]  # what is for us is brought to us")
    text += _SERVED.format(folder=agency.folder, host=_HOST, port=port)
    (folder / "node.toml").write_text(text, encoding="utf-8")
    (folder / "tls.pem").write_bytes(server.certificate_pem)
    key = folder / "tls.key.pem"
    key.touch(mode=0o600)
    key.write_bytes(server.key_pem())
    return folder
