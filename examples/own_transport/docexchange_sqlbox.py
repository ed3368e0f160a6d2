"""A transport of one's own: every mailbox is an SQLite file on a share that both sides see.

    transport = SqlBoxTransport(Path("/srv/own.db"))
    transport.send(parcel, file, to="sqlbox:/mnt/ministry/mailbox.db")

A parcel is a row. The sender writes note and payload in one transaction, so a parcel is there whole
or not at all; a row with a reason was set aside. A mailbox is made by its owner; a sender never
makes one, so that an unmounted share is noticed.
"""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self, cast

from docexchange.errors import TransportError
from docexchange.transport import (
    Arrival,
    Capabilities,
    Parcel,
    SetAside,
    Transport,
    check_payload,
    checked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SqlBoxTransport"]

_LARGEST: Final = 1_000_000_000
"""What SQLite holds in one value."""
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS parcels
(id INTEGER PRIMARY KEY AUTOINCREMENT, note BLOB NOT NULL, payload BLOB NOT NULL, reason TEXT)
"""


class SqlBoxTransport(Transport):
    """Writes into the files of others and empties our own.

    Args:
        mailbox: our own file; made when absent, its folder is not.
        base: where relative endpoints (``sqlbox:ministry.db``) begin.
    """

    def __init__(self, mailbox: Path, *, base: Path = Path()) -> None:
        self._mailbox: Final = mailbox
        self._base: Final = base
        with _opened(mailbox, make=True) as box:
            box.execute(_TABLE)

    @classmethod
    def from_url(cls, url: str, *, base: Path) -> Self:
        """Open the mailbox at ``sqlbox:path``: what the entry point promises."""
        return cls(_path_of(url, base), base=base)

    @property
    def capabilities(self) -> Capabilities:
        """Durable: SQLite flushes every commit. The receipt always follows later."""
        return Capabilities(durable=True, largest_bytes=_LARGEST)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Write note and payload in one transaction, piece by piece."""
        with _opened(_path_of(to, self._base)) as box:
            box.execute("BEGIN IMMEDIATE")
            added = box.execute(
                "INSERT INTO parcels (note, payload) VALUES (?, zeroblob(?))",
                (parcel.to_json(), parcel.size),
            )
            with box.blobopen("parcels", "payload", cast("int", added.lastrowid)) as blob:
                for piece in checked(parcel, payload):  # raises unless it is what the note says
                    blob.write(piece)
            box.execute("COMMIT")
        return ()  # no receipt at once

    def probe(self, to: str) -> None:
        """Look into the mailbox of the other side."""
        with _opened(_path_of(to, self._base)) as box:
            box.execute("SELECT count(*) FROM parcels")

    def receive(self, limit: int) -> Iterator[Arrival]:
        """In the order in which they came; each looked for when its turn comes."""
        last = 0
        while limit > 0 and (found := self._after(last)):
            last, note = found
            arrival = self._judged(last, note)
            if arrival:
                limit -= 1
                yield arrival

    def _after(self, last: int) -> tuple[int, bytes] | None:
        waiting = "SELECT id, note FROM parcels WHERE id > ? AND reason IS NULL ORDER BY id LIMIT 1"
        with _opened(self._mailbox) as box:
            return cast("tuple[int, bytes] | None", box.execute(waiting, (last,)).fetchone())

    def _judged(self, number: int, note: bytes) -> Arrival | None:
        """The parcel, if it is whole; what is not is set aside."""
        try:
            arrival = _Row(self._mailbox, number, Parcel.from_json(note))
            with arrival.open() as payload:
                check_payload(arrival.parcel, payload)
        except TransportError as error:
            if error.retryable:
                raise
            _set_aside(self._mailbox, number, str(error))
            return None
        return arrival

    def set_aside(self) -> list[SetAside]:
        """The rows that have a reason."""
        kept = "SELECT id, note, reason FROM parcels WHERE reason IS NOT NULL"
        with _opened(self._mailbox) as box:
            rows = box.execute(kept).fetchall()
        names = [SetAside(name=_name(number, note), reason=reason) for number, note, reason in rows]
        return sorted(names, key=lambda item: item.name)

    def close(self) -> None:
        """Nothing is held open between calls."""


class _Row(Arrival):
    """A parcel that waits."""

    def __init__(self, mailbox: Path, number: int, parcel: Parcel) -> None:
        self._mailbox: Final = mailbox
        self._number: Final = number
        self._parcel: Final = parcel

    @property
    def parcel(self) -> Parcel:
        """The note as it was written."""
        return self._parcel

    def open(self) -> BinaryIO:
        """Copy the payload out: whoever reads it holds up nobody else."""
        whole = "SELECT payload FROM parcels WHERE id = ? AND reason IS NULL"
        with _opened(self._mailbox) as box:
            found = box.execute(whole, (self._number,)).fetchone()
        if found is None:
            raise TransportError(
                f"parcel {self._parcel.message_id}: expected it to wait, found it settled",
                code="transport.parcel-gone",
                advice="Open a parcel before settling it.",
            )
        return io.BytesIO(found[0])

    def settle(self) -> None:
        """Remove the row, unless it was set aside meanwhile."""
        with _opened(self._mailbox) as box:
            box.execute("DELETE FROM parcels WHERE id = ? AND reason IS NULL", (self._number,))

    def reject(self, reason: str) -> None:
        """Give the row a reason."""
        _set_aside(self._mailbox, self._number, reason)


def _set_aside(mailbox: Path, number: int, reason: str) -> None:
    text = reason.encode(errors="replace").decode()
    change = "UPDATE parcels SET reason = ? WHERE id = ? AND reason IS NULL"
    with _opened(mailbox) as box:
        box.execute(change, (text, number))


def _name(number: int, note: bytes) -> str:
    try:
        return f"{Parcel.from_json(note).message_id}.{number}"
    except TransportError:
        return str(number)


@contextmanager
def _opened(path: Path, *, make: bool = False) -> Iterator[sqlite3.Connection]:
    """A mailbox; what SQLite says against it is a transport error."""
    address = f"{path.absolute().as_uri()}?mode={'rwc' if make else 'rw'}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=30, isolation_level=None)) as box:
            box.execute("PRAGMA synchronous = FULL")
            yield box
    except (sqlite3.Error, OSError) as error:
        raise TransportError(
            f"mailbox {path}: expected to read and write it, found: {error}",
            code="transport.sqlbox",
            advice="Look whether the share is mounted, and whether its owner has made the mailbox.",
        ) from error


def _path_of(url: str, base: Path) -> Path:
    scheme, _, text = url.partition(":")
    if scheme != "sqlbox" or not text or not text.isprintable():
        raise TransportError(
            f"endpoint: expected sqlbox:path, found {url[:200]!r}",
            retryable=False,
            code="transport.bad-url",
            advice="Correct the endpoint in the directory or in the configuration.",
        )
    return base / text
