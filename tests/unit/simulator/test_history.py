"""Histories: values that can be played again."""

from __future__ import annotations

import pytest

from docexchange.errors import UsageError
from docexchange.simulator import (
    Fault,
    FaultKind,
    Send,
    SimulatedNetwork,
    play,
)


def test_what_was_done_by_hand_can_be_played_again():
    """Letters and faults of a test are a history, and it ends as the test did."""
    with SimulatedNetwork.create(tiers=(1, 2), seed=5) as network:
        province, ministry = network.agency(tier=2), network.agency(tier=1)
        with network.faults.down(ministry):
            network.run(minutes=5)
            delivery = province.send(network.letters.plain(to=ministry, urgent=True))
            network.run(minutes=5)
        network.run(minutes=30)
        history, states = network.history, delivery.states
    assert network.is_replayable
    assert history.faults == (Fault(FaultKind.DOWN, ((1, 0),), minutes=10),)
    assert [(send.minute, send.is_urgent) for send in history.sends] == [(5, True)]
    with play(history) as again:
        assert again.elapsed == network.elapsed
        (same,) = again.deliveries.values()
        assert same.states == states
        assert same.document == delivery.document


def test_what_never_comes_to_rest_is_told():
    """A node without evidence keeps a letter waiting; the limit is in the message."""
    with SimulatedNetwork.create(tiers=(1, 2)) as network:
        network.faults.ocsp_down(network.agency(tier=1))
        network.agency(tier=2).send(network.letters.plain(to=network.agency(tier=1)))
        with pytest.raises(AssertionError, match="within 1 hours, found <Delivery of m-0-1"):
            network.run_until_quiet(limit_hours=1)


@pytest.mark.parametrize("values", [{"to": ()}, {"minute": -1}, {"size": -1}])
def test_letters_that_cannot_be_are_refused(values):
    """Without recipients, before the beginning, of no size."""
    with pytest.raises(UsageError, match="letter"):
        Send(**({"name": 1, "sender": (2, 0), "to": ((1, 0),)} | values))
