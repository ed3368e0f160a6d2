"""What the control API says when something cannot be done: a status for each kind of error.

of_error(error).status
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.errors import (
    ConflictingDuplicate,
    DocExchangeError,
    StoreFailure,
    TransportError,
    UnreadableInput,
    UsageError,
    VerificationFailed,
)
from docexchange.web.refusals import Refused, internal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["of_error", "of_framework", "of_validation"]

_BY_CODE: Final[Mapping[str, int]] = {
    "stand-in.unknown-agency": 404,
    "stand-in.unknown-link": 404,
    "stand-in.yours": 409,
    "stand-in.down": 409,
}
_BY_KIND: Final[tuple[tuple[type[DocExchangeError], int], ...]] = (
    (StoreFailure, 503),
    (TransportError, 502),
    (ConflictingDuplicate, 409),
    (VerificationFailed, 422),
    (UnreadableInput, 422),
    (UsageError, 400),
)
_OTHERWISE: Final = 422


def of_error(error: Exception) -> Refused:
    """The refusal for an error of the library.

    Args:
        error: what it raised.
    """
    if not isinstance(error, DocExchangeError):
        return internal()
    found = next((status for kind, status in _BY_KIND if isinstance(error, kind)), _OTHERWISE)
    status = _BY_CODE.get(error.code, found)
    return Refused(status, error.code, str(error), advice=error.advice)


def of_validation(error: Any) -> Refused:
    """The refusal for a request that is not what was asked for; all faults are named.

    Args:
        error: of FastAPI.
    """
    faults = "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
    )
    return Refused(
        422,
        "stand-in.request",
        f"request: expected what /v1/openapi.json describes, found {faults[:1000]}",
        advice="Correct what is named.",
    )


def of_framework(error: Any) -> Refused:
    """The refusal for a path or a method that is not there.

    Args:
        error: of the framework.
    """
    return Refused(
        error.status_code,
        f"http.{error.status_code}",
        f"expected a call of version 1, found {error.detail}",
        advice="The calls are described at /v1/openapi.json.",
        headers=dict(error.headers or {}),
    )
