"""What a named case is, and what may come of it.

>>> Case(id="a.b", title="...", title_vi="...", clause="About the node", check=check)

A check returns when the endpoint keeps the promise. It raises `Violation` where it does not, and
`NotApplicable` where this run cannot tell. An endpoint that says nothing raises `NoAnswer`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing.conformance.bench import Bench

__all__ = [
    "Case",
    "Level",
    "NoAnswer",
    "NotApplicable",
    "Outcome",
    "Result",
    "TooLate",
    "Violation",
]


class Level(StrEnum):
    """How much a case weighs (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Outcome(StrEnum):
    """What came of a case."""

    PASSED = "passed"
    """The promise is kept."""
    FAILED = "failed"
    """It is not, and it is one that must be kept."""
    WARNED = "warned"
    """It is not, and it should be kept."""
    SKIPPED = "skipped"
    """This run cannot tell."""


class Violation(Exception):
    """The endpoint did something else than it promises.

    Args:
        expected: what the protocol says.
        found: what the endpoint did.
    """

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = str(found)


class NotApplicable(Exception):
    """Whether the promise is kept cannot be told in this run; the message says what is missing."""


class NoAnswer(Exception):
    """The endpoint closed the connection, said no HTTP, or took longer than it was given."""


class TooLate(NoAnswer):
    """It took longer than it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One promise of the protocol, and how it is tried."""

    id: str
    """Group and name: ``push.same-receipt``."""
    title: str
    """The promise, one sentence."""
    title_vi: str
    """The same in Vietnamese."""
    clause: str
    """Where the reference of the protocol says so: a heading, or how a paragraph begins."""
    check: Callable[[Bench], None]
    """Tries it."""
    level: Level = Level.MUST
    """How much it weighs."""

    @property
    def group(self) -> str:
        """The first part of the id."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a case."""

    case: Case
    """The case."""
    outcome: Outcome
    """What came of it."""
    seconds: float
    """How long it took."""
    expected: str = ""
    """What the protocol says, where the endpoint did something else."""
    found: str = ""
    """What it did; or why this run cannot tell."""
