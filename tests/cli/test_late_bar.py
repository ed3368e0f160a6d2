"""A progress bar appears when work lasts, on a clock that moves only when told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from docexchange.cli._late_bar import LateBar
from docexchange.clock import VirtualClock

HALF: timedelta = timedelta(seconds=0.5)


class Seen:
    """What a person sees: how much is done, each time it is told."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))

    def update(self, n_steps: int, /) -> None:
        """So much more."""
        self.told.append(n_steps)

    def bar(self, length: int) -> LateBar:
        """A bar over so much work, which begins now."""
        return LateBar(lambda: self, length=length, clock=self.clock, patience=HALF)


def test_the_work_of_a_moment_shows_nothing() -> None:
    """However many steps it has."""
    seen = Seen()
    bar = seen.bar(1000)
    for _ in range(1000):
        bar.update(1)
    assert seen.told == []


def test_work_that_lasts_shows_all_that_is_done() -> None:
    """What was done before the bar appeared is on it at once."""
    seen = Seen()
    bar = seen.bar(10)
    bar.update(2)
    seen.clock.advance(HALF / 2)
    bar.update(3)
    assert seen.told == []
    seen.clock.advance(HALF / 2)
    for _ in range(3):
        bar.update(1)
    assert seen.told == [6, 1, 1]


def test_what_is_done_needs_no_bar() -> None:
    """One long step, and a bar that appears when nothing is left, would tell nobody anything."""
    seen = Seen()
    bar = seen.bar(1)
    seen.clock.advance(timedelta(hours=1))
    bar.update(1)
    assert seen.told == []
