"""A node that has not run yet, looked at without making anything in its folders.

>>> with as_if_run(config) as looked_at:
...     point = open_point(looked_at, clock, (), Limits())

What a look makes would belong to whoever looks: a service that runs as somebody else could not
write there afterwards.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.node.opening.config import NodeConfig

__all__ = ["as_if_run", "has_run", "unmade_mailboxes"]


def has_run(config: NodeConfig) -> bool:
    """Whether a node has a store, which it makes when it first runs.

    Args:
        config: the node.
    """
    return (config.base / config.store / "store.db").exists()


def unmade_mailboxes(config: NodeConfig) -> list[str]:
    """The mailboxes, as ``node.toml`` names them, that the node makes when it next runs.

    Args:
        config: the node.
    """
    return [url for url in config.mailboxes if _is_unmade(config, url)]


@contextmanager
def as_if_run(config: NodeConfig) -> Iterator[NodeConfig]:
    """The configuration; of a node that has not run, with a store and mailboxes to be thrown away.

    What could not be made in its place is left as it is said, so that opening it tells why.

    Args:
        config: the node.
    """
    if has_run(config):
        yield config
        return
    with TemporaryDirectory(prefix="docexchange-") as scratch:
        store = Path(scratch, "store")
        mailboxes = [
            f"folder:{scratch}/mailbox-{number}" if _is_unmade(config, url) else url
            for number, url in enumerate(config.mailboxes)
        ]
        can_be_made = _may_be_made(config.base / config.store, parents=True)
        changes = {"store": str(store if can_be_made else config.store), "mailbox": mailboxes}
        yield config.model_copy(update=changes)


def _is_unmade(config: NodeConfig, url: str) -> bool:
    scheme, _, text = url.partition(":")
    is_path = scheme == "folder" and text.isprintable() and ".." not in Path(text).parts
    return is_path and _may_be_made(config.base / config.endpoint_base / text)


def _may_be_made(folder: Path, *, parents: bool = False) -> bool:
    """Whether a folder is not there and could be.

    Args:
        folder: where it would be.
        parents: whether the folders around it would be made, too.
    """
    if folder.exists():
        return parents and _is_writable(folder)
    around = folder.parents if parents else [folder.parent]
    return _is_writable(next((path for path in around if path.exists()), folder))


def _is_writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
