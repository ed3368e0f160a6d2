"""Letters that were planned by a clock that ran ahead, and was set back since.

Their next attempt is days or months away, though their neighbour is there: a machine whose clock
was wrong when it started, for example. They are due now.

>>> SettingBack(point).work()   # how many, before anything is sent; next to nothing otherwise
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.delivery import PutOutbound
from docexchange.node.outgoing.guards import unless_stale

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.node.point import AccessPoint

__all__ = ["LONGEST_ASKED", "SettingBack"]

LONGEST_ASKED: Final = 86400
"""Seconds; a peer that asks for more than a day is asked again after a day."""
_MARGIN: Final = timedelta(minutes=1)
"""Threads ask for the time in one order and come here in another."""
_AT_A_TIME: Final = 500


class SettingBack:
    """Looks after the clock of one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point
        self._seen: datetime | None = None

    def work(self) -> int:
        """Make due what no clock that is right can have planned; returns how many letters.

        Looks for them when the node starts, and when its clock was set back while it ran.
        """
        now, seen = self._point.clock.now(), self._seen
        self._seen = now
        return self._mend(now) if seen is None or now < seen - _MARGIN else 0

    def _mend(self, now: datetime) -> int:
        longest = max(LONGEST_ASKED, self._point.schedule.longest_seconds)
        store, latest, mended = self._point.store, now + timedelta(seconds=longest), 0
        while late := store.due_after(latest, _AT_A_TIME):
            due = [PutOutbound(replace(each, due_at=now), expected=each.state) for each in late]
            if not unless_stale(lambda due=due: store.apply(due)):  # type: ignore[misc]
                break  # a person resent or stopped one meanwhile
            mended += len(due)
        return mended
