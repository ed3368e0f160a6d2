"""Small letters become durable with their records; later, many at once, their files do as well.

    payload, changes = point.lay(data)       # a file that may not be on the disk yet
    store.apply([*changes, PutInbound(...)]) # the bytes are in the store's log: durable
    Keeping(point).work()                    # seconds later: the file is, and the store lets go

One flush covers letter, record and receipt of everybody who came at the same time, and one more the
files of all who came since the last time. A file that a power cut took away is written again from
what the store kept (``mend``).
"""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.errors import StoreFailure
from docexchange.node.opening.lock import IN_USE, NodeLock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.delivery import KeptBytes
    from docexchange.node.point import AccessPoint

__all__ = ["Keeping", "mend_unattended"]

_EVERY: Final = timedelta(seconds=10)
"""Rarer, and a flush has more to write while letters wait; more often, and fewer share it."""
_BATCH: Final = 500
"""So many at a time: writers wait for a batch to be let go of."""


def mend_unattended(point: AccessPoint, folder: Path) -> None:
    """Put again what a power cut took of letters that were accepted, before anybody reads them.

    Where a node is at work, it has done so when it began.

    Args:
        point: its store and payloads.
        folder: of the store.
    """
    if point.store.kept(limit=1):
        try:
            with NodeLock(folder):
                Keeping(point).mend()
        except StoreFailure as failure:
            if failure.code != IN_USE:
                raise


class Keeping:
    """Makes files durable for one access point; one thread at a time.

    Args:
        point: its store and payloads.
    """

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._looked = point.clock.now()
        self._is_doubtful = False

    def work(self) -> int:
        """Flush what was kept, if that was not done just now; returns how many files."""
        now = self._point.clock.now()
        if self._looked <= now < self._looked + _EVERY:
            return 0
        self._looked = now
        # What was written since the node began is not read again: memory would be all that is read.
        return self._settle(lambda item: self._point.payloads.contains(item.sha256))

    def mend(self) -> int:
        """Make everything durable that was kept when the node ended; returns how many files."""
        return self._settle(self._is_sound)

    def _settle(self, is_sound: Callable[[KeptBytes], bool]) -> int:
        # What the system failed to write it may call written the next time: all is put anew then.
        distrusted, self._is_doubtful = self._is_doubtful, True
        done, step = 0, _BATCH
        while step == _BATCH:  # what comes in the meantime is left for the next time
            items = self._point.store.kept(limit=_BATCH)
            self._make_durable(items, (lambda _: False) if distrusted else is_sound)
            step = len(items)
            done += step
        self._is_doubtful = False
        return done

    def _make_durable(self, items: list[KeptBytes], is_sound: Callable[[KeptBytes], bool]) -> None:
        store, payloads = self._point.store, self._point.payloads
        sound = {item.sha256 for item in items if is_sound(item)}
        for item in items:
            data = None if item.sha256 in sound else store.kept_data(item)
            if data is not None:
                payloads.put(io.BytesIO(data))
        if items:
            payloads.flush(sound)
            store.let_go(items)

    def _is_sound(self, item: KeptBytes) -> bool:
        try:
            self._point.payloads.verify(item.sha256)
        except StoreFailure:
            return False
        return True
