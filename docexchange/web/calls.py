"""The calls of version 1: method, path, handler, and what is said about each.

>>> [call.path for call in message_calls(messages)]

The machine's version of ``docs/reference/http.md``; the tests hold each to the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from docexchange.web.descriptions import (
    DIGEST,
    RECIPIENT,
    XML,
    answer,
    header,
    json_of,
    later,
    operation,
    parameter,
    problems,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from docexchange.web.about import About
    from docexchange.web.messages import Messages

    Handler = Callable[..., Awaitable[Response]]

__all__ = ["RECEIPTS", "REFUSAL", "Call", "about_calls", "message_calls"]

_EVIDENCE: Final = {"Content-Digest": header("SHA-256 of the body (RFC 9530).")}
_BODY: Final = problems(408, 413, 415, 507)
_GIVEN: Final = {
    "type": "object",
    "required": ["receipts"],
    "properties": {
        "receipts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["recipient", "accepted", "at", "sha256", "xml"],
                "properties": {
                    "recipient": text(),
                    "accepted": {"type": "boolean"},
                    "at": text(format="date-time"),
                    "sha256": text(pattern="^[0-9a-f]{64}$"),
                    "xml": text(description="The signed receipt."),
                },
            },
        }
    },
}
RECEIPTS: Final = answer(
    200,
    "Accepted; the signed receipt. Of several recipients the receipt or refusal for each.",
    {XML: {"schema": text()}, **json_of(_GIVEN)},
    _EVIDENCE,
)
"""What a letter gets that was read."""
REFUSAL: Final = answer(422, "Read and refused; the signed refusal says why.", XML, _EVIDENCE)
"""What a letter for one recipient gets that was read and is not taken."""
_READY: Final = {
    "type": "object",
    "required": ["ready", "reasons"],
    "properties": {
        "ready": {"type": "boolean"},
        "reasons": {"type": "array", "items": text()},
    },
}
_HEALTH: Final = {"type": "object", "required": ["status"], "properties": {"status": text()}}
_MESSAGE: Final = parameter(
    "message_id", "path", "Id of the message.", text(pattern="^[A-Za-z_][A-Za-z0-9._-]{0,127}$")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call."""

    method: str
    """Of HTTP."""
    path: str
    """With names for its parts."""
    handler: Handler
    """Answers it."""
    described: dict[str, Any]
    """For the OpenAPI document."""


def message_calls(messages: Messages) -> tuple[Call, ...]:
    """Push."""
    return (
        Call(
            method="POST",
            path="/v1/messages",
            handler=messages.bring_letter,
            described=operation(
                "Bring a letter once for all its recipients here, and take the receipts home.",
                RECEIPTS,
                REFUSAL,
                later(),
                _BODY,
                parameters=[RECIPIENT, DIGEST],
                body=XML,
            ),
        ),
        Call(
            method="POST",
            path="/v1/receipts",
            handler=messages.bring_receipt,
            described=operation(
                "Bring a receipt about a letter that this node sent.",
                answer(204, "Written down, now or before."),
                later(),
                problems(422),
                _BODY,
                parameters=[DIGEST],
                body=XML,
            ),
        ),
        Call(
            method="GET",
            path="/v1/messages/{message_id}/receipts",
            handler=messages.receipts,
            described=operation(
                "See the receipts again that the caller was given for a letter.",
                answer(200, "The receipts, oldest first.", json_of(_GIVEN)),
                parameters=[_MESSAGE],
            ),
        ),
    )


def about_calls(about: About) -> tuple[Call, ...]:
    """About the node; no certificate is needed."""
    return (
        Call(
            method="GET",
            path="/v1/health",
            handler=about.health,
            described=operation(
                "Does the process answer?",
                answer(200, "It does.", json_of(_HEALTH)),
                public=True,
            ),
        ),
        Call(
            method="GET",
            path="/v1/ready",
            handler=about.ready,
            described=operation(
                "Does the node take letters?",
                answer(200, "It does.", json_of(_READY)),
                answer(503, "It does not; the reasons are told.", json_of(_READY)),
                public=True,
            ),
        ),
        Call(
            method="GET",
            path="/v1/openapi.json",
            handler=about.openapi,
            described=operation(
                "This description for machines.",
                answer(200, "OpenAPI 3.1.", json_of({"type": "object"})),
                public=True,
            ),
        ),
    )
