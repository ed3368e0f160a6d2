"""Where the store of a node lies, for commands that look after it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import PayloadStore, SQLiteStore
    from docexchange.node import NodeConfig, Storage

__all__ = ["Place", "memory_of", "operator", "place_of"]


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
    from docexchange.node import read_config

    config = read_config(node_folder)
    if must_exist:
        _check_run(node_folder, config)
    return Place(agency=config.agency, folder=config.base / config.store)


def memory_of(node_folder: Path) -> Storage:
    """Open what a node remembers, to look at it.

    Raises:
        StoreFailure: there is nothing yet; whoever looks must not make it.
    """
    from docexchange.node import open_storage, read_config

    config = read_config(node_folder)
    _check_run(node_folder, config)
    return open_storage(config)


def _check_run(node_folder: Path, config: NodeConfig) -> None:
    from docexchange.errors import StoreFailure
    from docexchange.node import has_run

    if not has_run(config):
        raise StoreFailure(
            f"node {node_folder}: expected one that has run, found no store in "
            f"{config.base / config.store}",
            code="store.none",
            advice="A node makes its store when it first runs: docexchange node run. If this one "
            "has run, check store in node.toml, and whether its disk is there.",
        )


def operator() -> str:
    """The person at the keyboard, as the system knows him."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name
        return "operator"
