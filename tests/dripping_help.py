"""A server that answers one octet at a time, without end, in the clear or over TLS.

with Dripping(HEAD) as server:
    ask(server.url)             # comes back by its own deadline alone
assert server.octets < MOST
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    import ssl

__all__ = ["BODY", "GREETING", "HEAD", "MOST", "Dripping"]

MOST: Final = 1000
"""So many octets come in the end: whoever waits for them all waits for a minute."""
_REST_SECONDS: Final = 0.05
HEAD: Final = b"HTTP/1.1 200 OK\r\nX-Long: "
"""What drips is a header field."""
BODY: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
"""What drips is the body."""
GREETING: Final = b"\x16\x03\x03\x40\x00\x02"
"""What drips is the server's first word in TLS, of 16 KiB."""


class Dripping:
    """The server, for one connection; a context manager.

    Args:
        first: what it says at once.
        tls: where it speaks TLS.
    """

    def __init__(self, first: bytes, *, tls: ssl.SSLContext | None = None) -> None:
        self.octets = 0
        """How many have dripped."""
        self._first, self._tls = first, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._drip)

    @property
    def url(self) -> str:
        """Where it answers."""
        is_secure = self._tls or self._first == GREETING
        return f"http{'s' if is_secure else ''}://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.join()

    def _drip(self) -> None:
        with self._listener, self._listener.accept()[0] as plain:
            plain.settimeout(10)
            with suppress(OSError), self._greeted(plain) as connection:
                connection.settimeout(_REST_SECONDS)
                connection.sendall(self._first)
                while self.octets < MOST:
                    with suppress(TimeoutError):  # rests, and sees when the other side has gone
                        if not connection.recv(1000):
                            return
                    connection.sendall(b"x")
                    self.octets += 1

    def _greeted(self, plain: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
