"""Pipes and devices among the files of a folder: they are read where they are named, not found.

>>> [path for path in folder.iterdir() if not is_special(path)]

Nobody keeps letters or certificates in those, and opening a pipe that nobody writes to waits for
ever.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_special"]


def is_special(path: Path | str) -> bool:
    """Whether something else than a file is there; what cannot be seen is for the reader to say.

    Args:
        path: of a folder's content.
    """
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except OSError:
        return False
