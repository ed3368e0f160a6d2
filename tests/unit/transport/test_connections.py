"""How connections to others are opened: what their sockets are told."""

from __future__ import annotations

import socket
from contextlib import closing

from docexchange.testing import Loopback, Page
from docexchange.transport._connections import OwnAdapter, open_connection, own_session


def test_what_is_written_goes_out_at_once() -> None:
    """Nothing waits for an acknowledgement of what went before: Nagle's rule is off."""
    opened: list[socket.socket] = []

    def connect(host: str, port: int, remaining: object) -> socket.socket:
        del remaining
        plain = open_connection(host, port, lambda: 10.0)
        opened.append(plain.dup())
        return plain

    with Loopback() as server:
        server.pages["/"] = Page(lambda posted: posted)
        with closing(own_session(OwnAdapter(connect, lambda: 10.0))) as session:
            session.post(server.url("/"), data=b"letter")
    with opened[0] as seen:
        assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
