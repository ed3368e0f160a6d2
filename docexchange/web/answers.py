"""How answers look: JSON, receipts, problems; each with its digest where it is evidence.

>>> receipt_answer(xml, accepted=True).status_code
200
>>> receipts_answer([item, other]).media_type
'application/json'
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.responses import Response

from docexchange.web.fields import digest_field
from docexchange.web.refusals import PROBLEM, Refused, problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "json_answer",
    "later",
    "nothing",
    "problem_answer",
    "receipt_answer",
    "receipts_answer",
]

_RETRY_SECONDS = "60"


def json_answer(
    value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON document."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, status, headers=headers, media_type="application/json")


def problem_answer(refused: Refused) -> Response:
    """A refusal of the request."""
    body = json.dumps(problem(refused), ensure_ascii=False).encode()
    return Response(body, refused.status, headers=refused.headers, media_type=PROBLEM)


def receipt_answer(xml: bytes, *, accepted: bool) -> Response:
    """A signed receipt (200) or refusal (422)."""
    digest = digest_field(sha256(xml).hexdigest())
    return Response(
        xml,
        200 if accepted else 422,
        headers={"Content-Digest": digest, "Cache-Control": "no-store"},
        media_type="application/xml",
    )


def receipts_answer(receipts: Sequence[Mapping[str, object]]) -> Response:
    """Receipts and refusals for several recipients; each says for itself which it is."""
    answer = json_answer({"receipts": receipts}, headers={"Cache-Control": "no-store"})
    answer.headers["Content-Digest"] = digest_field(sha256(answer.body).hexdigest())
    return answer


def later() -> Response:
    """Not judged yet."""
    return Response(status_code=202, headers={"Retry-After": _RETRY_SECONDS})


def nothing(headers: Mapping[str, str] | None = None) -> Response:
    """Done, and nothing to say."""
    return Response(status_code=204, headers=headers)
