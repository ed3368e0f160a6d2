"""Where the store of a node lies, for commands that look after it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import PayloadStore, SQLiteStore

__all__ = ["Place", "operator", "place_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A store on the disk, not opened yet."""

    agency: str
    """Whose it is."""
    folder: Path
    """Its folder."""

    @property
    def database(self) -> Path:
        """The database in it."""
        return self.folder / "store.db"

    def payloads(self) -> PayloadStore:
        """The bytes of its messages."""
        from docexchange.delivery import PayloadStore

        return PayloadStore(self.folder / "payloads")

    def store(self) -> SQLiteStore:
        """Its records."""
        from docexchange.delivery import SQLiteStore

        return SQLiteStore(self.database, who=self.agency)


def place_of(node_folder: Path, *, must_exist: bool = True) -> Place:
    """Where the store of a node is, by its ``node.toml``.

    Raises:
        StoreFailure: there is none yet; a command that looks after it must not make one.
    """
    from docexchange.errors import StoreFailure
    from docexchange.node import read_config

    config = read_config(node_folder)
    place = Place(agency=config.agency, folder=config.base / config.store)
    if must_exist and not place.database.exists():
        raise StoreFailure(
            f"store {place.database}: expected the store of a node, found no file",
            code="store.cannot-open",
            advice="Check the folder; a node makes its store when it first runs.",
        )
    return place


def operator() -> str:
    """The person at the keyboard, as the system knows him."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name
        return "operator"
