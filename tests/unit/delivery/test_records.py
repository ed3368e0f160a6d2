"""Records check themselves and lose nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest
from contract.delivery_samples import LETTER, NOON, entry, inbound, outbound, receipt, status

from docexchange.clock import VIETNAM
from docexchange.delivery import TimelineEntry
from docexchange.errors import UsageError


@pytest.mark.parametrize("make", [outbound, inbound, receipt])
@pytest.mark.parametrize("payload", ["", "ab", "A" * 64, "g" * 64, "0" * 64 + "\n", "٠" * 64])
def test_a_payload_is_a_digest(make, payload):
    """Only 64 lower-case hexadecimal digits name a payload."""
    with pytest.raises(UsageError, match="payload: expected 64") as caught:
        make(payload=payload)
    assert caught.value.code == "delivery.record"


@pytest.mark.parametrize(
    ("make", "name"), [(outbound, "size"), (outbound, "attempts"), (inbound, "size")]
)
@pytest.mark.parametrize("value", [-1, 2**63])
def test_counts_fit_into_a_store(make, name, value):
    """Negative numbers and those beyond 63 bits are refused."""
    with pytest.raises(UsageError, match=f"{name}: expected 0 to"):
        make(**{name: value})


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (outbound, "due_at"),
        (outbound, "created_at"),
        (outbound, "expires_at"),
        (inbound, "received_at"),
        (receipt, "at"),
        (status, "at"),
        (entry, "at"),
    ],
)
def test_times_are_aware_and_utc(make, name):
    """A time in Vietnam becomes the same instant in UTC; one without a zone is refused."""
    record = make(**{name: NOON.astimezone(VIETNAM)})
    assert getattr(record, name) == NOON
    assert getattr(record, name).tzinfo is UTC
    with pytest.raises(UsageError, match=f"{name}: expected a timezone-aware time"):
        make(**{name: NOON.replace(tzinfo=None)})
    with pytest.raises(UsageError, match=f"{name}: expected a time within the calendar"):
        make(**{name: datetime(1, 1, 1, tzinfo=VIETNAM)})


@pytest.mark.parametrize("lane", [-1, 3])
def test_there_are_three_lanes(lane):
    """Urgent, normal and bulk; normal where nothing is said, and no others."""
    assert [outbound(lane=known).lane for known in (0, 1, 2)] == [0, 1, 2]
    assert outbound().lane == 1
    with pytest.raises(UsageError, match="lane: expected 0"):
        outbound(lane=lane)


def test_odd_text_is_kept_readable():
    """What cannot be stored as UTF-8 is spelled out; everything else stays as it is."""
    assert outbound(problem="tệp \udce9\x00💥").problem == "tệp \\udce9\x00💥"
    assert outbound().submit_key is None


def test_records_cannot_be_changed():
    """A record is a value: a new state is a new record, equal only to its like."""
    record = outbound()
    with pytest.raises((FrozenInstanceError, AttributeError)):
        record.attempts = 1
    assert replace(record, attempts=1) != record == outbound()
    assert hash(record) == hash(outbound())


def test_an_entry_is_written_with_keywords():
    """Details keep the order in which they are given, and become text."""
    line = TimelineEntry.of(NOON, LETTER, "outbound.retry", attempt=2, to="H53")
    assert line.detail == (("attempt", "2"), ("to", "H53"))
