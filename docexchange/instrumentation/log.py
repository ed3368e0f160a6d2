"""Events into the standard library's logging; docexchange never configures logging itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from docexchange.clock import SystemClock
from docexchange.instrumentation.events import Event, EventName
from docexchange.instrumentation.floods import WINDOW, Floods

if TYPE_CHECKING:
    from docexchange.clock import Clock
    from docexchange.instrumentation.events import Hook
    from docexchange.instrumentation.floods import Passed

__all__ = ["log_events"]

_WARNINGS: Final = {
    EventName.OUTBOUND_FAILED,
    EventName.INBOUND_REFUSED,
    EventName.INBOUND_POSTPONED,
    EventName.RECEIPT_NOT_SENT,
    EventName.PARCEL_REJECTED,
    EventName.PEER_OPENED,
    EventName.RETURN_ISSUED,
    EventName.RETURN_NOT_CARRIED,
    EventName.HANDOVER_DEFERRED,
    EventName.DIRECTORY_REFUSED,
    EventName.DIRECTORY_EXPIRED,
    EventName.HTTP_REFUSED,
}
_BAD_ENDS: Final = {"rejected", "expired", "dead_letter", "returned"}
"""How a delivery may end that somebody has to look after."""


_KIND: Final = ("node", "status", "code", "certificate")
"""What refusals over HTTP have in common that are told a few times only."""
_REFUSALS: Final = 10
"""Of one kind in a minute: a caller who is refused may come a thousand times in a second."""


def log_events(logger: logging.Logger | None = None, *, clock: Clock | None = None) -> Hook:
    """A hook that logs each event under its name, with its fields.

    Of refusals over HTTP of one kind, ten in a minute are logged; the tenth says so
    (``silent_seconds``), and the next one how many were not (``not_logged``).

    Args:
        logger: where to; ``docexchange`` when left out.
        clock: tells the minute.
    """
    target, clock = logger or logging.getLogger("docexchange"), clock or SystemClock()
    floods = Floods(most=_REFUSALS)

    def hook(event: Event) -> None:
        more: dict[str, object] = {}
        if event.name is EventName.HTTP_REFUSED:
            kind = tuple(map(event.fields.get, _KIND))
            passed = floods.passes(kind, clock.now())
            if passed is None:
                return
            more = _beside(passed)
        _log(target, Event(event.name, {**event.fields, **more}))

    return hook


def _beside(passed: Passed) -> dict[str, object]:
    told: dict[str, object] = {"not_logged": passed.swallowed} if passed.swallowed else {}
    return told | ({"silent_seconds": int(WINDOW.total_seconds())} if passed.last else {})


def _log(target: logging.Logger, event: Event) -> None:
    fields = " ".join(f"{name}={_on_one_line(value)}" for name, value in event.fields.items())
    extra = {"docexchange": dict(event.fields)}
    target.log(_level(event), "%s %s", event.name, fields, extra=extra)


def _level(event: Event) -> int:
    if event.name is EventName.NODE_ERROR:
        return logging.ERROR
    ended_badly = event.name is EventName.OUTBOUND_ENDED and event.fields.get("state") in _BAD_ENDS
    return logging.WARNING if ended_badly or event.name in _WARNINGS else logging.INFO


def _on_one_line(value: object) -> str:
    """Escape what is not printable: a reason may quote what a stranger wrote."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in str(value)
    )
