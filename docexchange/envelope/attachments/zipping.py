"""Packing a file into a ZIP archive of its own as it is read, as the Java SDK sends attachments.

Equal files give equal archives: one entry, deflated, dated 1980-01-01 (the first day that ZIP
knows), its sizes behind the octets, so that nothing has to be known beforehand or kept. The entry
is named as the SDK names it, a UUID and the extension; the UUID is made of the octets' digest.

>>> archive = ZippingSource(source, entry_name("báo cáo.pdf", sha256))
"""

from __future__ import annotations

import io
import uuid
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.attachments.streams import PieceReader
from docexchange.envelope.attachments.zipped import (
    CENTRAL,
    DEFLATED,
    END,
    LOCAL,
    SIZED_LATER,
    SIZES,
    UTF_8,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope.attachments.attachment import Source

__all__ = ["LARGEST", "ZippingSource", "entry_name", "suffix_of"]

LARGEST: Final = (1 << 32) - (1 << 22)
"""Octets of a file that fits an archive without the extensions that many readers lack."""
_CHUNK: Final = 64 * 1024
_VERSION: Final = 20  # the one that knows deflate
_FIRST_DAY: Final = (0, 1 << 5 | 1)  # 00:00:00 on 1980-01-01
_FLAGS: Final = UTF_8 | SIZED_LATER
_WRAP: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class ZippingSource:
    """An archive with one file, made anew by each reading."""

    source: Source
    """The octets of the file."""
    name: str
    """Its name in the archive."""
    level: int = 6
    """How hard to compress, 0 (not at all) to 9."""

    def open(self) -> BinaryIO:
        """Open the archive, deflating."""
        octets = self.source.open()
        pieces = _archive(octets, self.name.encode(), self.level)
        return io.BufferedReader(PieceReader(pieces, behind=octets), _CHUNK)


def entry_name(name: str, sha256: bytes) -> str:
    """What a file is called in its archive.

    Args:
        name: its own name, of which the extension is taken.
        sha256: SHA-256 of its octets.
    """
    return f"{uuid.UUID(bytes=sha256[:16], version=5)}{suffix_of(name)}"


def suffix_of(name: str) -> str:
    """The extension of a file name with its dot, in small letters; empty where it has none."""
    return PurePosixPath(name).suffix.lower()


def _archive(stream: BinaryIO, name: bytes, level: int) -> Iterator[bytes]:
    head = (_VERSION, _FLAGS, DEFLATED, *_FIRST_DAY)
    local = LOCAL.pack(b"PK\x03\x04", *head, 0, 0, 0, len(name), 0) + name
    yield local
    deflater = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = size = packed = 0
    while octets := stream.read(_CHUNK):
        checksum, size = zlib.crc32(octets, checksum), size + len(octets)
        piece = deflater.compress(octets)
        packed += len(piece)
        yield piece
    piece = deflater.flush()
    packed += len(piece)
    yield piece
    # A file that grew beyond ZIP meanwhile is found by its digest.
    truth = (checksum, packed & _WRAP, size & _WRAP)
    yield b"PK\x07\x08" + SIZES.pack(*truth)
    directory = CENTRAL.pack(b"PK\x01\x02", _VERSION, *head, *truth, len(name), *[0] * 6) + name
    yield directory
    at = (len(local) + packed + 4 + SIZES.size) & _WRAP
    yield END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), at, 0)
