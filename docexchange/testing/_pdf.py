"""How a PDF file is laid out: numbered objects, then a table of where each begins.

The writer counts bytes instead of asking the stream, so that any stream will do, and holds nothing
but the offsets. ISO 32000-1, clause 7.5.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PdfWriter", "Sink", "text_string"]

_HEADER: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"  # four high bytes: binary, says 7.5.2
_LARGEST_OFFSET: Final = 9_999_999_999  # ten digits in the table, says 7.5.4


class Sink(Protocol):
    """Whatever takes bytes: a file, a pipe, a socket's file."""

    def write(self, data: bytes, /) -> object:
        """Take all of ``data``."""


class PdfWriter:
    """Writes one PDF from front to back.

    Args:
        sink: where the bytes go.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._offsets: dict[int, int] = {}
        self._reserved = 0
        self.written = 0
        self._emit(_HEADER)

    def reserve(self) -> int:
        """Take the next object number."""
        self._reserved += 1
        return self._reserved

    def add(self, number: int, body: str) -> None:
        """Write an object that is no stream.

        Args:
            number: reserved for it.
            body: its text, ASCII.
        """
        self._begin(number)
        self._emit(f"{body}\nendobj\n".encode("ascii"))

    def add_stream(self, number: int, entries: str, length: int, data: Iterable[bytes]) -> None:
        """Write a stream object, chunk by chunk.

        Args:
            number: reserved for it.
            entries: of its dictionary, without the length.
            length: in bytes, of all chunks together.
            data: the chunks.
        """
        self._begin(number)
        self._emit(f"<< {entries} /Length {length} >>\nstream\n".encode("ascii"))
        for chunk in data:
            self._emit(chunk)
        self._emit(b"\nendstream\nendobj\n")

    def finish(self, *, catalog: int, info: int) -> int:
        """Write the table of offsets and the trailer.

        Args:
            catalog: object number of the document catalog.
            info: object number of the document information.

        Returns:
            The size of the whole file in bytes.
        """
        start = self.written
        size = self._reserved + 1
        self._emit(f"xref\n0 {size}\n0000000000 65535 f \n".encode("ascii"))
        for number in range(1, size):
            self._emit(f"{self._offsets[number]:010d} 00000 n \n".encode("ascii"))
        mark = hashlib.sha256(f"{start} {size}".encode()).hexdigest()[:32]
        trailer = f"<< /Size {size} /Root {catalog} 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>"
        self._emit(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode("ascii"))
        return self.written

    def _begin(self, number: int) -> None:
        if self.written > _LARGEST_OFFSET:
            raise UsageError(
                f"PDF: expected at most {_LARGEST_OFFSET:,} bytes before the last object, "
                f"found {self.written:,}",
                code="testing.sample",
                advice="Ask for fewer or smaller pages.",
            )
        self._offsets[number] = self.written
        self._emit(f"{number} 0 obj\n".encode("ascii"))

    def _emit(self, data: bytes) -> None:
        self._sink.write(data)
        self.written += len(data)


def text_string(text: str) -> str:
    """Write a text string of any language as PDF reads it (7.9.2.2: UTF-16BE after a mark)."""
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex()}>"
