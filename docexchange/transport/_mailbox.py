"""Our own mailbox folder: what a peer may have put there, looked at without trusting any of it.

Everyone who may send can write here. Links are not followed, pipes not waited for, and no name is
joined to a path unless it was listed or made here.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.files import flush_directory
from docexchange.errors import TransportError
from docexchange.transport._files import (
    discard,
    lock_alone,
    lock_shared,
    open_inside,
    write_new,
)
from docexchange.transport._payload import checked
from docexchange.transport.base import Arrival, SetAside
from docexchange.transport.parcel import NOTE_BYTES, NOTE_VERSION, Parcel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["NOTE", "PAYLOAD", "FolderArrival", "Mailbox", "as_read_by", "put", "translated"]

NOTE: Final = "parcel.json"
"""The file with the note."""
PAYLOAD: Final = "payload"
"""The file with the bytes."""

_READS: Final = "notes"
"""The file that tells senders up to which version the owner of a mailbox reads notes."""
_VERSION: Final = re.compile(rb"[0-9]{1,6}\n")
_REASON: Final = ".reason.txt"
_REASON_BYTES: Final = 64 * 1024
_NAME_BYTES: Final = 180
"""How much of a foreign name is kept in ``set-aside``; leaves room for token and ending."""

_UNFIT: Final = {errno.EISDIR, errno.ELOOP, errno.ENOENT, errno.ENOTDIR, errno.ENXIO}
"""Errors that tell about what the sender made, not about our disk."""

_THERE: Final = {errno.EEXIST, errno.ENOTEMPTY}
"""Errors of a rename onto a folder that is there."""

_MISSING: Final = ("transport.folder-missing", "Check that it is mounted and that its node ran.")
_FULL: Final = ("transport.folder-full", "Free some space on that disk.")
_REFUSED: Final = ("transport.folder-refused", "Give this user the right to write there.")
_OTHER: Final = ("transport.folder-failed", "Look at that disk and at its system's log.")
_TROUBLE: Final = {
    errno.EACCES: _REFUSED,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.ENOENT: _MISSING,
    errno.ENOSPC: _FULL,
    errno.ENOTDIR: _MISSING,
    errno.EPERM: _REFUSED,
    errno.EROFS: _REFUSED,
}


class Mailbox:
    """The three folders of one node.

    Args:
        folder: made when absent, its parent is not.
        largest_bytes: larger payloads are set aside unread.
        token: gives each name an ending of its own.

    Raises:
        TransportError: the folders cannot be made.
    """

    def __init__(self, folder: Path, *, largest_bytes: int, token: Callable[[], str]) -> None:
        self._largest: Final = largest_bytes
        self._token: Final = token
        self._new: Final = folder / "new"
        self._tmp: Final = folder / "tmp"
        self._aside: Final = folder / "set-aside"
        with translated(folder):
            for part in (folder, self._tmp, self._new, self._aside):
                if not part.is_dir():
                    part.mkdir(exist_ok=True)
                    flush_directory(part.parent)
            self._clean_up()
            self._tell_senders(folder)

    def names(self) -> list[str]:
        """What stands in ``new``, sorted; names with a dot in front belong to other programs."""
        with translated(self._new):
            return sorted(p.name for p in self._new.iterdir() if not p.name.startswith("."))

    def take(self, name: str) -> Parcel | None:
        """Look at all of a parcel; set it aside and give None if it is not whole.

        Raises:
            TransportError: our disk failed; the parcel stays where it is.
        """
        try:
            with translated(self._new / name):
                return self._inspect(self._new / name)
        except TransportError as error:
            if error.retryable:
                raise
            self.reject(name, str(error))
        return None

    def adopt(self, name: str, parcel: Parcel, file: Path) -> None:
        """Take in a parcel whose bytes are in a file on the same disk, and which becomes its own.

        Args:
            name: what it is to be called; a parcel of that name stays as it is.
            parcel: the note.
            file: the bytes; the caller has held them to the note.

        Raises:
            TransportError: nothing new stands in ``new``.
        """
        draft = self._tmp / f"{name}.{self._token()}"
        with translated(self._new / name), lock_shared(self._tmp):
            draft.mkdir()
            try:
                file.rename(draft / PAYLOAD)
                with (draft / PAYLOAD).open("rb") as payload:
                    os.fsync(payload.fileno())
                _publish(draft, self._new / name, parcel)
            finally:
                shutil.rmtree(draft, ignore_errors=True)

    def has(self, name: str) -> bool:
        """Whether something of that name stands in ``new``."""
        with translated(self._new):
            return (self._new / name).exists()

    def note(self, name: str) -> Parcel:
        """Read the note of a parcel alone; nothing is compared and nothing set aside."""
        with translated(self._new / name):
            return self._note(self._new / name)

    def since(self, name: str) -> float:
        """When a parcel came, in seconds of the epoch."""
        with translated(self._new / name):
            return (self._new / name / NOTE).stat().st_mtime

    def open(self, name: str) -> BinaryIO:
        """Open the payload of a parcel."""
        with translated(self._new / name):
            return open_inside(self._new / name, PAYLOAD)

    def settle(self, name: str) -> None:
        """Remove a parcel, if it is still there."""
        with translated(self._new / name):
            discard(self._new / name, self._grave())

    def reject(self, name: str, reason: str) -> None:
        """Move a parcel, or whatever it is, to ``set-aside``, if it is still there."""
        # A foreign name can be as long as names may be: nothing could be added to it.
        short = os.fsdecode(os.fsencode(name)[:_NAME_BYTES])
        kept = self._aside / f"{short}.{self._token()}"
        note = self._aside / f"{kept.name}{_REASON}"
        with translated(self._new / name):
            write_new(note, [reason.encode("utf-8", "backslashreplace")[:_REASON_BYTES]])
            try:
                (self._new / name).rename(kept)
            except FileNotFoundError:
                note.unlink(missing_ok=True)
            flush_directory(self._aside)
            flush_directory(self._new)

    def set_aside(self) -> list[SetAside]:
        """Read the reasons; one without its parcel is left over from a crash and means nothing."""
        with translated(self._aside):
            names = {path.name for path in self._aside.iterdir()}
            kept = sorted(name for name in names if name + _REASON in names)
            return [SetAside(name=name, reason=self._reason(name)) for name in kept]

    def _note(self, folder: Path) -> Parcel:
        with _open_part(folder, NOTE) as file:
            return Parcel.from_json(file.read(NOTE_BYTES + 1))

    def _inspect(self, folder: Path) -> Parcel:
        parcel = self._note(folder)
        if parcel.size > self._largest:
            raise _unfit(f"a payload of at most {self._largest} bytes", f"a note of {parcel.size}")
        with _open_part(folder, PAYLOAD) as payload:
            for _ in checked(parcel, payload):
                pass
        return parcel

    def _reason(self, name: str) -> str:
        with open_inside(self._aside, name + _REASON) as file:
            return file.read(_REASON_BYTES).decode("utf-8", "replace")

    def _grave(self) -> Path:
        return self._tmp / f".gone-{self._token()}"

    def _tell_senders(self, folder: Path) -> None:
        """Write down which notes are read here; what stands there may be another version's."""
        if _reads(folder) != NOTE_VERSION:
            draft = self._tmp / f"{_READS}.{self._token()}"
            write_new(draft, [f"{NOTE_VERSION}\n".encode()])
            draft.replace(folder / _READS)
            flush_directory(folder)

    def _clean_up(self) -> None:
        """Remove what crashes left in ``tmp``, unless someone is sending at this moment."""
        with lock_alone(self._tmp) as alone:
            for leftover in list(self._tmp.iterdir()) if alone else []:
                discard(leftover, self._grave())


class FolderArrival(Arrival):
    """A parcel in a mailbox."""

    def __init__(self, mailbox: Mailbox, name: str, parcel: Parcel) -> None:
        self._mailbox: Final = mailbox
        self._name: Final = name
        self._parcel: Final = parcel

    @property
    def parcel(self) -> Parcel:
        """As it was read when the payload was checked."""
        return self._parcel

    def open(self) -> BinaryIO:
        """Open the file."""
        return self._mailbox.open(self._name)

    def settle(self) -> None:
        """Remove the folder at one stroke."""
        self._mailbox.settle(self._name)

    def reject(self, reason: str) -> None:
        """Move the folder to ``set-aside``."""
        self._mailbox.reject(self._name, reason)


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn what the operating system says about ``folder`` into a `TransportError`."""
    try:
        yield
    except OSError as error:
        code, advice = _TROUBLE.get(error.errno or 0, _OTHER)
        said = os.strerror(error.errno) if error.errno else str(error)
        raise TransportError(
            f"mailbox {folder}: expected to read and write it, found: {said}",
            retryable=error.errno != errno.ENAMETOOLONG,
            code=code,
            advice=advice,
        ) from error


def as_read_by(peer: Path, parcel: Parcel) -> list[Parcel]:
    """A parcel as the owner of a mailbox reads it: one for each recipient if he is of old.

    Args:
        peer: the folder of the mailbox.
        parcel: the note.

    Raises:
        TransportError: there is no such mailbox.
    """
    if len(parcel.recipients) == 1:
        return [parcel]
    with translated(peer):
        (peer / "new").stat()
        if _reads(peer) >= NOTE_VERSION:
            return [parcel]
    return [parcel.only(recipient) for recipient in parcel.recipients]


def _reads(folder: Path) -> int:
    """The newest version of a note that is read there."""
    try:
        with open_inside(folder, _READS) as file:
            found = file.read(_NAME_BYTES)
    except OSError as error:
        if error.errno not in _UNFIT:
            raise
        return 1
    return int(found) if _VERSION.fullmatch(found) else 1


def put(peer: Path, name: str, parcel: Parcel, payload: BinaryIO, *, draft: str) -> None:
    """Write a parcel into a mailbox: all of it at one stroke, or nothing.

    Args:
        peer: the folder of the mailbox, which exists.
        name: what it is to be called in ``new``; a parcel of that name stays as it is.
        parcel: the note.
        payload: the bytes.
        draft: a name in ``tmp`` that nobody else uses.

    Raises:
        TransportError: nothing stands in ``new``.
    """
    folder = peer / "tmp" / draft
    with translated(peer), lock_shared(folder.parent):
        folder.mkdir()
        try:
            write_new(folder / PAYLOAD, checked(parcel, payload))
            _publish(folder, peer / "new" / name, parcel)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _publish(folder: Path, target: Path, parcel: Parcel) -> None:
    """Add the note to a payload, and let both appear at one stroke."""
    write_new(folder / NOTE, [parcel.to_json()])
    flush_directory(folder)
    _rename(folder, target)
    flush_directory(target.parent)


def _rename(folder: Path, target: Path) -> None:
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno not in _THERE:
            raise


def _open_part(folder: Path, name: str) -> BinaryIO:
    try:
        return open_inside(folder, name)
    except OSError as error:
        if error.errno not in _UNFIT:
            raise
        raise _unfit(f"a folder with the file {name}", str(error.strerror)) from error


def _unfit(expected: str, found: str) -> TransportError:
    return TransportError(
        f"not a parcel: expected {expected}, found {found}",
        retryable=False,
        code="transport.not-a-parcel",
        advice="Look at it in the folder set-aside, and at the program that put it there.",
    )
