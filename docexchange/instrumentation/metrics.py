"""Numbers for Prometheus: how many, how long, how much waits.

>>> metrics = Metrics()
>>> node = Node.from_config("commune/", hooks=[metrics])
>>> metrics.text()   # for GET /metrics

Needs the extra ``metrics``. Labels are few and bounded: agencies' codes of our own nodes, names of
events and steps; never a message id, a subject or a peer that anybody may invent.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import SystemClock
from docexchange.errors import ConfigurationError, MissingExtra
from docexchange.instrumentation.intervals import Intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from docexchange.clock import Clock
    from docexchange.instrumentation.events import Event

__all__ = ["Metrics"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)
"""Seconds: from a receipt over a fibre to a letter of 2 GB over a telephone line."""


class Metrics:
    """A hook that counts; give it to a node, or to several.

    Args:
        registry: of ``prometheus_client``; one of its own when left out.
        clock: tells the time.

    Raises:
        MissingExtra: ``prometheus_client`` is not installed.
    """

    def __init__(self, registry: Any = None, *, clock: Clock | None = None) -> None:
        client = _client()
        self._registry: Final = registry or client.CollectorRegistry()
        self._clock: Final = clock or SystemClock()
        self._intervals: Final = Intervals()
        self._counts: Final[dict[str, Callable[[], Mapping[str, int]]]] = {}
        self._events: Final = client.Counter(
            "docexchange_events", "What happened.", ["node", "event"], registry=self._registry
        )
        self._seconds: Final = client.Histogram(
            "docexchange_step_seconds",
            "How long the steps of letters took.",
            ["node", "step", "outcome"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._registry.register(self)

    def __call__(self, event: Event) -> None:
        """Count an event and what it ends."""
        node = str(event.fields.get("node", ""))
        self._events.labels(node, str(event.name)).inc()
        if interval := self._intervals.note(event, at=self._clock.now()):
            labels = self._seconds.labels(node, interval.step, interval.outcome)
            labels.observe(interval.seconds)

    def watch(self, node: str, counts: Callable[[], Mapping[str, int]]) -> None:
        """Ask for the states of a node's messages whenever the numbers are asked for.

        Args:
            node: its agency's code.
            counts: gives how many messages are in each state.
        """
        self._counts[node] = counts

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[int]:
        """Serve the numbers over plain HTTP while the context lasts.

        Args:
            host: address to listen on; an inner one, for anybody there may ask.
            port: port to listen on; 0 for one that the system chooses.

        Yields:
            The port.

        Raises:
            ConfigurationError: it cannot be listened on.
        """
        try:
            server, thread = _client().start_http_server(port, host, registry=self._registry)
        except OSError as error:
            raise ConfigurationError(
                f"[metrics]: expected to listen on {host}:{port}, found: {error.strerror or error}",
                code="configuration.metrics",
                advice="Choose another port, or stop what uses it.",
            ) from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def collect(self) -> list[Any]:
        """What ``prometheus_client`` asks for at each scrape."""
        from prometheus_client.core import GaugeMetricFamily

        family = GaugeMetricFamily(
            "docexchange_messages", "Messages by state.", labels=["node", "state"]
        )
        for node, counts in sorted(self._counts.items()):
            for state, number in sorted(counts().items()):
                family.add_metric([node, state], number)
        return [family]

    def text(self) -> bytes:
        """All numbers in the text format of Prometheus."""
        exposition: bytes = _client().generate_latest(self._registry)
        return exposition


def _client() -> Any:
    try:
        import prometheus_client
    except ImportError as error:
        raise MissingExtra(
            "metrics: expected the package prometheus-client, found it not installed",
            code="metrics.extra",
            advice="Install it: pip install 'docexchange[metrics]'.",
        ) from error
    return prometheus_client
