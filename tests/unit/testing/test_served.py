"""Nodes over HTTPS for demonstrations: free ports, and folders that are ready to run."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from docexchange.clock import SystemClock
from docexchange.directory import Directory
from docexchange.node import Node, read_config
from docexchange.signing.certificates import fingerprint
from docexchange.testing import DemoPki, free_ports, write_served_nodes

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_may_listen_on_a_held_port_again_and_again() -> None:
    """As a node does that is started, killed and started anew."""
    with free_ports(2) as ports:
        assert len(set(ports)) == 2
        for _ in range(2):
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("127.0.0.1", ports[0]))
                server.listen()
                socket.create_connection(("127.0.0.1", ports[0]), timeout=10).close()


def test_nobody_is_given_a_held_port() -> None:
    """A program that asks for any port gets another one."""
    with free_ports(1) as held, socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        assert other.getsockname()[1] not in held


def test_served_nodes_know_each_other(tmp_path: Path) -> None:
    """The directory has the address and the server's certificate of each; every node opens."""
    import ssl

    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    ports = [50001, 50002, 50003, 50004]
    folders = write_served_nodes(tmp_path, pki, ports)
    directory = Directory.from_path(tmp_path / "pki" / "directory.toml")
    for agency, port in zip(pki.agencies, ports, strict=True):
        config = read_config(folders[agency.folder])
        assert config.server is not None
        assert config.server.port == port
        entry = directory.lookup(agency.organ_id, SystemClock().now().date())
        assert entry.endpoint == f"https://localhost:{port}/"
        first = (config.base / config.server.certificate).read_text().split("-----END")[0]
        der = ssl.PEM_cert_to_DER_cert(f"{first}-----END CERTIFICATE-----\n")
        assert fingerprint(der) in entry.certificates
        assert (config.base / config.server.key).stat().st_mode & 0o077 == 0
        with Node.from_config(config) as node:
            assert node.agency == agency.organ_id
