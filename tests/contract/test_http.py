"""HTTP keeps the promises of the contract, both ways: what is pushed and what is pulled."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from contract.http_ends import Answering, Ends, Told
from contract.parcel_samples import parcel_for
from exchange_help import CENTRAL, PROVINCE

from docexchange.testing.contracts import TransportContract
from docexchange.testing.contracts.transport import LETTER
from docexchange.transport import FolderTransport, Transport

if TYPE_CHECKING:
    from pathlib import Path


class TestPush(TransportContract):
    """From a client to the receiver's server."""

    @pytest.fixture(autouse=True)
    def meeting(self, tmp_path):
        self.met = Ends(tmp_path, server=PROVINCE)
        yield
        self.met.close()

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        del folder
        return Told(self.met.client(CENTRAL), self.met), self.restart(), self.met.url

    def restart(self, transport: Transport | None = None) -> Transport:
        del transport
        return FolderTransport(self.met.folder / "shelf")


class TestPull(TransportContract):
    """From a mailbox at the neighbour's server to a client."""

    @pytest.fixture(autouse=True)
    def meeting(self, tmp_path):
        self.met = Ends(tmp_path, server=CENTRAL)
        yield
        self.met.close()

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        del folder
        return self.met.boxes, self.restart(), "pull:"

    def restart(self, transport: Transport | None = None) -> Transport:
        del transport
        return Answering(self.met.client(PROVINCE, mailbox=True), self.met)

    def test_the_same_parcel_sent_twice_arrives_twice(self, ends):
        """A mailbox holds a parcel once, however often it was put there."""
        self.carry(ends)
        self.carry(ends)
        (arrival,) = ends[1].receive(10)
        assert self.read(arrival) == LETTER

    def test_an_unknown_peer_may_come_later(self, ends):
        """Whoever has not come yet has a mailbox already."""
        note = parcel_for(LETTER)
        ends[0].send(note, io.BytesIO(LETTER), to="pull:")
        assert len(list(ends[1].receive(10))) == 1
