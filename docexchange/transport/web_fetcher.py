"""Fetches over HTTP what certificates point to, without letting them choose what we reach.

>>> WebFetcher(clock=clock).fetch("http://ca.example/root.crl", body=None, accept="", limits=limits)

Only http and https; no proxy, no cookies, no credentials; a bounded number of octets, seconds and
redirects. Each name is resolved once, its addresses are judged, and the connection goes to the very
address that was judged: a name that resolves to something else a moment later gains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from docexchange.errors import TransportError
from docexchange.transport._reaching import addresses_of, first_open
from docexchange.transport.addresses import is_public, networks

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator

    from requests import Response, Session

    from docexchange.clock import Clock
    from docexchange.limits import FetchLimits

__all__ = ["WebFetcher"]

_PIECE: Final = 64 * 1024
_OK: Final = 200
_MOVED: Final = {301, 302, 303, 307, 308}
_MOVED_AS_IT_IS: Final = {307, 308}
_SHOWN: Final = 200


class WebFetcher:
    """Asks addresses of the Internet. Threads may share it.

    Args:
        clock: tells when the time is up.
        allowed: networks that may be asked although they are not of the Internet
            (``10.1.0.0/16``), for authorities inside the government's own network.

    Raises:
        ConfigurationError: one of them is no network.
    """

    def __init__(self, *, clock: Clock, allowed: Iterable[str] = ()) -> None:
        self._clock, self._allowed = clock, networks(allowed)

    def fetch(self, url: str, *, body: bytes | None, accept: str, limits: FetchLimits) -> bytes:
        """Ask an address.

        Args:
            url: the address, whatever a certificate has there.
            body: what to post; None to get.
            accept: the media type wanted.
            limits: how much, how long, how far.

        Returns:
            What came with status 200.

        Raises:
            TransportError: nothing came, or something that must not be taken.
        """
        from requests import RequestException

        errand = _Errand(
            clock=self._clock,
            deadline=self._clock.now() + timedelta(seconds=limits.seconds),
            limits=limits,
            accept=accept,
        )
        try:
            with self._session(errand) as session:
                return errand.run(session, url, body)
        except (RequestException, OSError, ValueError) as error:
            if errand.remaining() <= 0:
                raise _late(url, limits) from error
            raise _failed(url, f"an answer, found: {error}", "failed") from error

    def _session(self, errand: _Errand) -> Session:
        from docexchange.transport._connections import OwnAdapter, own_session

        return own_session(OwnAdapter(self._connect, errand.remaining))

    def _connect(self, host: str, port: int, remaining: Callable[[], float]) -> socket.socket:
        found = addresses_of(host, port, remaining)
        fit = list(filter(self._may_ask, found))
        if not fit:
            raise TransportError(
                f"{host}: expected an address of the Internet, found "
                f"{', '.join(sorted(set(found)))}",
                retryable=False,
                code="fetch.address",
                advice="If the authority is inside your own network, allow that network.",
            )
        return first_open(fit, port, remaining)

    def _may_ask(self, address: str) -> bool:
        if is_public(address):
            return True
        place = ip_address(address.partition("%")[0])
        return any(place in network for network in self._allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """One fetch, redirects included."""

    clock: Clock
    deadline: datetime
    limits: FetchLimits
    accept: str

    def remaining(self) -> float:
        """Seconds left; 0 or fewer when the time is up."""
        return (self.deadline - self.clock.now()).total_seconds()

    def run(self, session: Session, url: str, body: bytes | None) -> bytes:
        for _hop in range(self.limits.redirects + 1):
            _check_url(url)
            with self._ask(session, url, body) as response:
                if response.status_code not in _MOVED:
                    return b"".join(self._pieces(url, response))
                if body is not None and response.status_code not in _MOVED_AS_IT_IS:
                    raise _failed(url, f"an answer, found {response.status_code}", "status")
                url = urljoin(url, response.headers.get("Location", ""))
        raise _failed(url, f"at most {self.limits.redirects} redirects, found more", "redirects")

    def _ask(self, session: Session, url: str, body: bytes | None) -> Response:
        headers = {"Accept": self.accept, "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = self.accept.replace("-response", "-request")
        return session.request(
            "GET" if body is None else "POST",
            url,
            data=body,
            headers=headers,
            timeout=self.remaining(),
            allow_redirects=False,
            stream=True,
        )

    def _pieces(self, url: str, response: Response) -> Iterator[bytes]:
        if response.status_code != _OK:
            raise _failed(url, f"status 200, found {response.status_code}", "status")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise _failed(url, "octets as they are, found them compressed", "encoding")
        left, raw = self.limits.octets, response.raw
        while piece := _some_of(raw):
            left -= len(piece)
            if left < 0:
                raise _failed(url, f"at most {self.limits.octets} octets, found more", "size")
            if self.remaining() <= 0:
                raise _late(url, self.limits)
            yield piece


def _some_of(raw: Any) -> bytes:
    """What has come, without waiting for more."""
    from urllib3.exceptions import HTTPError

    try:
        piece: bytes = raw.read1(_PIECE, decode_content=False)
    except HTTPError as error:
        raise OSError(str(error)) from error
    return piece


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _failed(url, "an http or https address, found none", "url") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise _failed(url, "an http or https address without a user's name", "url")


def _late(url: str, limits: FetchLimits) -> TransportError:
    return _failed(url, f"an answer in {limits.seconds} s, found none", "time")


def _failed(url: str, expected: str, code: str) -> TransportError:
    return TransportError(
        f"{url[:_SHOWN]}: expected {expected}",
        retryable=code in {"failed", "time", "status"},
        code=f"fetch.{code}",
        advice="Try again later, or give the revocation list as a file (--crl).",
    )
