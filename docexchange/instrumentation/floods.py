"""What comes again and again is told a few times in a minute, and then as a number.

>>> floods = Floods(most=10)
>>> floods.passes(("403", "http.unknown-caller"), now)
Passed(swallowed=0, last=False)
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import datetime

__all__ = ["WINDOW", "Floods", "Passed"]

WINDOW: Final = timedelta(minutes=1)
"""In which things are counted."""
_MOST_KINDS: Final = 1024
"""Kinds that are remembered: a stranger must not fill our memory by being refused in new ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Something that may be told."""

    swallowed: int
    """How many of its kind were not told before it."""
    last: bool
    """Whether no more of its kind are told until the window is over."""


@dataclass(frozen=True, slots=True)
class _Kind:
    until: datetime
    told: int = 0
    swallowed: int = 0


class Floods:
    """Counts by kind; threads may share it.

    Args:
        most: so many of one kind are told in a window.
    """

    def __init__(self, *, most: int) -> None:
        self._most: Final = most
        self._lock: Final = threading.Lock()
        self._kinds: OrderedDict[Hashable, _Kind] = OrderedDict()

    def passes(self, kind: Hashable, now: datetime) -> Passed | None:
        """Whether something may be told; None where it is only counted.

        Args:
            kind: what it has in common with others.
            now: the present; a clock that was set back begins a new window.
        """
        with self._lock:
            known = self._kinds.get(kind)
            if known is None or not known.until - WINDOW <= now < known.until:
                known = _Kind(now + WINDOW, swallowed=known.swallowed if known else 0)
            tells = known.told < self._most
            if tells:
                kept = replace(known, told=known.told + 1, swallowed=0)
            else:
                kept = replace(known, swallowed=known.swallowed + 1)
            self._keep(kind, kept)
        last = kept.told == self._most
        return Passed(swallowed=known.swallowed, last=last) if tells else None

    def _keep(self, kind: Hashable, known: _Kind) -> None:
        self._kinds[kind] = known
        self._kinds.move_to_end(kind)
        if len(self._kinds) > _MOST_KINDS:
            self._kinds.popitem(last=False)
