"""Months, quarters, years and other spans of days, as reports are asked for.

>>> parse_period("2026-Q1")
Period(first=datetime.date(2026, 1, 1), last=datetime.date(2026, 3, 31))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from docexchange.errors import UsageError

__all__ = ["Period", "month_of", "parse_period", "quarter_of", "year_of_day"]

_FORM: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?"
)
_MONTHS_OF: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days in Vietnam.

    Raises:
        UsageError: it ends before it begins.
    """

    first: date | None = None
    """First day; none for no bound."""
    last: date | None = None
    """Last day, inclusive; none for no bound."""

    def __post_init__(self) -> None:
        if self.first and self.last and self.last < self.first:
            raise UsageError(
                f"period: expected an end on or after {self.first}, found {self.last}",
                code="period.order",
                advice="Exchange the two days.",
            )

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def parse_period(text: str) -> Period:
    """Read ``2026``, ``2026-Q1`` or ``2026-03``.

    Raises:
        UsageError: it is none of them.
    """
    found = _FORM.fullmatch(text.strip())
    if not found or not date.min.year <= int(found["year"]) < date.max.year:
        raise UsageError(
            f"period: expected a year, quarter or month such as 2026, 2026-Q1 or 2026-03, "
            f"found {text[:60]!r}",
            code="period.form",
        )
    kind = "quarter" if found["quarter"] else "month" if found["month"] else "year"
    month = int(found["month"] or 1) if kind != "quarter" else int(found["quarter"]) * 3 - 2
    first = date(int(found["year"]), month, 1)
    later = first.month - 1 + _MONTHS_OF[kind]
    end = date(first.year + later // 12, later % 12 + 1, 1)
    return Period(first=first, last=end - timedelta(days=1))


def month_of(day: date) -> str:
    """``2026-03``."""
    return f"{day.year:04}-{day.month:02}"


def quarter_of(day: date) -> str:
    """``2026-Q1``."""
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def year_of_day(day: date) -> str:
    """``2026``."""
    return f"{day.year:04}"
