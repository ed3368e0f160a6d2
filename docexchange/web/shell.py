"""Around the application: whom a request is for, how many at once, answers before a body has ended.

0. A request that does not say once whom it is for (``Host``) is refused (RFC 9112, 3.2).
1. More requests than the server bears are refused (503) before anything is done for them.
2. An answer given before the request's body has ended closes the connection; a little of what is
   still coming is read and thrown away first, because a connection closed upon unread octets takes
   the answer with it (RFC 9112, 9.6).
3. An error that nobody expected is logged, and answered without a word about its inside.
4. ``X-HTTP-Method-Override`` counts for uploads (tus 1.0, core protocol).
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from docexchange.web.refusals import PROBLEM, Refused, internal, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from contextlib import AbstractAsyncContextManager

    from docexchange.web.desk import Desk

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Message, Receive, Send], Awaitable[None]]

__all__ = ["Shell"]

_LOGGER: Final = logging.getLogger("docexchange")
_LINGER_BYTES: Final = 512 * 1024
_LINGER_SECONDS: Final = 1.0
_PUBLIC: Final = frozenset({"/v1/health", "/v1/ready"})
"""Asked by who watches the node; they are answered also when it is busy."""
_OVERRIDING: Final = frozenset({b"PATCH", b"DELETE", b"HEAD"})
_HOST: Final = re.compile(rb"[\w.~!$&'*+(),;=%:\[\]-]*", re.ASCII)
"""What may stand in a name or an address with a port (RFC 3986, 3.2.2); it may be empty."""


class Shell:
    """An ASGI application around another.

    Args:
        app: the inner one.
        desk: knows how many requests there may be, and is told of those that are refused.
    """

    def __init__(self, app: App, desk: Desk) -> None:
        self.app = app
        self._desk = desk
        self._most = desk.limits.requests
        self._present = 0

    def lifespan(self) -> AbstractAsyncContextManager[None]:
        """What lasts from start-up to shut-down, for an application that this one is mounted in.

        Frameworks run the lifespan of the outermost application alone.

        Raises:
            StoreFailure: another node is at work on the node's store.
        """
        return self._desk.on_duty()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection of ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        if refused := self._refusal(scope):
            self._desk.refused(scope, refused)
            await exchange.refuse(refused)
            return
        self._present += 1
        try:
            await self.app(_overridden(scope), exchange.receive, exchange.send)
        except Exception:
            _LOGGER.exception("http: %s failed", scope["method"])
            await exchange.refuse(internal())
        finally:
            self._present -= 1

    def _refusal(self, scope: Message) -> Refused | None:
        """Why a request is refused by its head alone."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1 or not all(map(_HOST.fullmatch, hosts)) or _must_name(scope) > len(hosts):
            return _nameless(hosts)
        if self._present >= self._most and scope["path"] not in _PUBLIC:
            return _busy(self._most)
        return None


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        bodiless = headers.get(b"content-length", b"0") == b"0"
        self._receive, self._send = receive, send
        self._ended = bodiless and b"transfer-encoding" not in headers
        self._waits = headers.get(b"expect", b"").lower() == b"100-continue"
        self._head = scope["method"] == "HEAD"
        self._started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._waits = False
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._ended = True
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started = True
            if not self._ended:
                message["headers"] = [
                    *(item for item in message.get("headers", []) if item[0] != b"connection"),
                    (b"connection", b"close"),
                ]
        elif not self._ended and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def refuse(self, refused: Refused) -> None:
        """Answer with a problem, unless an answer has begun."""
        if self._started:
            return
        body = json.dumps(problem(refused)).encode()
        headers = {
            "content-type": PROBLEM,
            "content-length": str(len(body)),
            "connection": "close",
            **refused.headers,
        }
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": refused.status, "headers": pairs})
        await self.send({"type": "http.response.body", "body": b"" if self._head else body})

    async def _linger(self) -> None:
        """Throw away a little of what is coming; one who waits for our word sends nothing."""
        left = 0 if self._waits else _LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0 and not self._ended:
                    message = await self.receive()
                    left -= len(message.get("body", b""))


def _overridden(scope: Message) -> Message:
    if scope["method"] != "POST" or not scope["path"].startswith("/v1/uploads/"):
        return scope
    wanted = dict(scope["headers"]).get(b"x-http-method-override", b"").upper()
    return {**scope, "method": wanted.decode()} if wanted in _OVERRIDING else scope


def _must_name(scope: Message) -> bool:
    """Whether it must have a ``Host``: HTTP/1.0 had none, HTTP/2 says it in another way."""
    return bool(scope["http_version"] == "1.1")


def _nameless(hosts: list[bytes]) -> Refused:
    found = ", ".join(repr(host.decode("latin-1")[:80]) for host in hosts[:3]) or "none"
    return Refused(
        400,
        "http.host",
        f"Host: expected one name or address of this node, found {found}",
        advice="Name the host once, as RFC 9112, 3.2 has it.",
    )


def _busy(most: int) -> Refused:
    return Refused(
        503,
        "http.busy",
        f"expected at most {most} requests in hand, found as many",
        advice="Come again later.",
        headers={"Retry-After": "1"},
    )
