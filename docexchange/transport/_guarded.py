"""How requests connects when it must not choose the address itself."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

__all__ = ["Connect", "GuardedAdapter"]

Connect = Callable[[str, int, float], socket.socket]
"""Opens a connection to a host and port within some seconds, or refuses."""


class _TimedSocket(socket.socket):
    """A socket that waits for what is left of the whole time, not for each octet anew."""

    remaining: Callable[[], float]

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self.remaining())
        return super().recv_into(*arguments, **options)


class GuardedAdapter(HTTPAdapter):
    """Lets requests send over connections that ``connect`` has opened.

    Args:
        connect: resolves, judges and connects.
        remaining: seconds that are left.
    """

    def __init__(self, connect: Connect, remaining: Callable[[], float]) -> None:
        self._connect, self._remaining = connect, remaining
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools with our connections."""
        connect, remaining = self._connect, self._remaining

        def opened(connection: HTTPConnection) -> socket.socket:
            plain = connect(connection.host, connection.port, remaining())
            timed = _TimedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
            timed.remaining = remaining
            timed.settimeout(remaining())
            return timed

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self)

        class Tls(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = Tls

        manager = PoolManager(*arguments, **options)
        manager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}
        self.poolmanager = manager
