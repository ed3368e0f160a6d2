"""Every transport in the box keeps the promises of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docexchange.testing.contracts import TransportContract
from docexchange.transport import FolderTransport, MemoryNetwork, Transport

if TYPE_CHECKING:
    from pathlib import Path


class TestMemoryTransport(TransportContract):
    """The transport of tests and the simulator."""

    @pytest.fixture(autouse=True)
    def network(self):
        self.network = MemoryNetwork()

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        del folder
        return self.network.transport("first"), self.network.transport("second"), "memory:second"

    def restart(self, transport: Transport) -> Transport:
        del transport
        return self.network.transport("second")


class TestFolderTransport(TransportContract):
    """The transport of one machine, a share, or a courier's disk."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.folder = tmp_path

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        first, second = folder / "first", folder / "second"
        return FolderTransport(first), FolderTransport(second), f"folder:{second}"

    def restart(self, transport: Transport) -> Transport:
        del transport
        return FolderTransport(self.folder / "second")
