"""One running node per store: two would both try to deliver the same letters."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = ["NodeLock"]


class NodeLock:
    """Held while a node works; the system lets go of it when the process dies, however.

    Args:
        folder: the store's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "node.lock"
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise StoreFailure(
                f"{self._path.parent}: expected no other node at work here, found one",
                code="store.in-use",
                advice="Stop the other process, or wait for it.",
            ) from error
        self._descriptor = descriptor
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
