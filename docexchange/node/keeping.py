"""Small letters become durable with their records; later, at leisure, their files do as well.

    payload, changes = point.lay(data)       # a file that may not be on the disk yet
    store.apply([*changes, PutInbound(...)]) # the bytes are in the store's log: durable
    Keeping(point).work()                    # a minute later: the file is, and the store lets go

One flush covers letter, record and receipt of everybody who came at the same time. After a minute
the system has written the files by itself, and flushing them costs next to nothing. A file that a
power cut took away is written again from what the store kept (``mend``).
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from docexchange.delivery import KeptBytes
    from docexchange.node.point import AccessPoint

__all__ = ["Keeping"]

_AFTER: Final = timedelta(minutes=1)
"""Linux writes by itself what is older than half a minute (``vm.dirty_expire_centisecs``)."""
_BATCH: Final = 200
"""So many at a time: some megabytes of memory, and writers wait for a batch to be let go of."""


class Keeping:
    """Makes files durable for one access point.

    Args:
        point: its store and payloads.
    """

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def work(self) -> int:
        """Flush what has been kept for a while; returns how many files."""
        return self._settle(self._point.clock.now() - _AFTER)

    def mend(self) -> int:
        """Make everything durable that was kept when the node ended; returns how many files."""
        done = 0
        while step := self._settle(datetime.max.replace(tzinfo=UTC)):
            done += step
        return done

    def _settle(self, before: datetime) -> int:
        store, payloads = self._point.store, self._point.payloads
        items = store.kept(before=before, limit=_BATCH)
        sound = {item.sha256 for item in items if self._is_sound(item)}
        for item in items:
            if item.sha256 not in sound:
                payloads.put(io.BytesIO(item.data))
        if items:
            payloads.flush(sound)
            store.let_go(items)
        return len(items)

    def _is_sound(self, item: KeptBytes) -> bool:
        try:
            return self._point.payloads.verify(item.sha256).size == len(item.data)
        except StoreFailure:
            return False
