"""Dates and times of the wire, in Vietnam time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VIETNAM
from docexchange.envelope.formats import format_date, format_timestamp, parse_date, parse_timestamp
from docexchange.testing.strategies.letters import moments


@given(st.dates())
def test_every_date_comes_back(day: date):
    """What is written as a date is read as the same date."""
    assert parse_date(format_date(day)) == day


@given(moments)
def test_every_moment_comes_back(moment: datetime):
    """What is written as a time is read as the same moment, whatever its zone was."""
    assert parse_timestamp(format_timestamp(moment)) == moment


def test_times_are_those_of_vietnam():
    """The wire has no zone; it is Vietnam's, seven hours ahead of UTC."""
    assert format_timestamp(datetime(2026, 3, 1, 20, tzinfo=UTC)) == "2026/03/02 03:00:00"
    assert parse_timestamp("2026/03/02 03:00:00") == datetime(2026, 3, 1, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026/3/2", "02/03/2026", "2026-03-02", "2/3/2026", "0001/01/01"],
)
def test_the_date_forms_of_all_senders_are_read(text: str):
    """Year first with slashes or dashes, and day first, are read."""
    assert parse_date(text) in {date(2026, 3, 2), date(1, 1, 1)}


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026/13/01", "2026/02/29", "26/3/2", "2026/03/02 ", "2026.03.02", "٢٠٢٦/03/02"],
)
def test_other_forms_are_refused(text: str):
    """What is no date in one of the forms raises ``ValueError``."""
    with pytest.raises(ValueError, match=r"expected a (date|day and time that exist)"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["2026/03/02 9:00:00", "2026-03-02T09:00:00", "02/03/2026 09:00:00.123", "2026/03/02"]
)
def test_the_time_forms_of_all_senders_are_read(text: str):
    """A space or ``T``, fractions, one-digit hours and bare dates are read as Vietnam time."""
    hour = 9 if ":" in text else 0
    assert parse_timestamp(text) == datetime(2026, 3, 2, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize("text", ["2026/03/02 24:00:00", "2026/03/02 09:00", "x 09:00:00"])
def test_times_that_do_not_exist_are_refused(text: str):
    """An hour 24, a time without seconds or without a date raises ``ValueError``."""
    with pytest.raises(ValueError, match=r"expected a (date|day and time that exist)"):
        parse_timestamp(text)


def test_moments_outside_utc_are_refused():
    """A moment that UTC has no year for is refused both ways, for others would fail on it."""
    with pytest.raises(ValueError, match="years 1 to 9999"):
        parse_timestamp("0001/01/01 00:00:00")
    for moment in (
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=9))),
    ):
        with pytest.raises(ValueError, match="years 1 to 9999"):
            format_timestamp(moment)


def test_a_moment_without_zone_is_refused():
    """A naive datetime would mean another moment on every machine."""
    with pytest.raises(ValueError, match="time zone"):
        format_timestamp(datetime(2026, 3, 2))  # noqa: DTZ001 - the very thing refused


def test_an_error_repeats_little():
    """The text that was found is shown in part."""
    with pytest.raises(ValueError, match="expected a date") as refused:
        parse_date("x" * 100_000)
    assert len(str(refused.value)) < 100
