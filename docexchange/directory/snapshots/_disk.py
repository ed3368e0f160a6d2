"""Files that appear whole or not at all, also when the power goes."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from docexchange.directory.snapshots.refusals import refusal
from docexchange.envelope.files import flush_directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["DRAFT", "alone", "read_bounded", "replace_file"]

DRAFT: Final = ".draft-"
"""How the names of half-written files begin."""
_LOCK: Final = ".lock"
# Without O_NONBLOCK a planted pipe would hold the reader for ever.
_EXISTING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def read_bounded(path: Path, most: int) -> bytes:
    """The whole of a plain file; one byte more than ``most`` where it is longer.

    Raises:
        OSError: it is not there, is a link or no plain file, or cannot be read.
    """
    handle = os.open(path, _EXISTING)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IsADirectoryError(errno.EISDIR, "not a regular file", str(path))
        return stream.read(most + 1)


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in the place of another; when this returns it survives a power cut.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    draft = path.with_name(f"{DRAFT}{path.name}")
    with draft.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    flush_directory(path.parent)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes and threads from changing a folder.

    Raises:
        SnapshotRefused: ``snapshot.busy``; somebody else is changing it.
        OSError: it cannot be written to.
    """
    with (folder / _LOCK).open("wb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refusal(
                "busy", f"{folder}: expected to update it alone, found another update at work"
            ) from error
        yield
