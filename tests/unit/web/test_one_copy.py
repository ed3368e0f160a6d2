"""A letter for many over one line: pushed, uploaded or fetched, its bytes go over it once."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from exchange_help import COMMUNE, DISTRICT, LETTER, NAMES, letter
from line_help import Line
from many_help import SERVED, TWELVE, line_of_command

from docexchange.delivery import OutboundState
from docexchange.directory import Directory
from docexchange.limits import MIB
from docexchange.testing import Fate
from docexchange.transport import PullBoxes

SCAN = random.Random(8).randbytes(64 * 1024)
LARGE = random.Random(9).randbytes(3 * MIB)
"""A scan whose letter has 4 MiB: more than goes in one request."""
SPARE = 64 * 1024
"""Octets of handshakes, heads and receipts."""


def beside(directory, pki):
    """A directory with the twelve agencies that have no node."""
    served = [entry for entry in line_of_command(pki) if entry.organ_id in TWELVE]
    return Directory([*directory, *served])


def for_twelve(site):
    """All nodes know the twelve, who are behind the district: four of them served by it."""
    site.world.directories |= dict.fromkeys(NAMES, line_of_command(site.pki))
    site.restart()


@pytest.fixture
def line(site):
    """The commune brings letters to the district, which passes some on."""
    for_twelve(site)
    with Line(site) as line:
        site.world.directories["commune"] = beside(line.directory, site.pki)
        line.open()
        yield line


def states(world, name):
    """How far a node is with each recipient."""
    return {record.recipient: record.state for record in world[name].store.outbound_of(LETTER)}


BEHIND = SERVED["district"] + SERVED["province"]
"""Eight agencies: four that the district serves, four further on."""


@pytest.mark.parametrize("octets", [SCAN, LARGE], ids=["push", "upload"])
def test_a_letter_for_eight_goes_over_the_line_once(site, line, octets):
    """Counted in octets; the answer holds a receipt for each, and onward goes one parcel."""
    world = site.world
    world["commune"].send(letter(*BEHIND, octets=octets))
    size = world["commune"].store.outbound_of(LETTER)[0].size
    world["commune"].run_once()
    assert states(world, "commune") == dict.fromkeys(BEHIND, OutboundState.ACKNOWLEDGED)
    assert size <= line.proxy.up < size + SPARE
    site.node.run_until_idle()
    (parcel,) = [parcel for parcel, _ in world.waiting("province")]
    assert parcel.recipients == tuple(sorted(SERVED["province"]))
    assert world.handed_over("district") == 1


@pytest.mark.parametrize("octets", [SCAN, LARGE], ids=["push", "upload"])
@pytest.mark.parametrize("fate", [Fate(cut_up=30_000), Fate(cut_down=6_000)], ids=str)
def test_a_broken_line_doubles_nothing_for_anybody(site, line, octets, fate):
    """The letter is brought again, and everybody has one record and one receipt."""
    line.proxy.script = lambda number: fate if number == 0 else Fate()
    world = site.world
    world["commune"].send(letter(*BEHIND, octets=octets))
    for _ in range(3):
        world["commune"].run_once()
        world.clock.sleep(400)
    assert line.proxy.connections > 1
    assert states(world, "commune") == dict.fromkeys(BEHIND, OutboundState.ACKNOWLEDGED)
    for code in BEHIND:
        (kept,) = world["commune"].store.receipts_for(LETTER, code)
        (given,) = site.node.store.receipts_for(LETTER, code)
        assert kept.xml == given.xml
    assert world.history("district").count("received") == 8
    assert world.history("district").count("relayed") == 4


def test_a_letter_for_five_is_fetched_once(site):
    """Out of the mailbox at the neighbour: one parcel, five receipts with its acknowledgement."""
    world = site.world
    boxes = PullBoxes(world.folder / "district" / "boxes")
    pulled = [
        replace(entry, endpoint="pull:") if entry.organ_id == COMMUNE else entry
        for entry in line_of_command(site.pki)
    ]
    world.directories["district"] = Directory(pulled)
    world.wrap = lambda name, transport: boxes if name == "district" else transport
    site.restart()
    with Line(site) as line:
        world.directories["commune"] = beside(line.directory, site.pki)
        line.open(mailbox=(DISTRICT, line.url))
        codes = (COMMUNE, *SERVED["commune"])
        site.node.send(letter(*codes, sender=DISTRICT, octets=SCAN))
        site.node.run_once()
        assert len(boxes.waiting(COMMUNE)) == 1
        size = site.node.store.outbound_of(LETTER)[0].size
        world["commune"].run_until_idle()
        assert states(world, "district") == dict.fromkeys(codes, OutboundState.ACKNOWLEDGED)
        assert size <= line.proxy.down < size + SPARE
        assert world.handed_over("commune") == 1
