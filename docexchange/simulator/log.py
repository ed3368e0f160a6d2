"""What happened, line by line, and one digest over all of it: two equal runs have equal digests.

>>> network.log.digest
>>> network.log.lines[-10:]
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from docexchange.simulator.agenda import Agenda

__all__ = ["EventLog"]


class EventLog:
    """The log of one network.

    Args:
        agenda: tells the time.
        keeps_lines: whether lines can be read afterwards; long runs do without.
    """

    def __init__(self, agenda: Agenda, *, keeps_lines: bool = True) -> None:
        self._agenda: Final = agenda
        self._keeps: Final = keeps_lines
        self._digest: Final = sha256()
        self.lines: Final[list[str]] = []
        """Everything, oldest first, with the seconds since the start."""

    def add(self, text: str) -> None:
        """Write a line."""
        seconds = (self._agenda.now() - self._agenda.start).total_seconds()
        line = f"{seconds:.6f} {text}"
        self._digest.update(line.encode() + b"\n")
        if self._keeps:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """SHA-256 over all lines, lower-case hexadecimal."""
        return self._digest.hexdigest()
