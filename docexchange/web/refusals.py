"""Refusals in HTTP: a status, and a problem (RFC 9457) that says what was expected and found.

>>> raise Refused(404, "upload.unknown", "expected an upload of yours, found none under this id")

What the library raises is turned into one with ``refusal_of``; nobody is ever sent a traceback.
"""

from __future__ import annotations

import errno
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from docexchange.errors import (
    LimitExceeded,
    StoreFailure,
    TransportError,
    UnreadableInput,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.errors import DocExchangeError

__all__ = [
    "CHECKSUM_MISMATCH",
    "PROBLEM",
    "Refused",
    "Vanished",
    "internal",
    "of_os",
    "problem",
    "refusal_of",
]

PROBLEM: Final = "application/problem+json"
"""The media type of a refusal."""
CHECKSUM_MISMATCH: Final = 460
"""The status of tus 1.0 for what no other status says."""
_RETRY_SECONDS: Final = "5"
_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL: Final = {"store.full", "transport.folder-full"}


class Refused(Exception):
    """A request that is answered with a problem.

    Args:
        status: of HTTP.
        code: stable dotted code.
        detail: what was expected and what was found.
        advice: what the caller can do, one sentence.
        headers: more headers (``Retry-After``).
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        advice: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.advice = advice
        self.headers = dict(headers or {})


class Vanished(Exception):
    """The caller has gone in the middle of his request; there is nobody to answer."""


def problem(refused: Refused) -> dict[str, object]:
    """The members of the problem."""
    told: dict[str, object] = {
        "title": _title(refused.status),
        "status": refused.status,
        "code": refused.code,
        "detail": str(refused),
    }
    return told | ({"advice": refused.advice} if refused.advice else {})


def refusal_of(error: DocExchangeError) -> Refused:
    """What a caller is told about an error of the library.

    Trouble of our own (a store, a disk) is told by its code alone: paths are nobody's business.
    """
    if isinstance(error, (StoreFailure, TransportError)):
        status = 507 if error.code in _FULL else 503
        said = "expected to store what you brought, found trouble on this side"
        later = {"Retry-After": _RETRY_SECONDS}
        return Refused(status, error.code, said, advice="Come again later.", headers=later)
    if isinstance(error, LimitExceeded):
        return Refused(413, error.code, str(error), advice=error.advice)
    if isinstance(error, UnreadableInput):
        return Refused(422, error.code, str(error), advice=error.advice)
    if isinstance(error, UsageError):
        return Refused(400, error.code, str(error), advice=error.advice)
    later = {"Retry-After": _RETRY_SECONDS}
    return Refused(
        503, error.code, "expected to decide now, found that it cannot be", headers=later
    )


def internal() -> Refused:
    """What a caller is told about an error that nobody expected."""
    return Refused(
        500,
        "http.internal",
        "expected to answer, found an error on this side",
        advice="Come again later; the operator of the node finds the reason in its log.",
    )


def of_os(error: OSError) -> Refused:
    """What a caller is told when the disk of this node fails."""
    full = error.errno in _NO_SPACE
    code = "store.full" if full else "store.failure"
    return refusal_of(StoreFailure("", code=code))


def _title(status: int) -> str:
    return "Checksum Mismatch" if status == CHECKSUM_MISMATCH else HTTPStatus(status).phrase
