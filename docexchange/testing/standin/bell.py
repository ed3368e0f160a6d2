"""Waiting for news of nodes: whoever waits looks again whenever something has happened.

heard = bell.heard
while not done() and bell.wait(heard, seconds=5):
    heard = bell.heard
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.clock import Clock
    from docexchange.instrumentation import Event

__all__ = ["Bell"]

_LOOK_AGAIN_SECONDS: Final = 0.5
"""A node tells of most things, but not of all, after they are in its store."""


class Bell:
    """Rings at each event of a node; it is a hook."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._silent = False
        self.heard = 0
        """How often it rang."""

    def __call__(self, event: Event) -> None:
        """Ring."""
        del event
        with self._news:
            self.heard += 1
            self._news.notify_all()

    def wait(self, heard: int, *, seconds: float) -> bool:
        """Wait until it has rung again.

        Args:
            heard: how often it had rung before.
            seconds: at most so long.

        Returns:
            Whether waiting on makes sense: False when the bell was silenced.
        """
        with self._news:
            self._news.wait_for(lambda: self._silent or self.heard > heard, seconds)
            return not self._silent

    def await_letter(
        self,
        look: Callable[[], dict[str, Any] | None],
        *,
        until: str,
        seconds: float,
        clock: Clock,
    ) -> dict[str, Any] | None:
        """Wait until a letter is as wanted, or the time is up.

        Args:
            look: gives the letter as it is; None while there is none.
            until: ``settled``, or a status of two digits.
            seconds: at most so long.
            clock: tells when the time is up.

        Returns:
            What was seen last.
        """
        end = clock.now() + timedelta(seconds=seconds)
        while True:
            heard, found = self.heard, look()
            left = (end - clock.now()).total_seconds()
            if left <= 0 or (found and _has_come(found, until)):
                return found
            if not self.wait(heard, seconds=min(left, _LOOK_AGAIN_SECONDS)):
                return found

    def silence(self) -> None:
        """Send everybody away who waits."""
        with self._news:
            self._silent = True
            self._news.notify_all()


def _has_come(found: dict[str, Any], until: str) -> bool:
    if until == "settled":
        return bool(found["settled"])
    return any(status["code"] == until for status in found["statuses"])
