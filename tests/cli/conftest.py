"""The command line in this process; four node folders, and a desk with letters, to use it on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cli_help import Desk, set_up
from network_help import ODD_SUBJECT, Cli, Network

from docexchange.clock import SystemClock
from docexchange.node import Node

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs commands and tells what they printed."""
    return Cli(capsys)


@pytest.fixture(scope="session")
def network_template(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Four nodes that have been started once; to be copied."""
    from docexchange.testing import DemoPki
    from docexchange.testing.nodes import write_nodes

    folder = tmp_path_factory.mktemp("network")
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    for node in write_nodes(folder, pki).values():
        Node.from_config(node).close()
    return Network(folder, pki)


@pytest.fixture
def network(network_template: Network, tmp_path: Path) -> Network:
    """Four nodes in four folders."""
    return copy_of(network_template, tmp_path / "network")


@pytest.fixture(scope="session")
def delivered_template(
    network_template: Network, tmp_path_factory: pytest.TempPathFactory
) -> Network:
    """The same after ``m-letter`` and then ``m-second`` went from commune to centre."""
    network = copy_of(network_template, tmp_path_factory.mktemp("delivered") / "network")
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
        network.settle()
        node.send(network.letter(message_id="m-second", number="13", subject=ODD_SUBJECT))
    network.settle()
    return network


@pytest.fixture
def delivered(delivered_template: Network, tmp_path: Path) -> Network:
    """Four nodes, and two letters that went from the commune to the centre."""
    return copy_of(delivered_template, tmp_path / "delivered")


def copy_of(network: Network, folder: Path) -> Network:
    """The same nodes in another place."""
    shutil.copytree(network.folder, folder)
    return Network(folder, network.pki)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Keys and letters, to be read only."""
    from docexchange.testing import DemoPki

    folder = tmp_path_factory.mktemp("desk")
    return set_up(folder, DemoPki.create(at=SystemClock().now(), key="p256"))
