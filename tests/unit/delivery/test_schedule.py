"""The retry schedule is finite, bounded, repeatable and spread."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from contract.delivery_samples import NOON
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import RetrySchedule
from docexchange.errors import ConfigurationError

SECONDS = st.floats(0.001, 1e6)
schedules = st.builds(
    lambda first, more, factor, attempts, seed: RetrySchedule(
        first_seconds=first,
        longest_seconds=first + more,
        factor=factor,
        attempts=attempts,
        seed=seed,
    ),
    SECONDS,
    SECONDS,
    st.floats(1, 1e8),
    st.integers(1, 10**6),
    st.integers(),
)


def wait(schedule, attempt, key="m-1"):
    """Seconds until the next attempt."""
    return (schedule.next_attempt(attempt, now=NOON, key=key) - NOON).total_seconds()


def test_the_waits_double_up_to_the_longest():
    """The n-th default wait lies between half and all of 30 · 2^(n-1) seconds, or of an hour."""
    schedule = RetrySchedule()
    for attempt, whole in enumerate([30, 60, 120, 240, 480, 960, 1920, 3600, 3600], start=1):
        assert whole / 2 <= wait(schedule, attempt) <= whole


def test_the_default_waits_are_pinned():
    """A node that restarts with another version plans the same times as before."""
    waits = [round(wait(RetrySchedule(), attempt), 3) for attempt in (1, 2, 3)]
    assert waits == [22.663, 44.938, 72.817]


@given(schedules, st.integers(1, 10**7), st.text())
def test_no_wait_is_too_short_or_too_long(schedule, attempt, key):
    """Every planned wait lies between half the first and the longest, whatever the numbers."""
    planned = schedule.next_attempt(attempt, now=NOON, key=key)
    if planned is None:
        assert attempt >= schedule.attempts
    else:
        seconds = (planned - NOON).total_seconds()
        assert schedule.first_seconds / 2 - 1e-6 <= seconds <= schedule.longest_seconds + 1e-6


@given(schedules, st.integers(1, 1000), st.text())
def test_the_same_question_has_the_same_answer(schedule, attempt, key):
    """An equal schedule plans the same time for the same attempt and key."""
    first = schedule.next_attempt(attempt, now=NOON, key=key)
    assert replace(schedule).next_attempt(attempt, now=NOON, key=key) == first


def test_attempts_are_finite():
    """After the last attempt there is no next one."""
    schedule = RetrySchedule(attempts=3)
    assert schedule.next_attempt(2, now=NOON, key="k") is not None
    assert schedule.next_attempt(3, now=NOON, key="k") is None
    assert schedule.next_attempt(10**9, now=NOON, key="k") is None
    assert RetrySchedule(attempts=1).next_attempt(1, now=NOON, key="k") is None


def test_a_crowd_is_spread_out():
    """A thousand letters that failed together come back spread over the whole second half."""
    waits = [wait(RetrySchedule(), 1, f"m-{number}") for number in range(1000)]
    for start in range(15, 30):
        assert 30 < sum(start <= seconds < start + 1 for seconds in waits) < 110


def test_the_seed_changes_the_jitter():
    """Two nodes with different seeds do not retry in step."""
    assert wait(RetrySchedule(seed=1), 1) != wait(RetrySchedule(seed=2), 1)


def test_deadlines_are_counted_from_the_given_time():
    """The receipt's deadline and the end of life are the times given, plus the numbers set."""
    schedule = RetrySchedule(receipt_timeout_seconds=10, lifetime_seconds=60)
    assert schedule.receipt_due(NOON) == NOON + timedelta(seconds=10)
    assert schedule.expires_at(NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("name", [f.name for f in fields(RetrySchedule) if f.name != "seed"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 1e300, sys.maxsize])
def test_impossible_numbers_are_refused(name, value):
    """Zero, negative, infinite and absurd numbers are named with their field."""
    with pytest.raises(ConfigurationError, match=name) as caught:
        RetrySchedule(**{name: value})
    assert caught.value.code == "configuration.retry-schedule"
    assert name in caught.value.advice


def test_waits_never_shrink():
    """A factor under 1, or a longest wait under the first, is refused."""
    with pytest.raises(ConfigurationError, match=r"factor: expected 1 or more, found 0.5"):
        RetrySchedule(factor=0.5)
    with pytest.raises(ConfigurationError, match="at least first_seconds"):
        RetrySchedule(first_seconds=10, longest_seconds=9)
