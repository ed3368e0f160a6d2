"""Files that are whole or absent: write beside, flush, then rename.

A name is safe only once its folder has been flushed, too.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["flush_directory", "flush_file", "lasting_folder", "write_whole"]


@contextmanager
def write_whole(path: Path | str, *, replace: bool = True) -> Iterator[BinaryIO]:
    """Open a stream whose content appears under ``path`` only if the block succeeds.

    Args:
        path: the final name; its folder must exist.
        replace: whether an existing file may be replaced.

    Raises:
        UsageError: the place cannot be written to, or the file exists and may not be replaced.
    """
    path = Path(path)
    temporary = path.parent / f".{path.name[:40]}.{secrets.token_hex(8)}.part"
    try:
        # The system takes the umask off; asking for it would change it for all threads meanwhile.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _publish(temporary, path, replace=replace)
        flush_directory(path.parent)
    except OSError as error:
        # Not every OSError in the block is about this file; keep the words of the system.
        raise _cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _publish(temporary: Path, path: Path, *, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        os.link(temporary, path)  # fails when the name is taken; rename would not
        temporary.unlink()  # now, so that no power cut brings it back


def lasting_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that it would survive a power cut with what goes in.

    Args:
        folder: left as it is where it is there already.

    Raises:
        OSError: it cannot be made, or something else has its name.
    """
    if folder.is_dir():
        return
    lasting_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_directory(folder.parent)


def flush_directory(folder: Path) -> None:
    """Return when the names in ``folder`` would survive a power cut."""
    _flush(folder, os.O_RDONLY | os.O_DIRECTORY)


def flush_file(path: Path) -> None:
    """Return when the bytes of ``path`` would survive a power cut."""
    _flush(path, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError | ValueError) -> UsageError:
    if isinstance(error, FileExistsError):
        return UsageError(
            f"{path}: expected no such file, found one",
            code="output.exists",
            advice="Choose another name, or say that the file may be replaced.",
        )
    found = (error.strerror if isinstance(error, OSError) else None) or error
    return UsageError(
        f"{path}: expected to write this file, found: {found}",
        code="output.not-writable",
        advice="Check the folder, its permissions and the free space.",
    )
