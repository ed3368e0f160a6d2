"""What does a directory look like on one day? Counted by walking down from its root.

The walk is a proof of its own: it reaches every agency in force, or the directory is no tree.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from docexchange.directory.directory import Directory
    from docexchange.directory.entry import DirectoryEntry

__all__ = ["Survey", "survey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A directory on one day."""

    at: date
    """The day."""
    agencies: int
    """How many are in force."""
    reached: int
    """How many of them stand below a root, or are one."""
    roots: tuple[DirectoryEntry, ...]
    """Those without a superior."""
    depth: int
    """How many stand above each other, the root included."""
    tiers: Mapping[int, int]
    """How many agencies each tier has."""

    @property
    def is_tree(self) -> bool:
        """Whether there is one root, and everybody is below it."""
        return len(self.roots) == 1 and self.reached == self.agencies


def survey(directory: Directory, at: date) -> Survey:
    """Walk through a directory.

    Args:
        directory: the agencies.
        at: calendar date in Vietnam.
    """
    today = [entry for entry in directory if entry.valid_on(at)]
    roots = tuple(entry for entry in today if entry.parent is None)
    row, reached, depth = list(roots), 0, 0
    while row:
        reached, depth = reached + len(row), depth + 1
        row = [child for entry in row for child in directory.children(entry.organ_id, at)]
    return Survey(
        at=at,
        agencies=len(today),
        reached=reached,
        roots=roots,
        depth=depth,
        tiers=dict(sorted(Counter(entry.tier for entry in today).items())),
    )
