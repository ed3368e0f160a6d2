"""When a progress bar appears: not for the work of a moment, and not when all is done.

bar = LateBar(show, length=3, clock=SystemClock(), patience=timedelta(seconds=0.5))
bar.update(1)   # shows nothing yet, and calls ``show`` once half a second has passed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from docexchange.clock import Clock

__all__ = ["Bar", "LateBar"]


class Bar(Protocol):
    """Where progress is told."""

    def update(self, n_steps: int, /) -> None:
        """So much more is done."""


class LateBar:
    """A bar that appears when work has lasted so long that a person wants to see it move.

    Args:
        show: makes the bar appear.
        length: how much there is to do.
        clock: tells how long it has lasted.
        patience: how long a person does not mind.
    """

    def __init__(
        self, show: Callable[[], Bar], *, length: int, clock: Clock, patience: timedelta
    ) -> None:
        self._show = show
        self._length = length
        self._clock = clock
        self._due = clock.now() + patience
        self._waiting = 0
        self._bar: Bar | None = None

    def update(self, n_steps: int, /) -> None:
        """So much more is done."""
        if self._bar is not None:
            self._bar.update(n_steps)
            return
        self._waiting += n_steps
        if self._waiting < self._length and self._clock.now() >= self._due:
            self._bar = self._show()
            self._bar.update(self._waiting)
