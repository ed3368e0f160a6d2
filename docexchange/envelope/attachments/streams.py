"""Pieces of bytes seen as a file: what is made bit by bit, for those who read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import WriteableBuffer

__all__ = ["PieceReader"]


class PieceReader(io.RawIOBase):
    """Reads an iterable of byte strings; errors of the iterable are those of reading.

    Args:
        pieces: taken one by one, as they are read; empty ones are passed over.
        behind: the file they are made from; closed together with this reader.
    """

    def __init__(self, pieces: Iterable[bytes], *, behind: BinaryIO | None = None) -> None:
        super().__init__()
        self._pieces = iter(pieces)
        self._behind = behind
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """True: this is an input."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer``; 0 at the end."""
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._ready = memoryview(piece)
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        """Close the file behind it too."""
        if self._behind is not None and not self.closed:
            self._behind.close()
        super().close()
