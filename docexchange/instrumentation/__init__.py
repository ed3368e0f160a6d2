"""What a node tells about its work: named events, to whoever wants to listen.

>>> node = Node.from_config("commune/", hooks=[log_events()])

A hook is any callable that takes an ``Event``. Events are for watching: what must not be lost is in
the store's timeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.instrumentation.events import DURABLE, Event, EventName, Hook
    from docexchange.instrumentation.log import log_events
    from docexchange.instrumentation.metrics import Metrics
    from docexchange.instrumentation.tracing import Tracing

__all__ = ["DURABLE", "Event", "EventName", "Hook", "Metrics", "Tracing", "log_events"]

__getattr__ = lazily(
    __name__,
    {
        "events": (
            "DURABLE",
            "Event",
            "EventName",
            "Hook",
        ),
        "log": ("log_events",),
        "metrics": ("Metrics",),
        "tracing": ("Tracing",),
    },
)
