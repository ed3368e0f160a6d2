"""From events to intervals: how long each step of a letter took, and how it ended.

>>> intervals = Intervals()
>>> intervals.note(Event(EventName.OUTBOUND_STARTED, {"message_id": "m-1"}), at=began)
>>> intervals.note(Event(EventName.OUTBOUND_FAILED, {"message_id": "m-1"}), at=ended)
Interval(step='send', outcome='failed', ...)

A step begins and ends in one thread. One that never ends, because the node was killed or refused
what it was given, is forgotten when the same thread begins it anew, or when there are too many.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.instrumentation.events import EventName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docexchange.instrumentation.events import Event

__all__ = ["BEGINNINGS", "ENDS", "Interval", "Intervals"]

BEGINNINGS: Final[Mapping[EventName, str]] = {
    EventName.SUBMIT_STARTED: "submit",
    EventName.OUTBOUND_STARTED: "send",
    EventName.INBOUND_STARTED: "receive",
    EventName.HANDOVER_STARTED: "hand over",
}
"""The event that begins each step."""

ENDS: Final[Mapping[EventName, tuple[str, str]]] = {
    EventName.SUBMIT_QUEUED: ("submit", "queued"),
    EventName.OUTBOUND_CARRIED: ("send", "carried"),
    EventName.OUTBOUND_FAILED: ("send", "failed"),
    EventName.INBOUND_ACCEPTED: ("receive", "accepted"),
    EventName.INBOUND_REFUSED: ("receive", "refused"),
    EventName.INBOUND_REPEATED: ("receive", "repeated"),
    EventName.INBOUND_POSTPONED: ("receive", "postponed"),
    EventName.PARCEL_REJECTED: ("receive", "unreadable"),
    EventName.HANDOVER_TAKEN: ("hand over", "taken"),
    EventName.HANDOVER_DEFERRED: ("hand over", "deferred"),
}
"""The events that end a step, and how."""

_MOST_OPEN: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """One step of one letter at one node."""

    step: str
    """``submit``, ``send``, ``receive`` or ``hand over``."""
    outcome: str
    """How it ended."""
    node: str
    """Whose node."""
    message_id: str
    """The letter."""
    began: datetime
    """When it began, UTC."""
    ended: datetime
    """When it ended, UTC."""
    reason: str = ""
    """Why it ended as it did, where that was told."""

    @property
    def seconds(self) -> float:
        """How long it took; never less than nothing, whatever a clock did meanwhile."""
        return max((self.ended - self.began).total_seconds(), 0.0)


class Intervals:
    """Remembers what began; several threads may tell it about events."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._open: Final[dict[tuple[int, str, str, str], datetime]] = {}

    def note(self, event: Event, *, at: datetime) -> Interval | None:
        """Take note of an event.

        Args:
            event: what happened, in this thread.
            at: when, UTC.

        Returns:
            The interval that the event ends, if it ends one.
        """
        if step := BEGINNINGS.get(event.name):
            self._begin(_key(event, step), at)
        ended = ENDS.get(event.name)
        return self._end(event, *ended, at=at) if ended else None

    def _begin(self, key: tuple[int, str, str, str], at: datetime) -> None:
        with self._lock:
            self._open.pop(key, None)
            self._open[key] = at
            if len(self._open) > _MOST_OPEN:
                del self._open[next(iter(self._open))]

    def _end(self, event: Event, step: str, outcome: str, *, at: datetime) -> Interval | None:
        key = _key(event, step)
        with self._lock:
            began = self._open.pop(key, None)
        if began is None:
            return None
        return Interval(
            step=step,
            outcome=outcome,
            node=key[2],
            message_id=key[3],
            began=began,
            ended=at,
            reason=str(event.fields.get("reason", "")),
        )


def _key(event: Event, step: str) -> tuple[int, str, str, str]:
    fields = event.fields
    node, message_id = str(fields.get("node", "")), str(fields.get("message_id", ""))
    return threading.get_ident(), step, node, message_id
