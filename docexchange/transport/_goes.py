"""How often a broken line is taken up again at once, and how long to rest in between.

>>> goes = Goes(settings, clock)
>>> goes.reached(offset)      # acknowledged by the other side
>>> goes.rest(error)          # sleeps, or raises the error when it is enough
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docexchange.clock import Clock
    from docexchange.errors import TransportError
    from docexchange.transport.http_settings import HttpSettings

__all__ = ["Goes"]


class Goes:
    """The goes at one piece of work; afterwards the delivery schedule takes over.

    Args:
        settings: how many, and how long between them.
        clock: lets the time pass.
    """

    def __init__(self, settings: HttpSettings, clock: Clock) -> None:
        self._settings: Final = settings
        self._clock: Final = clock
        self._furthest = 0
        self._broken = 0
        self._stalled = 0

    def reached(self, offset: int) -> None:
        """Note how far the other side has got; what is further than before is progress."""
        if offset > self._furthest:
            self._furthest, self._stalled = offset, 0

    def rest(self, error: TransportError) -> None:
        """Rest before the next go.

        Args:
            error: what ended the last one.

        Raises:
            TransportError: that error, when there were enough.
        """
        self._broken += 1
        self._stalled += 1
        if self._broken > self._settings.resumes or self._stalled > self._settings.stalls:
            raise error
        self._clock.sleep(self._settings.pause_seconds * 2 ** (self._stalled - 1))
