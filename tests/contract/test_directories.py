"""The directory in the box keeps the promises of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.directory import Directory, DirectoryEntry
from docexchange.testing.contracts import DirectoryContract

if TYPE_CHECKING:
    from collections.abc import Sequence


class TestDirectory(DirectoryContract):
    """The directory of a node."""

    def open(self, entries: Sequence[DirectoryEntry]) -> Directory:
        return Directory(entries)
