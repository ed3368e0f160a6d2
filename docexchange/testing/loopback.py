"""A small HTTP server on this machine alone, for what a certificate points to.

    from docexchange.testing import Loopback, Page

    with Loopback() as server:
        server.pages["/root.crl"] = Page(crl)
        url = server.url("/root.crl")

It listens on a port that the system chooses, on 127.0.0.1, and remembers what it was asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Loopback", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at an address."""

    body: bytes | Callable[[bytes], bytes] = b""
    """The octets; or what makes them of what was posted."""
    status: int = 200
    """HTTP status."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers (``Location``)."""


class Loopback:
    """The server; a context manager. Pages may be changed while it runs."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        """What stands where, by path."""
        self.down: set[str] = set()
        """Paths that answer 503, whatever stands there."""
        self.asked: list[str] = []
        """Method and path of every request, in order."""
        self.headers: list[Mapping[str, str]] = []
        """The headers of every request, in order."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """The address of a page.

        Args:
            path: with its slash.
            host: another name of this machine.
        """
        return f"http://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, posted: bytes) -> None:
            loopback.asked.append(f"{self.command} {self.path}")
            loopback.headers.append(dict(self.headers.items()))
            page = loopback.pages.get(self.path, Page(status=404))
            page = Page(status=503) if self.path in loopback.down else page
            body = page.body if isinstance(page.body, bytes) else page.body(posted)
            self.send_response(page.status)
            for name, value in {"Content-Length": str(len(body)), **page.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing: what was asked stands in ``asked``."""

    return Handler
