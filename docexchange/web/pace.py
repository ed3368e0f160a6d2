"""How often somebody may come: a token bucket, as a pure function of the time.

>>> bucket, wait = taken(Bucket(tokens=1, at=now), now, rate=10, burst=20)
>>> wait
0.0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Bucket", "taken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What somebody has left."""

    tokens: float
    """Requests he may make at once."""
    at: datetime
    """When that was so."""


def taken(bucket: Bucket, now: datetime, *, rate: float, burst: float) -> tuple[Bucket, float]:
    """Take one token.

    Args:
        bucket: as it was left.
        now: the present; a clock that was set back adds nothing.
        rate: tokens that come back in a second.
        burst: tokens that it holds.

    Returns:
        The bucket from now on, and the seconds to wait: 0 when a token was taken.
    """
    elapsed = max(0.0, (now - bucket.at).total_seconds())
    held = min(burst, bucket.tokens + elapsed * rate)
    if held < 1:
        return Bucket(tokens=held, at=now), (1 - held) / rate
    return Bucket(tokens=held - 1, at=now), 0.0
