"""Events become intervals: each end meets its own beginning, in its own thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.instrumentation import Event, EventName
from docexchange.instrumentation.intervals import BEGINNINGS, ENDS, Intervals

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def event(name, message_id="m-1", **fields):
    """An event of one node."""
    return Event(name, {"node": "H53", "message_id": message_id, **fields})


def test_every_step_begins_and_can_end():
    """No end without a beginning, no beginning without an end."""
    assert {step for step, _ in ENDS.values()} == set(BEGINNINGS.values())


@pytest.mark.parametrize("name", ENDS)
def test_an_end_meets_its_beginning(name):
    """With step, outcome, reason and length; and once only."""
    step, outcome = ENDS[name]
    begin = next(key for key, value in BEGINNINGS.items() if value == step)
    intervals = Intervals()
    assert intervals.note(event(begin), at=NOW) is None
    found = intervals.note(event(name, reason="why"), at=NOW + timedelta(seconds=3))
    assert (found.step, found.outcome, found.seconds) == (step, outcome, 3.0)
    assert (found.node, found.message_id, found.reason) == ("H53", "m-1", "why")
    assert intervals.note(event(name), at=NOW) is None


@given(order=st.permutations(range(6)))
def test_letters_do_not_mix(order):
    """Whatever the order in which they end, each has its own length."""
    intervals = Intervals()
    for number in range(6):
        begun = event(EventName.OUTBOUND_STARTED, f"m-{number}")
        intervals.note(begun, at=NOW - timedelta(seconds=number))
    for number in order:
        ended = event(EventName.OUTBOUND_CARRIED, f"m-{number}")
        assert intervals.note(ended, at=NOW).seconds == number


def test_threads_do_not_mix():
    """The same letter brought twice at once has two intervals."""
    intervals, found = Intervals(), []

    def work(seconds):
        intervals.note(event(EventName.INBOUND_STARTED), at=NOW - timedelta(seconds=seconds))
        barrier.wait()
        found.append(intervals.note(event(EventName.INBOUND_ACCEPTED), at=NOW).seconds)

    barrier = threading.Barrier(2)
    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [1, 2]


def test_a_clock_that_is_set_back_gives_no_negative_length():
    """Zero at the least."""
    intervals = Intervals()
    intervals.note(event(EventName.OUTBOUND_STARTED), at=NOW)
    ended = intervals.note(event(EventName.OUTBOUND_FAILED), at=NOW - timedelta(days=1))
    assert ended.seconds == 0


def test_what_never_ends_is_forgotten():
    """Memory stays bounded however many letters are refused before they end a step."""
    intervals = Intervals()
    for number in range(10_050):
        intervals.note(event(EventName.SUBMIT_STARTED, f"m-{number}"), at=NOW)
    assert len(intervals._open) == 10_000
    assert intervals.note(event(EventName.SUBMIT_QUEUED, "m-0"), at=NOW) is None
    assert intervals.note(event(EventName.SUBMIT_QUEUED, "m-10049"), at=NOW)
