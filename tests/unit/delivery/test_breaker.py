"""A peer that is down costs one attempt for each pause, and comes back at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from contract.delivery_samples import NOON, at
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import CLOSED, BreakerPolicy, CircuitState, RetrySchedule
from docexchange.errors import ConfigurationError

POLICY = BreakerPolicy()
PEER = "memory:district"


def opened(policy=POLICY, *, at_time=NOON):
    """A circuit that has just opened."""
    circuit = CLOSED
    for _ in range(policy.failures):
        circuit = policy.failed(circuit, now=at_time, peer=PEER)
    return circuit


def test_a_closed_circuit_lets_everything_through_until_the_last_failure_in_a_row():
    """Two failures change nothing yet, the third opens it."""
    circuit = CLOSED
    for _ in range(POLICY.failures):
        assert circuit.state is CircuitState.CLOSED
        assert POLICY.admit(circuit, NOON) is circuit
        circuit = POLICY.failed(circuit, now=NOON, peer=PEER)
    assert circuit.state is CircuitState.OPEN


def test_an_open_circuit_lets_nothing_through_before_its_pause_is_over():
    """Not a microsecond early; then one probe."""
    circuit = opened()
    assert circuit.until > NOON
    assert POLICY.admit(circuit, circuit.until - timedelta(microseconds=1)) is None
    assert POLICY.admit(circuit, circuit.until).state is CircuitState.HALF_OPEN


def test_a_pause_that_a_clock_running_ahead_began_does_not_count():
    """Three days ahead, then set back: the peer is tried, as at the end of any pause."""
    circuit = opened(at_time=NOON + timedelta(days=3))
    assert POLICY.admit(circuit, NOON).state is CircuitState.HALF_OPEN
    assert POLICY.admit(opened(), NOON) is None


def test_there_is_one_probe_at_a_time():
    """While it is under way everybody else waits; one that never ends is given up in time."""
    circuit = opened()
    probing = POLICY.admit(circuit, circuit.until)
    assert POLICY.admit(probing, circuit.until) is None
    assert probing.until > circuit.until
    assert POLICY.admit(probing, probing.until).state is CircuitState.HALF_OPEN


def test_a_probe_that_fails_opens_it_again_for_longer():
    """The pauses grow with each probe, up to the longest."""
    policy = BreakerPolicy(pauses=RetrySchedule(first_seconds=60, longest_seconds=600))
    circuit, pauses = opened(policy), []
    for _ in range(12):
        now = circuit.until
        circuit = policy.failed(policy.admit(circuit, now), now=now, peer=PEER)
        assert circuit.state is CircuitState.OPEN
        pauses.append((circuit.until - now).total_seconds())
    assert pauses[0] >= 60
    assert sorted(pauses[:3]) == pauses[:3]
    assert all(300 <= pause <= 600 for pause in pauses[4:])


def test_pauses_have_the_jitter_of_their_peer():
    """Two peers that failed together are not probed together; the same peer always is."""
    fleet = {POLICY.failed(opened(), now=NOON, peer=f"memory:{n}").until for n in range(20)}
    assert len(fleet) == 20
    assert opened() == opened()


@given(seconds=st.lists(st.floats(0, 900), max_size=60))
def test_a_dead_peer_costs_one_attempt_for_each_pause(seconds):
    """However often and whenever letters ask, nothing goes between two probes."""
    circuit, now, attempts = CLOSED, NOON, []
    for step in seconds:
        now += timedelta(seconds=step)
        if admitted := POLICY.admit(circuit, now):
            attempts.append(now)
            circuit = POLICY.failed(admitted, now=now, peer=PEER)
    probes = attempts[POLICY.failures - 1 :]
    assert all(later - first >= at(15) - NOON for first, later in pairwise(probes))


def test_pauses_follow_the_schedule_of_the_node_but_stay_short():
    """A node that waits half a day between attempts still notices within ten minutes."""
    slow = BreakerPolicy.beside(RetrySchedule(first_seconds=10, longest_seconds=43_200, attempts=2))
    circuit = opened(slow)
    for _ in range(100):
        circuit = slow.failed(circuit, now=NOON, peer=PEER)
        assert NOON < circuit.until <= at(600)
    patient = BreakerPolicy.beside(RetrySchedule(first_seconds=7200, longest_seconds=43_200))
    assert at(3600) <= opened(patient).until <= at(7200)


def test_a_circuit_that_opens_before_anything_failed_is_refused():
    """Nothing could ever be sent with it."""
    with pytest.raises(ConfigurationError, match="expected 1 or more, found 0"):
        BreakerPolicy(failures=0)


# --- out of order ---


def test_a_link_is_out_of_order_once_it_has_been_open_for_long():
    """Counted from the first failure of the row; not a microsecond early, and no later."""
    first = POLICY.failed(CLOSED, now=NOON, peer=PEER)
    circuit = POLICY.failed(POLICY.failed(first, now=at(200), peer=PEER), now=at(250), peer=PEER)
    assert circuit.since == NOON
    due = NOON + timedelta(seconds=POLICY.patience_seconds)
    assert not POLICY.is_out_of_order(circuit, due - timedelta(microseconds=1))
    assert POLICY.is_out_of_order(circuit, due)


def test_a_link_that_is_closed_is_never_out_of_order():
    """However long ago its failures were: two of them are no outage."""
    once = POLICY.failed(CLOSED, now=NOON, peer=PEER)
    twice = POLICY.failed(once, now=at(1), peer=PEER)
    assert not any(POLICY.is_out_of_order(item, at(10**6)) for item in (CLOSED, once, twice))


def test_a_probe_under_way_does_not_make_a_link_good():
    """Only a success does; a letter that is asked meanwhile goes around it still."""
    circuit = opened()
    probing = POLICY.admit(circuit, circuit.until)
    assert POLICY.is_out_of_order(probing, at(300))
    again = POLICY.failed(probing, now=at(301), peer=PEER)
    assert again.since == NOON
    assert POLICY.is_out_of_order(again, at(301))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=40))
def test_between_two_outages_lies_at_least_the_patience(steps):
    """Whatever comes and goes: a link is out of order for nothing but failures for so long."""
    circuit, now, good = CLOSED, NOON, NOON
    for succeeds, seconds in steps:
        now += timedelta(seconds=seconds)
        circuit = CLOSED if succeeds else POLICY.failed(circuit, now=now, peer=PEER)
        good = now if succeeds else good
        if POLICY.is_out_of_order(circuit, now):
            assert now - good >= timedelta(seconds=POLICY.patience_seconds)


@pytest.mark.parametrize("seconds", [-1, 86401])
def test_a_patience_with_which_nothing_works_is_refused(seconds):
    """Neither before the failure nor for more than a day."""
    with pytest.raises(ConfigurationError, match="patience_seconds"):
        BreakerPolicy(patience_seconds=seconds)
