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
    EventName.HANDOVER_DEFERRED,
}


def log_events(logger: logging.Logger | None = None) -> Hook:
    """A hook that logs each event under its name, with its fields.

    Args:
        logger: where to; ``docexchange`` when left out.
    """
    target = logger or logging.getLogger("docexchange")

    def hook(event: Event) -> None:
        level = logging.WARNING if event.name in _WARNINGS else logging.INFO
        if event.name is EventName.NODE_ERROR:
            level = logging.ERROR
        fields = " ".join(f"{name}={value}" for name, value in event.fields.items())
        target.log(level, "%s %s", event.name, fields, extra={"docexchange": dict(event.fields)})

    return hook
