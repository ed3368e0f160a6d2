"""Words for the OpenAPI document: parameters, bodies and answers, each said once.

>>> operation("Bring a letter.", answer(200, "Accepted.", XML), body=XML)

What comes out goes to ``FastAPI.add_api_route``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.limits import Limits
from docexchange.web.refusals import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "CALLER",
    "DIGEST",
    "PROBLEM_SCHEMA",
    "RECIPIENT",
    "XML",
    "answer",
    "header",
    "json_of",
    "later",
    "operation",
    "parameter",
    "problems",
    "text",
]

Described = dict[str, Any]

XML: Final = "application/xml"

_ORGAN: Final = r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,34}$"
_MEANINGS: Final = {
    400: "The request does not make sense.",
    401: "No client certificate.",
    403: "A certificate of nobody in the directory, not valid now, or of another agency.",
    404: "There is nothing of the caller's under this id.",
    408: "The body came too slowly.",
    409: "It is in another state.",
    412: "Another version of tus than 1.0.0.",
    413: "Larger than the node takes.",
    415: "Another media type.",
    416: "Nothing of the whole is in that range.",
    422: "Not valid, or not about anything that was sent to the caller.",
    423: "Somebody else is at it.",
    429: "Too many requests of this agency.",
    460: "The checksum does not match.",
    500: "An error on this side.",
    503: "Too many requests altogether, or it cannot be decided now.",
    507: "The disk, or what the caller may have on it, is full.",
}
_LATER: Final = (429, 503, 507)


def text(**more: object) -> Described:
    """The schema of a text."""
    return {"type": "string", **more}


def parameter(
    name: str, place: str, meaning: str, schema: Described, *, required: bool = False
) -> Described:
    """A parameter of a request."""
    return {
        "name": name,
        "in": place,
        "description": meaning,
        "required": required or place == "path",
        "schema": schema,
    }


def header(meaning: str, schema: Described | None = None) -> Described:
    """A header of an answer."""
    return {"description": meaning, "schema": schema or text()}


CALLER: Final = parameter(
    "Docexchange-From",
    "header",
    "Which agency calls, if the certificate belongs to several.",
    text(pattern=_ORGAN),
)
DIGEST: Final = parameter(
    "Content-Digest",
    "header",
    "SHA-256 of the body (RFC 9530).",
    text(examples=["sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"]),
    required=True,
)
RECIPIENT: Final = parameter(
    "recipient",
    "query",
    "Recipients of the letter whom this copy is for, each once; none needed when it has one.",
    {
        "type": "array",
        "items": text(pattern=_ORGAN),
        "maxItems": Limits().recipients,
        "uniqueItems": True,
    },
)
_RETRY: Final = {"Retry-After": header("Seconds to wait.", {"type": "integer", "minimum": 0})}


def json_of(schema: Described) -> dict[str, Described]:
    """JSON content."""
    return {"application/json": {"schema": schema}}


def answer(
    status: int,
    meaning: str,
    content: str | Mapping[str, Described] = "",
    headers: Mapping[str, Described] | None = None,
) -> dict[int, Described]:
    """One answer."""
    told: Described = {"description": meaning}
    if headers:
        told["headers"] = dict(headers)
    if content:
        one = {content: {"schema": text()}} if isinstance(content, str) else dict(content)
        told["content"] = one
    return {status: told}


def later() -> dict[int, Described]:
    """The answer to what cannot be judged yet."""
    return answer(202, "Not judged yet; bring it again then.", headers=_RETRY)


def problems(*statuses: int) -> dict[int, Described]:
    """Refusals of the request."""
    found: dict[int, Described] = {}
    for status in statuses:
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        headers = _RETRY if status in _LATER else None
        found |= answer(status, _MEANINGS[status], content, headers)
    return found


def operation(
    summary: str,
    *answers: dict[int, Described],
    parameters: Sequence[Described] = (),
    body: Mapping[str, Described] | str = "",
    body_required: bool = True,
    public: bool = False,
) -> dict[str, Any]:
    """Describe one call.

    Args:
        summary: one sentence.
        answers: what may come back; those that every call has are added.
        parameters: of the request.
        body: its media type, or content.
        body_required: whether there must be one.
        public: whether it needs no certificate.
    """
    common = problems(500, 503) if public else problems(400, 401, 403, 429, 500, 503)
    merged = {key: value for one in (common, *answers) for key, value in one.items()}
    extra: Described = {"parameters": [*parameters, *([] if public else [CALLER])]}
    extra["security"] = [] if public else [{"mutualTLS": []}]
    if body:
        octets = {"schema": text(format="binary")}
        content = {body: octets} if isinstance(body, str) else dict(body)
        extra["requestBody"] = {"required": body_required, "content": content}
    first = min(merged)
    return {
        "summary": summary,
        "status_code": first,
        "responses": merged,
        "openapi_extra": extra,
    }


PROBLEM_SCHEMA: Final[Described] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["title", "status", "code", "detail"],
    "properties": {
        "title": text(),
        "status": {"type": "integer"},
        "code": text(description="Stable dotted code."),
        "detail": text(description="What was expected and what was found."),
        "advice": text(description="What the caller can do."),
    },
}
"""The schema of a problem."""
