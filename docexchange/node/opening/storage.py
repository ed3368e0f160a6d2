"""Where a node keeps what it remembers: the folder with its store and the bytes of its messages.

>>> with open_storage(read_config("commune/")) as storage:
...     storage.store.messages()

Neither keys nor a mailbox are needed: whoever may read the folder can look into it, also while the
node is at work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from docexchange.delivery import PayloadStore, SQLiteStore
from docexchange.envelope.files import lasting_folder
from docexchange.errors import StoreFailure
from docexchange.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import Store
    from docexchange.node.opening.config import NodeConfig

__all__ = ["Storage", "open_storage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """What a node remembers."""

    folder: Path
    """The folder of both."""
    store: Store
    """Records of messages, receipts, statuses and events."""
    payloads: PayloadStore
    """The bytes of messages."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.store.close()


def open_storage(config: NodeConfig, limits: Limits | None = None) -> Storage:
    """Open what a node remembers; made empty when there is nothing yet.

    Args:
        config: the node.
        limits: bounds on what is stored.

    Raises:
        StoreFailure: it is damaged, or cannot be opened.
    """
    folder = config.base / config.store
    try:
        lasting_folder(folder)
    except OSError as error:
        raise StoreFailure(
            f"store {folder}: expected a folder, found: {error.strerror or error}",
            code="store.cannot-open",
            advice="Check the path in node.toml, the permissions and the free space.",
        ) from error
    payloads = PayloadStore(folder / "payloads", largest_bytes=(limits or Limits()).envelope_bytes)
    store = SQLiteStore(folder / "store.db", who=config.agency)
    return Storage(folder=folder, store=store, payloads=payloads)
