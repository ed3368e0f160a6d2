"""How requests connects here: to addresses that were judged, for a time that ends, to known peers.

Shared by all clients of this room. What requests does by itself and we do not want is switched off:
proxies and passwords from the environment, cookies, authorities that came with a package.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any, Final

from requests import Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from docexchange.transport._reaching import addresses_of, first_open, some

__all__ = ["Connect", "Greet", "OwnAdapter", "open_connection", "own_session"]

Connect = Callable[[str, int, Callable[[], float]], socket.socket]
"""Opens a connection to a host and port within the seconds that are left, or refuses."""
Greet = Callable[[Sequence[bytes]], None]
"""Looks at the server's certificate and those above it (DER) before anything is said to it."""

_DER: Final = 2
"""``_ssl.ENCODING_DER``."""


class _Timed:
    """A socket that asks before each wait how long it may: of the whole time, only what is left."""

    remaining: Callable[[], float]

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.keep_time()
        return super().recv_into(*arguments, **options)  # type: ignore[misc,no-any-return]

    def sendall(self, *arguments: Any, **options: Any) -> None:
        self.keep_time()
        super().sendall(*arguments, **options)  # type: ignore[misc]

    def keep_time(self) -> None:
        self.settimeout(some(self.remaining()))  # type: ignore[attr-defined]


class _TimedSocket(_Timed, socket.socket):
    """Without TLS."""


class _TimedTls(_Timed, ssl.SSLSocket):
    """With TLS."""

    def do_handshake(self, *arguments: Any, **options: Any) -> None:
        self.keep_time()
        super().do_handshake(*arguments, **options)


def own_session(adapter: OwnAdapter) -> Session:
    """Make a session that goes where it is sent, by ``adapter`` alone."""
    from http.cookiejar import DefaultCookiePolicy

    session = Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = False  # a proxy would connect to whatever it is told
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def open_connection(host: str, port: int, remaining: Callable[[], float]) -> socket.socket:
    """Connect to wherever the system says that a host is.

    Args:
        host: its name or address.
        port: TCP port.
        remaining: seconds that are left.
    """
    return first_open(addresses_of(host, port, remaining), port, remaining)


class OwnAdapter(HTTPAdapter):
    """Lets requests send over connections that ``connect`` has opened.

    Args:
        connect: resolves, judges and connects.
        remaining: seconds that whoever asks may still wait, 0 or fewer when the time is up; asked
            before each wait.
        tls: who we are and whom we trust; where it is left out, the authorities of requests.
            Not shared with other adapters.
        greet: is shown the server's certificates, and refuses those that are somebody else's.
    """

    def __init__(
        self,
        connect: Connect,
        remaining: Callable[[], float],
        *,
        tls: ssl.SSLContext | None = None,
        greet: Greet | None = None,
    ) -> None:
        self._connect, self._remaining, self._greet = connect, remaining, greet
        self._trusts_ours = tls is not None
        self._context = self._timed(tls or create_urllib3_context())
        super().__init__(max_retries=0)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave our own authorities alone: requests would add its own to them."""
        if not self._trusts_ours:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools with our connections."""
        manager = PoolManager(*arguments, **options, ssl_context=self._context)
        manager.pool_classes_by_scheme = self._pools()
        self.poolmanager = manager

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Reach a proxy by our connections, too, where a session takes it from the environment."""
        manager = super().proxy_manager_for(proxy, **options, ssl_context=self._context)
        if not proxy.lower().startswith("socks"):  # has connections of its own kind
            manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type[HTTPConnectionPool]]:
        connect, remaining, greet = self._connect, self._remaining, self._greet

        def opened(connection: HTTPConnection) -> socket.socket:
            plain = connect(connection.host, connection.port, remaining)
            timed = _TimedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
            timed.remaining = remaining
            # Head and body are written one after the other: without this the body waits for the
            # other side's delayed acknowledgement, 40 ms with each letter.
            timed.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return timed

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self)

        class Tls(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return opened(self)

            def connect(self) -> None:
                super().connect()
                if greet is not None:
                    greet(_shown(self.sock))

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = Tls

        return {"http": PlainPool, "https": TlsPool}

    def _timed(self, context: ssl.SSLContext) -> ssl.SSLContext:
        """Let the sockets of a context keep our time; TLS makes sockets of its own."""
        own = {"remaining": staticmethod(self._remaining)}
        context.sslsocket_class = type("_OwnTls", (_TimedTls,), own)
        return context


def _shown(connection: Any) -> list[bytes]:
    """The path of certificates by which TLS trusts the server, its own first."""
    if hasattr(connection, "get_verified_chain"):  # since Python 3.13
        return list(connection.get_verified_chain())
    return [item.public_bytes(_DER) for item in connection._sslobj.get_verified_chain()]  # noqa: SLF001  no other way before
