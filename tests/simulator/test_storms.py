"""Everything goes wrong at once, seed after seed, and the promises hold."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from docexchange.simulator import FaultKind, play, storm

SEEDS = int(os.environ.get("SIMULATOR_SEEDS", "1000"))
"""How many histories the long run plays, in parts that run beside each other."""
PARTS = 40


def test_a_storm_has_every_kind_of_fault():
    """A history made up from a seed has all that can go wrong, and is the same each time."""
    history = storm(3)
    assert {fault.kind for fault in history.faults} == set(FaultKind) - {FaultKind.TSA_DOWN}
    assert len(history.sends) == 30
    assert history == storm(3) != storm(4)


@pytest.mark.parametrize("seed", [7])
def test_promises_hold_in_a_storm(seed):
    """Thirty letters in a network of forty nodes, and every fault at some time."""
    with play(storm(seed)) as network:
        assert all(delivery.is_accepted for delivery in network.deliveries.values())
        network.check_invariants()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_promises_hold_in_a_thousand_storms(part):
    """As many as ``SIMULATOR_SEEDS`` says; each worker plays its share."""
    for seed in range(part, SEEDS, PARTS):
        with play(storm(seed)) as network:
            network.check_invariants()


RUN = """
from docexchange.simulator import play, storm
with play(storm(5, tiers=(1, 2, 4), letters=6)) as network:
    print(network.log.digest, network.elapsed)
"""


def test_a_seed_is_the_same_history_in_every_process():
    """Whatever the order of hashes: one log, with the digests of all bytes that were carried."""
    said = {
        subprocess.run(
            [sys.executable, "-c", RUN],
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for number in (1, 2)
    }
    assert len(said) == 1
