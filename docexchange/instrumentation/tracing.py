"""Spans for OpenTelemetry: every step of a letter, at every node, in one trace.

>>> node = Node.from_config("commune/", hooks=[Tracing(trace.get_tracer("registry"))])

The context travels in the message id, which is signed and stored with the letter: trace id and
parent are computed from it. A trace therefore holds together over days, restarts and carried media,
where no header could be kept; and nobody outside can write into our traces by a header of his own.
Where the program had a span of its own open when it sent or took a letter, that span is linked.

Needs the extra ``tracing`` (``opentelemetry-api``); the program brings SDK and exporter.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import SystemClock
from docexchange.errors import MissingExtra
from docexchange.instrumentation.intervals import Intervals

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.instrumentation.events import Event
    from docexchange.instrumentation.intervals import Interval

__all__ = ["Tracing", "trace_of"]

_BAD: Final = {"failed", "refused", "unreadable", "deferred"}


class Tracing:
    """A hook that makes spans.

    Args:
        tracer: of OpenTelemetry; the global one when left out.
        clock: tells the time.

    Raises:
        MissingExtra: ``opentelemetry-api`` is not installed.
    """

    def __init__(self, tracer: Any = None, *, clock: Clock | None = None) -> None:
        self._trace: Final = _api()
        self._tracer: Final = tracer or self._trace.get_tracer("docexchange")
        self._clock: Final = clock or SystemClock()
        self._intervals: Final = Intervals()

    def __call__(self, event: Event) -> None:
        """Make a span of what an event ends."""
        if interval := self._intervals.note(event, at=self._clock.now()):
            self._tell(interval)

    def _tell(self, interval: Interval) -> None:
        trace = self._trace
        around = trace.get_current_span().get_span_context()
        span = self._tracer.start_span(
            f"docexchange {interval.step}",
            context=trace.set_span_in_context(trace.NonRecordingSpan(self._letter(interval))),
            start_time=_nanoseconds(interval.began),
            links=[trace.Link(around)] if around.is_valid else [],
            attributes={
                "docexchange.node": interval.node,
                "docexchange.message_id": interval.message_id,
                "docexchange.outcome": interval.outcome,
            },
        )
        if interval.outcome in _BAD:
            span.set_status(trace.Status(trace.StatusCode.ERROR, interval.reason))
        span.end(end_time=_nanoseconds(interval.ended))

    def _letter(self, interval: Interval) -> Any:
        trace_id, span_id = trace_of(interval.message_id)
        return self._trace.SpanContext(
            trace_id, span_id, is_remote=True, trace_flags=self._trace.TraceFlags(1)
        )


def trace_of(message_id: str) -> tuple[int, int]:
    """The trace of a letter, and the parent of all its spans.

    Args:
        message_id: the letter.

    Returns:
        Trace id (128 bits) and span id (64 bits), neither of them zero.
    """
    digest = sha256(f"docexchange:{message_id}".encode()).digest()
    return int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:24], "big") or 1


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1_000


def _api() -> Any:
    try:
        from opentelemetry import trace
    except ImportError as error:
        raise MissingExtra(
            "tracing: expected the package opentelemetry-api, found it not installed",
            code="tracing.extra",
            advice="Install it: pip install 'docexchange[tracing]'.",
        ) from error
    return trace
