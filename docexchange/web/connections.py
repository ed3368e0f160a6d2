"""One connection under uvicorn: who is at its other end, and how long he may take for a request.

uvicorn shows the application no client certificate, and waits for the head of a request, and takes
it in, without bounds. ``guarded`` makes a protocol of uvicorn's (httptools or h11) that

1. puts the certificates into the scope as the TLS extension of ASGI has it,
2. closes a connection whose request head is too slow or too long, or behind which too many more
   requests wait,
3. closes one on which too much comes that is neither head nor body: what stands behind a body in
   chunks or within their sizes, or a head without an end behind a request that is in hand,
4. closes connections beyond the number that there may be.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from docexchange.web.callers import Chain
    from docexchange.web.limits import WebLimits
    from docexchange.web.shell import App, Message, Receive, Send

__all__ = ["certificates", "guarded"]

_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\n"
_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\n"
_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
_FRAMED: Final = 8
"""A chunk of one octet takes six."""
_END: Final = b"connection: close\r\ncontent-length: 0\r\n\r\n"


def guarded(limits: WebLimits, tell: Callable[[int, str], None]) -> type[asyncio.Protocol]:
    """A protocol for uvicorn's ``http`` setting.

    Args:
        limits: of a connection.
        tell: is told status and reason when a connection is cut off.
    """
    base = _protocol()

    class Guarded(_Guard, base):  # type: ignore[valid-type, misc]
        guard_limits = limits
        guard_tell = staticmethod(tell)

    return Guarded


def certificates(transport: Any) -> Chain:
    """The certificate of whoever is at the other end, and what came with it, each in PEM."""
    tls = transport.get_extra_info("ssl_object")
    leaf = tls.getpeercert(binary_form=True) if tls is not None else None
    if not leaf:
        return ()
    found = dict.fromkeys([leaf, *_others(tls)])
    return tuple(map(ssl.DER_cert_to_PEM_cert, found))


def _showing(app: App, chain: Chain) -> App:
    """The application, shown the certificates of this connection with every request."""

    async def shown(scope: Message, receive: Receive, send: Send) -> None:
        extensions = {**scope.get("extensions", {}), "tls": {"client_cert_chain": chain}}
        await app({**scope, "extensions": extensions}, receive, send)

    return shown


def _others(tls: Any) -> list[bytes]:
    if hasattr(tls, "get_unverified_chain"):  # Python 3.13
        return list(tls.get_unverified_chain())
    chain = tls._sslobj.get_unverified_chain() or ()  # noqa: SLF001  the same before 3.13
    return [ssl.PEM_cert_to_DER_cert(item.public_bytes()) for item in chain]


class _Guard:
    """Stands before a protocol of uvicorn's and shares its attributes."""

    guard_limits: WebLimits
    guard_tell: Callable[[int, str], None]
    app: App
    connections: set[Any]
    cycle: Any
    loop: asyncio.AbstractEventLoop
    transport: Any

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_size = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        self.app = _showing(self.app, certificates(transport))
        if len(self.connections) > self.guard_limits.connections:
            self._cut(_BUSY, 503, "too many connections")
        else:
            self._await_head()

    def connection_lost(self, error: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(error)  # type: ignore[misc]

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._between_requests and self._head_timer is None:
            self._await_head()
        before = self.cycle
        super().data_received(data)  # type: ignore[misc]
        if self.cycle is not before:
            self._forget_head()
        elif self._head_timer is not None:
            self._head_size += len(data)
            if self._head_size > self.guard_limits.header_bytes:
                self._cut(_LARGE, 431, "the head of a request was too long")
        if len(getattr(self, "pipeline", ())) > self.guard_limits.pipelined:
            self._cut(b"", 503, "too many requests on one connection")

    @property
    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_head(self) -> None:
        self._head_size = 0
        self._head_timer = self.loop.call_later(self.guard_limits.header_seconds, self._too_slow)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._cut(_SLOW, 408, "the head of a request was too slow")

    def _cut(self, line: bytes, status: int, reason: str) -> None:
        self._forget_head()
        transport = self.transport
        if not transport.is_closing():
            self.guard_tell(status, reason)
            transport.write(line + _END if line and self._between_requests else b"")
            transport.close()


class _Framing:
    """Between the guard and httptools, which holds whatever comes besides bodies without bounds."""

    guard_limits: WebLimits
    _cut: Callable[[bytes, int, str], None]
    _head_timer: asyncio.TimerHandle | None
    _loose = 0

    def data_received(self, data: bytes) -> None:
        self._loose += len(data)
        super().data_received(data)  # type: ignore[misc]
        if self._head_timer is None and self._loose > self.guard_limits.header_bytes:
            self._cut(_LARGE, 431, "a request had too much besides its body")

    def on_body(self, body: bytes) -> None:
        self._loose = max(0, self._loose - _FRAMED * len(body))
        super().on_body(body)  # type: ignore[misc]

    def on_message_complete(self) -> None:
        self._loose = 0
        super().on_message_complete()  # type: ignore[misc]


def _protocol() -> type[asyncio.Protocol]:
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        return H11Protocol  # it has a bound of its own, which ``serving`` sets

    class Framed(_Framing, HttpToolsProtocol):
        pass

    return Framed
