"""The memory network beyond the contract."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from contract.parcel_samples import parcel_for

from docexchange.errors import TransportError
from docexchange.transport import MemoryNetwork

LETTER = b"letter"


def test_networks_do_not_see_each_other():
    """Two networks with mailboxes of the same name share nothing."""
    one, other = MemoryNetwork(), MemoryNetwork()
    receiver = other.transport("peer")
    one.transport("peer")
    one.transport("me").send(parcel_for(LETTER), io.BytesIO(LETTER), to="memory:peer")
    assert list(receiver.receive(1)) == []


def test_a_mailbox_outlives_its_transport():
    """A node that restarts finds what was sent while it was away."""
    network = MemoryNetwork()
    network.transport("peer").close()
    network.transport("me").send(parcel_for(LETTER), io.BytesIO(LETTER), to="memory:peer")
    assert len(list(network.transport("peer").receive(1))) == 1


def test_parcels_come_in_the_order_sent():
    """The memory is first in, first out."""
    network = MemoryNetwork()
    me = network.transport("me")
    for number in (3, 1, 2):
        note = parcel_for(LETTER, message_id=f"m-{number}")
        me.send(note, io.BytesIO(LETTER), to="memory:me")
    assert [a.parcel.message_id.value for a in me.receive(9)] == ["m-3", "m-1", "m-2"]


def test_an_unknown_peer_lists_those_there_are():
    """The error names the mailboxes of the network."""
    with pytest.raises(TransportError, match=r"expected one of \['me'\]"):
        MemoryNetwork().transport("me").send(
            parcel_for(LETTER), io.BytesIO(LETTER), to="memory:you"
        )


def test_a_network_opens_its_urls():
    """As an opener a network gives the mailbox that the URL names."""
    network = MemoryNetwork()
    opened = network.open("memory:me", base=Path())
    opened.send(parcel_for(LETTER), io.BytesIO(LETTER), to="memory:me")
    assert len(list(network.transport("me").receive(1))) == 1
    with pytest.raises(TransportError, match="expected memory:name"):
        network.open("memory:")
