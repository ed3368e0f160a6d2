"""Parcels as folders: on one machine, on a share, or on a disk in a courier's bag.

    transport = FolderTransport(Path("/srv/mailbox"), base=Path("/mnt"))
    transport.send(parcel, file, to="folder:/mnt/ministry/mailbox")

A mailbox has three folders. A sender writes ``tmp/<name>/payload`` and ``parcel.json``, flushes
both and renames ``tmp/<name>`` to ``new/<name>``: a parcel is in ``new`` whole or not at all. What
is no whole parcel goes to ``set-aside``, with the reason in a file beside it. A mailbox is made by
its owner; a sender never makes one, so that an unmounted share is noticed. The file ``notes`` says
up to which version its owner reads notes: where it is missing, up to the first.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self

from docexchange.errors import TransportError
from docexchange.limits import Limits
from docexchange.transport._mailbox import (
    FolderArrival,
    Mailbox,
    as_read_by,
    put,
    translated,
)
from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docexchange.transport.parcel import Parcel

__all__ = ["FolderTransport"]


def _random_token() -> str:
    return secrets.token_hex(8)


class FolderTransport(Transport):
    """Sends into other nodes' mailbox folders and empties our own.

    Args:
        mailbox: our own mailbox; made when absent, its parent is not.
        base: where relative endpoints (``folder:ministry``) begin; without it they are refused.
        largest_bytes: larger payloads are set aside unread.
        token: gives each name an ending of its own; two equal ones would collide.

    Raises:
        TransportError: the mailbox cannot be made.
    """

    def __init__(
        self,
        mailbox: Path,
        *,
        base: Path | None = None,
        largest_bytes: int = Limits().envelope_bytes,
        token: Callable[[], str] = _random_token,
    ) -> None:
        self._base: Final = base
        self._largest: Final = largest_bytes
        self._token: Final = token
        self._mailbox: Final = Mailbox(
            Path(mailbox).absolute(), largest_bytes=largest_bytes, token=token
        )

    @classmethod
    def from_url(cls, url: str, *, base: Path) -> Self:
        """Open the mailbox at ``folder:/absolute/path`` or ``folder:path/under/base``."""
        return cls(_path_of(url, base), base=base)

    @property
    def capabilities(self) -> Capabilities:
        """Durable; the receipt always follows later."""
        return Capabilities(durable=True, largest_bytes=self._largest)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Write the parcel beside the peer's parcels, then rename it in between them."""
        peer = _path_of(to, self._base)
        first, *more = as_read_by(peer, parcel)
        start = payload.tell() if more else 0
        self._put(peer, first, payload)
        for copy in more:
            payload.seek(start)
            self._put(peer, copy, payload)
        return ()

    def _put(self, peer: Path, parcel: Parcel, payload: BinaryIO) -> None:
        name = f"{parcel.message_id}.{parcel.recipient}.{parcel.kind}.{self._token()}"
        put(peer, name, parcel, payload, draft=name)

    def probe(self, to: str) -> None:
        """Make a folder among the peer's drafts and remove it again."""
        peer = _path_of(to, self._base)
        draft = peer / "tmp" / f"probe.{self._token()}"
        with translated(peer):
            draft.mkdir()
            draft.rmdir()
            (peer / "new").stat()

    def receive(self, limit: int) -> Iterator[Arrival]:
        """In the order of their names; one that cannot be read now does not hold up the others."""
        trouble = None
        for name in self._mailbox.names():
            if limit < 1:
                return
            try:
                parcel = self._mailbox.take(name)
            except TransportError as error:
                trouble = error
                continue
            if parcel:
                limit -= 1
                yield FolderArrival(self._mailbox, name, parcel)
        if trouble:
            raise trouble

    def set_aside(self) -> list[SetAside]:
        """Read the reasons beside what was set aside."""
        return self._mailbox.set_aside()

    def close(self) -> None:
        """Nothing is held open between calls."""


def _path_of(url: str, base: Path | None) -> Path:
    """Turn an endpoint into a path; taken literally, without percent-encoding."""
    scheme, _, text = url.partition(":")
    if scheme != "folder" or not text or not text.isprintable():
        raise _bad_url(url, "folder:/absolute/path or folder:relative/path")
    if text.startswith("//") and not text.startswith("///"):
        raise _bad_url(url, "no host name: folder:/absolute/path")
    path = Path("/" + text.lstrip("/") if text.startswith("/") else text)
    if ".." in path.parts:
        raise _bad_url(url, "a path without '..'")
    if not path.is_absolute() and base is None:
        raise _bad_url(url, "an absolute path, for there is no base folder")
    return path if base is None else base.absolute() / path


def _bad_url(url: str, expected: str) -> TransportError:
    return TransportError(
        f"endpoint: expected {expected}, found {url[:200]!r}",
        retryable=False,
        code="transport.bad-url",
        advice="Correct the endpoint in the directory or in the configuration.",
    )
