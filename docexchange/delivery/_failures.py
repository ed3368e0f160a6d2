"""What went wrong underneath a store, told as a `StoreFailure`: one table, used by every store."""

from __future__ import annotations

import errno
import os
import sqlite3
from typing import TYPE_CHECKING, Final

from docexchange.errors import StoreFailure

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "advice_for",
    "closed_store",
    "damaged",
    "forked_store",
    "from_os",
    "from_sqlite",
    "no_thread",
]

_ADVICE: Final = {
    "audit.head": "The log was cut off or written anew: compare it with the last backup.",
    "audit.missing": "Entries were removed, or this was slipped in: compare with a backup.",
    "store.busy": "Another process holds the store: try again, or find out what keeps it so long.",
    "store.no-thread": "Let the user of the node have more threads or memory, and try again.",
    "store.cannot-open": "Check the path, that its folder exists, and the permissions.",
    "store.closed": "Open the store again; this is a mistake in the calling program.",
    "audit.hash": "Compare the log with the last backup; keep the store as it is.",
    "audit.number": "Compare the log with the last backup; keep the store as it is.",
    "audit.previous": "Compare the log with the last backup; keep the store as it is.",
    "store.damaged": "Stop the node and restore the store from a backup; keep the file as it is.",
    "store.failure": "Look at the disk and at the log of the operating system.",
    "store.foreign": "Give the path of a docexchange store, or of a file that is not there yet.",
    "store.forked": "Open the store in the process that uses it; this is a mistake in the program.",
    "store.full": "Free some space on the disk; nothing was written, so the node can go on then.",
    "store.io": "Look at the disk and at the log of the operating system.",
    "store.missing": "It was taken out, or other bytes put in its place, outside the node: keep "
    "the store as it is, and compare it with the last backup.",
    "store.payload-damaged": "Take the payload from a backup, or have the letter sent again.",
    "store.payload-missing": "Take the payload from a backup, or have the letter sent again.",
    "store.receipt": "Compare the receipts with the last backup; keep the store as it is.",
    "store.read-only": "Make the file and its folder writable for the user of the node.",
}

_BY_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: "store.busy",
    sqlite3.SQLITE_CANTOPEN: "store.cannot-open",
    sqlite3.SQLITE_CORRUPT: "store.damaged",
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_IOERR: "store.io",
    sqlite3.SQLITE_LOCKED: "store.busy",
    sqlite3.SQLITE_NOTADB: "store.damaged",
    sqlite3.SQLITE_PERM: "store.read-only",
    sqlite3.SQLITE_READONLY: "store.read-only",
}

_BY_ERRNO: Final = {
    errno.EACCES: "store.read-only",
    errno.EDQUOT: "store.full",
    errno.EFBIG: "store.full",
    errno.EIO: "store.io",
    errno.ENOENT: "store.cannot-open",
    errno.ENOSPC: "store.full",
    errno.ENOTDIR: "store.cannot-open",
    errno.EPERM: "store.read-only",
    errno.EROFS: "store.read-only",
}


def advice_for(code: str) -> str:
    """What to do about a failure of a store."""
    return _ADVICE.get(code, _ADVICE["store.damaged"])


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreFailure:
    """Name what SQLite says about the database at ``path``."""
    # The low byte is the kind of trouble, the rest its finer shade.
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    code, said = _BY_SQLITE.get(kind, "store.failure"), str(error)
    if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        # A full disk has no room for the file beside the log either; nothing else says so.
        code, said = "store.full", "database or disk is full"
    if isinstance(error, sqlite3.ProgrammingError) and "closed" in str(error):
        code = "store.closed"
    if isinstance(error, sqlite3.OperationalError) and "decode" in str(error):
        code = "store.damaged"
    return _failure(code, f"store {path}: expected the database to answer, found: {said}")


def from_os(error: OSError, path: Path) -> StoreFailure:
    """Name what the operating system says about the file or folder at ``path``."""
    code = _BY_ERRNO.get(error.errno or 0, "store.failure")
    said = os.strerror(error.errno) if error.errno else str(error)
    return _failure(code, f"store {path}: expected to read and write, found: {said}")


def closed_store(name: str) -> StoreFailure:
    """A store was used after it had been closed."""
    return _failure("store.closed", f"store {name}: expected it to be open, found it closed")


def forked_store(path: Path) -> StoreFailure:
    """A store was used in another process than the one that opened it."""
    return _failure(
        "store.forked", f"store {path}: expected the process that opened it, found a fork of it"
    )


def no_thread(path: Path, error: RuntimeError) -> StoreFailure:
    """The system let the store have no thread to write with."""
    return _failure(
        "store.no-thread", f"store {path}: expected a thread to write with, found: {error}"
    )


def damaged(path: Path, expected: str, found: object, *, code: str = "") -> StoreFailure:
    """Something is there, but it is not what was stored."""
    said = f": {found}" if isinstance(found, Exception) else f" {found}"
    return _failure(code or "store.damaged", f"store {path}: expected {expected}, found{said}")


def _failure(code: str, message: str) -> StoreFailure:
    return StoreFailure(message, code=code, advice=advice_for(code))
