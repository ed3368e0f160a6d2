"""From when until when: spans of time that cannot be empty, reversed or without a zone.

from datetime import UTC, datetime, timedelta
from docexchange.testing import Validity

begin = datetime(2026, 1, 1, tzinfo=UTC)
year = Validity(begin=begin, end=begin + timedelta(days=365))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from docexchange.errors import UsageError

__all__ = ["Validity", "check_aware"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """From when until when a certificate is valid.

    Raises:
        UsageError: a time without its zone, or an end before the beginning.
    """

    begin: datetime
    """The first second, timezone-aware."""
    end: datetime
    """The last second, timezone-aware."""

    def __post_init__(self) -> None:
        check_aware(self.begin, "begin")
        check_aware(self.end, "end")
        if self.end <= self.begin:
            raise UsageError(
                f"validity: expected an end after {self.begin}, found {self.end}",
                code="testing.time",
            )


def check_aware(moment: datetime, what: str) -> datetime:
    """Refuse a time that could mean any of 25 hours.

    Args:
        moment: the time.
        what: the name of the argument, for the message.

    Returns:
        The same moment in UTC.

    Raises:
        UsageError: it has no zone.
    """
    if moment.tzinfo is None:
        raise UsageError(
            f"{what}: expected a time with its zone, found {moment}",
            code="testing.time",
            advice="Write datetime(..., tzinfo=UTC).",
        )
    return moment.astimezone(UTC)
