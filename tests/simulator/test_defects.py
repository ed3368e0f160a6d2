"""Defects that are planted in the nodes are found, and shown by a short history."""

from __future__ import annotations

import pytest
from simulator_help import DEFECTS

from docexchange.simulator import failure_of, play, shortest_failing, storm

FOUND = {
    "lost outbox row": {"lost"},
    "receipt before commit": {"lost", "receipt"},
    "forgotten duplicate check": {"twice"},
    "wrong successor": {"lost", "astray", "changed"},
    "receipts of anybody": {"forged"},
}
"""The promises that each of them breaks."""


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(defect):
    """Within fifty seeds of a small network, and by a promise that it really breaks."""
    assert _first_failure(defect, tiers=(1, 2, 4), letters=8) in FOUND[defect]


@pytest.mark.soak
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found_in_a_large_network(defect):
    """The same in the network of the long run."""
    assert _first_failure(defect, tiers=(1, 3, 9, 27), letters=30) in FOUND[defect]


def _first_failure(defect, **shape):
    histories = (storm(seed, **shape) for seed in range(50))
    rules = (failure_of(history, setting=DEFECTS[defect]) for history in histories)
    return next(filter(None, rules), None)


def test_the_shortest_history_still_fails_and_is_short():
    """Of eight letters and two dozen faults hardly any are left, and they break the promise."""
    setting = DEFECTS["lost outbox row"]
    histories = (storm(seed, tiers=(1, 2, 4), letters=8) for seed in range(50))
    failing = next(item for item in histories if failure_of(item, setting=setting))
    shortest = shortest_failing(failing, setting=setting)
    assert shortest is not None
    assert len(shortest.sends) == 1
    assert shortest.faults == ()
    with play(shortest, setting=setting) as network, pytest.raises(AssertionError) as caught:
        network.check_invariants()
    assert f"seed {shortest.seed}," in str(caught.value)
    assert "Send(name=" in str(caught.value)
    assert "submitted" in str(caught.value)


def test_a_history_without_failure_has_no_shortest():
    """There is nothing to be shown of what does not fail."""
    assert shortest_failing(storm(1, tiers=(1, 2), letters=2)) is None
