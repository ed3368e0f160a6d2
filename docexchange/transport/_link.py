"""The line to one node: one pool of connections, every wait bounded, what breaks told apart.

>>> with link.ask("HEAD", "v1/uploads/7") as response:
...     offset = response.headers["Upload-Offset"]

A broken line (`LineBroken`) is worth going on at once; anything else is said to the caller.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.errors import TransportError
from docexchange.limits import KIB
from docexchange.transport._answers import refused
from docexchange.transport._causes import cause_of, is_unknown_name, within
from docexchange.transport._endpoint import inside

if TYPE_CHECKING:
    import ssl
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from requests import Response

    from docexchange.clock import Clock
    from docexchange.transport._connections import Greet
    from docexchange.transport._source import Body
    from docexchange.transport.http_settings import HttpSettings

__all__ = ["LineBroken", "Link"]

_LEFT: Final = 64 * KIB
_PERSONAL: Final = ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE", "ACCESS_DENIED")
"""What the alerts of TLS (RFC 8446, section 6.2) have in common that are about who we are."""


class LineBroken(TransportError):
    """The line broke, or what came over it is spoilt: going on at once can help."""


class Link:
    """Requests to one endpoint; threads may share it.

    Args:
        endpoint: where all paths begin.
        settings: how patient we are.
        clock: tells how much time is left.
        headers: sent with every request.
        tls: who we are and whom we trust; for this link alone.
        greet: is shown the server's certificates before anything is sent.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        settings: HttpSettings,
        clock: Clock,
        headers: Mapping[str, str],
        tls: ssl.SSLContext | None = None,
        greet: Greet | None = None,
    ) -> None:
        from docexchange.transport._connections import OwnAdapter, open_connection, own_session

        self.endpoint: Final = endpoint
        self._settings: Final = settings
        self._clock: Final = clock
        self._asking: Final = threading.local()
        adapter = OwnAdapter(open_connection, self._remaining, tls=tls, greet=greet)
        self._session: Final = own_session(adapter)
        self._session.headers.update(headers)

    @contextmanager
    def ask(
        self,
        method: str,
        place: str,
        *,
        expected: Collection[int],
        headers: Mapping[str, str] | None = None,
        body: Body | bytes | None = None,
        octets: int = 0,
    ) -> Iterator[Response]:
        """Ask, and have the answer for as long as the block lasts; its body is not read yet.

        Args:
            method: of HTTP.
            place: relative to the endpoint, or what an answer said.
            expected: statuses that the caller deals with.
            headers: more headers.
            body: what to send.
            octets: how many go over the line at most, there or back, in bytes.

        Raises:
            LineBroken: no answer, or not all of it.
            TransportError: another status; a certificate that is not to be trusted.
        """
        self._asking.until = self._clock.now() + timedelta(
            seconds=self._settings.whole_seconds(octets)
        )
        url = inside(self.endpoint, place)
        with self._told_apart(url), self._send(method, url, headers or {}, body) as response:
            if response.status_code not in expected:
                raise refused(self.endpoint, response, self._clock.now())
            yield response
            _finish(response)

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | bytes | None
    ) -> Response:
        settings = self._settings
        return self._session.request(
            method,
            url,
            data=body or None,  # of no length: requests would announce chunks
            headers={"Accept-Encoding": "identity", **headers},
            timeout=(settings.connect_seconds, settings.read_seconds),
            allow_redirects=False,
            stream=True,
        )

    def _remaining(self) -> float:
        """Seconds for the next wait: never more than is left of the request."""
        until: datetime = self._asking.until
        return min(self._settings.read_seconds, (until - self._clock.now()).total_seconds())

    @contextmanager
    def _told_apart(self, url: str) -> Iterator[None]:
        from requests import RequestException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (RequestException, HTTPError, OSError, UnicodeError) as error:
            if reason := _distrust(error):
                raise _not_trusted(url, reason) from error
            raise _broken(url, error) from error


def _finish(response: Response) -> None:
    """Read what is left of a short answer, so that its connection can be used again."""
    from urllib3.exceptions import HTTPError

    with suppress(HTTPError, OSError):  # what mattered of the answer was there
        response.raw.read(_LEFT, decode_content=False)


def _distrust(error: BaseException | None) -> str:
    """What TLS had against one of the two certificates; empty where it was something else."""
    import ssl

    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        if isinstance(error, ssl.SSLError) and any(word in str(error) for word in _PERSONAL):
            return str(error.reason or error)
        error = within(error)
    return ""


def _not_trusted(url: str, reason: str) -> TransportError:
    return TransportError(
        f"{url}: expected TLS with certificates that both sides trust, found: {reason}"[:1000],
        code="transport.tls",
        advice="Compare certificate, trust and host name: [tls] here, and what the peer has.",
    )


def _broken(url: str, error: Exception) -> LineBroken:
    if is_unknown_name(error):
        return LineBroken(
            f"{url}: expected a host that has an address, found: {cause_of(error)}"[:1000],
            code="transport.unknown-host",
            advice="Compare the endpoint in the directory, and see whether this machine can ask "
            "the name service (DNS).",
        )
    return LineBroken(
        f"{url}: expected an answer, found a broken line: {cause_of(error)}"[:1000],
        code="transport.line-broken",
        advice="Nothing to do if it passes: it goes on later from where it stood.",
    )
