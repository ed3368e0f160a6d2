"""Talking to an endpoint that may be anything: every answer ends in size and in time.

>>> line = Line("https://node.example:8443/", trusted=anchors, clock=SystemClock(), seconds=20)
>>> line.ask("GET", "/v1/health", who=None).status
200

One connection for each request. Redirects are answers like others; nothing is decompressed, no
cookie is kept, no proxy is asked. The server must prove its name to the roots that were given.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from docexchange.errors import TransportError, UsageError
from docexchange.limits import KIB, MIB
from docexchange.node.opening.identity import client_identity
from docexchange.testing.conformance.case import NoAnswer, TooLate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docexchange.clock import Clock
    from docexchange.signing import SigningKey

__all__ = ["Answer", "Connection", "Line"]

_MOST: Final = 4 * MIB
"""No answer that a case asks for is longer."""
_PIECE: Final = 64 * KIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    """Of HTTP."""
    fields: tuple[tuple[str, str], ...]
    """The header."""
    body: bytes
    """All of it."""

    def field(self, name: str) -> str:
        """The value of a header field; empty where there is none."""
        return next((text for key, text in self.fields if key.lower() == name.lower()), "")

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case."""
        return self.field("Content-Type").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Connection:
    """One connection: everything on it has to be over at one moment.

    Args:
        wire: to the server.
        clock: tells the time.
        seconds: from now to its end.
    """

    def __init__(self, wire: socket.socket, *, clock: Clock, seconds: float) -> None:
        self._wire = wire
        self._clock = clock
        self._end = clock.now() + timedelta(seconds=seconds)

    def remaining(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: none.
        """
        left = (self._end - self._clock.now()).total_seconds()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    def write(self, data: bytes) -> None:
        """Send; who stops listening in the middle may still have said why."""
        with suppress(ConnectionError, ssl.SSLEOFError):
            for start in range(0, len(data), _PIECE):
                self._wire.settimeout(self.remaining())
                self._wire.sendall(data[start : start + _PIECE])

    def answer(self, method: str) -> Answer:
        """Read one answer.

        Raises:
            NoAnswer: there is none that can be read.
        """
        wire: Any = _Wire(self, self._wire)  # all that is wanted of a socket is makefile
        with _told(), HTTPResponse(wire, method=method) as answer:
            answer.begin()
            body = answer.read(_MOST + 1)
            if len(body) > _MOST:
                raise NoAnswer(f"an answer of more than {_MOST} bytes")
            if answer.length:
                raise NoAnswer(f"an answer that breaks off {answer.length} bytes too early")
            return Answer(status=answer.status, fields=tuple(answer.getheaders()), body=body)


class _Wire(io.RawIOBase):
    """What an answer is read from: no longer than there is time, no more than is wanted."""

    def __init__(self, line: Connection, wire: socket.socket) -> None:
        self._line = line
        self._wire = wire
        self._left = _MOST + _MOST // 4

    def makefile(self, mode: str) -> io.BufferedReader:
        del mode
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._wire.settimeout(self._line.remaining())
        count = self._wire.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise NoAnswer(f"an answer of more than {_MOST} bytes")
        return count


class Line:
    """The way to one endpoint.

    Args:
        url: the endpoint: https, a host, a path that all others begin with.
        trusted: DER of the authorities that the server's certificate must lead to.
        clock: tells the time.
        seconds: for one request and its answer.

    Raises:
        UsageError: no such URL.
    """

    def __init__(self, url: str, *, trusted: Sequence[bytes], clock: Clock, seconds: float) -> None:
        self.host, self.port, self._base = _parts(url)
        self._trusted = trusted
        self._clock = clock
        self._contexts: dict[int, ssl.SSLContext] = {}
        self.seconds: Final = seconds

    def reach(self) -> None:
        """Find out whether anybody is there.

        Raises:
            TransportError: nobody, or nobody who proves the name in the URL.
        """
        try:
            with self.connected(None):
                pass
        except NoAnswer as error:
            raise TransportError(
                f"{self.host}:{self.port}: expected a server, found {error}",
                code="transport.unreachable",
                advice="Check the address, and that --trust has the root of its certificate.",
            ) from error

    def ask(
        self,
        method: str,
        path: str,
        *,
        who: SigningKey | None,
        body: bytes | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its answer.

        Args:
            method: of HTTP.
            path: behind the endpoint's own.
            who: whose certificate is shown; None for none.
            body: what is sent.
            fields: of the header.

        Raises:
            NoAnswer: nothing that can be read came back in time.
        """
        told = {"Connection": "close", **(fields or {})}
        if body is not None:
            told = {"Content-Length": str(len(body)), **told}
        with self.connected(who) as connection:
            connection.write(self.head(method, path, told) + (body or b""))
            return connection.answer(method)

    def head(self, method: str, path: str, fields: Mapping[str, str]) -> bytes:
        """The head of a request."""
        lines = [
            f"{method} {self._base}{path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    @contextmanager
    def connected(
        self, who: SigningKey | None, *, seconds: float | None = None
    ) -> Iterator[Connection]:
        """A connection that shows a certificate.

        Args:
            who: whose; None for none.
            seconds: until it has to be over; as the line has it when left out.

        Raises:
            NoAnswer: none comes about, or it breaks.
        """
        wanted = self.seconds if seconds is None else seconds
        with _told(), socket.create_connection((self.host, self.port), timeout=wanted) as raw:
            context = self._context(who)
            with context.wrap_socket(raw, server_hostname=self.host) as wire:
                yield Connection(wire, clock=self._clock, seconds=wanted)

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """A connection without TLS."""
        with _told(), socket.create_connection((self.host, self.port), self.seconds) as raw:
            yield Connection(raw, clock=self._clock, seconds=self.seconds)

    def path_of(self, location: str) -> str:
        """The path that a ``Location`` means; empty where it leads elsewhere."""
        try:
            found = urlsplit(location)
            port = found.port or 443
        except ValueError:
            return ""
        here = not found.netloc or (found.hostname, port) == (self.host, self.port)
        path = found.path if here and found.scheme in ("", "https") else ""
        if not path.startswith(f"{self._base}/") or not path.isprintable() or " " in path:
            return ""
        return path.removeprefix(self._base)

    def _context(self, who: SigningKey | None) -> ssl.SSLContext:
        if id(who) not in self._contexts:
            self._contexts[id(who)] = client_identity(who, trusted=self._trusted)()
        return self._contexts[id(who)]


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong on the way, as one kind of error."""
    try:
        yield
    except TimeoutError as error:
        raise TooLate("no answer in time") from error
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(f"a certificate that proves nothing: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise NoAnswer(f"TLS ended: {error.reason or error}") from error
    except (OSError, HTTPException, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise NoAnswer(f"no answer that can be read: {said[:200]}") from error


def _parts(url: str) -> tuple[str, int, str]:
    try:
        found = urlsplit(url)
        host, port = found.hostname or "", found.port or 443
    except ValueError:
        host, port, found = "", 0, urlsplit("")
    odd = found.username or found.query or found.fragment or not url.isprintable() or " " in url
    if found.scheme != "https" or not host or odd:
        raise UsageError(
            f"endpoint: expected https://host:port/, found {url[:200]!r}",
            code="conformance.url",
            advice="Give the address of the endpoint as the directory has it.",
        )
    return host, port, found.path.rstrip("/")
