"""What a corpus says of a case, and what we say: for every runner of a corpus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case of a corpus."""

    name: str
    """As the corpus calls it."""
    expected: str
    """``pass``; or ``fail``, or our code for the reason where the corpus tells it."""
    found: str
    """``pass``, or our code."""
    detail: str = ""
    """What we said."""
    reason: str = ""
    """Why we differ on purpose."""

    @property
    def agrees(self) -> bool:
        """Whether we and the corpus say the same."""
        return (self.expected == "pass") == (self.found == "pass")
