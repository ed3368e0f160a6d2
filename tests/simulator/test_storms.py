"""Everything goes wrong at once, seed after seed, and the promises hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from storm_help import STAMPED, stormy

from docexchange.lifecycle import Asked
from docexchange.simulator import FaultKind, Reply, SimulatedNetwork, play, storm

SEEDS = int(os.environ.get("SIMULATOR_SEEDS", "1000"))
"""How many histories the long run plays, in parts that run beside each other."""
PARTS = 40
TESTS = str(Path(__file__).parents[1])


def test_a_storm_has_every_kind_of_fault_and_of_letter():
    """A history made up from a seed has all that can go wrong, and is the same each time."""
    history = storm(3, stamped=STAMPED)
    assert {fault.kind for fault in history.faults} == set(FaultKind)
    assert len(history.sends) == 30
    assert history == storm(3, stamped=STAMPED) != storm(4, stamped=STAMPED)
    sends = [send for seed in range(5) for send in storm(seed).sends]
    assert {send.reply for send in sends} == set(Reply)
    assert {send.asks for send in sends} == {None, Asked.RECALL, Asked.UPDATE, Asked.REPLACEMENT}
    assert {len(send.to) for send in sends} == {1, 2}


def played(seed):
    """A network with folders, boxes and timestamps after a storm in it."""
    return play(storm(seed, stamped=STAMPED), setting=stormy())


@pytest.mark.parametrize("seed", [7])
def test_promises_hold_in_a_storm(seed):
    """Thirty letters in a network of forty nodes, and every fault at some time."""
    with played(seed) as network:
        assert all(delivery.is_accepted for delivery in network.deliveries.values())
        network.check_invariants()


def test_the_network_of_storms_has_timestamps_where_it_says():
    """In the letters of one commune and the receipts of its district, and nowhere else."""
    with SimulatedNetwork.create(setting=stormy()) as network:
        stamped, other = (network.agency(tier=4, n=number) for number in (0, 26))
        deliveries = [
            agency.send(network.letters.plain(to=far))
            for agency, far in ((stamped, other), (other, stamped))
        ]
        network.run_until_quiet()
        levels = [
            agency.inbox[0].verified.report.signatures[0].level for agency in (other, stamped)
        ]
        assert levels == ["XAdES-B-T", "XAdES-B-B"]
        for delivery in deliveries:
            hubs = [hop.agency for hop in delivery.trace]
            given = {
                hub.place: receipt.xml
                for hub in hubs
                for receipt in hub.store.receipts(delivery.message_id)
                if receipt.given
            }
            is_stamped = {place: b"EncapsulatedTimeStamp" in xml for place, xml in given.items()}
            assert {place for place in given if is_stamped[place]} == {*STAMPED} & given.keys()
        network.check_invariants()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_promises_hold_in_a_thousand_storms(part):
    """As many as ``SIMULATOR_SEEDS`` says; each worker plays its share."""
    for seed in range(part, SEEDS, PARTS):
        with played(seed) as network:
            network.check_invariants()


RUN = """
from docexchange.simulator import play, storm
from storm_help import STAMPED, stormy
with play(storm(5, tiers=(1, 2, 4, 4), letters=6, stamped=STAMPED), setting=stormy()) as network:
    print(network.log.digest, network.elapsed)
"""


def test_a_seed_is_the_same_history_in_every_process():
    """Whatever the order of hashes: one log, with the digests of all bytes that were carried."""
    said = {
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, "PYTHONHASHSEED": str(number), "PYTHONPATH": TESTS},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in (1, 2)
    }
    assert len(said) == 1
