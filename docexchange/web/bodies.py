"""Bodies of requests: bounded, paced, hashed on the way, and in a file when they are long.

    received = await receive_body(request.receive, most=limit, limits=limits, spool=spool)
    with received.open() as stream: ...
    received.discard()

A body that comes too slowly is cut off (408), one that is too long as soon as that is known (413).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from docexchange.web.refusals import Refused, Vanished

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
    from pathlib import Path

    from docexchange.web.limits import WebLimits

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

__all__ = ["Received", "Spool", "check_length", "pieces", "receive_body", "write_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A body that is here."""

    sha256: str
    """Its digest, lower-case hexadecimal."""
    size: int
    """Its length in bytes."""
    data: bytes | None = None
    """Its bytes, if it is short."""
    path: Path | None = None
    """Its file, if it is long."""

    @classmethod
    def of(cls, data: bytes) -> Self:
        """Bytes that came within another body."""
        return cls(sha256=hashlib.sha256(data).hexdigest(), size=len(data), data=data)

    def open(self) -> BinaryIO:
        """Open it for reading from its start."""
        if self.path is None:
            return io.BytesIO(self.data or b"")
        return self.path.open("rb")

    def discard(self) -> None:
        """Remove its file, if it has one."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


class Spool:
    """A folder for bodies on their way; what is left over from a crash goes when it is opened.

    Args:
        folder: made when absent.
        token: gives each file a name of its own.
        run: calls something that blocks, elsewhere.
    """

    def __init__(
        self,
        folder: Path,
        *,
        token: Callable[[], str],
        run: Callable[..., Awaitable[Any]],
    ) -> None:
        self._folder = folder
        self._token = token
        self.run = run
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.iterdir():
            leftover.unlink(missing_ok=True)

    def new(self) -> tuple[Path, BinaryIO]:
        """A new file, readable by this user alone."""
        path = self._folder / self._token()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        return path, os.fdopen(handle, "wb", buffering=0)


def check_length(length: str | None, most: int) -> None:
    """Refuse a body by what its head says.

    Raises:
        Refused: 413.
    """
    if length is not None and length.isdecimal() and int(length) > most:
        raise _too_long(most, length)


async def receive_body(receive: Receive, *, most: int, limits: WebLimits, spool: Spool) -> Received:
    """Take in a body to its end.

    Args:
        receive: of the ASGI connection.
        most: bytes that it may have.
        limits: pace, and what stays in memory.
        spool: for a long one.

    Raises:
        Refused: 408, 413.
        Vanished: the caller has gone.
        OSError: the disk is full.
    """
    digest, held = hashlib.sha256(), bytearray()
    path: Path | None = None
    size, file = 0, None
    try:
        async for piece in pieces(receive, most=most, limits=limits):
            digest.update(piece)
            size += len(piece)
            held += piece
            if len(held) > limits.memory_bytes:
                if file is None:
                    path, file = await spool.run(spool.new)
                await spool.run(write_all, file, bytes(held))
                held.clear()
        if file is not None:
            await spool.run(write_all, file, bytes(held))
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise
    finally:
        if file is not None:
            file.close()
    data = None if path else bytes(held)
    return Received(sha256=digest.hexdigest(), size=size, data=data, path=path)


async def pieces(receive: Receive, *, most: int, limits: WebLimits) -> AsyncIterator[bytes]:
    """Give out a body piece by piece; what came before something went wrong is given out first.

    Args:
        receive: of the ASGI connection.
        most: bytes that it may have; not one more is given out.
        limits: the pace.

    Raises:
        Refused: 408, 413.
        Vanished: the caller has gone.
    """
    left = most
    more = True
    while more:
        data, more, trouble = await _window(receive, limits)
        if data:
            yield data[:left]
        left -= len(data)
        if left < 0:
            raise _too_long(most, "more")
        if trouble:
            raise trouble


async def _window(receive: Receive, limits: WebLimits) -> tuple[bytes, bool, Exception | None]:
    """Collect what must come within a window, or the end of the body."""
    data = bytearray()
    try:
        async with asyncio.timeout(limits.body_window_seconds):
            while len(data) < limits.body_window_bytes:
                message = await receive()
                if message["type"] != "http.request":
                    return bytes(data), False, Vanished("the connection ended within the body")
                data += message.get("body", b"")
                if not message.get("more_body", False):
                    return bytes(data), False, None
    except TimeoutError:
        return bytes(data), False, _too_slow(limits)
    return bytes(data), True, None


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write all of it; a disk that fills up takes a part first and then refuses."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _too_long(most: int, found: str) -> Refused:
    return Refused(
        413,
        "http.too-large",
        f"body: expected at most {most} bytes, found {found}",
        advice="Ask the operator of the node to raise its limit.",
        headers={"Connection": "close"},
    )


def _too_slow(limits: WebLimits) -> Refused:
    return Refused(
        408,
        "http.too-slow",
        f"body: expected {limits.body_window_bytes} bytes within {limits.body_window_seconds:g} "
        "seconds, found fewer",
        advice="Send it as a resumable upload; what arrived is kept there.",
        headers={"Connection": "close"},
    )
