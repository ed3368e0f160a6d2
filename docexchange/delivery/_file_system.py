"""One flush for many files: that of the file system they are in, where it is as good as theirs.

    file_system = FileSystem(folder)    # before anything is written there
    if not file_system.flush():         # else one by one: `flush_file`, `flush_directory`

Each flush of a file is one of the disk, also where the system has written its bytes long since. The
call for all (``syncfs``) is relied on where

1. Linux tells by it what it could not write: since 5.8 (syncfs(2));
2. the file system takes it for a flush of the disk. FUSE, and what lies on a server, may hand all
   to somebody who keeps it in memory;
3. nothing forbids it, as containers do.
"""

from __future__ import annotations

import errno
import os
import re
import weakref
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FileSystem", "is_reliable", "kind_of"]

_TELLS: Final = (5, 8)
_KINDS: Final = {"ext3", "ext4", "f2fs", "xfs"}
_FORBIDDEN: Final = {errno.ENOSYS, errno.EPERM}


class FileSystem:
    """The file system of a folder; it is told of all failures to write from now on, once.

    Args:
        folder: one in it.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: Final = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        weakref.finalize(self, os.close, self._descriptor)
        kind = kind_of(os.fstat(self._descriptor).st_dev, _mounts())
        self._is_reliable: Final = is_reliable(kind, os.uname().release)

    def flush(self) -> bool:
        """Return when everything in it would survive a power cut.

        Returns:
            False where its files have to be flushed one by one; nothing was flushed then.

        Raises:
            OSError: something could not be written, of ours or of others.
        """
        call = _syncfs() if self._is_reliable else None
        number = call(self._descriptor) if call else errno.ENOSYS
        if number in _FORBIDDEN:
            return False
        if number:
            raise OSError(number, os.strerror(number))
        return True


def is_reliable(kind: str, release: str) -> bool:
    """Whether one call flushes all of a file system and tells what could not be written.

    Args:
        kind: its type, as in the table of mounts.
        release: of the kernel, as in `os.uname`.
    """
    version = re.match(r"(\d+)\.(\d+)", release)
    return kind in _KINDS and version is not None and tuple(map(int, version.groups())) >= _TELLS


def kind_of(device: int, mounts: str) -> str:
    """The type of a file system; empty when it is not among those that are mounted.

    Args:
        device: where it is (``st_dev``).
        mounts: the table of mounts, ``/proc/self/mountinfo`` (proc(5)).
    """
    number = f"{os.major(device)}:{os.minor(device)}"
    rows = (line.split() for line in mounts.splitlines())
    return next((row[row.index("-") + 1] for row in rows if row[2] == number), "")


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:  # not Linux
        return ""


@cache
def _syncfs() -> Callable[[int], int] | None:
    """The call of the C library; it returns the number of an error, or 0."""
    import ctypes  # few programs have so many files to flush

    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return call and (lambda descriptor: ctypes.get_errno() if call(descriptor) else 0)
