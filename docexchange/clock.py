"""What time is it? Nothing else in docexchange asks the operating system.

A clock is passed to whoever needs one, so that tests and the simulator decide the time. All times
inside are timezone-aware UTC; Vietnam time (UTC+7, no summer time) appears only on the wire and on
screen (Decision 28/2018/QĐ-TTg, article 14(4)).
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Protocol

__all__ = ["VIETNAM", "Clock", "SystemClock", "VirtualClock", "vietnam_date"]

_AHEAD: Final = timedelta(hours=7)
VIETNAM = timezone(_AHEAD, "+07:00")


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> datetime:
        """The present, timezone-aware UTC."""

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present, timezone-aware UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block this thread for ``seconds``."""
        time.sleep(seconds)


class VirtualClock:
    """A clock that moves only when told to.

    Args:
        start: timezone-aware start of time.
    """

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("VirtualClock: expected a timezone-aware datetime, found a naive one")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The present, timezone-aware UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move the clock ahead by ``seconds`` at once."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, by: timedelta) -> datetime:
        """Move the clock ahead; it never goes back."""
        if by < timedelta(0):
            raise ValueError(f"VirtualClock: expected a step forward, found {by}")
        self._now += by
        return self._now


def vietnam_date(moment: datetime) -> date:
    """The calendar date in Vietnam at ``moment`` (timezone-aware)."""
    if moment.tzinfo is UTC:  # as all times inside are; this is asked for each letter many times
        return (moment + _AHEAD).date()
    return moment.astimezone(VIETNAM).date()
