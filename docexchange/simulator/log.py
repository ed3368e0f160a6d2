"""What happened, line by line, and one digest over all of it: two equal runs have equal digests.

The digest is one over the digests of all nodes, each over what happened at that node in its order:
what nodes did at the same moment has none.

>>> network.log.digest
>>> network.log.lines[-10:]
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.cast import Place

__all__ = ["NOBODY", "EventLog", "digest_of"]

NOBODY: Final = 0, 0
"""In the place of a node: what happens to the network."""


class EventLog:
    """The log of one network.

    Args:
        agenda: tells the time.
        keeps_lines: whether lines can be read afterwards; long runs do without.
    """

    def __init__(self, agenda: Agenda, *, keeps_lines: bool = True) -> None:
        self._agenda: Final = agenda
        self._keeps: Final = keeps_lines
        self._digests: Final[dict[Place, Any]] = {}
        self._now = agenda.start
        self._stamp = _seconds(agenda.start, agenda.start)
        self.lines: Final[list[str]] = []
        """Everything, oldest first, with the seconds since the start."""

    def add(self, text: str, *, at: Place = NOBODY) -> None:
        """Write a line.

        Args:
            text: what happened.
            at: at which node.
        """
        now = self._agenda.now()
        if now != self._now:  # many lines are written at one moment
            self._now, self._stamp = now, _seconds(self._agenda.start, now)
        line = f"{self._stamp} {text}"
        digest = self._digests.get(at)
        if digest is None:
            digest = self._digests[at] = sha256()
        digest.update(f"{line}\n".encode())
        if self._keeps:
            self.lines.append(line)

    @property
    def digests(self) -> dict[Place, str]:
        """SHA-256 over the lines of each node, lower-case hexadecimal."""
        return {place: digest.hexdigest() for place, digest in self._digests.items()}

    @property
    def digest(self) -> str:
        """SHA-256 over all of that, lower-case hexadecimal."""
        return digest_of(self.digests)


def _seconds(start: datetime, now: datetime) -> str:
    return f"{(now - start).total_seconds():.6f}"


def digest_of(digests: Mapping[Place, str]) -> str:
    """One digest over those of all nodes.

    Args:
        digests: SHA-256 over the lines of each, lower-case hexadecimal.
    """
    return sha256(repr(sorted(digests.items())).encode()).hexdigest()
