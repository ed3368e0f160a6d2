"""What was found wrong in a list, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Repair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing that was mended, added, or set aside."""

    code: str
    """Stable dotted code, such as ``import.invisible-characters``."""
    line: int
    """Line of the file, from 1; number of the record in JSON; 0 for the list as a whole."""
    column: str
    """The column, as we call it; empty for a whole row."""
    found: str
    """What stands there; invisible characters are written as escapes."""
    made: str
    """What was made of it; empty where it is left out of the directory."""

    def __str__(self) -> str:
        place = ", ".join(filter(None, (f"line {self.line}" if self.line else "", self.column)))
        return f"[{self.code}] {place or 'list'}: {self.found} -> {self.made or 'left out'}"
