"""What came of a scenario: a value to print, to compare, and to hold against what was expected.

>>> outcome.delays[0].p99_seconds, outcome.problems
>>> outcome.unmet(scenario.expected)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docexchange.simulator.cast import Place
    from docexchange.simulator.scenario import Expected

__all__ = ["Delays", "Flow", "Outcome", "Queue", "Unmet", "delays_of"]

_LIMITS: Final = {
    "p50_minutes": "p50_seconds",
    "p90_minutes": "p90_seconds",
    "p99_minutes": "p99_seconds",
    "longest_minutes": "longest_seconds",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long letters took from their submission until they were handed over, in seconds."""

    tiers: tuple[int, int] | None
    """Tiers of sender and recipient; None for all letters together."""
    copies: int
    """How many arrived."""
    p50_seconds: float
    """Half of them took no longer,"""
    p90_seconds: float
    """nine in ten,"""
    p99_seconds: float
    """ninety-nine in a hundred,"""
    longest_seconds: float
    """and the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What one link carried, in one direction."""

    sender: Place
    """From which node."""
    receiver: Place
    """To which node."""
    messages: int
    """Letters and statuses that arrived, each as often as it did."""
    octets: int
    """Everything that was given to it, receipts included."""
    lost: int
    """What it lost or damaged."""
    refused: int
    """How often it took nothing."""
    mean_seconds: float
    """How long a message took from the first attempt to the arrival."""
    profile: str
    """What the line is like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The most that waited at a node."""

    place: Place
    """Which node."""
    name: str
    """The agency."""
    messages: int
    """How many letters and statuses it still had to bring away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """Something that was expected and is not so."""

    what: str
    """The key in the scenario."""
    expected: float
    """At most so many minutes, or so many copies."""
    found: float
    """And what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one run."""

    name: str
    """The scenario."""
    seed: int
    """Decided what was left to chance."""
    tiers: tuple[int, ...]
    """How many agencies each tier has, from the top."""
    letters: int
    """How many were sent."""
    copies: int
    """How many recipients they had altogether."""
    arrived: int
    """How many of these copies arrived."""
    failed: int
    """Of how many their senders were told that they could not be delivered."""
    hours: float
    """How long it took until nothing was left to do, in hours of the simulation."""
    is_quiet: bool
    """Whether nothing was left to do."""
    delays: tuple[Delays, ...]
    """All letters together, then by tiers."""
    flows: tuple[Flow, ...]
    """What the links carried."""
    attempts: int
    """How often nodes tried to send something."""
    octets: int
    """Everything that was given to the links."""
    resent_octets: int
    """Of that, letters and statuses that were sent again."""
    lost: int
    """How much was lost or damaged on the way."""
    queues: tuple[Queue, ...]
    """The longest queues, the longest first."""
    problems: tuple[str, ...]
    """Promises that were broken."""
    digest: str
    """Of everything that happened: the same for the same run."""

    def unmet(self, expected: Expected) -> tuple[Unmet, ...]:
        """Hold it against what was expected.

        Args:
            expected: from the scenario.
        """
        found = []
        if expected.all_arrive and self.arrived < self.copies:
            found.append(Unmet(what="all_arrive", expected=self.copies, found=self.arrived))
        for key, name in _LIMITS.items():
            limit = getattr(expected, key)
            minutes = getattr(self.delays[0], name) / 60 if self.delays else 0.0
            if limit is not None and minutes > limit:
                found.append(Unmet(what=key, expected=limit, found=round(minutes, 1)))
        return tuple(found)

    def holds(self, expected: Expected) -> bool:
        """Whether no promise was broken, nothing is left over, and all is as expected."""
        return self.is_quiet and not self.problems and not self.unmet(expected)


def delays_of(seconds: Iterable[float], *, tiers: tuple[int, int] | None) -> Delays:
    """Sum up how long letters took.

    Args:
        seconds: one number or more.
        tiers: of sender and recipient.
    """
    ordered = sorted(seconds)
    return Delays(
        tiers=tiers,
        copies=len(ordered),
        p50_seconds=_percentile(ordered, 50),
        p90_seconds=_percentile(ordered, 90),
        p99_seconds=_percentile(ordered, 99),
        longest_seconds=ordered[-1],
    )


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """By nearest rank: a time that a letter really took."""
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]
