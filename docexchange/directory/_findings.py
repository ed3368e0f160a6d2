"""What is wrong with a set of entries, in words that every check shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docexchange.directory.entry import DirectoryEntry

__all__ = ["DirectoryFinding", "name_of", "since"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryFinding:
    """One thing wrong, or odd, about a set of entries."""

    code: str
    """Stable dotted code, such as ``directory.cycle``."""
    message: str
    """What was expected and what was found, with codes and dates."""
    advice: str
    """What to do about it."""
    blocking: bool
    """Whether it makes routing impossible."""

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}. {self.advice}"


def name_of(entry: DirectoryEntry) -> str:
    """An agency by code and name."""
    return f"{entry.organ_id} ({entry.name})"


def since(day: date) -> str:
    """From when on something is so."""
    return "from the beginning" if day == date.min else f"from {day}"
