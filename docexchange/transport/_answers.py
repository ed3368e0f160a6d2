"""What an HTTP status means to whoever sends: go on, try again, or never again.

>>> raise refused("https://hub.example/", response, now)
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import TransportError
from docexchange.limits import KIB

if TYPE_CHECKING:
    from requests import Response

__all__ = ["REFUSED_CODE", "read_json", "read_small", "refused"]

REFUSED_CODE: Final = "transport.refused"
"""The code where a status says no more than that the other side does not want the request."""

_PIECE: Final = 16 * KIB
_PROBLEM_BYTES: Final = 64 * KIB
_LISTING_BYTES: Final = 4 * 1024 * KIB
_SHOWN: Final = 300
_LONGEST_WAIT: Final = 24 * 3600.0

_NEVER: Final = {405, 413, 414, 415, 422}
"""Statuses that the same request will get again."""
_CODES: Final = {
    202: ("transport.busy", "Nothing to do: it goes on by itself later."),
    401: ("transport.not-admitted", "Configure a certificate under [tls]."),
    403: (
        "transport.not-admitted",
        "The other side must know our certificate: look at its directory and trust, and at ours.",
    ),
    404: ("transport.no-such-place", "Check the endpoint in the directory: its path, above all."),
    408: ("transport.too-slow", "Look at the line; it goes on by itself later."),
    413: ("transport.too-large", "Send less at once, or ask the other side to take more."),
    429: ("transport.busy", "Nothing to do: it goes on by itself later."),
    503: ("transport.busy", "Nothing to do: it goes on by itself later."),
    507: ("transport.peer-full", "Tell the operator of the other side that its disk is full."),
}
_OTHER: Final = (REFUSED_CODE, "Tell the operator of the other side what it said.")


def read_small(response: Response, largest: int) -> bytes:
    """All of a short answer.

    Args:
        response: the answer.
        largest: longer ones are refused, in bytes.

    Raises:
        TransportError: it is longer.
    """
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > largest:
            raise _odd(response, f"an answer of at most {largest} bytes", "a longer one")
    return bytes(body)


def read_json(response: Response, largest: int = _LISTING_BYTES) -> dict[str, Any]:
    """An answer that is a JSON object.

    Raises:
        TransportError: it is something else, or longer than ``largest`` bytes.
    """
    try:
        values = json.loads(read_small(response, largest))
    except (ValueError, RecursionError) as error:
        raise _odd(response, "JSON", str(error)) from error
    if not isinstance(values, dict):
        raise _odd(response, "a JSON object", type(values).__name__)
    return values


def refused(endpoint: str, response: Response, now: datetime) -> TransportError:
    """Turn an answer that is none of those expected into an error; reads its body.

    Args:
        endpoint: who gave it.
        response: the answer, a problem (RFC 9457) where the peer is one of ours.
        now: the present, for dates in ``Retry-After``.
    """
    status = response.status_code
    problem = _problem(response)
    code, advice = _CODES.get(status, _OTHER)
    said = " ".join(str(problem.get(name, "")) for name in ("code", "title", "detail")).split()
    return TransportError(
        f"{endpoint}: expected it to take the request, found {status} {response.reason}: "
        f"{' '.join(said)}"[:1000],
        retryable=status not in _NEVER,
        code=code,
        advice=str(problem.get("advice") or advice)[:_SHOWN],
        retry_after_seconds=_wait(response.headers.get("Retry-After", ""), now),
    )


def _problem(response: Response) -> dict[str, Any]:
    if "json" not in response.headers.get("Content-Type", ""):
        return {}
    try:
        return read_json(response, _PROBLEM_BYTES)
    except TransportError:
        return {}  # the status says enough


def _wait(text: str, now: datetime) -> float | None:
    """Seconds that ``Retry-After`` asks for: a number, or a date (RFC 9110, section 10.2.3)."""
    from email.utils import parsedate_to_datetime

    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _odd(response: Response, expected: str, found: str) -> TransportError:
    return TransportError(
        f"{response.url}: expected {expected}, found {found}"[:1000],
        code="transport.odd-answer",
        advice="Ask the other side which program answers there.",
    )
