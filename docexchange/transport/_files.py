"""Careful hands for folders that others can write to: no links followed, no names half made."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.files import flush_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "discard",
    "lock_alone",
    "lock_shared",
    "open_inside",
    "write_new",
]

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
# Without O_NONBLOCK a planted pipe would hold the reader for ever.
_EXISTING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def write_new(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that must not exist yet; its bytes are on the disk when this returns."""
    with os.fdopen(os.open(path, _NEW, 0o666), "wb", buffering=0) as file:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def open_inside(folder: Path, name: str) -> BinaryIO:
    """Open a regular file directly inside ``folder``, neither of the two a link.

    Raises:
        FileNotFoundError: the folder or the file is not there.
        NotADirectoryError: the folder is something else, or a link.
        OSError: the file is a link, a pipe, or anything but a regular file.
    """
    parent = os.open(folder, _FOLDER | os.O_NOFOLLOW)
    try:
        handle = os.open(name, _EXISTING, dir_fd=parent)
    finally:
        os.close(parent)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise IsADirectoryError(errno.EISDIR, "not a regular file", name)
    return os.fdopen(handle, "rb")


def discard(path: Path, grave: Path) -> bool:
    """Take ``path`` away at one stroke by renaming it to ``grave``, then remove that.

    Returns:
        False when it was no longer there.
    """
    try:
        path.rename(grave)
    except FileNotFoundError:
        return False
    flush_directory(path.parent)
    if grave.is_symlink() or not grave.is_dir():
        grave.unlink(missing_ok=True)
    else:
        shutil.rmtree(grave, ignore_errors=True)
    return True


@contextmanager
def lock_shared(folder: Path) -> Iterator[None]:
    """Hold ``folder`` together with others; go on without where that cannot be had at once."""
    with _handle(folder) as handle:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


@contextmanager
def lock_alone(folder: Path) -> Iterator[bool]:
    """Hold ``folder`` alone; gives False if someone else holds it or nobody can."""
    with _handle(folder) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


@contextmanager
def _handle(folder: Path) -> Iterator[int]:
    handle = os.open(folder, _FOLDER)
    try:
        yield handle
    finally:
        os.close(handle)
