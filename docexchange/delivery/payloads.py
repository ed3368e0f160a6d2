"""The bytes of messages: one file for each content, named by its SHA-256 once it is whole.

    payloads = PayloadStore(Path("/var/lib/docexchange/payloads"))
    payload = payloads.put(stream)             # payload.sha256, payload.size
    with payloads.open(payload.sha256) as file: ...

A letter to fifty recipients lies here once. A file is written under ``tmp/`` and renamed to
``aa/bb…`` when it is whole and on the disk, so that a name always stands for all of its bytes.

What is done for every letter names files by text: pathlib enters each name in Python's own table of
strings, which is then made anew, 2 MB at a time, for every ten thousand letters.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256 as new_sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.delivery._failures import damaged, from_os
from docexchange.delivery._file_system import FileSystem
from docexchange.delivery.payload_base import Payload, Payloads
from docexchange.envelope.files import flush_directory, flush_file
from docexchange.errors import LimitExceeded, StoreFailure, UsageError
from docexchange.limits import KIB, MIB, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

__all__ = ["SMALL_BYTES", "Collected", "PayloadStore"]

SMALL_BYTES: Final = 64 * KIB
"""What may be laid down and kept elsewhere meanwhile; more is flushed as a file at once."""
_MANY: Final = 32
"""Fewer files are flushed one by one: that leaves what other programs have written alone."""
_CHUNK: Final = MIB
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What was removed because nothing needed it."""

    files: int
    """So many payloads."""
    bytes: int
    """Their length together."""


class PayloadStore(Payloads):
    """A folder of content-addressed files; threads and processes may share it.

    Args:
        folder: made when absent, its parent is not.
        largest_bytes: no payload is larger than this.

    Raises:
        StoreFailure: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, *, largest_bytes: int = Limits().envelope_bytes) -> None:
        self._folder: Final = Path(folder).absolute()
        self._drafts: Final = self._folder / "tmp"
        self._largest: Final = largest_bytes
        self._known: Final[set[str]] = set()
        with _translated(self._folder):
            self._folder.mkdir(exist_ok=True)
            self._drafts.mkdir(exist_ok=True)
            flush_directory(self._folder.parent)
            flush_directory(self._folder)
            self._file_system: Final = FileSystem(self._folder)

    def put(self, stream: BinaryIO) -> Payload:
        """Store what ``stream`` has left; durable when this returns.

        Content that is there already is written once more over itself, which mends a damaged copy.

        Args:
            stream: read to its end in pieces of 1 MiB, not closed.

        Returns:
            Digest and size.

        Raises:
            LimitExceeded: the stream is longer than the largest payload allowed.
            StoreFailure: the disk is full or broken; nothing stands under the final name.
        """
        with _locked(self._drafts, fcntl.LOCK_SH), self._draft() as (handle, draft):
            payload = self._copy(stream, handle)
            with _translated(self._folder):
                os.fsync(handle)
                self._name(draft, payload.sha256)
        return payload

    def lay(self, data: bytes) -> Payload | None:
        """Put new, small content under its name and wait for no disk: it is *not* durable yet.

        Whoever calls this keeps the bytes safe by other means (`changes.KeepBytes`) until they have
        been flushed.

        Args:
            data: at most `SMALL_BYTES` octets.

        Returns:
            Digest and size; None when there is content of this name already: then `put` it.

        Raises:
            LimitExceeded: it is longer than the largest payload allowed.
            StoreFailure: the disk is full or broken; nothing stands under the final name.
        """
        if len(data) > self._largest:
            raise self._too_large()
        sha256 = new_sha256(data).hexdigest()
        place = self._place(sha256)
        with _locked(self._drafts, fcntl.LOCK_SH), _translated(self._folder):
            self._make(sha256)
            if os.path.exists(place):
                return None
            with self._draft() as (handle, draft):
                _write(handle, data)
                os.rename(draft, place)
        return Payload(sha256=sha256, size=len(data))

    def flush(self, names: Collection[str]) -> None:
        """Return when payloads that were laid down would survive a power cut.

        Args:
            names: their digests.

        Raises:
            StoreFailure: one of them is not there, or could not be written.
        """
        places = [self._place(name) for name in names]
        with _translated(self._folder):
            if len(places) >= _MANY and self._file_system.flush():
                for place in places:
                    os.stat(place)
                return
            paths = [Path(place) for place in places]
            for path in paths:
                flush_file(path)
            for folder in {path.parent for path in paths}:
                flush_directory(folder)

    def open(self, sha256: str) -> BinaryIO:
        """Open a payload for reading.

        Raises:
            StoreFailure: code ``store.payload-missing``; it is not here.
        """
        path = self.path(sha256)
        try:
            return path.open("rb")
        except FileNotFoundError as error:
            raise damaged(
                path, "a payload that was stored", "no file", code="store.payload-missing"
            ) from error
        except OSError as error:
            raise from_os(error, path) from error

    def path(self, sha256: str) -> Path:
        """Where a payload is, or would be.

        Raises:
            UsageError: not a SHA-256 in lower-case hexadecimal.
        """
        return Path(self._place(sha256))

    def _place(self, sha256: str) -> str:
        if not _SHA256.fullmatch(sha256):
            raise UsageError(
                f"payload: expected 64 lower-case hexadecimal digits, found {sha256[:80]!r}",
                code="delivery.payload-name",
                advice="This is a mistake in the calling program.",
            )
        return f"{self._folder}/{sha256[:2]}/{sha256[2:]}"

    def contains(self, sha256: str) -> bool:
        """Whether a payload is here."""
        return os.path.isfile(self._place(sha256))

    def verify(self, sha256: str) -> Payload:
        """Read a payload again from end to end and compare.

        Raises:
            StoreFailure: code ``store.payload-damaged`` or ``store.payload-missing``.
        """
        path, digest, size = self.path(sha256), new_sha256(), 0
        with self.open(sha256) as file, _translated(path):
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
        if digest.hexdigest() != sha256:
            found = f"{digest.hexdigest()} ({size} bytes)"
            raise damaged(path, f"SHA-256 {sha256}", found, code="store.payload-damaged")
        return Payload(sha256=sha256, size=size)

    def clean_up(self) -> int:
        """Remove what crashed writers left behind, unless someone is writing at this moment.

        Returns:
            How many files were removed.
        """
        with _translated(self._drafts), _locked(self._drafts, fcntl.LOCK_EX) as alone:
            leftovers = list(self._drafts.iterdir()) if alone else []
            for leftover in leftovers:
                leftover.unlink(missing_ok=True)
        return len(leftovers)

    def collect(self, is_needed: Callable[[str], bool], *, before: datetime) -> Collected:
        """Remove payloads that nothing needs any more.

        A payload that was put since ``before`` stays, for whoever put it may be about to refer to
        it; putting old content again makes it new, also in the midst of this.

        Args:
            is_needed: tells whether something refers to a digest.
            before: some time ago, longer than anyone takes from `put` to his record.

        Raises:
            StoreFailure: code ``store.busy``; a copy of the folder is being made.
        """
        files = freed = 0
        with _locked(self._folder, fcntl.LOCK_EX) as alone:
            if not alone:
                raise _copied(self._folder)
            for path, sha256 in self._files():
                size = self._remove(path, sha256, is_needed, before.timestamp())
                files, freed = files + (size is not None), freed + (size or 0)
        return Collected(files=files, bytes=freed)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Nothing is collected meanwhile; for whoever copies the payloads."""
        with _held(self._folder, fcntl.LOCK_SH):
            yield

    def names(self) -> Iterator[str]:
        """The digests under which something is stored, in no order."""
        return (sha256 for _, sha256 in self._files())

    def _files(self) -> Iterator[tuple[Path, str]]:
        with _translated(self._folder):
            for folder in sorted(self._folder.glob("[0-9a-f][0-9a-f]")):
                for path in folder.iterdir():
                    if _SHA256.fullmatch(folder.name + path.name):
                        yield path, folder.name + path.name

    def _remove(
        self, path: Path, sha256: str, is_needed: Callable[[str], bool], before: float
    ) -> int | None:
        """Remove one payload, alone in its folder, so that nobody puts it back unseen."""
        if path.stat().st_mtime >= before or is_needed(sha256):
            return None
        with _held(path.parent, fcntl.LOCK_EX), _translated(path):
            found = path.stat()
            if found.st_mtime >= before or is_needed(sha256):
                return None
            path.unlink()
            return found.st_size

    @contextmanager
    def _draft(self) -> Iterator[tuple[int, str]]:
        """A new file for writing; gone afterwards, unless it was given its name."""
        draft = f"{self._drafts}/{secrets.token_hex(16)}"
        with _translated(self._folder):
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            yield handle, draft
        finally:
            os.close(handle)
            with suppress(FileNotFoundError):
                os.unlink(draft)

    def _copy(self, stream: BinaryIO, handle: int) -> Payload:
        digest, size = new_sha256(), 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > self._largest:
                raise self._too_large()
            digest.update(chunk)
            with _translated(self._folder):
                _write(handle, chunk)
        return Payload(sha256=digest.hexdigest(), size=size)

    def _too_large(self) -> LimitExceeded:
        return LimitExceeded(
            f"payload: expected at most {self._largest} bytes, found more", code="limit.payload"
        )

    def _make(self, sha256: str) -> None:
        """Make the folder of a payload, once."""
        name = sha256[:2]
        if name not in self._known:
            (self._folder / name).mkdir(exist_ok=True)
            flush_directory(self._folder)
            self._known.add(name)

    def _name(self, draft: str, sha256: str) -> None:
        path = self.path(sha256)
        self._make(sha256)
        with _held(path.parent, fcntl.LOCK_SH) as folder, _translated(path):
            os.replace(draft, path)
            os.fsync(folder)


def _write(handle: int, chunk: bytes) -> None:
    """Write all of ``chunk``; a disk that fills up takes a part first and then refuses."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


@contextmanager
def _locked(folder: Path, mode: int) -> Iterator[bool]:
    """Hold ``folder`` while others do too (LOCK_SH), or alone (LOCK_EX) if nobody else does.

    Writers hold it together, so that `PayloadStore.clean_up` never takes away what another thread
    or process is still writing.
    """
    with _translated(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _lock(handle, folder, mode)
    finally:
        os.close(handle)


@contextmanager
def _held(folder: Path, mode: int) -> Iterator[int]:
    """Hold ``folder`` together (LOCK_SH) or alone (LOCK_EX), waiting for others; its descriptor."""
    with _translated(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _translated(folder):
            fcntl.flock(handle, mode)
        yield handle
    finally:
        os.close(handle)


def _copied(folder: Path) -> StoreFailure:
    return StoreFailure(
        f"payloads {folder}: expected nobody at work on the whole folder, found a backup",
        code="store.busy",
        advice="Try again when the backup is made; nothing was removed.",
    )


def _lock(handle: int, folder: Path, mode: int) -> bool:
    try:
        fcntl.flock(handle, mode if mode == fcntl.LOCK_SH else mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise from_os(error, folder) from error
    return True


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os(error, path) from error
