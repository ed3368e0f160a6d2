"""How does a foreign value look in a message? Never longer than a line, whatever it is."""

from __future__ import annotations

import reprlib
from typing import Final

__all__ = ["shorten"]

_WORD_BITS: Final = 64
_TEXT_CHARACTERS: Final = 80


class _Shortener(reprlib.Repr):
    """Values of any size and depth on less than a line."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = _TEXT_CHARACTERS

    def repr_int(self, x: int, level: int) -> str:
        # TOML writes integers in hexadecimal that Python refuses to write in decimal.
        return super().repr_int(x, level) if x.bit_length() <= _WORD_BITS else "a huge number"


shorten: Final = _Shortener().repr
"""A value as it goes into a message."""
