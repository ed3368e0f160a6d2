"""Findings: what is worth telling about an envelope that could be read.

>>> notes = Notes()
>>> notes.add(finding, element)
>>> notes.told(places)               # with line and column
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from docexchange.errors import halves

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope.reading.places import Place, Places
    from docexchange.errors import InvalidField

__all__ = ["MOST_FINDINGS", "Finding", "Notes"]

MOST_FINDINGS: Final = 1000
"""Nobody reads more, and a letter made of nothing but faults must not fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as the standard says."""

    code: str
    """Stable code (``N.MessageHeader.Subject``)."""
    path: str
    """Where, as an element path; behind the first of several with its number (``To[2]``)."""
    message: str
    """What was expected and what was found."""
    advice: str = ""
    """What to do about it."""
    line: int | None = None
    """Line in the file, from 1; of the element around it when the element is missing."""
    column: int | None = None
    """Character in that line, from 1."""

    @classmethod
    def of(cls, fault: InvalidField) -> Self:
        """Turn a builder's fault into a finding about something received."""
        return cls(code=fault.code, path=fault.path, message=str(fault), advice=fault.advice)

    @property
    def expected(self) -> str:
        """What should stand there."""
        return halves(self.message)[0]

    @property
    def found(self) -> str:
        """What stands there."""
        return halves(self.message)[1]


class Notes:
    """Findings as they are made; beyond ``MOST_FINDINGS`` none is kept."""

    __slots__ = ("_noted",)

    def __init__(self) -> None:
        self._noted: list[tuple[Finding, _Element | None]] = []

    @property
    def full(self) -> bool:
        """Whether no more are kept."""
        return len(self._noted) >= MOST_FINDINGS

    def add(self, finding: Finding, element: _Element | None = None) -> None:
        """Note a finding.

        Args:
            finding: what it is.
            element: where; for its line and column.
        """
        if not self.full:
            self._noted.append((finding, element))

    def has(self, code: str) -> bool:
        """Whether there is a finding with this code."""
        return any(finding.code == code for finding, _element in self._noted)

    def told(self, places: Places | None = None) -> tuple[Finding, ...]:
        """All of them, in the order they were made.

        Args:
            places: of elements in the file; without them findings have no line and column.
        """
        if places is None:
            return tuple(finding for finding, _element in self._noted)
        found = places.of({element for _finding, element in self._noted if element is not None})
        return tuple(
            finding if element is None else _placed(finding, found[element])
            for finding, element in self._noted
        )


def _placed(finding: Finding, place: Place) -> Finding:
    return replace(finding, line=place.line, column=place.column)
