"""One question over HTTP and its answer: what timestamp authorities are asked by.

>>> HttpPoster().post("http://tsa.example.vn", request, "application/timestamp-query")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.clock import Clock, SystemClock
from docexchange.errors import TransportError
from docexchange.limits import KIB, FetchLimits
from docexchange.transport._answers import read_small
from docexchange.transport._causes import cause_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response, Session

__all__ = ["HttpPoster"]

_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPoster:
    """Posts to the URLs that the operator named; goes nowhere that an answer points to."""

    timeout_seconds: float = FetchLimits().seconds
    """How long everything may take, from the connection to the last octet of the answer: whoever
    answers drop by drop holds nobody longer."""
    max_bytes: int = 256 * KIB
    """Longer answers are cut off and refused."""
    clock: Clock = field(default_factory=SystemClock)
    """Tells when the time is up."""

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Ask, and return the body of the answer.

        Args:
            url: ``http:`` or ``https:``.
            body: the question.
            content_type: what it is.

        Raises:
            TransportError: no answer, one that says that something went wrong, or a long one.
        """
        from requests import RequestException

        if not url.lower().startswith(("http://", "https://")):
            raise _failed(url, "a URL that begins with http: or https:", "another", again=False)
        deadline = self.clock.now() + timedelta(seconds=self.timeout_seconds)

        def remaining() -> float:
            return (deadline - self.clock.now()).total_seconds()

        try:
            with (
                _session(remaining) as session,
                session.post(
                    url,
                    data=body,
                    headers={"Content-Type": content_type, "User-Agent": "docexchange"},
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                return self._body(url, response)
        except (RequestException, OSError, ValueError) as error:
            if remaining() <= 0:
                raise _failed(url, f"an answer in {self.timeout_seconds:g} s", "none") from error
            raise _failed(url, "an answer", f"none ({cause_of(error)})") from error

    def _body(self, url: str, response: Response) -> bytes:
        if response.status_code != _OK:
            raise _failed(url, "status 200", f"{response.status_code} {response.reason}")
        return read_small(response, self.max_bytes)


def _session(remaining: Callable[[], float]) -> Session:
    """A session that keeps our time; the proxies and authorities of the environment are used."""
    from requests import Session

    from docexchange.transport._connections import OwnAdapter, open_connection

    session, adapter = Session(), OwnAdapter(open_connection, remaining)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _failed(url: str, expected: str, found: str, *, again: bool = True) -> TransportError:
    return TransportError(
        f"{url}: expected {expected}, found {found}"[:500],
        retryable=again,
        code="transport.http",
        advice="Check the address, and whether this machine may go there.",
    )
