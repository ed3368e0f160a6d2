"""Files as answers: a range of them, piece by piece, and never more than a piece in memory.

>>> FileAnswer(file, range(0, size), status=200, headers=headers, run=desk.run, ...)
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from starlette.responses import Response

from docexchange.limits import KIB

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractContextManager

    from docexchange.web.limits import WebLimits
    from docexchange.web.shell import Message, Receive, Send

__all__ = ["FileAnswer"]

_PIECE: Final = 256 * KIB


class FileAnswer(Response):
    """An answer whose body is a part of a file; closes it at its end.

    Args:
        file: open for reading.
        part: which octets.
        status: of HTTP.
        headers: more headers.
        run: calls something that blocks, elsewhere.
        limits: how slowly it may be read.
        while_sent: is entered before the first octet, and left after the last one.
    """

    def __init__(
        self,
        file: BinaryIO,
        part: range,
        *,
        status: int,
        headers: Mapping[str, str],
        run: Callable[..., Awaitable[Any]],
        limits: WebLimits,
        while_sent: AbstractContextManager[None],
    ) -> None:
        super().__init__(None, status, {**headers, "Content-Length": str(len(part))})
        self._file, self._part, self._run = file, part, run
        self._while_sent = while_sent
        self._seconds = limits.body_window_seconds * _PIECE / limits.body_window_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Send it; whoever reads too slowly is left."""
        del scope, receive
        with closing(self._file), self._while_sent:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            await self._run(self._file.seek, self._part.start)
            await self._send_all(send)

    async def _send_all(self, send: Send) -> None:
        left = len(self._part)
        while left > 0:
            piece = await self._run(self._file.read, min(_PIECE, left))
            if not piece:
                raise OSError("the file became shorter while it was sent")
            left -= len(piece)
            try:
                async with asyncio.timeout(self._seconds):
                    await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
            except TimeoutError:
                return  # the server closes a connection whose answer has not ended
        if not self._part:
            await send({"type": "http.response.body", "body": b""})
