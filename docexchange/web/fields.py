"""Header fields, read strictly: digests (RFC 9530), ranges (RFC 9110), metadata of tus 1.0.

>>> content_digest("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
>>> byte_range("bytes=0-9", 100)
range(0, 10)
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from docexchange.web.refusals import Refused

__all__ = [
    "byte_range",
    "checksum",
    "content_digest",
    "digest_field",
    "metadata",
    "whole_number",
]

_SHA256_BYTES: Final = 32
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_KEY: Final = re.compile(r"[!-+\--~]+")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_SIZES: Final = {"sha1": 20, "sha256": 32}


def content_digest(text: str) -> str:
    """The SHA-256 that a ``Content-Digest`` field gives, in hexadecimal.

    Args:
        text: the field; other algorithms beside are left aside.

    Raises:
        Refused: 400, there is none in it.
    """
    members = dict(_member(part) for part in text.split(","))
    found = members.get("sha-256", "")
    digest = _octets(found[1:-1]) if found.startswith(":") and found.endswith(":") else None
    if digest is None or len(digest) != _SHA256_BYTES:
        raise Refused(
            400,
            "http.digest",
            f"Content-Digest: expected sha-256=:…: with 32 octets in base64, found {text[:100]!r}",
            advice="Send the SHA-256 of the body as RFC 9530 has it.",
        )
    return digest.hex()


def digest_field(sha256: str) -> str:
    """The same the other way round, for ``Content-Digest`` and ``Repr-Digest``."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"


def byte_range(text: str, size: int) -> range | None:
    """The octets that a ``Range`` field asks for.

    Args:
        text: the field; several ranges, and units other than bytes, may be ignored (14.2).
        size: of the whole.

    Returns:
        Positions; None for the whole; an empty range when nothing of it exists (416).
    """
    found = _RANGE.fullmatch(text.strip())
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:
        return range(max(0, size - int(found[2])), size)
    first, last = int(found[1]), int(found[2] or size - 1)
    if found[2] and last < first:
        return None  # not valid, so it is ignored
    return range(first, min(last + 1, size)) if first < size else range(0)


def metadata(text: str) -> dict[str, str]:
    """Keys and values of ``Upload-Metadata``.

    Raises:
        Refused: 400, it has another form, or says a thing twice.
    """
    values: dict[str, str] = {}
    for part in text.split(",") if text.strip() else []:
        key, _, encoded = part.strip().partition(" ")
        octets = _octets(encoded)
        if octets is None or key in values or not _KEY.fullmatch(key):
            raise _bad_metadata(part)
        try:
            values[key] = octets.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _bad_metadata(part) from error
    return values


def checksum(text: str) -> tuple[str, bytes]:
    """Algorithm and value of ``Upload-Checksum``.

    Raises:
        Refused: 400, another form or an algorithm that is not offered.
    """
    name, _, encoded = text.partition(" ")
    octets = _octets(encoded)
    if octets is None or _SIZES.get(name) != len(octets):
        raise Refused(
            400,
            "upload.checksum",
            f"Upload-Checksum: expected sha256 or sha1 and its value in base64, "
            f"found {text[:100]!r}",
        )
    return name, octets


def whole_number(name: str, text: str | None) -> int:
    """A header field that is a number of octets.

    Raises:
        Refused: 400, it is not there, or something else.
    """
    if text is None or not _NUMBER.fullmatch(text):
        shown = "none" if text is None else repr(text[:40])
        raise Refused(400, "http.field", f"{name}: expected a whole number, found {shown}")
    return int(text)


def _member(part: str) -> tuple[str, str]:
    key, _, value = part.strip().partition("=")
    return key, value.partition(";")[0].strip()


def _octets(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _bad_metadata(part: str) -> Refused:
    return Refused(
        400,
        "upload.metadata",
        f"Upload-Metadata: expected pairs of a key and its text in base64, found {part[:100]!r}",
    )
