"""What comes again and again: a few are told, the others are counted, and nothing grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from docexchange.instrumentation.floods import WINDOW, Floods, Passed

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_a_few_pass_in_a_window_and_the_next_window_tells_the_rest():
    """The last one that passes is told to be the last."""
    floods = Floods(most=2)
    said = [floods.passes("a", NOW) for _ in range(5)]
    assert said == [
        Passed(swallowed=0, last=False),
        Passed(swallowed=0, last=True),
        *[None] * 3,
    ]
    assert floods.passes("a", NOW + WINDOW) == Passed(swallowed=3, last=False)
    assert floods.passes("a", NOW + WINDOW) == Passed(swallowed=0, last=True)


def test_kinds_do_not_swallow_each_other():
    """One caller cannot hide behind another."""
    floods = Floods(most=1)
    assert floods.passes("a", NOW)
    assert floods.passes("b", NOW)
    assert floods.passes("a", NOW) is None


def test_a_clock_that_is_set_back_silences_nobody():
    """It begins a new window."""
    floods = Floods(most=1)
    assert floods.passes("a", NOW)
    assert floods.passes("a", NOW - timedelta(days=1))
    assert floods.passes("a", NOW - timedelta(days=1)) is None


def test_memory_is_bounded():
    """Of strangers who are refused in ever new ways, the oldest are forgotten."""
    floods = Floods(most=1)
    for number in range(3000):
        assert floods.passes(number, NOW)
    assert len(floods._kinds) == 1024


@given(st.lists(st.integers(0, 90), max_size=60))
def test_every_one_is_told_or_counted(steps):
    """What was swallowed is told with the next that passes, none twice and none forgotten."""
    floods, now, told, last = Floods(most=3), NOW, 0, 0
    for number, step in enumerate(steps, start=1):
        now += timedelta(seconds=step)
        passed = floods.passes("a", now)
        if passed:
            told, last = told + 1 + passed.swallowed, number
    assert told == last
