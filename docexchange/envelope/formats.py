"""Dates and times as the wire writes them: ``yyyy/MM/dd`` and ``yyyy/MM/dd HH:mm:ss``.

The format has no zone; Decision 28/2018/QĐ-TTg, article 14(4) fixes Vietnam time.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.clock import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["format_date", "format_timestamp", "parse_date", "parse_timestamp"]

_T = TypeVar("_T")
_REMEMBERED: Final = 1024
"""Days of documents, and moments of trace headers, which every hop behind reads again."""
_DATES: Final = (
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})", re.ASCII),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII),
)
_TIME: Final = re.compile(
    r"(?P<date>\S+)[ T](?P<h>\d{1,2}):(?P<i>\d{2}):(?P<s>\d{2})(\.\d+)?", re.ASCII
)


def format_date(day: date) -> str:
    """``2026/03/02``."""
    return f"{day.year:04}/{day.month:02}/{day.day:02}"


@lru_cache(maxsize=_REMEMBERED)
def format_timestamp(moment: datetime) -> str:
    """``2026/03/02 09:00:00``, in Vietnam time.

    Args:
        moment: timezone-aware.

    Raises:
        ValueError: it has no time zone, or lies outside the calendar.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"expected a moment with its time zone, found {moment.isoformat()}")
    local = _in_vietnam(moment)
    return f"{format_date(local)} {local:%H:%M:%S}"


@lru_cache(maxsize=_REMEMBERED)
def parse_date(text: str) -> date:
    """Read any of the three date forms met in practice.

    Raises:
        ValueError: it is none of them, or no such day.
    """
    for pattern in _DATES:
        found = pattern.fullmatch(text)
        if found:
            return _existing(text, found, date, "ymd")
    raise ValueError(f"expected a date yyyy/MM/dd, found {text[:40]!r}")


@lru_cache(maxsize=_REMEMBERED)
def parse_timestamp(text: str) -> datetime:
    """Read a date with a time of day, as Vietnam time.

    Raises:
        ValueError: no such form, or no such moment.
    """
    found = _TIME.fullmatch(text)
    day = parse_date(found["date"] if found else text)
    clock = _existing(text, found, time, "his") if found else time()
    return _in_vietnam(datetime.combine(day, clock, VIETNAM))


def _existing(
    text: str, found: re.Match[str], make: Callable[[int, int, int], _T], parts: str
) -> _T:
    try:
        return make(*map(int, found.group(*parts)))
    except ValueError:
        raise ValueError(f"expected a day and time that exist, found {text[:40]!r}") from None


def _in_vietnam(moment: datetime) -> datetime:
    """The same moment there, if it exists both there and in UTC, where all others compare it."""
    try:
        return moment.astimezone(UTC).astimezone(VIETNAM)
    except OverflowError:
        raise ValueError(
            f"expected a moment in the years 1 to 9999, found {moment.isoformat()}"
        ) from None
