"""A node without an address fetches its letters from its neighbour, over whatever line there is."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from exchange_help import COMMUNE, DISTRICT, entries, letter
from line_help import HASTY, Line

from docexchange.delivery import OutboundState
from docexchange.directory import Directory
from docexchange.errors import TransportError
from docexchange.instrumentation import EventName
from docexchange.limits import MIB
from docexchange.testing import Fate
from docexchange.transport import PullBoxes

SCAN = random.Random(7).randbytes(3 * MIB)
"""A scan whose letter has 4 MiB."""


@pytest.fixture
def line(site):
    """The district keeps a mailbox for the commune, which fetches over a line."""
    world = site.world
    boxes = PullBoxes(world.folder / "district" / "boxes")
    world.directories["district"] = Directory(entries(site.pki, commune={"endpoint": "pull:"}))
    world.wrap = lambda name, transport: boxes if name == "district" else transport
    site.restart()
    with Line(site) as line:
        fetch(line)
        yield line


def fetch(line, **changes):
    """Start the commune's node with a mailbox at the district, as a new process would."""
    return line.open(**{"mailbox": (DISTRICT, line.url), **changes})


def leave(line, octets=b"%PDF-1.4", **changes):
    """The district puts a letter for the commune into its mailbox."""
    district = line.world["district"]
    changes = {"sender": DISTRICT, **changes}
    district.send(letter(COMMUNE, octets=octets, **changes))
    district.run_once()
    (record,) = district.store.outbound_of(changes.get("message_id", line.message_id))
    return record.size


def delivered(line):
    """Whether the district has the receipt, and the commune the letter, once."""
    (record,) = line.world["district"].store.outbound_of(line.message_id)
    kept, given = line.receipts()
    return (
        record.state is OutboundState.ACKNOWLEDGED
        and line.world.handed_over("commune") == 1
        and len(kept) == 1
        and kept == given
    )


def test_a_letter_is_fetched_and_its_receipt_left(line):
    """Nobody calls the commune: it comes, takes the letter and leaves the receipt."""
    leave(line)
    line.world["commune"].run_once()
    assert delivered(line)
    assert not list(line.world["commune"].point.transport.receive(10))


@pytest.mark.parametrize(
    "fate",
    [
        Fate(cut_down=2 * MIB),
        Fate(freeze_down=2 * MIB),
        Fate(spoil_down=2 * MIB),
    ],
    ids=str,
)
def test_a_download_goes_on_where_it_stood(line, fate):
    """Cut, half-open or changed on the way: the rest is fetched, hardly anything twice."""
    size = leave(line, SCAN)
    fetch(line, settings=replace(HASTY, read_seconds=1.5))
    line.proxy.script = lambda number: fate if number == 0 else Fate()
    line.proxy.down = line.proxy.connections = 0
    line.world["commune"].run_once()
    assert delivered(line)
    assert line.proxy.connections > 1
    assert line.proxy.down < size * 1.6


def test_a_download_goes_on_in_the_next_process(line):
    """The line dies; the next attempt, in a new process, fetches the rest under the same lease."""
    size = leave(line, SCAN)
    dead = Fate(cut_up=0)
    line.proxy.script = lambda number: Fate(cut_down=3 * MIB) if number == 0 else dead
    line.proxy.down = line.proxy.connections = 0
    fetch(line).run_once()
    assert not delivered(line)
    line.proxy.script = lambda _: Fate()
    fetch(line).run_once()
    assert delivered(line)
    assert line.proxy.down < size * 1.15


def test_an_acknowledgement_whose_answer_was_lost_is_made_again(line):
    """The district wrote it down and let go; told again, it says so again."""
    states, cuts = [], []

    def cut_off(event):
        if event.name is EventName.RECEIPT_RECORDED and not cuts:
            cuts.append(event)
            line.proxy.drop()

    def noted(_number):
        states.append(line.world["district"].store.outbound_of(line.message_id)[0].state)
        return Fate()

    # Cut by what the district has done, and not by a count of octets: TLS has its own.
    line.site.restart(hooks=(line.world.events.append, cut_off))
    line.proxy.target, line.proxy.script = line.site.port, noted
    leave(line)
    fetch(line).run_once()
    assert states == [OutboundState.AWAITING_RECEIPT, OutboundState.ACKNOWLEDGED]
    assert delivered(line)


def test_a_lease_that_ends_brings_the_letter_again(line):
    """Another process takes it; who was too slow is told, and the letter stays one."""
    leave(line)
    slow = line.transport(mailbox=(DISTRICT, line.url), state=line.world.folder / "slow")
    (late,) = slow.receive(1)
    assert list(fetch(line).point.transport.receive(1)) == []
    line.world.clock.sleep(301)
    line.world["commune"].run_once()
    assert delivered(line)
    late.settle()
    assert delivered(line)


def test_what_cannot_be_read_is_turned_away_and_kept(line):
    """The reason is told to the district, and the bytes stay here to be looked at."""
    leave(line)
    transport = fetch(line).point.transport
    (arrival,) = transport.receive(1)
    arrival.reject("no letter at all")
    assert list(transport.receive(1)) == []
    assert [item.reason for item in transport.set_aside()] == ["no letter at all"]
    boxes = line.world["district"].point.transport
    assert [item.reason for item in boxes.set_aside()] == ["no letter at all"]


def test_what_the_neighbour_let_go_of_is_tidied_up(line):
    """A crash between the acknowledgement and our own removal leaves nothing for ever."""
    leave(line)
    transport = fetch(line).point.transport
    (arrival,) = transport.receive(1)
    boxes = line.world["district"].point.transport
    (waiting,) = boxes.waiting(COMMUNE)
    boxes.settle(COMMUNE, waiting.name)
    arrival.open().close()
    assert list(transport.receive(1)) == []
    with pytest.raises(TransportError):
        arrival.open()
