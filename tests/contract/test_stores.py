"""Every store in the box keeps the promises of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.delivery import MemoryStore, SQLiteStore, Store
from docexchange.testing.contracts import StoreContract

if TYPE_CHECKING:
    from pathlib import Path


class TestMemoryStore(StoreContract):
    """The store of tests and the simulator."""

    def open(self, folder: Path) -> Store:
        del folder
        return MemoryStore()


class TestSQLiteStore(StoreContract):
    """The store of a node."""

    def open(self, folder: Path) -> Store:
        return SQLiteStore(folder / "store.db")
