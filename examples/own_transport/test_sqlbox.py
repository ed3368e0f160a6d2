"""The transport keeps the promises of all transports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docexchange_sqlbox import SqlBoxTransport

from docexchange.testing.contracts import TransportContract

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.transport import Transport


class TestSqlBox(TransportContract):
    """Two mailboxes in one folder."""

    @pytest.fixture(autouse=True)
    def share(self, tmp_path: Path) -> None:
        """The folder that both sides see."""
        self.place = tmp_path

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        """The ministry writes to the commune."""
        ministry, commune = folder / "ministry.db", folder / "commune.db"
        return SqlBoxTransport(ministry), SqlBoxTransport(commune), f"sqlbox:{commune}"

    def restart(self, transport: Transport) -> Transport:
        """The commune's node, started again."""
        del transport
        return SqlBoxTransport(self.place / "commune.db")
