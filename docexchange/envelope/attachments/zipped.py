"""ZIP archives of one file, as the Java SDK packs attachments: the file inside, bounded.

An archive tells its content twice, at the file and in a directory at its end, and programs differ
on which they believe. Only archives that leave no choice are opened: one file at the very
beginning, its directory right behind it, the end right behind that, and everything told twice
alike. The octets stay where they are; each reading inflates them again and holds them to the
checksum.

>>> source = ZipSource(attachment.source, Limits())
>>> source.entry.name
'3f0c.pdf'
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.attachments.streams import PieceReader
from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope.attachments.attachment import Source
    from docexchange.limits import Limits

__all__ = [
    "CENTRAL",
    "DEFLATED",
    "END",
    "LOCAL",
    "SIZED_LATER",
    "SIZES",
    "UTF_8",
    "Entry",
    "ZipSource",
]

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")
SIZES: Final = struct.Struct("<3L")
_CHUNK: Final = 64 * 1024
_MOST_TAIL: Final = 4096
_STORED: Final = 0
DEFLATED: Final = 8
SIZED_LATER: Final = 0x0008
_FLAGS: Final = 0x080E  # compression level, sizes behind the data, name in UTF-8
UTF_8: Final = 0x0800
_SMALL: Final = 1024 * 1024
"""Up to here the ratio says nothing: a page of spaces does no harm."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The one file in an archive."""

    name: str
    """Its name, without any folder."""
    size: int
    """Octets."""
    checksum: int
    """CRC-32 of the octets."""


@dataclass(frozen=True)
class ZipSource:
    """The octets of the one file in an archive."""

    archive: Source
    """The archive."""
    limits: Limits = field(repr=False)
    """Bounds on what comes out."""

    @cached_property
    def entry(self) -> Entry:
        """What is inside, after reading it once.

        Raises:
            MalformedEnvelope: not an archive of exactly one file, told twice alike.
            LimitExceeded: what is inside is too large.
        """
        with self.archive.open() as stream:
            walk = _Walk(stream, self.limits)
            for _ in walk.octets():
                pass
            return walk.entry()

    def first_name(self) -> str:
        """The name at the beginning, nothing inflated; empty when this is no archive."""
        with self.archive.open() as stream:
            try:
                return _Walk(stream, self.limits).name()
            except MalformedEnvelope:
                return ""

    def open(self) -> BinaryIO:
        """Open the file inside, inflating."""
        archive = self.archive.open()
        octets = _Walk(archive, self.limits).octets()
        return io.BufferedReader(PieceReader(octets, behind=archive), _CHUNK)


class _Walk:
    """One pass over an archive, from its first octet to its last."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        (self._mark, _, self._flags, self._method, _, _, self._crc, self._packed, self._plain) = (
            LOCAL.unpack(self._exactly(LOCAL.size))[:9]
        )
        name, extra = struct.unpack("<2H", self._head[-4:])
        self._name = self._exactly(name)
        self._exactly(extra)
        self._offset = LOCAL.size + name + extra
        self._check_head()
        self._size = self._taken = self._sum = 0
        self._tail = b""

    def _exactly(self, count: int) -> bytes:
        self._head = data = self._stream.read(count) if count else b""
        if len(data) != count:
            raise _odd("the end of the archive")
        return data

    def _check_head(self) -> None:
        if self._mark != b"PK\x03\x04":
            raise _odd("no archive")
        if self._flags & ~_FLAGS or self._method not in {_STORED, DEFLATED}:
            raise _odd("encryption or an unusual compression")
        if self._method == _STORED and self._flags & SIZED_LATER:
            raise _odd("octets whose end is not told")

    def octets(self) -> Iterator[bytes]:
        """The octets inside, piece by piece; afterwards the directory is checked."""
        for piece in self._inflated() if self._method == DEFLATED else self._stored():
            self._size += len(piece)
            self._check_size()
            self._sum = zlib.crc32(piece, self._sum)
            yield piece
        self._tail += self._stream.read(max(0, _MOST_TAIL + 1 - len(self._tail)))
        self._check_tail()

    def _inflated(self) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        ended = False
        while not ended:
            packed = inflater.unconsumed_tail or self._stream.read(_CHUNK)
            if not packed:
                raise _odd("the end of the archive")
            try:
                piece = inflater.decompress(packed, _CHUNK)
            except zlib.error as error:
                raise _odd(str(error)) from error
            ended = inflater.eof
            left = inflater.unused_data if ended else inflater.unconsumed_tail
            self._taken += len(packed) - len(left)
            yield piece
        self._tail = inflater.unused_data

    def _stored(self) -> Iterator[bytes]:
        while self._taken < self._packed:
            piece = self._stream.read(min(_CHUNK, self._packed - self._taken))
            if not piece:
                raise _odd("the end of the archive")
            self._taken += len(piece)
            yield piece

    def _check_size(self) -> None:
        limits = self._limits
        limits.hold("inflated_bytes", self._size)
        if self._size > _SMALL:
            limits.hold("inflation_ratio", -(-self._size // max(self._taken, 1)))

    def _check_tail(self) -> None:
        """Hold what the archive says at its end to what was found."""
        truth = (self._sum, self._taken, self._size)
        tail = self._tail
        if self._flags & SIZED_LATER:
            later = SIZES.pack(*truth)
            marked = b"PK\x07\x08" + later
            begun = marked if tail.startswith(marked) else later
            if not tail.startswith(begun):
                raise _odd("sizes or a checksum that do not fit")
            tail = tail[len(begun) :]
        elif (self._crc, self._packed, self._plain) != truth:
            raise _odd("sizes or a checksum that do not fit")
        self._check_directory(tail, truth, self._offset + self._taken + len(self._tail) - len(tail))

    def _check_directory(self, tail: bytes, truth: tuple[int, int, int], at: int) -> None:
        if len(tail) < CENTRAL.size + END.size:
            raise _odd("no directory")
        told = CENTRAL.unpack_from(tail)
        names, extras, comments = told[10:13]
        size = CENTRAL.size + names + extras + comments
        same = told[0] == b"PK\x01\x02" and told[3:5] == (self._flags, self._method)
        same = same and told[7:10] == truth and told[13] == 0 and told[16] == 0
        same = same and tail[CENTRAL.size : CENTRAL.size + names] == self._name
        end = END.pack(b"PK\x05\x06", 0, 0, 1, 1, size, at, 0)
        if not same or tail[size:] != end:
            raise _odd("more than one file, or a directory that tells something else")

    def name(self) -> str:
        """The name of the file, without any folder."""
        try:
            name = self._name.decode("utf-8" if self._flags & UTF_8 else "cp437")
        except UnicodeDecodeError as error:
            raise _odd("a name that is not UTF-8") from error
        return name.replace("\\", "/").rpartition("/")[2]

    def entry(self) -> Entry:
        """What was found; after ``octets``."""
        return Entry(self.name(), self._size, self._sum)


def _odd(found: str) -> MalformedEnvelope:
    return MalformedEnvelope(
        f"attachment: expected a ZIP archive of one file, found {found}",
        code="envelope.attachment-archive",
        advice="Take the archive itself, or ask the sender for the file as it is.",
    )
