"""One running node per store: two would both try to deliver the same letters."""

from __future__ import annotations

import fcntl
import os
import threading
import weakref
from typing import TYPE_CHECKING, Final

from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = ["IN_USE", "NodeLock", "in_use"]

IN_USE: Final = "store.in-use"
"""The code of what whoever comes second is told."""


class NodeLock:
    """Held while a node works; the system lets go of it when the process dies, however.

    All threads that share this object may hold it together; everyone else is refused at once. A
    process that forks from this one does not hold it, nor keep it when this one lets go or dies.

    Args:
        folder: the store's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path: Final = folder / "node.lock"
        self._counting = threading.Lock()
        self._holders = 0
        self._descriptor = -1
        _LOCKS.add(self)

    def __enter__(self) -> Self:
        with self._counting:
            if self._holders == 0:
                self._descriptor = self._take()
            self._holders += 1
        return self

    def __exit__(self, *exc_info: object) -> None:
        with self._counting:
            if self._holders == 0:
                return  # held before the fork, by the other process
            self._holders -= 1
            if self._holders == 0:
                os.close(self._descriptor)

    def leave_to_parent(self) -> None:
        """Hold it no longer in a process that was forked; the other one still does."""
        self._counting = threading.Lock()  # a thread that is not here may have had the old one
        if self._holders:
            os.close(self._descriptor)
            self._holders = 0

    def _take(self) -> int:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreFailure(
                f"{self._path}: expected to lock this file, found: {error.strerror or error}",
                code="store.cannot-open",
                advice="Check that the folder exists, and the permissions.",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise in_use(self._path.parent) from error
        return descriptor


def in_use(folder: Path) -> StoreFailure:
    """What whoever comes second is told.

    Args:
        folder: the store's folder.
    """
    return StoreFailure(
        f"{folder}: expected no other node at work here, found one",
        code=IN_USE,
        advice="Stop the other process, or wait for it.",
    )


_LOCKS: Final[weakref.WeakSet[NodeLock]] = weakref.WeakSet()


def _leave_to_parent() -> None:
    for lock in list(_LOCKS):
        lock.leave_to_parent()


# The system ties such a lock to the open file, which a child shares for as long as it lives.
os.register_at_fork(after_in_child=_leave_to_parent)
