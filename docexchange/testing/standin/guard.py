"""What comes before the control API: bodies of a bounded size, and nobody lured here by a web page.

    app = Guard(control_application(network), any_host=False)

A browser on this machine may be told by any page to call loopback addresses. Such calls name the
page (``Origin``) or, after a trick with names, another host: both are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.limits import KIB, MIB
from docexchange.web.answers import problem_answer
from docexchange.web.refusals import Refused

if TYPE_CHECKING:
    from docexchange.web.shell import App, Message, Receive, Send

__all__ = ["Guard"]

_HERE: Final = {"localhost", "127.0.0.1", "[::1]"}
_ORDER_BYTES: Final = 64 * KIB
_LETTER_BYTES: Final = 64 * MIB
_LETTERS: Final = ("/outbox", "/pushes")


class Guard:
    """An application around the control API.

    Args:
        app: the control API.
        any_host: whether it may be called by any name.
    """

    def __init__(self, app: App, *, any_host: bool) -> None:
        self._app, self._any_host = app, any_host

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_caller(dict(scope["headers"]))
            body = await _whole(scope, receive)
        except Refused as refused:
            await problem_answer(refused)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)

    def _check_caller(self, headers: dict[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if not self._any_host and name not in _HERE:
            raise Refused(403, "stand-in.host-header", f"Host: expected localhost, found {host!r}")
        if b"origin" in headers:
            raise Refused(403, "stand-in.origin", "Origin: expected none, found that of a web page")


async def _whole(scope: Message, receive: Receive) -> bytes:
    most = _LETTER_BYTES if scope["path"].endswith(_LETTERS) else _ORDER_BYTES
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _too_large(most: int) -> Refused:
    return Refused(
        413,
        "stand-in.too-large",
        f"body: expected at most {most} bytes, found more",
        headers={"Connection": "close"},
    )
