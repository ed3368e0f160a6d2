"""Waiting for news of nodes: whoever waits looks again whenever something has happened.

heard = bell.heard
while not done() and bell.wait(heard, seconds=5):
    heard = bell.heard
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docexchange.instrumentation import Event

__all__ = ["Bell"]


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

    def silence(self) -> None:
        """Send everybody away who waits."""
        with self._news:
            self._silent = True
            self._news.notify_all()
