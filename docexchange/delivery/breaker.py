"""Is a peer worth an attempt now? One circuit for each peer; pure, time is a parameter.

    circuit = policy.failed(circuit, now=now, peer="memory:district")   # once more out of reach
    policy.admit(circuit, now)          # the circuit with this attempt in it, or None: not now

Closed, every letter may go. After some failures in a row it opens: nothing goes for a pause that
grows from opening to opening. Then it is half-open and lets one letter through as a probe, whose
fate decides for all. So a peer that is down costs one attempt for each pause, not one per letter.

Where it has been so for long, the link is out of order, and what is to go over it may take another
way (`BreakerPolicy.is_out_of_order`). One success makes it good; it takes as long as before until
it is out of order again, so letters do not go to and fro with a link that comes and goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from docexchange.delivery.schedule import RetrySchedule
from docexchange.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["CLOSED", "BreakerPolicy", "Circuit", "CircuitState"]

_ENDLESS: Final = 1_000_000
"""More probes than anybody lives to see: a circuit never stops to probe."""
_LONGEST_PAUSE: Final = 600.0
"""A peer that is back is noticed within ten minutes."""
_LONGEST_PATIENCE: Final = 86400


class CircuitState(StrEnum):
    """What a peer may be sent."""

    CLOSED = "closed"
    """Everything."""
    OPEN = "open"
    """Nothing before `Circuit.until`."""
    HALF_OPEN = "half_open"
    """Nothing but the probe that is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """What is known about the reach of one peer."""

    state: CircuitState = CircuitState.CLOSED
    """What it may be sent."""
    failures: int = 0
    """How often in a row it was out of reach."""
    until: datetime | None = None
    """When it may be probed; none while it is closed."""
    since: datetime | None = None
    """When the first of these failures was; nothing has reached it since."""


CLOSED: Final = Circuit()
"""A peer of which nothing bad is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When circuits open, and for how long.

    Raises:
        ConfigurationError: it would open before anything failed.
    """

    failures: int = 3
    """So many failures in a row open a circuit."""
    pauses: RetrySchedule = field(
        default_factory=lambda: RetrySchedule(longest_seconds=_LONGEST_PAUSE)
    )
    """The pauses between probes, with their jitter; its number of attempts does not count."""
    patience_seconds: float = 300
    """A link that has been open, with nothing but failures for so long, is out of order."""

    def __post_init__(self) -> None:
        if self.failures < 1:
            raise ConfigurationError(
                f"circuit breaker, failures: expected 1 or more, found {self.failures}",
                code="configuration.breaker",
                advice="Correct failures in the configuration of the node.",
            )
        if not 0 <= self.patience_seconds <= _LONGEST_PATIENCE:
            raise ConfigurationError(
                f"circuit breaker, patience_seconds: expected 0 to {_LONGEST_PATIENCE}, "
                f"found {self.patience_seconds}",
                code="configuration.breaker",
                advice="Correct patience_seconds in the configuration of the node.",
            )
        object.__setattr__(self, "pauses", replace(self.pauses, attempts=_ENDLESS))

    @classmethod
    def beside(cls, schedule: RetrySchedule) -> Self:
        """A policy whose pauses begin and grow as a node's retries do, but stay short.

        Args:
            schedule: when the node tries letters again.
        """
        longest = max(schedule.first_seconds, min(schedule.longest_seconds, _LONGEST_PAUSE))
        return cls(pauses=replace(schedule, longest_seconds=longest))

    def admit(self, circuit: Circuit, now: datetime) -> Circuit | None:
        """Let one letter through, if any may go.

        A probe of which nothing is heard (its sender was killed) makes room for another one when
        the next pause is over. A pause that ends later than any can was begun by a clock that ran
        ahead and was set back since; it does not count.

        Args:
            circuit: what is known about the peer.
            now: the present.

        Returns:
            The circuit with the attempt under way, or None: the letter has to wait.
        """
        if circuit.until is None:
            return circuit
        if now < circuit.until <= now + timedelta(seconds=self.pauses.longest_seconds):
            return None
        return self._after(circuit, CircuitState.HALF_OPEN, now=now, peer="")

    def failed(self, circuit: Circuit, *, now: datetime, peer: str) -> Circuit:
        """The circuit after an attempt that did not reach the peer.

        Args:
            circuit: what was known about the peer.
            now: when the attempt failed.
            peer: gives each peer jitter of its own.
        """
        known = replace(circuit, failures=circuit.failures + 1, since=circuit.since or now)
        if known.failures < self.failures:
            return known
        return self._after(known, CircuitState.OPEN, now=now, peer=peer)

    def is_out_of_order(self, circuit: Circuit, now: datetime) -> bool:
        """Whether letters should go around a peer where the rules allow it.

        A probe that is due or under way changes nothing: only a success does.

        Args:
            circuit: what is known about the peer.
            now: the present.
        """
        if circuit.until is None or circuit.since is None:
            return False
        return now - circuit.since >= timedelta(seconds=self.patience_seconds)

    def _after(self, circuit: Circuit, state: CircuitState, *, now: datetime, peer: str) -> Circuit:
        openings = min(circuit.failures - self.failures + 1, _ENDLESS - 1)
        until = self.pauses.next_attempt(openings, now=now, key=peer)
        return replace(circuit, state=state, until=until)
