"""The calls of resumable upload, and what is said about each.

>>> [call.method for call in upload_calls(uploads)]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.web.calls import RECEIPTS, REFUSAL, Call
from docexchange.web.descriptions import (
    answer,
    header,
    later,
    operation,
    parameter,
    problems,
    text,
)

if TYPE_CHECKING:
    from docexchange.web.uploads import Uploads

__all__ = ["upload_calls"]

_ALL, _ONE = "/v1/uploads", "/v1/uploads/{id}"
_BYTES: Final = "application/offset+octet-stream"
_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_ID: Final = parameter("id", "path", "Id of the upload.", text(pattern="^[0-9a-f]{32}$"))
_VERSION: Final = parameter(
    "Tus-Resumable", "header", "Version of tus.", text(enum=["1.0.0"]), required=True
)
_CHECKSUM: Final = parameter(
    "Upload-Checksum", "header", "sha256 or sha1, and the value of the body in base64.", text()
)
_SIZE: Final = parameter(
    "Upload-Length", "header", "How many bytes there will be.", _NUMBER, required=True
)
_OFFSET: Final = parameter("Upload-Offset", "header", "Where it begins.", _NUMBER, required=True)
_METADATA: Final = parameter(
    "Upload-Metadata",
    "header",
    "recipient, or recipients with commas between them, and sha256 (hexadecimal, of the whole), in "
    "base64.",
    text(),
)
_SPOKEN: Final = {"Tus-Resumable": header("Version of tus.")}
_EXPIRES: Final = {**_SPOKEN, "Upload-Expires": header("When it is forgotten.")}
_AT: Final = {"Upload-Offset": header("How many bytes are here durably.", _NUMBER)}
_LENGTH: Final = {"Upload-Length": header("How many there will be.", _NUMBER)}


def upload_calls(uploads: Uploads) -> tuple[Call, ...]:
    """Resumable upload."""
    calls = (_offered, _begin, _state, _append, _end, _receipt)
    return tuple(call(uploads) for call in calls)


def _offered(uploads: Uploads) -> Call:
    return Call(
        method="OPTIONS",
        path=_ALL,
        handler=uploads.offered,
        described=operation(
            "What is spoken here.",
            answer(204, "Version, extensions, largest size.", headers=_SPOKEN),
        ),
    )


def _begin(uploads: Uploads) -> Call:
    place = {"Location": header("Where it is.")}
    return Call(
        method="POST",
        path=_ALL,
        handler=uploads.begin,
        described=operation(
            "Begin an upload.",
            answer(201, "Begun.", headers={**_EXPIRES, **_AT, **place}),
            problems(408, 412, 413, 422, 460, 507),
            parameters=[_VERSION, _SIZE, _METADATA, _CHECKSUM],
            body=_BYTES,
            body_required=False,
        ),
    )


def _state(uploads: Uploads) -> Call:
    return Call(
        method="HEAD",
        path=_ONE,
        handler=uploads.state,
        described=operation(
            "How much is here.",
            answer(200, "So much.", headers={**_EXPIRES, **_AT, **_LENGTH}),
            problems(404, 412),
            parameters=[_ID, _VERSION],
        ),
    )


def _append(uploads: Uploads) -> Call:
    return Call(
        method="PATCH",
        path=_ONE,
        handler=uploads.append,
        described=operation(
            "Bring more; the last one answers when the letter is judged.",
            answer(204, "It is here durably.", headers={**_EXPIRES, **_AT}),
            problems(404, 408, 409, 412, 413, 415, 422, 423, 460, 507),
            parameters=[_ID, _VERSION, _OFFSET, _CHECKSUM],
            body=_BYTES,
        ),
    )


def _end(uploads: Uploads) -> Call:
    return Call(
        method="DELETE",
        path=_ONE,
        handler=uploads.end,
        described=operation(
            "Forget an upload.",
            answer(204, "Forgotten.", headers=_SPOKEN),
            problems(404, 412, 423),
            parameters=[_ID, _VERSION],
        ),
    )


def _receipt(uploads: Uploads) -> Call:
    return Call(
        method="GET",
        path=f"{_ONE}/receipt",
        handler=uploads.receipt,
        described=operation(
            "The receipt for the letter that was uploaded.",
            RECEIPTS,
            REFUSAL,
            later(),
            problems(404, 409, 423, 507),
            parameters=[_ID],
        ),
    )
