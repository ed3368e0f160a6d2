"""Serving an application with uvicorn, in a thread of its own, until told to stop.

    with serving(app, desk, at=Address(host="localhost", port=0), tls=context) as address:
        node.run(stop)

Stopping is graceful: no new connections, what is in hand is finished, then the node's store is let
go of.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn

from docexchange.errors import ConfigurationError, DeliveryError
from docexchange.instrumentation import EventName
from docexchange.web.connections import guarded

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from docexchange.web.desk import Desk
    from docexchange.web.shell import App

__all__ = ["Address", "serving"]

_TICK_SECONDS = 1.0
"""How often the date in answers is renewed."""
_BACKLOG = 1024
_GOODBYE_SECONDS = 1.0
"""How long whoever is at the other end of a connection may take to agree that it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server listens."""

    host: str
    """Name or address of this machine."""
    port: int
    """0 for one that the system chooses."""


@contextmanager
def serving(app: App, desk: Desk, *, at: Address, tls: ssl.SSLContext | None) -> Iterator[Address]:
    """Serve while the context lasts.

    Args:
        app: the application.
        desk: its desk.
        at: where to listen.
        tls: None for a server on this machine alone, behind which nobody is let in: without
            TLS nobody has a certificate.

    Gives:
        Where it listens, with the port that was chosen.

    Raises:
        ConfigurationError: nobody can listen there.
        DeliveryError: it did not start; the reason is in the log.
    """
    listener = _listen(at)
    found = Address(host=at.host, port=listener.getsockname()[1])
    server = _Server(app, desk, listener, tls)
    thread = threading.Thread(target=server.run, name="docexchange-server")
    thread.start()
    try:
        server.wait_until_started()
        desk.door.tell(EventName.HTTP_SERVING, host=found.host, port=found.port)
        yield found
    finally:
        desk.stopping = True
        server.stop()
        thread.join()


class _Server(uvicorn.Server):
    """uvicorn with our listener: it passes on no time limit for handshakes."""

    def __init__(
        self, app: App, desk: Desk, listener: socket.socket, tls: ssl.SSLContext | None
    ) -> None:
        limits = desk.limits

        def tell(status: int, reason: str) -> None:
            desk.door.tell(EventName.HTTP_REFUSED, status=status, reason=reason)

        super().__init__(
            uvicorn.Config(
                app,
                http=guarded(limits, tell),
                h11_max_incomplete_event_size=limits.header_bytes,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=limits.idle_seconds,
                timeout_graceful_shutdown=limits.stop_seconds,
            )
        )
        self._listener, self._tls, self._limits = listener, tls, limits
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def stop(self) -> None:
        """Tell it to stop; from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has stopped already
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """As uvicorn's, but woken up when it is told to stop."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    await self._told.wait()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            super().run(sockets)
        except SystemExit:  # how uvicorn tells that the application did not start
            self.started = False
        finally:
            self._ready.set()
            self._listener.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        del sockets
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets=[])
        times: dict[str, Any] = {}
        if self._tls is not None:
            times = {
                "ssl_handshake_timeout": self._limits.handshake_seconds,
                "ssl_shutdown_timeout": _GOODBYE_SECONDS,
            }
        listening = await self._loop.create_server(
            self._protocol, sock=self._listener, ssl=self._tls, backlog=self.config.backlog, **times
        )
        self.servers.append(listening)
        self._ready.set()

    def wait_until_started(self) -> None:
        """Return when it listens."""
        self._ready.wait()
        if not self.started:
            raise DeliveryError(
                "server: expected it to start, found that it did not",
                code="configuration.server",
                advice="The log says why; is another node at work on the store?",
            )

    def _protocol(self) -> asyncio.Protocol:
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return make(
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )


def _listen(at: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    # With its protocol named, asyncio sets TCP_NODELAY: head and body of an answer are written one
    # after the other, and each answer would wait 40 ms for an acknowledgement otherwise.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((at.host, at.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"[server]: expected to listen on {at.host}, port {at.port}, "
            f"found: {error.strerror or error}",
            code="configuration.server-address",
            advice="Is something else listening there, or is the address another machine's?",
        ) from error
    return listener
