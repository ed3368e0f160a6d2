"""One question over HTTP and its answer: what timestamp authorities are asked by.

>>> HttpPoster().post("http://tsa.example.vn", request, "application/timestamp-query")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.errors import TransportError
from docexchange.limits import KIB
from docexchange.transport._answers import read_small
from docexchange.transport._causes import cause_of

if TYPE_CHECKING:
    from requests import Response

__all__ = ["HttpPoster"]

_OK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpPoster:
    """Posts to the URLs that the operator named; goes nowhere that an answer points to."""

    timeout_seconds: float = 10.0
    """How long to wait for a connection, and for each part of an answer."""
    max_bytes: int = 256 * KIB
    """Longer answers are cut off and refused."""

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Ask, and return the body of the answer.

        Args:
            url: ``http:`` or ``https:``.
            body: the question.
            content_type: what it is.

        Raises:
            TransportError: no answer, one that says that something went wrong, or a long one.
        """
        import requests

        if not url.lower().startswith(("http://", "https://")):
            raise _failed(url, "a URL that begins with http: or https:", "another", again=False)
        try:
            with requests.post(
                url,
                data=body,
                headers={"Content-Type": content_type, "User-Agent": "docexchange"},
                timeout=self.timeout_seconds,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._body(url, response)
        except (requests.RequestException, OSError, ValueError) as error:
            raise _failed(url, "an answer", f"none ({cause_of(error)})") from error

    def _body(self, url: str, response: Response) -> bytes:
        if response.status_code != _OK:
            raise _failed(url, "status 200", f"{response.status_code} {response.reason}")
        return read_small(response, self.max_bytes)


def _failed(url: str, expected: str, found: str, *, again: bool = True) -> TransportError:
    return TransportError(
        f"{url}: expected {expected}, found {found}"[:500],
        retryable=again,
        code="transport.http",
        advice="Check the address, and whether this machine may go there.",
    )
