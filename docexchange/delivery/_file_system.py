"""Many files made durable together, with their whole file system.

Each flush of a file is one of the disk, also where the system has written its bytes long since.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["flush_file_system", "tells_of_failures"]

_TELLS: Final = (5, 8)
_FORBIDDEN: Final = {errno.ENOSYS, errno.EPERM}
"""How a container answers a call that it does not let pass."""


def flush_file_system(descriptor: int) -> bool:
    """Return when everything on a file system would survive a power cut.

    Args:
        descriptor: of a folder in it, opened before what is to be flushed was written: it is told
            of every failure to write since then, once.

    Returns:
        False where the system has no call for it that tells of failures; nothing was flushed then.

    Raises:
        OSError: something could not be written.
    """
    syncfs = _syncfs()
    number = syncfs(descriptor) if syncfs else errno.ENOSYS
    if number in _FORBIDDEN:
        return False
    if number:
        raise OSError(number, os.strerror(number))
    return True


def tells_of_failures(system: str, release: str) -> bool:
    """Whether ``syncfs`` says what could not be written: since Linux 5.8 (syncfs(2)).

    Args:
        system: as in `sys.platform`.
        release: of the kernel, as in `os.uname`.
    """
    version = re.match(r"(\d+)\.(\d+)", release) if system == "linux" else None
    return version is not None and tuple(map(int, version.groups())) >= _TELLS


@cache
def _syncfs() -> Callable[[int], int] | None:
    """The call of the C library; it returns the number of an error, or 0."""
    if not tells_of_failures(sys.platform, os.uname().release):
        return None
    import ctypes  # few programs have so many files to flush

    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return call and (lambda descriptor: ctypes.get_errno() if call(descriptor) else 0)
