"""The calls of the pull mailbox, and what is said about each.

>>> [call.path for call in mailbox_calls(routes)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.web.calls import Call
from docexchange.web.descriptions import (
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
    from docexchange.web.mailbox import MailboxRoutes

__all__ = ["mailbox_calls"]

_ID: Final = parameter("id", "path", "Id of the parcel.", text(pattern="^[0-9a-f]{32}$"))
_LEASE: Final = parameter("Docexchange-Lease", "header", "The lease of whoever fetched it.", text())
_MOMENT: Final = text(format="date-time")
_PARCEL: Final = {
    "id": text(pattern="^[0-9a-f]{32}$"),
    "kind": text(enum=["message", "receipt"]),
    "message_id": text(),
    "recipient": text(description="The first of them, where it is for several."),
    "origin": text(),
    "message_kind": text(),
    "size": {"type": "integer", "minimum": 0},
    "sha256": text(pattern="^[0-9a-f]{64}$"),
    "since": _MOMENT,
    "leased_until": {"type": ["string", "null"], "format": "date-time"},
}
_SEVERAL: Final = {"recipients": {"type": "array", "minItems": 2, "items": text()}}
_LIST: Final = {
    "type": "object",
    "required": ["parcels", "more"],
    "properties": {
        "parcels": {
            "type": "array",
            "items": {
                "type": "object",
                "required": list(_PARCEL),
                "properties": {**_PARCEL, **_SEVERAL},
            },
        },
        "more": {"type": "boolean"},
    },
}
_WANTED: Final = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "seconds": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 300},
        "lease": text(description="The one to prolong."),
    },
}
_GIVEN: Final = {
    "type": "object",
    "required": ["lease", "until"],
    "properties": {"lease": text(), "until": _MOMENT},
}
_WHY: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reason"],
    "properties": {"reason": text(minLength=1)},
}
_RECEIPTS: Final = {
    "type": "object",
    "required": ["receipts"],
    "properties": {
        "receipts": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": ["xml"], "properties": {"xml": text()}},
        }
    },
}
_WHOLE: Final = {
    "ETag": header("SHA-256 of the whole, hexadecimal."),
    "Repr-Digest": header("The same as RFC 9530 has it."),
    "Accept-Ranges": header("bytes"),
}
_PART: Final = {**_WHOLE, "Content-Range": header("Which part of the whole.")}


def mailbox_calls(routes: MailboxRoutes) -> tuple[Call, ...]:
    """Pull."""
    calls = (_waiting, _lease, _content, _acknowledgement, _rejection)
    return tuple(call(routes) for call in calls)


def _waiting(routes: MailboxRoutes) -> Call:
    numbers = {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    return Call(
        method="GET",
        path="/v1/mailbox",
        handler=routes.waiting,
        described=operation(
            "What waits for the caller, oldest first.",
            answer(200, "The list.", json_of(_LIST)),
            parameters=[parameter("limit", "query", "At most so many.", numbers)],
        ),
    )


def _lease(routes: MailboxRoutes) -> Call:
    return Call(
        method="POST",
        path="/v1/mailbox/{id}/lease",
        handler=routes.lease,
        described=operation(
            "Have a parcel kept for a while.",
            answer(200, "It is.", json_of(_GIVEN)),
            problems(404, 408, 409, 413),
            parameters=[_ID],
            body=json_of(_WANTED),
            body_required=False,
        ),
    )


def _content(routes: MailboxRoutes) -> Call:
    return Call(
        method="GET",
        path="/v1/mailbox/{id}/content",
        handler=routes.content,
        described=operation(
            "Fetch the bytes of a parcel, or a part of them.",
            answer(200, "All of them.", XML, _WHOLE),
            answer(206, "The part that was asked for.", XML, _PART),
            problems(404, 416),
            parameters=[
                _ID,
                parameter("Range", "header", "One range of bytes (RFC 9110).", text()),
                parameter("If-Range", "header", "The ETag that the range is of.", text()),
            ],
        ),
    )


def _acknowledgement(routes: MailboxRoutes) -> Call:
    done = "Written down, and the parcel has gone for those who have one; also when it had before."
    return Call(
        method="POST",
        path="/v1/mailbox/{id}/acknowledgement",
        handler=routes.acknowledge,
        described=operation(
            "Leave the receipts for a parcel; nothing for a receipt.",
            answer(204, done),
            later(),
            problems(404, 408, 409, 413, 415, 422, 507),
            parameters=[_ID, _LEASE],
            body={XML: {"schema": text(format="binary")}, **json_of(_RECEIPTS)},
            body_required=False,
        ),
    )


def _rejection(routes: MailboxRoutes) -> Call:
    return Call(
        method="POST",
        path="/v1/mailbox/{id}/rejection",
        handler=routes.reject,
        described=operation(
            "Tell that a parcel cannot be read at all; it is set aside.",
            answer(204, "It is."),
            problems(404, 408, 409, 413),
            parameters=[_ID, _LEASE],
            body=json_of(_WHY),
        ),
    )
