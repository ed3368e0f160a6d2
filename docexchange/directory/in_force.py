"""The directory that is in force: it may be replaced while others work by it.

in_force = InForce(directory)
in_force().lookup(code, today)     # ask anew each time; one answer is of one directory
in_force.put(newer)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docexchange.directory.directory import Directory

__all__ = ["InForce"]


class InForce:
    """Holds one directory at a time; threads may share it.

    Args:
        directory: the one to begin with.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def __call__(self) -> Directory:
        """The directory that is in force now."""
        return self._directory

    def put(self, directory: Directory) -> None:
        """Let another take its place."""
        self._directory = directory
