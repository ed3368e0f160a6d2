"""What schemathesis has to be told about our calls: a media type, and how a body is digested.

Without the right digest no generated body would ever be read, so most of them get it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import schemathesis
from schemathesis.core import NOT_SET

from docexchange.web.fields import digest_field

__all__ = ["digested"]


@schemathesis.serializer("application/offset+octet-stream")
def _octets(_context: Any, value: Any) -> bytes:
    return _bytes(value)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.serializer("application/xml")
def _xml(_context: Any, value: Any) -> bytes:
    return _bytes(value)


@schemathesis.hook("before_call")
def digested(_context: Any, case: Any, _kwargs: Any) -> None:
    """Give a body its digest, where the case has one that is well-formed in other respects."""
    headers = case.headers or {}
    if case.body is not NOT_SET and len(headers.get("Content-Digest", "")) % 4:
        headers["Content-Digest"] = digest_field(sha256(_bytes(case.body)).hexdigest())
