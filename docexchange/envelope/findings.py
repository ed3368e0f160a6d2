"""Findings: what is worth telling about an envelope that could be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from docexchange.errors import InvalidField

__all__ = ["MOST_FINDINGS", "Finding"]

MOST_FINDINGS: Final = 1000
"""Nobody reads more, and a letter made of nothing but faults must not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as the standard says."""

    code: str
    """Stable code (``N.MessageHeader.Subject``)."""
    path: str
    """Where, as an element path."""
    message: str
    """What was expected and what was found."""
    advice: str = ""
    """What to do about it."""
    line: int | None = None
    """Line in the file, from 1, where known."""

    @classmethod
    def of(cls, fault: InvalidField) -> Self:
        """Turn a builder's fault into a finding about something received."""
        return cls(code=fault.code, path=fault.path, message=str(fault), advice=fault.advice)
