"""Which peers are out of reach, and since when: the open circuits of a node, as a store keeps them.

    store.put_outage(Outage(endpoint="https://…", failures=3, since=…, until=…, reason="…"))
    [outage.endpoint for outage in store.outages()]

A node that starts anew goes on where it was, and other commands can tell what it knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.delivery.breaker import Circuit, CircuitState
from docexchange.delivery.records import illegal_record, keep_text, keep_utc

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Outage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A peer that is out of reach; its key is the endpoint."""

    endpoint: str
    """Where it should be reached; the code of an agency for which no endpoint is known."""
    failures: int
    """How often in a row it was out of reach."""
    since: datetime
    """When the first of these failures was."""
    until: datetime
    """When it may be probed next."""
    reason: str
    """What went wrong last, for people."""

    def __post_init__(self) -> None:
        if self.failures < 1:
            raise illegal_record("failures", "1 or more", self.failures)
        keep_utc(self, "since", "until")
        keep_text(self, "endpoint", "reason")

    @property
    def circuit(self) -> Circuit:
        """What the breaker works with."""
        return Circuit(
            state=CircuitState.OPEN, failures=self.failures, until=self.until, since=self.since
        )
