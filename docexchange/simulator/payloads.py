"""The bytes of all nodes of a network in files without a name: they are gone when it is.

>>> spool = Spool()
>>> payloads = SpooledPayloads(spool, disk)

Eleven thousand nodes with folders of their own would be millions of files. What is in it survives
the crash of a simulated node, as a disk would.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
import tempfile
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256 as new_sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.delivery import Payload, Payloads
from docexchange.envelope import Envelope
from docexchange.errors import StoreFailure, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from docexchange.limits import Limits

__all__ = ["Spool", "SpooledPayloads"]

_SEGMENT: Final = 64 * 1024 * 1024
"""A file of the spool is not made longer than about this, in bytes."""
_READ: Final = 32
"""So many letters are kept as they were read."""
_AT_HAND: Final = 16
"""The bytes of so many letters are in memory: most are read several times when they come."""


@dataclass(slots=True)
class _Segment:
    """A file without a name."""

    handle: int
    end: int = 0
    live: int = 0


@dataclass(frozen=True, slots=True)
class _Spooled:
    """The bytes of a name, as those want them who may read them once more, and seldom do."""

    spool: Spool
    sha256: str

    def open(self) -> BinaryIO:
        """Read them into memory."""
        return io.BytesIO(self.spool.get(self.sha256))


class Spool:
    """Files for the bytes of all: appended to, and each content in them once."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._segments: Final[dict[int, _Segment]] = {}
        self._spans: Final[dict[bytes, tuple[int, int, int]]] = {}
        self._last = 0
        self._read: Final[OrderedDict[tuple[str, Limits], Envelope]] = OrderedDict()
        self._at_hand: Final[OrderedDict[bytes, bytes]] = OrderedDict()
        self._let_go: Final = weakref.finalize(self, _close_all, self._segments)

    def add(self, data: bytes, digest: bytes | None = None) -> str:
        """Keep bytes; returns their name.

        Args:
            data: the bytes.
            digest: SHA-256 of them, where it is known.
        """
        digest = digest or new_sha256(data).digest()
        if digest not in self._spans:
            segment = self._current()
            os.pwrite(segment.handle, data, segment.end)
            self._spans[digest] = (self._last, segment.end, len(data))
            segment.end += len(data)
            segment.live += 1
            self._have_at_hand(digest, data)
        return digest.hex()

    def __contains__(self, sha256: str) -> bool:
        return bytes.fromhex(sha256) in self._spans

    def get(self, sha256: str) -> bytes:
        """The bytes of a name.

        Raises:
            FileNotFoundError: they were dropped.
            UsageError: the spool is closed.
        """
        digest = bytes.fromhex(sha256)
        data = self._at_hand.get(digest)
        if data is None:
            data = self._read_again(digest)
            self._have_at_hand(digest, data)
        return data

    def _read_again(self, digest: bytes) -> bytes:
        self._check_open()
        segment, place, size = self._spans.get(digest, (0, 0, 0))
        if segment not in self._segments:
            raise FileNotFoundError(errno.ENOENT, "no longer in the simulation", digest.hex())
        return os.pread(self._segments[segment].handle, size, place)

    def _have_at_hand(self, digest: bytes, data: bytes) -> None:
        if len(self._at_hand) >= _AT_HAND:
            self._at_hand.popitem(last=False)
        self._at_hand[digest] = data

    def envelope(self, sha256: str, limits: Limits) -> Envelope:
        """The letter in the bytes of a name; the last few are kept."""
        known = self._read.get((sha256, limits))
        if known is None:
            known = Envelope.from_source(_Spooled(self, sha256), limits)
            if len(self._read) >= _READ:
                self._read.popitem(last=False)
            self._read[sha256, limits] = known
        return known

    def drop(self, sha256: str) -> None:
        """Forget bytes; a file in which nothing is left gives its room back."""
        digest = bytes.fromhex(sha256)
        self._at_hand.pop(digest, None)
        span = self._spans.pop(digest, None)
        if span is not None:
            segment = self._segments[span[0]]
            segment.live -= 1
            if not segment.live and span[0] != self._last:
                os.close(self._segments.pop(span[0]).handle)

    def _check_open(self) -> None:
        if not self._let_go.alive:
            raise UsageError(
                "network: expected an open one, found a closed one",
                code="simulator.closed",
                advice="Read letters and their attachments before the network is closed.",
            )

    def _current(self) -> _Segment:
        self._check_open()
        segment = self._segments.get(self._last)
        if segment is None or segment.end > _SEGMENT:
            handle, name = tempfile.mkstemp(prefix="docexchange-")
            Path(name).unlink()
            self._last += 1
            segment = self._segments[self._last] = _Segment(handle)
        return segment

    def written_out(self, sha256: str) -> Path:
        """A file with the bytes, for those who want one."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="docexchange-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / sha256
        if not path.exists():
            path.write_bytes(self.get(sha256))
        return path

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        self._let_go()
        self._read.clear()
        self._at_hand.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _close_all(segments: dict[int, _Segment]) -> None:
    while segments:
        os.close(segments.popitem()[1].handle)


class SpooledPayloads(Payloads):
    """What one node has in the spool.

    Args:
        spool: where the bytes are.
        check: raises `StoreFailure` while nothing can be written.
    """

    def __init__(self, spool: Spool, check: Callable[[], None]) -> None:
        self._spool: Final = spool
        self._check: Final = check
        self._names: Final[set[bytes]] = set()

    def put(self, stream: BinaryIO) -> Payload:
        """Append it."""
        data = stream.read()
        return self._add(data, new_sha256(data).digest())

    def lay(self, data: bytes) -> Payload | None:
        """Append it, if it is new."""
        digest = new_sha256(data).digest()
        return None if digest in self._names else self._add(data, digest)

    def flush(self, names: Collection[str]) -> None:
        """Nothing is held back."""
        del names
        self._check()

    def open(self, sha256: str) -> BinaryIO:
        """Read it into memory."""
        return io.BytesIO(self._get(sha256))

    def path(self, sha256: str) -> Path:
        """Write it into a file of its own."""
        self._get(sha256)
        return self._spool.written_out(sha256)

    def contains(self, sha256: str) -> bool:
        """Look among the names."""
        return bytes.fromhex(sha256) in self._names

    def verify(self, sha256: str) -> Payload:
        """Read it again."""
        data = self._get(sha256)
        if new_sha256(data).hexdigest() != sha256:
            raise _missing(sha256, "store.payload-damaged")
        return Payload(sha256=sha256, size=len(data))

    def clean_up(self) -> int:
        """Nothing is ever left behind."""
        return 0

    def forget(self, sha256: str) -> None:
        """Lose a payload, as a disk may."""
        self._names.discard(bytes.fromhex(sha256))

    def envelope(self, sha256: str, limits: Limits) -> Envelope:
        """Read it from memory; what was read just now is not read again."""
        self._known(sha256)
        return self._spool.envelope(sha256, limits)

    def _add(self, data: bytes, digest: bytes) -> Payload:
        self._check()
        sha256 = self._spool.add(data, digest)
        self._names.add(digest)
        return Payload(sha256=sha256, size=len(data))

    def _get(self, sha256: str) -> bytes:
        self._known(sha256)
        return self._spool.get(sha256)

    def _known(self, sha256: str) -> None:
        if not self.contains(sha256):
            raise _missing(sha256, "store.payload-missing")


def _missing(sha256: str, code: str) -> StoreFailure:
    return StoreFailure(
        f"payload {sha256}: expected the bytes that were stored, found none such", code=code
    )
