"""When is a message tried again, and when no more? Pure: the same question has the same answer.

    schedule = RetrySchedule()
    schedule.next_attempt(1, now=now, key="m-1/000.00.00.G22")  # 15 to 30 seconds later

The wait doubles from attempt to attempt up to a longest one. Half of it is jitter, so that the
letters of a province that was down do not all come back in the same second; the jitter is a hash
of seed, key and attempt, so that a restarted node and a repeated simulation plan the same times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from docexchange.errors import ConfigurationError

__all__ = ["RetrySchedule"]

_LONGEST: Final = 10 * 366 * 86400
"""Ten years in seconds: far beyond use, far below where dates overflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrySchedule:
    """How often, how long, and how far apart.

    Raises:
        ConfigurationError: a number with which no message could be delivered.
    """

    first_seconds: float = 30
    """The wait after the first attempt, in seconds."""
    factor: float = 2.0
    """How much longer each wait is than the one before; at least 1."""
    longest_seconds: float = 3600
    """No wait is longer than this, in seconds."""
    attempts: int = 40
    """Attempts altogether, the first included."""
    receipt_timeout_seconds: float = 300
    """How long a receipt may take after the bytes were carried, in seconds."""
    lifetime_seconds: float = 5 * 86400
    """How long after it was submitted a message is still worth sending, in seconds."""
    seed: int = 0
    """Another seed gives other jitter."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "seed" and not 0 < value <= _LONGEST:
                raise _unusable(field.name, f"more than 0, at most {_LONGEST}", value)
        if self.factor < 1:
            raise _unusable("factor", "1 or more", self.factor)
        if self.longest_seconds < self.first_seconds:
            raise _unusable(
                "longest_seconds",
                f"at least first_seconds ({self.first_seconds})",
                self.longest_seconds,
            )

    def next_attempt(self, attempt: int, *, now: datetime, key: str) -> datetime | None:
        """Plan the attempt that follows a failed one.

        Args:
            attempt: how many attempts have been made, from 1.
            now: when the last one failed.
            key: what is being sent to whom; gives each its own jitter.

        Returns:
            The time of the next attempt, or None when the attempts are spent.
        """
        if attempt >= self.attempts:
            return None
        wait = self._wait(attempt)
        return now + timedelta(seconds=wait * (1 + self._jitter(attempt, key)) / 2)

    def receipt_due(self, now: datetime) -> datetime:
        """When the receipt of what was carried at ``now`` is overdue."""
        return now + timedelta(seconds=self.receipt_timeout_seconds)

    def expires_at(self, submitted: datetime) -> datetime:
        """When a message submitted at ``submitted`` is no longer worth sending."""
        return submitted + timedelta(seconds=self.lifetime_seconds)

    def _wait(self, attempt: int) -> float:
        """The wait before jitter; compared by logarithm, for powers of the factor overflow."""
        doublings = max(attempt, 1) - 1
        room = math.log(self.longest_seconds / self.first_seconds)
        if doublings * math.log(self.factor) >= room:
            return self.longest_seconds
        return min(self.first_seconds * self.factor**doublings, self.longest_seconds)

    def _jitter(self, attempt: int, key: str) -> float:
        """A number from 0 up to 1, the same for the same seed, key and attempt."""
        text = f"{self.seed}\x1f{attempt}\x1f{key}".encode("utf-8", "backslashreplace")
        return int.from_bytes(sha256(text).digest()[:6], "big") / 2**48


def _unusable(name: str, expected: str, found: object) -> ConfigurationError:
    return ConfigurationError(
        f"retry schedule, {name}: expected {expected}, found {found!r}",
        code="configuration.retry-schedule",
        advice=f"Correct {name} in the configuration of the node.",
    )
