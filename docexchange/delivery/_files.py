"""Making files durable: a name is safe only once its directory has been flushed too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["flush_directory", "flush_file"]


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
