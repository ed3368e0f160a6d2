"""Several transports as one: the right way out, and no end that holds up another."""

from __future__ import annotations

import io

import pytest
from contract.parcel_samples import parcel_for

from docexchange.errors import ConfigurationError, TransportError
from docexchange.testing.contracts import TransportContract
from docexchange.transport import FolderTransport, MemoryNetwork, Mounts

LETTER = b"letter"


class Broken(FolderTransport):
    """A mailbox on a share that has gone after the first parcel."""

    def receive(self, limit):
        yield from list(super().receive(limit))[:1]
        raise TransportError("share: expected it, found none", code="transport.folder-missing")


def put(transport, to, name):
    transport.send(parcel_for(LETTER, message_id=name), io.BytesIO(LETTER), to=to)


def names(arrivals):
    return [str(item.parcel.message_id) for item in arrivals]


@pytest.fixture
def network():
    return MemoryNetwork()


def test_all_ends_are_emptied_in_turn(tmp_path, network):
    """Ends take turns, so that a busy one does not keep the others waiting; the limit holds."""
    own, end = network.transport("own"), FolderTransport(tmp_path / "own")
    for number in range(3):
        put(own, "memory:own", f"memory-{number}")
        put(end, f"folder:{tmp_path}/own", f"folder-{number}")
    mounts = Mounts({"memory:own": own, f"folder:{tmp_path}/own": end})
    assert names(mounts.receive(4)) == ["memory-0", "folder-0", "memory-1", "folder-1"]
    assert len(names(mounts.receive(100))) == 6
    assert names(mounts.receive(0)) == []


def test_a_broken_end_does_not_hold_up_the_others(tmp_path, network):
    """What the sound end has comes first; then the trouble is told."""
    broken, sound = Broken(tmp_path / "broken"), network.transport("own")
    for number in range(2):
        put(broken, f"folder:{tmp_path}/broken", f"folder-{number}")
        put(sound, "memory:own", f"memory-{number}")
    walk = Mounts({"folder:broken": broken, "memory:own": sound}).receive(10)
    assert [str(next(walk).parcel.message_id) for _ in range(3)] == [
        "folder-0",
        "memory-0",
        "memory-1",
    ]
    with pytest.raises(TransportError, match="share") as caught:
        next(walk)
    assert caught.value.code == "transport.folder-missing"


def test_the_most_specific_way_is_taken(network):
    """The longest beginning wins, whatever the order; ways are opened once, and when needed."""
    opened = []

    def way(name):
        def opener():
            opened.append(name)
            return Renamed(network, name)

        return opener

    for name in ("general", "inner", "own"):
        network.transport(name)
    mounts = Mounts(
        {"memory:own": network.transport("own")},
        ways={"https:": way("general"), "https://inner.example/": way("inner")},
    )
    assert opened == []
    put(mounts, "https://inner.example.elsewhere/", "m-general")
    put(mounts, "https://inner.example/", "m-inner")
    put(mounts, "https://inner.example/y", "m-inner-2")
    put(mounts, "memory:own", "m-own")
    assert sorted(opened) == ["general", "inner"]
    assert names(network.transport("inner").receive(9)) == ["m-inner", "m-inner-2"]
    assert names(network.transport("general").receive(9)) == ["m-general"]
    assert names(network.transport("own").receive(9)) == ["m-own"]


class Renamed(FolderTransport):
    """Takes any endpoint and puts the parcel into one mailbox of the network."""

    def __init__(self, network, name):
        self.transport, self.name = network.transport(name), name

    def send(self, parcel, payload, *, to):
        del to
        return self.transport.send(parcel, payload, to=f"memory:{self.name}")


@pytest.mark.parametrize("beginning", ["https://inner.example", "https://inner.example:8443"])
def test_a_beginning_ends_where_a_name_ends(network, beginning):
    """Else it would lead to hosts and ports whose names go on from there."""
    with pytest.raises(ConfigurationError) as caught:
        Mounts({}, ways={beginning: lambda: network.transport("own")})
    assert caught.value.code == "transport.way"


def test_an_endpoint_without_a_way_is_refused_for_good(network):
    """The ways that there are stand in the error."""
    mounts = Mounts({"memory:own": network.transport("own")})
    with pytest.raises(TransportError, match="memory:") as caught:
        put(mounts, "folder:/srv/mailbox", "m-letter")
    assert (caught.value.code, caught.value.retryable) == ("transport.bad-url", False)


def test_what_was_set_aside_at_each_end_is_shown(tmp_path, network):
    """One list for the operator."""
    own, end = network.transport("own"), FolderTransport(tmp_path / "own")
    put(own, "memory:own", "m-memory")
    put(end, f"folder:{tmp_path}/own", "m-folder")
    with Mounts({"memory:own": own, "folder:own": end}) as mounts:
        for arrival in list(mounts.receive(2)):
            arrival.reject("odd")
        assert [item.reason for item in mounts.set_aside()] == ["odd", "odd"]


class Counted(FolderTransport):
    """Counts how often it is closed."""

    closed = 0

    def close(self):
        self.closed += 1


def test_each_transport_is_closed_once(tmp_path):
    """Also one that is both an end and a way; what was never opened stays so."""
    end, way = Counted(tmp_path / "end"), Counted(tmp_path / "way")
    mounts = Mounts({"folder:end": end}, ways={"memory:": lambda: way, "https:": lambda: 1 / 0})
    put(mounts, f"folder:{tmp_path}/end", "m-letter")
    with pytest.raises(TransportError):
        put(mounts, "memory:x", "m-letter")
    mounts.close()
    assert (end.closed, way.closed) == (1, 1)


class TestMounts(TransportContract):
    """The contract holds through it."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.folder = tmp_path

    def mounted(self, name):
        return Mounts({f"folder:{name}": FolderTransport(self.folder / name)})

    def connect(self, folder):
        return self.mounted("first"), self.mounted("second"), f"folder:{folder}/second"

    def restart(self, transport):
        del transport
        return self.mounted("second")
