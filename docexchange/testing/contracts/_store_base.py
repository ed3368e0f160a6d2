"""How the promises of a store get the store that they are about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.delivery import Store

__all__ = ["StorePromises"]


class StorePromises(ABC):
    """What all promises of a store have in common."""

    @abstractmethod
    def open(self, folder: Path) -> Store:
        """Open a store that keeps its files in ``folder``.

        Args:
            folder: empty, of one test alone; opened again it is the same store, if it is durable.
        """

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """An open store without anything in it."""
        with self.open(tmp_path) as store:
            yield store
