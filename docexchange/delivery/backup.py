"""Backups of a store: whole folders, made while a node is at work, checked before they are used.

    report = back_up(path, payloads, Path("/backup/2026-03-02"), at=now)
    restore(Path("/backup/2026-03-02"), Path("commune/store"))

A backup has the layout of a store: ``store.db`` and ``payloads/``. Beside them ``payloads.sha256``,
which ``sha256sum -c`` understands, and ``manifest.json`` with the digests of both files and the
head of the audit log. It is written under another name and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.delivery._failures import from_os, from_sqlite
from docexchange.delivery._opening import connect
from docexchange.delivery._rows import Rows, translated
from docexchange.delivery._sealing import last_entry
from docexchange.delivery.audit import BEGINNING, AuditHead, head_of
from docexchange.delivery.checking import Problem, payloads_needed
from docexchange.delivery.payloads import PayloadStore
from docexchange.envelope.files import flush_directory, flush_file
from docexchange.errors import DocExchangeError, InputNotFound, StoreFailure, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

__all__ = ["BackupReport", "back_up", "read_backup", "restore"]

_FORMAT: Final = 1
_EVIDENCE: Final = """SELECT DISTINCT payload FROM receipt WHERE payload NOT IN
    (SELECT payload FROM outbound UNION SELECT payload FROM inbound) ORDER BY payload"""
_PAGES: Final = 256
_WRITING: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE}
_LOST: Final = {"store.payload-damaged", "store.payload-missing"}
"""What is wrong with a file; other failures are those of the disk, and may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup holds."""

    made_at: str
    """When it was made, ISO 8601."""
    database: str
    """SHA-256 of ``store.db``."""
    head: AuditHead
    """The end of its audit log."""
    payloads: int
    """How many payloads."""
    bytes: int
    """Their length together."""
    listed: str
    """SHA-256 of ``payloads.sha256``."""
    problems: tuple[Problem, ...] = ()
    """What was missing or damaged when it was made."""


def back_up(
    path: Path,
    payloads: PayloadStore,
    target: Path,
    *,
    at: datetime,
    tick: Callable[[int], object] = lambda _: None,
) -> BackupReport:
    """Copy a store as it is at one moment; whoever writes meanwhile is not held up.

    Payloads are linked where that is possible, and read once, so that what is wrong with one is
    known now. A payload that is missing or damaged is a problem of the report; everything else is
    in the backup.

    Args:
        path: the database.
        payloads: the bytes of its messages; nothing is collected meanwhile.
        target: a folder that is not there yet, in one that is.
        at: the present.
        tick: told of each payload that is done.

    Raises:
        StoreFailure: the store cannot be read, the target exists or cannot be written.
    """
    target = Path(target).absolute()
    with payloads.kept(), _made_whole(target) as folder:
        database, folder_of_payloads = folder / "store.db", folder / "payloads"
        folder_of_payloads.mkdir()
        with translated(path), closing(connect(path, 10.0)) as source:
            _copy_database(source, database)
        with translated(database), closing(connect(database, 10.0)) as copy:
            last = last_entry(Rows(copy, database))
            count, size, problems = _copy_payloads(copy, payloads, folder, tick)
        report = BackupReport(
            made_at=at.isoformat(),
            database=_digest(database),
            head=head_of(last) if last else BEGINNING,
            payloads=count,
            bytes=size,
            listed=_digest(folder / "payloads.sha256"),
            problems=tuple(problems),
        )
        _write(folder / "manifest.json", json.dumps(_as_json(report), indent=2) + "\n")
        flush_file(database)
    return report


def read_backup(backup: Path, *, tick: Callable[[int], object] = lambda _: None) -> BackupReport:
    """Check a backup from end to end.

    Args:
        backup: its folder.
        tick: told of each payload that is done.

    Raises:
        UnreadableInput: code ``backup.damaged``; something is missing, or is not as it was made.
        StoreFailure: the disk cannot be read.
    """
    report = _read_manifest(backup)
    for name, digest in (("store.db", report.database), ("payloads.sha256", report.listed)):
        found = _digest(backup / name)
        if found != digest:
            raise _damaged(backup / name, f"SHA-256 {digest}", found)
    payloads = PayloadStore(backup / "payloads")
    for sha256 in _listed(backup):
        try:
            payloads.verify(sha256)
        except StoreFailure as error:
            if error.code not in _LOST:
                raise
            raise _damaged(payloads.path(sha256), "the payload of the list", error) from error
        tick(1)
    return report


def restore(
    backup: Path, folder: Path, *, tick: Callable[[int], object] = lambda _: None
) -> BackupReport:
    """Put a backup in the place of a store that is gone; it is checked first.

    Args:
        backup: its folder.
        folder: where the store is to be: absent or empty.
        tick: told of each payload that is checked.

    Raises:
        UnreadableInput: the backup is damaged; nothing was restored.
        StoreFailure: something is in the way, or the disk is full or cannot be read.
    """
    folder = Path(folder).absolute()
    report = read_backup(backup, tick=tick)
    with _made_whole(folder) as draft:
        shutil.copyfile(backup / "store.db", draft / "store.db")
        flush_file(draft / "store.db")
        (draft / "payloads").mkdir()
        payloads = PayloadStore(draft / "payloads")
        source = PayloadStore(backup / "payloads")
        for sha256 in _listed(backup):
            with source.open(sha256) as stream:
                payloads.put(stream)
    return report


@contextmanager
def _made_whole(target: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name when all of it is on the disk."""
    draft = target.parent / f".{target.name[:40]}.{secrets.token_hex(8)}.part"
    with translated(target):
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise StoreFailure(
                f"{target}: expected nothing there, or an empty folder, found something",
                code="store.target-exists",
                advice="Give another folder, or move away what is there.",
            )
        draft.mkdir()
        try:
            yield draft
            flush_directory(draft)
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        flush_directory(target.parent)


def _copy_database(source: sqlite3.Connection, path: Path) -> None:
    # Within a transaction that reads, the copy is of one moment; without one it would begin anew
    # with every commit of others, and never end on a busy node.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    with closing(sqlite3.connect(path)) as target:
        try:
            source.backup(target, pages=_PAGES)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in _WRITING:  # the source is only read
                raise from_sqlite(error, path) from error
            raise
    flush_file(path)


def _copy_payloads(
    database: sqlite3.Connection,
    payloads: PayloadStore,
    folder: Path,
    tick: Callable[[int], object],
) -> tuple[int, int, list[Problem]]:
    """Link or copy what the database refers to; how many, how long, and what is wrong."""
    copies = PayloadStore(folder / "payloads")
    count = size = 0
    problems = []
    with (folder / "payloads.sha256").open("w", encoding="ascii") as listed:
        for sha256 in _wanted(database, payloads):
            try:
                _copy_payload(payloads, copies, sha256)
                size += copies.verify(sha256).size
            except DocExchangeError as error:
                copies.path(sha256).unlink(missing_ok=True)
                problems.append(Problem(code=error.code, message=str(error)))
                continue
            listed.write(f"{sha256}  payloads/{sha256[:2]}/{sha256[2:]}\n")
            count += 1
            tick(1)
    flush_file(folder / "payloads.sha256")
    for each in (folder / "payloads").iterdir():
        flush_directory(each)
    flush_directory(folder / "payloads")
    return count, size, problems


def _wanted(database: sqlite3.Connection, payloads: PayloadStore) -> Iterator[str]:
    """What messages need; and of what only receipts speak of, the part that is still there."""
    last = ""
    for name, _ in payloads_needed(database):
        if name != last:
            yield name
        last = name
    yield from (name for (name,) in database.execute(_EVIDENCE) if payloads.contains(name))


def _copy_payload(payloads: PayloadStore, copies: PayloadStore, sha256: str) -> None:
    path = copies.path(sha256)
    path.parent.mkdir(exist_ok=True)
    try:
        os.link(payloads.path(sha256), path)
        flush_file(path)  # it may have been laid down a moment ago
    except OSError:  # another file system, or one without links; what is missing says so now
        with payloads.open(sha256) as stream:
            copies.put(stream)


def _as_json(report: BackupReport) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "made_at": report.made_at,
        "database": report.database,
        "audit": {"number": report.head.number, "hash": report.head.hash},
        "payloads": {"count": report.payloads, "bytes": report.bytes, "sha256": report.listed},
        "problems": [{"code": item.code, "message": item.message} for item in report.problems],
    }


def _read_manifest(backup: Path) -> BackupReport:
    path = backup / "manifest.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != _FORMAT:
            raise _damaged(path, f"format {_FORMAT}", said["format"])
        return BackupReport(
            made_at=str(said["made_at"]),
            database=str(said["database"]),
            head=AuditHead(number=int(said["audit"]["number"]), hash=str(said["audit"]["hash"])),
            payloads=int(said["payloads"]["count"]),
            bytes=int(said["payloads"]["bytes"]),
            listed=str(said["payloads"]["sha256"]),
            problems=tuple(Problem(**item) for item in said["problems"]),
        )
    except OSError as error:
        if (backup / "store.db").exists():
            raise _damaged(path, "the manifest of a backup", error.strerror) from error
        raise InputNotFound(
            f"{path}: expected the manifest of a backup, found: {error.strerror or error}",
            advice="Name the folder that `docexchange store backup` has written.",
        ) from error
    except (ValueError, LookupError, TypeError) as error:
        raise _damaged(path, "the manifest of a backup", error) from error


def _listed(backup: Path) -> Iterator[str]:
    with (backup / "payloads.sha256").open(encoding="ascii") as lines:
        for line in lines:
            yield line.partition(" ")[0]


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise _damaged(path, "a file of the backup", error.strerror) from error
    except OSError as error:
        raise from_os(error, path) from error


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    flush_file(path)


def _damaged(path: Path, expected: str, found: object) -> UnreadableInput:
    return UnreadableInput(
        f"backup, {path}: expected {expected}, found: {found}",
        code="backup.damaged",
        advice="Use another backup; keep this one as it is until the store is restored.",
    )
