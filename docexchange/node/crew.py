"""Threads that keep at their duties until they are told to end.

>>> Crew(poll_seconds=2.0, complain=complain).work(stop, [take_in, hand_over, send, send, send])

A duty does what there is to do and tells how much that was. Where it was nothing, its thread rests
until another duty has done something, which may be work for this one, or for ``poll_seconds``.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.errors import DeliveryError, DocExchangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Crew", "Flag"]

_GRACE_SECONDS: Final = 30.0
"""How long what is in hand is waited for at the end; what is not done then is done again."""
_LOGGER: Final = logging.getLogger("docexchange")


class Flag(Protocol):
    """Tells a running node to stop; a ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """Whether to stop."""

    def wait(self, timeout: float) -> object:
        """Rest, in seconds, or until told to stop."""


class Crew:
    """Threads for one run.

    Args:
        poll_seconds: rest of a thread that had nothing to do.
        complain: is told what a duty could not do.
        grace_seconds: how long what is in hand is waited for at the end.
    """

    def __init__(
        self,
        *,
        poll_seconds: float,
        complain: Callable[[DocExchangeError], None],
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        self._poll_seconds: Final = poll_seconds
        self._complain: Final = complain
        self._grace_seconds: Final = grace_seconds
        self._news: Final = threading.Condition()
        self._told = 0
        self._ending = False

    def work(self, stop: Flag, duties: Sequence[Callable[[], int]]) -> None:
        """Work until told to stop; what is in hand is finished, if it does not take for ever.

        Args:
            stop: ends the work.
            duties: each gets a thread; the same one may be there several times.
        """
        threads = [
            threading.Thread(target=self._keep_at, args=(duty,), daemon=True) for duty in duties
        ]
        for thread in threads:
            thread.start()
        try:
            while not stop.is_set():
                stop.wait(self._poll_seconds)
        finally:
            self._end()
            # Each may take its time, one after another: a crash now would lose nothing either.
            for thread in threads:
                thread.join(self._grace_seconds / len(threads))

    def wake(self) -> None:
        """There may be something to do."""
        with self._news:
            self._told += 1
            self._news.notify_all()

    def _end(self) -> None:
        with self._news:
            self._ending = True
            self._news.notify_all()

    def _keep_at(self, duty: Callable[[], int]) -> None:
        while not self._ending:
            heard = self._told
            if self._done(duty):
                self.wake()
                continue
            with self._news:
                if heard == self._told and not self._ending:
                    self._news.wait(self._poll_seconds)

    def _done(self, duty: Callable[[], int]) -> int:
        """Do a duty; whatever goes wrong, its thread goes on after a rest."""
        try:
            return duty()
        except DocExchangeError as error:
            self._complain(error)
        except BaseException as error:  # an application's ``sys.exit()``, too
            _LOGGER.exception("a duty of the node failed")
            self._complain(DeliveryError(f"node: {type(error).__name__}: {error}", code="node"))
        return 0
