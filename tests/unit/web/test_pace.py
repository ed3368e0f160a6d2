"""The token bucket: over any history, never more than the burst and the rate allow."""

from __future__ import annotations

from datetime import timedelta

from exchange_help import NOW
from hypothesis import given
from hypothesis import strategies as st

from docexchange.web.pace import Bucket, taken


@given(st.lists(st.floats(0, 5), max_size=100), st.floats(0.1, 10), st.integers(1, 20))
def test_nobody_gets_more_than_burst_and_rate_allow(steps, rate, burst):
    """However the requests are spread."""
    bucket, now, granted, begin = Bucket(tokens=burst, at=NOW), NOW, 0, NOW
    for step in steps:
        now += timedelta(seconds=step)
        bucket, wait = taken(bucket, now, rate=rate, burst=burst)
        granted += wait == 0
        assert 0 <= bucket.tokens <= burst
        assert granted <= burst + (now - begin).total_seconds() * rate + 1e-6


@given(st.floats(0, 0.99), st.floats(0.1, 10))
def test_who_waits_as_long_as_he_was_told_may_come(tokens, rate):
    """And not much before."""
    bucket, wait = taken(Bucket(tokens=tokens, at=NOW), NOW, rate=rate, burst=5)
    assert wait > 0
    early = NOW + timedelta(seconds=wait * 0.9)
    assert taken(bucket, early, rate=rate, burst=5)[1] > 0
    late = NOW + timedelta(seconds=wait + 0.001)
    assert taken(bucket, late, rate=rate, burst=5)[1] == 0


def test_a_clock_that_was_set_back_adds_nothing():
    """And takes nothing away."""
    bucket, wait = taken(Bucket(tokens=0, at=NOW), NOW - timedelta(hours=1), rate=1, burst=5)
    assert (bucket.tokens, wait) == (0, 1)
