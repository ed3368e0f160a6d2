"""What is sent, from a file that is looked at first and then read again from anywhere.

>>> with source_of(parcel, payload) as source:
...     body = source.part(offset, parcel.size)

A broken line is resumed in the middle, so the bytes must be there twice. A stream that cannot be
read again is copied to a temporary file.
"""

from __future__ import annotations

import tempfile
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import TransportError
from docexchange.limits import KIB
from docexchange.transport._payload import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docexchange.transport.parcel import Parcel

__all__ = ["Body", "Source", "digest_field", "source_of"]

_PIECE: Final = 64 * KIB


class Body:
    """A part of a source as requests sends it: of known length, in pieces, once."""

    def __init__(
        self, stream: IO[bytes], start: int, length: int, ended: Callable[[], None]
    ) -> None:
        self._stream: Final = stream
        self._start: Final = start
        self._length: Final = length
        self._ended: Final = ended

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        left = self._length
        try:
            self._stream.seek(self._start)
            while left and (piece := self._stream.read(min(_PIECE, left))):
                left -= len(piece)
                yield piece
        except OSError as error:
            raise _unreadable(str(error)) from error
        if left:
            raise _unreadable(f"{left} bytes missing at its end")
        self._ended()


class Source:
    """The bytes of one parcel, readable again from anywhere; for one thread."""

    def __init__(self, stream: IO[bytes], begin: int) -> None:
        self._stream: Final = stream
        self._begin: Final = begin
        self.read_to = 0
        """How far it was read: there may be as much on the other side, and no more."""

    def part(self, start: int, stop: int) -> Body:
        """The bytes from ``start`` to ``stop``."""

        def ended() -> None:
            self.read_to = max(self.read_to, stop)

        return Body(self._stream, self._begin + start, stop - start, ended)

    def digest(self, start: int, stop: int) -> bytes:
        """Their SHA-256."""
        digest = sha256()
        for piece in self.part(start, stop):
            digest.update(piece)
        return digest.digest()


@contextmanager
def source_of(parcel: Parcel, payload: BinaryIO) -> Iterator[Source]:
    """Look at a payload to its end, so that nothing is sent that is not what the note says.

    Args:
        parcel: the note.
        payload: the bytes, read from where the stream stands.

    Raises:
        TransportError: the payload is something else, or cannot be read.
    """
    if payload.seekable():
        begin = payload.tell()
        for _ in checked(parcel, payload):
            pass
        yield Source(payload, begin)
        return
    with tempfile.TemporaryFile() as copy:
        _copy(parcel, payload, copy)
        yield Source(copy, 0)


def _copy(parcel: Parcel, payload: BinaryIO, copy: IO[bytes]) -> None:
    try:
        copy.writelines(checked(parcel, payload))
        copy.flush()
    except OSError as error:
        raise TransportError(
            f"payload: expected to copy it to a temporary file, found: {error}",
            code="transport.payload-copy",
            advice="Free some space where temporary files are kept.",
        ) from error


def digest_field(digest: bytes) -> str:
    """A SHA-256 as ``Content-Digest`` has it (RFC 9530)."""
    return f"sha-256=:{b64encode(digest).decode('ascii')}:"


def _unreadable(found: str) -> TransportError:
    return TransportError(
        f"payload: expected to read it to its end, found: {found}",
        code="transport.payload-unreadable",
        advice="Look at the disk that the payload is read from.",
    )
