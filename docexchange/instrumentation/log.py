"""Events into the standard library's logging; docexchange never configures logging itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from docexchange.instrumentation.events import Event, EventName

if TYPE_CHECKING:
    from docexchange.instrumentation.events import Hook

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


def log_events(logger: logging.Logger | None = None) -> Hook:
    """A hook that logs each event under its name, with its fields.

    Args:
        logger: where to; ``docexchange`` when left out.
    """
    target = logger or logging.getLogger("docexchange")

    def hook(event: Event) -> None:
        fields = " ".join(f"{name}={_on_one_line(value)}" for name, value in event.fields.items())
        extra = {"docexchange": dict(event.fields)}
        target.log(_level(event), "%s %s", event.name, fields, extra=extra)

    return hook


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
