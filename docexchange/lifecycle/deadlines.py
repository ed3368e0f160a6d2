"""By when? Working days in Vietnam, and the deadlines that the rules set.

    send_by(date(2026, 3, 6), priority=Priority.NORMAL)   # Monday, 9 March 2026, 12:00 +07:00
    acknowledge_by(received_at)                            # the end of that day

1. A document is sent on the day it was signed, at the latest in the morning of the next working
   day; an urgent one right after signing (Decision 28/2018/QĐ-TTg, article 6(2)). A document bears
   the day of its signing and no hour: "right after" is held to mean that day.
2. The receiver tells the sender within the day that it has it (Decree 30/2020/NĐ-CP, article
   21(2)(c)). What comes in when nobody works counts as of the next working day.
3. A document that names a due date is answered or dealt with by the end of that day.

Deadlines are moments at which the time is over. Nothing here asks for the present.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM, vietnam_date
from docexchange.envelope.codes import Priority
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "FIXED_HOLIDAYS",
    "WorkCalendar",
    "acknowledge_by",
    "answer_by",
    "read_calendar",
    "send_by",
]

FIXED_HOLIDAYS: Final[Mapping[tuple[int, int], str]] = {
    (1, 1): "Tết Dương lịch",
    (4, 30): "Ngày Chiến thắng",
    (5, 1): "Ngày Quốc tế lao động",
    (9, 2): "Quốc khánh",
}
"""Month and day of the holidays that fall on the same day every year (Labour Code 45/2019/QH14,
article 112(1)). Tết, the Hùng Kings' day and the second day of September follow the lunar calendar
or a yearly announcement: they are data of each year, see `read_calendar`."""

_SATURDAY: Final = 5
_NOON: Final = time(12, tzinfo=VIETNAM)
# Letters claim any date. What is due beyond this never falls due.
_LAST_DAY: Final = date(9990, 1, 1)
_LONGEST_REST: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are worked: Monday to Friday, but for holidays."""

    holidays: frozenset[date] = frozenset()
    """Days off besides `FIXED_HOLIDAYS` and weekends."""
    workdays: frozenset[date] = frozenset()
    """Days that are worked all the same, in exchange for others."""

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day."""
        if day in self.workdays:
            return True
        is_off = day.weekday() >= _SATURDAY or (day.month, day.day) in FIXED_HOLIDAYS
        return not is_off and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """The first working day after one.

        A calendar without any in two months is held to be wrong, and the last of these is given.
        """
        following = min(day, _LAST_DAY)
        for _ in range(_LONGEST_REST):
            following += timedelta(days=1)
            if self.is_working_day(following):
                break
        return following

    def working_day_from(self, day: date) -> date:
        """The day itself where it is worked, else the next one that is."""
        return day if self.is_working_day(day) else self.next_working_day(day)


_PLAIN: Final = WorkCalendar()


def read_calendar(text: str, *, name: str = "calendar") -> WorkCalendar:
    """Read the holidays of one or more years.

    Args:
        text: one date a line (``2026-02-16``); a ``+`` before it makes it a day that is worked.
            What stands behind ``#`` is for people.
        name: of the file, for errors.

    Raises:
        UsageError: a line is no date.
    """
    days: dict[bool, set[date]] = {True: set(), False: set()}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        said = line.partition("#")[0].strip()
        if said:
            days[said.startswith("+")].add(_day(said.removeprefix("+").strip(), name, number))
    return WorkCalendar(holidays=frozenset(days[False]), workdays=frozenset(days[True]))


def send_by(
    signed: date, *, priority: Priority | None = None, calendar: WorkCalendar = _PLAIN
) -> datetime:
    """When a document must have been sent.

    Args:
        signed: the day of its signing, in Vietnam.
        priority: how urgent it is.
        calendar: which days are worked.
    """
    if (priority or Priority.NORMAL) >= Priority.URGENT:
        return _end_of(signed)
    return datetime.combine(calendar.next_working_day(signed), _NOON).astimezone(UTC)


def acknowledge_by(received: datetime, *, calendar: WorkCalendar = _PLAIN) -> datetime:
    """When the receiver must have told the sender what it does with a document.

    Args:
        received: when it came in, timezone-aware.
        calendar: which days are worked.
    """
    return _end_of(calendar.working_day_from(vietnam_date(received)))


def answer_by(due: date) -> datetime:
    """When a document with a due date must have been answered."""
    return _end_of(due)


def _end_of(day: date) -> datetime:
    following = min(day, _LAST_DAY) + timedelta(days=1)
    return datetime.combine(following, time(tzinfo=VIETNAM)).astimezone(UTC)


def _day(text: str, name: str, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{name}:{number}: expected a date such as 2026-02-16, found {text[:60]!r}",
            code="calendar.line",
            advice="Write one day off a line, with + before a day that is worked instead.",
        ) from error
