"""By when: working days and the deadlines of Decision 28/2018 and Decree 30/2020."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.clock import VIETNAM, vietnam_date
from docexchange.envelope import Priority
from docexchange.errors import UsageError
from docexchange.lifecycle import (
    FIXED_HOLIDAYS,
    WorkCalendar,
    acknowledge_by,
    answer_by,
    read_calendar,
    send_by,
)

TET = read_calendar("2026-02-16\n2026-02-17 # Tết\n2026-02-18\n2026-02-19\n2026-02-20\n+2026-02-28")


def vn(*parts):
    """A moment on clocks in Vietnam."""
    return datetime(*parts, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("signed", "priority", "expected"),
    [
        (date(2026, 3, 4), None, vn(2026, 3, 5, 12)),  # a Wednesday
        (date(2026, 3, 6), Priority.NORMAL, vn(2026, 3, 9, 12)),  # over the weekend
        (date(2026, 2, 13), Priority.NORMAL, vn(2026, 2, 23, 12)),  # over Tết
        (date(2026, 2, 27), Priority.NORMAL, vn(2026, 2, 28, 12)),  # a Saturday that is worked
        (date(2026, 4, 29), Priority.NORMAL, vn(2026, 5, 4, 12)),  # two holidays, a weekend
        (date(2026, 3, 6), Priority.URGENT, vn(2026, 3, 7)),
        (date(2026, 3, 7), Priority.EXPRESS_TIMED, vn(2026, 3, 8)),
    ],
)
def test_a_document_is_sent_by_the_next_morning_of_work(signed, priority, expected):
    """Article 6(2) of Decision 28: noon of the next working day; urgent, the day itself."""
    assert send_by(signed, priority=priority, calendar=TET) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (vn(2026, 3, 4, 0, 0), vn(2026, 3, 5)),
        (vn(2026, 3, 4, 23, 59, 59), vn(2026, 3, 5)),
        (datetime(2026, 3, 4, 17, 0, tzinfo=UTC), vn(2026, 3, 6)),  # midnight of 5 March in Vietnam
        (vn(2026, 3, 7, 9), vn(2026, 3, 10)),  # a Saturday counts as Monday
        (vn(2026, 2, 15, 9), vn(2026, 2, 24)),  # before Tết
    ],
)
def test_receipt_is_told_within_the_day(received, expected):
    """Article 21(2)(c) of Decree 30, by days as they are in Vietnam."""
    assert acknowledge_by(received, calendar=TET) == expected


def test_an_answer_has_until_the_end_of_the_due_day():
    """The last second of that day in Vietnam is still in time."""
    assert answer_by(date(2026, 3, 9)) == vn(2026, 3, 10)


@given(st.dates(), st.sets(st.dates(), max_size=5))
def test_any_date_has_its_deadlines(day, holidays):
    """Whatever a letter claims: no error, and no deadline before the day it is about."""
    calendar = WorkCalendar(holidays=frozenset(holidays))
    for deadline in (send_by(day, calendar=calendar), send_by(day, priority=Priority.URGENT)):
        assert vietnam_date(deadline) > day or day.year >= 9990
    assert answer_by(day).tzinfo is not None


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_the_next_working_day_is_worked_and_the_first(day):
    """All days between are off."""
    found = TET.next_working_day(day)
    between = [day + timedelta(days=number) for number in range(1, (found - day).days)]
    assert TET.is_working_day(found)
    assert not any(map(TET.is_working_day, between))


@pytest.mark.parametrize("month_and_day", FIXED_HOLIDAYS)
def test_fixed_holidays_are_off(month_and_day):
    """In any year, on whatever weekday."""
    assert not any(
        WorkCalendar().is_working_day(date(y, *month_and_day)) for y in range(2020, 2040)
    )


def test_a_calendar_without_end_does_not_go_on_for_ever():
    """Holidays for a whole year: some day is named all the same."""
    days = frozenset(date(2026, 1, 1) + timedelta(days=number) for number in range(800))
    assert WorkCalendar(holidays=days).next_working_day(date(2026, 1, 1)) == date(2026, 3, 2)


def test_a_line_that_is_no_date_is_named():
    """With the file, its number and what stands there."""
    with pytest.raises(UsageError, match=r"tet\.txt:2: .* found '17/02/2026'") as caught:
        read_calendar("\ufeff2026-02-16\n17/02/2026\n", name="tet.txt")
    assert caught.value.code == "calendar.line"
