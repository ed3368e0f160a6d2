"""Encodings: a letter in UTF-16 is turned into UTF-8 before anything looks at it.

The standard says UTF-8. Some systems write UTF-16; others only declare it, because their library
does so whatever it writes. From here on there is UTF-8 only, so that no two readers of the bytes
can disagree about them; a letter that came in UTF-16 goes on in UTF-8.

>>> utf_16_in("<?".encode("utf-16-be"))
'utf-16-be'
"""

from __future__ import annotations

import codecs
import os
import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.limits import Limits

__all__ = ["Utf8Copy", "declared_utf_16", "utf_16_in"]

_CHUNK: Final = 192 * 1024
_MARKS: Final = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"<\0\0\0", b"\0\0\0<")
_DECLARED: Final = re.compile(
    rb"""(?P<before>\A<\?xml\s[^>]{0,200}?\bencoding\s*=\s*)(["'])utf-16(?:le|be)?\2""",
    re.IGNORECASE,
)


class Utf8Copy:
    """A temporary file in UTF-8, deleted when nobody needs it any more.

    Args:
        stream: the letter in UTF-16, behind ``head``.
        head: the bytes it begins with.
        codec: what ``utf_16_in`` has found.
        limits: bounds on the size of the copy.

    Raises:
        MalformedEnvelope: it begins like UTF-16 and is not.
        LimitExceeded: larger than an envelope may be.
        OSError: it cannot be read, or there is no room for the copy.
    """

    def __init__(self, stream: BinaryIO, head: bytes, codec: str, limits: Limits) -> None:
        import tempfile

        number, name = tempfile.mkstemp(prefix="docexchange-", suffix=".edxml")
        self._path = Path(name)
        weakref.finalize(self, self._path.unlink, missing_ok=True)
        with os.fdopen(number, "wb") as file:
            file.writelines(_bounded(_encoded(stream, head, codec), limits))

    def open(self) -> BinaryIO:
        """Open it for reading, from the first byte."""
        return self._path.open("rb")


def utf_16_in(head: bytes) -> str:
    """Which UTF-16 a file is in; empty for anything else.

    Args:
        head: its first four bytes.
    """
    return "" if head in _UTF_32 else _MARKS.get(head[:2], "")


def _encoded(stream: BinaryIO, head: bytes, codec: str) -> Iterator[bytes]:
    pieces = _decoded(stream, head, codec)
    first = next(pieces, b"")
    yield _DECLARED.sub(rb'\g<before>"UTF-8"', first, count=1)
    yield from pieces


def _decoded(stream: BinaryIO, head: bytes, codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    data = head.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    data += stream.read(_CHUNK)
    try:
        while data:
            yield decoder.decode(data).encode()
            data = stream.read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise MalformedEnvelope(
            f"expected text in {codec.upper()}, as the file begins, found otherwise: {error}",
            code="xml.encoding",
            advice="Ask the sender to write the file in UTF-8, as the standard says.",
        ) from error


def _bounded(pieces: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    written = 0
    for piece in pieces:
        written += len(piece)
        limits.hold("envelope_bytes", written)
        yield piece


def declared_utf_16(data: bytes) -> bool:
    """Whether a file of UTF-8 says that it is UTF-16.

    Args:
        data: from its XML declaration on.
    """
    return _DECLARED.match(data) is not None
