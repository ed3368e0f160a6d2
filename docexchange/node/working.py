"""The work of a node: take in, hand over, send; pass by pass, or several things at a time.

One pass (``run_once``) takes in what arrived, hands over what was accepted, and sends what is due,
in the calling thread: tests and the simulator see the same order every time. A node that runs with
workers does the same with a crew, so that one slow neighbour holds up nobody else.
"""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.errors import DeliveryError, DocExchangeError, TransportError
from docexchange.instrumentation import EventName
from docexchange.node.crew import Crew, Flag
from docexchange.node.keeping import Keeping
from docexchange.node.opening.lock import in_use
from docexchange.transport import ParcelKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from docexchange.node.business.handing import Handing
    from docexchange.node.incoming.receiving import Receiving
    from docexchange.node.outgoing.sending import Sending
    from docexchange.node.point import AccessPoint
    from docexchange.transport import Arrival

__all__ = ["Working"]

_Result = TypeVar("_Result")
_BATCH: Final = 100
_RACES: Final = 5
"""How often a parcel is looked at again because another thread was faster with the same one."""
_LOGGER: Final = logging.getLogger("docexchange")


class Working:
    """Works for one access point.

    Args:
        point: what it works with.
        receiving: takes messages in.
        sending: sends them, and takes receipts in.
        handing: hands over.
        folder: the store's folder; one running node at a time.
        poll_seconds: rest between passes when there is nothing to do.
        lock: held while it works; see ``NodeLock``.
    """

    def __init__(
        self,
        point: AccessPoint,
        *,
        receiving: Receiving,
        sending: Sending,
        handing: Handing,
        folder: Path,
        poll_seconds: float,
        lock: AbstractContextManager[object],
    ) -> None:
        self._point = point
        self._receiving = receiving
        self._sending = sending
        self._handing = handing
        self._folder = folder
        self._poll_seconds = poll_seconds
        self._rest = timedelta(seconds=poll_seconds)
        self._lock = lock
        self._turn = threading.RLock()
        self._keeping = Keeping(point)
        self._crew: Crew | None = None

    def recover(self) -> int:
        """Make good what a crash cut short, and remove what it left; returns how many attempts."""
        return self._alone(self._recover)

    def _recover(self) -> int:
        self._point.payloads.clean_up()
        self._keeping.mend()
        return self._resume()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep other processes from this store, so that ``take`` may be called from any thread.

        Raises:
            StoreFailure: another node is at work on the store.
        """
        with self._lock:
            yield

    def _alone(self, work: Callable[[], _Result]) -> _Result:
        """One thread at a time makes passes; it may begin one within another."""
        if not self._turn.acquire(blocking=False):
            raise in_use(self._folder)
        try:
            with self._lock:
                return work()
        finally:
            self._turn.release()

    def take(self, arrival: Arrival) -> bool:
        """Deal with one parcel that was brought to us; call it inside ``at_work``, in any thread.

        Args:
            arrival: a message or a receipt; it is answered, and settled or set aside.

        Returns:
            False when it cannot be judged now: it was neither answered nor settled.

        Raises:
            TransportError: its bytes cannot be read.
            StoreFailure: nothing was accepted; the one who brought it should come again.
            DeliveryError: the same message came many times in the same moment.
        """
        with self._lock:
            for _ in range(_RACES):
                try:
                    dealt_with = self._deal_with(arrival)
                except DeliveryError as error:
                    if error.code != "store.stale":
                        raise
                    lost = error
                else:
                    self.wake()  # it may be there to be handed over, or sent on
                    return dealt_with
            raise lost

    def _deal_with(self, arrival: Arrival) -> bool:
        if arrival.parcel.kind is ParcelKind.RECEIPT:
            return self._sending.take_receipt(arrival)
        return self._receiving.take(arrival)

    def _resume(self) -> int:
        """Take up attempts that were cut short, by a crash or by a failure of the store.

        While we hold the lock no other process is making an attempt.
        """
        found = self._sending.recover()
        if found:
            self._point.emit(EventName.NODE_RECOVERED, attempts=found)
        return found

    def run_once(self) -> int:
        """One pass; returns how much was done, 0 when there was nothing to do.

        Raises:
            StoreFailure: the store failed, or another node is at work on it.
        """
        return self._alone(self._once)

    def _once(self) -> int:
        self._resume()
        self._keeping.work()
        self._follow()
        return self._take_in() + self._handing.work() + self._sending.work(_BATCH)

    def next_due(self) -> datetime | None:
        """When there is something to do for a letter, if none arrives before; None: nothing.

        What could not be done now, though it is due, is tried again after the node's usual rest.
        """
        due = min(filter(None, (self._sending.next_due(), self._handing.next_due())), default=None)
        return max(due, self._point.clock.now() + self._rest) if due else None

    def _take_in(self) -> int:
        taken = 0
        try:
            # Parcels that have to wait do not count: they would hold up those behind them.
            for arrival in self._point.transport.receive(sys.maxsize):
                taken += self._guarded(arrival)
                if taken >= _BATCH:
                    break
        except TransportError as error:
            # What cannot be fetched now must not hold up what is here already.
            self._complain(error)
        return taken

    def _guarded(self, arrival: Arrival) -> bool:
        """Do not let one bad parcel stop the others; it stays where it is."""
        try:
            return self.take(arrival)
        except DocExchangeError as error:
            self._complain(error)
        except OSError as error:  # reading a payload from a share that has gone, for example
            self._complain(TransportError(f"mailbox: expected to read a parcel, found: {error}"))
        except Exception as error:
            # A mistake of ours must not become a way to hold up everybody else's letters.
            _LOGGER.exception("parcel %s", arrival.parcel.message_id)
            self._complain(DeliveryError(f"parcel: {type(error).__name__}: {error}", code="node"))
        return False

    def _complain(self, error: DocExchangeError) -> None:
        self._point.emit(
            EventName.NODE_ERROR, code=error.code, reason=str(error), advice=error.advice
        )

    def run_until_idle(self, passes: int) -> int:
        """Pass until nothing is left to do now, at most so many times."""
        return self._alone(partial(self._until_idle, passes))

    def _until_idle(self, passes: int) -> int:
        done = 0
        for _ in range(passes):
            step = self._once()
            done += step
            if not step:
                break
        return done

    def run(self, stop: Flag, *, workers: int) -> None:
        """Recover, then work until told to stop.

        Args:
            stop: ends it.
            workers: so many threads send at the same time, while others take in and hand over; 0:
                pass by pass.
        """
        self._alone(partial(self._run, stop, workers))

    def _run(self, stop: Flag, workers: int) -> None:
        self._recover()
        if workers:
            self._run_with_crew(stop, workers)
        else:
            self._run_alone(stop)

    def _run_alone(self, stop: Flag) -> None:
        while not stop.is_set():
            try:
                busy = self.run_once()
            except DocExchangeError as error:
                self._complain(error)
                busy = 0
            if not busy:
                stop.wait(self._poll_seconds)

    def _run_with_crew(self, stop: Flag, workers: int) -> None:
        crew = Crew(poll_seconds=self._poll_seconds, complain=self._complain)
        duties = [
            self._take_in,
            self._handing.work,
            self._send_back,
            self._keeping.work,
            self._follow,
        ]
        self._crew = crew
        try:
            crew.work(stop, [*duties, *[self._send] * workers])
        finally:
            self._crew = None

    def _send(self) -> int:
        self._resume()
        return self._sending.serve_next()

    def _send_back(self) -> int:
        return self._sending.send_back(_BATCH)

    def _follow(self) -> int:
        """Put a newer directory in force, where it is published."""
        following = self._point.following
        return following.look(self._point.emit) if following else 0

    def wake(self) -> None:
        """There is something new to do."""
        if self._crew:
            self._crew.wake()
