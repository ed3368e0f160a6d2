"""What a program that stands by is told to do: to tell a file, to fail, or to go on for ever.

>>> Standby("standby_help").ask(file.fileno(), (ECHO,), seconds=60)
"""

from __future__ import annotations

import os
import signal
from typing import Final

__all__ = ["ECHO", "ENDLESS", "FAIL", "SAID", "work"]

ECHO: Final = 0
FAIL: Final = 1
ENDLESS: Final = 2
SAID: Final = b"I have begun"


def work(file: int, answer: int, order: int) -> None:
    """Do as one is told."""
    if order == FAIL:
        raise ValueError
    if order == ENDLESS:
        os.write(answer, SAID)
        while True:
            signal.pause()
    with os.fdopen(file, "rb") as stream, os.fdopen(answer, "wb") as out:
        out.write(stream.read())
