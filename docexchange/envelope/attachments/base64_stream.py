"""Base64: an attachment in chunks, without ever holding it whole, and short values in one piece."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, BinaryIO, Final

import pybase64

from docexchange.envelope.attachments.streams import PieceReader
from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


__all__ = [
    "CHUNK",
    "Base64Decoder",
    "Base64Reader",
    "decode",
    "decode_spaced",
    "encode",
    "encoded_chunks",
    "encoded_length",
]

CHUNK: Final = 120 * 1024
"""Bytes of base64 text handled at once: a multiple of 4 and of 3, and under 128 KiB, from where
malloc may take each piece from the system and give it back, which costs as much time as the
rest."""
_WHITE: Final = b" \t\r\n"


class Base64Decoder:
    """Decodes text that comes in pieces; white space is allowed, anything else is not."""

    def __init__(self) -> None:
        self._carry = b""
        self._padded = False

    @property
    def wanted(self) -> int:
        """How many characters would complete the group of four that is begun."""
        return -len(self._carry) % 4

    def feed(self, piece: bytes) -> bytes:
        """Decode as much as is complete.

        Raises:
            MalformedEnvelope: a character outside base64, or text after the padding.
        """
        data = self._carry + piece if self._carry else piece
        whole = len(data) & ~3
        decoded = _decode(data[:whole] if whole != len(data) else data)
        if decoded is None:
            return self._feed_spaced(data)
        self._carry = data[whole:]
        self._note_padding(data[:whole][-1:], decoded, more=bool(self._carry.strip(_WHITE)))
        return decoded

    def feed_pure(self, piece: bytes) -> bytes | None:
        """Decode text without white space and padding; None, and nothing taken, for any other."""
        data = self._carry + piece if self._carry else piece
        whole = len(data) & ~3
        rest = data[whole:]
        if self._padded or b"=" in data[-4:] or not (b"A" + rest).isalnum():
            return None
        decoded = _decode(data[:whole] if rest else data)
        if decoded is not None:
            self._carry = rest
        return decoded

    def finish(self) -> None:
        """Say that the text has ended.

        Raises:
            MalformedEnvelope: it ended in the middle of a group of four.
        """
        if self._carry.translate(None, _WHITE):
            raise _malformed("text cut in the middle of a group of four characters")

    def _feed_spaced(self, data: bytes) -> bytes:
        squeezed = data.translate(None, _WHITE)
        whole = len(squeezed) & ~3
        decoded = _decode(squeezed[:whole])
        if decoded is None:
            raise _malformed("a character outside the base64 alphabet, or misplaced padding")
        self._carry = squeezed[whole:]
        self._note_padding(squeezed[:whole][-1:], decoded, more=bool(self._carry))
        return decoded

    def _note_padding(self, last: bytes, decoded: bytes, *, more: bool) -> None:
        if self._padded and (decoded or more):
            raise _malformed("text after the padding")
        # What is left over behind the padding is found by the next piece, or by `finish`.
        self._padded = self._padded or last == b"="


def _decode(text: bytes) -> bytes | None:
    try:
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _malformed(found: str) -> MalformedEnvelope:
    return MalformedEnvelope(
        f"attachment: expected base64, found {found}", code="envelope.attachment-base64"
    )


class Base64Reader(PieceReader):
    """Reads the octets behind a span of base64 text in a file.

    Args:
        source: a seekable binary file; closed together with this reader.
        start: where the text begins, in bytes.
        length: how long it is, in bytes.
    """

    def __init__(self, source: BinaryIO, start: int, length: int) -> None:
        super().__init__(_decoded(source, length), behind=source)
        source.seek(start)


def _decoded(source: BinaryIO, length: int) -> Iterator[bytes]:
    decoder = Base64Decoder()
    while length:
        piece = source.read(min(CHUNK, length))
        if not piece:
            raise _malformed("the end of the file")
        length -= len(piece)
        yield decoder.feed(piece)
    decoder.finish()


def encoded_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Read ``stream`` to its end as pairs (octets, their base64), without line breaks."""
    size = CHUNK // 4 * 3
    while raw := stream.read(size):
        # Raw streams and pipes may answer with less; a group of three octets must not be split.
        while len(raw) % 3 and (more := stream.read(size - len(raw))):
            raw += more
        yield raw, pybase64.b64encode(raw)


def decode(text: str) -> bytes:
    """Decode a short value that stands without white space.

    Raises:
        ValueError: it is not base64.
    """
    return pybase64.b64decode(text, validate=True)


def decode_spaced(text: str) -> bytes:
    """Decode a short value with the white space of XML anywhere in it, and no other.

    Raises:
        ValueError: it is not base64.
    """
    return decode(b"".join(text.encode("ascii").split()).decode())


encode: Final[Callable[[bytes], str]] = pybase64.b64encode_as_string
"""The base64 of a short value, without line breaks."""


def encoded_length(size: int) -> int:
    """How many characters of base64 ``size`` octets take."""
    return (size + 2) // 3 * 4
