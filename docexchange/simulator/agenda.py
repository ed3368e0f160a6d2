"""What happens when: a queue of things to do on a clock that jumps from one to the next.

>>> agenda = Agenda(datetime(2026, 3, 2, 2, tzinfo=UTC))
>>> agenda.after(timedelta(minutes=5), work)
>>> agenda.run_until(agenda.now() + timedelta(hours=1))

Of one moment, what arrives over a link comes first, by sender; then all else in the order in which
it was entered. No order depends on what happens elsewhere: see ``border``.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING, Final

from docexchange.clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

__all__ = ["Agenda", "Rank", "SkewedClock"]

Rank = tuple[int, ...]
"""The order of things of one moment: tier, number and a count of the sender of what arrives."""

_LAST: Final = (1 << 62,)


class Agenda:
    """The queue of one network.

    Args:
        start: when time begins, timezone-aware.
    """

    def __init__(self, start: datetime) -> None:
        self.clock: Final = VirtualClock(start)
        self.start: Final = self.clock.now()
        self._entries: list[tuple[datetime, Rank, int, Callable[[], None]]] = []
        self._numbers: Final = count()

    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    def at(self, moment: datetime, action: Callable[[], None], *, rank: Rank = _LAST) -> None:
        """Do something at a moment; at once where that is past.

        Args:
            moment: when, timezone-aware.
            action: what is done.
            rank: before which other things of that moment it is done.
        """
        entry = max(moment, self.now()), rank, next(self._numbers), action
        heapq.heappush(self._entries, entry)

    def after(self, span: timedelta, action: Callable[[], None]) -> None:
        """Do something after a time."""
        self.at(self.now() + span, action)

    @property
    def next_at(self) -> datetime | None:
        """When the next thing is to be done; None: never."""
        return self._entries[0][0] if self._entries else None

    def step(self) -> None:
        """Let time pass until the next thing is to be done, and do it."""
        moment, _, _, action = heapq.heappop(self._entries)
        self.clock.advance(moment - self.now())
        action()

    def run_until(self, moment: datetime) -> None:
        """Do all that is to be done until a moment, and let time pass until then."""
        while self._entries and self._entries[0][0] <= moment:
            self.step()
        self.clock.advance(max(moment, self.now()) - self.now())


class SkewedClock:
    """A clock that is wrong by some time; what it measures is right.

    Args:
        true: the clock that is right.
    """

    def __init__(self, true: VirtualClock, offset: timedelta) -> None:
        self._true: Final = true
        self.offset = offset

    def now(self) -> datetime:
        """What it shows."""
        return self._true.now() + self.offset if self.offset else self._true.now()

    def sleep(self, seconds: float) -> None:
        """Nobody sleeps in a simulation: time would pass for all."""
        raise AssertionError(f"expected nobody to sleep in a simulation, found {seconds} seconds")
