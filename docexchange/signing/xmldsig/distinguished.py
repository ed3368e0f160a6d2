"""Distinguished names as text: whether two of them name the same (RFC 4514, RFC 2253, RFC 1779).

Writers differ in order, spaces, upper case, names of types and escapes, and some write slashes as
OpenSSL once did (``/C=VN/CN=An Thạnh``). Compared is what they mean.

>>> same_name("CN=An Thạnh, O=UBND", "o=UBND,cn=an  thạnh")
True
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["same_name"]

_TYPES: Final = {
    "cn": "2.5.4.3",
    "sn": "2.5.4.4",
    "surname": "2.5.4.4",
    "serialnumber": "2.5.4.5",
    "c": "2.5.4.6",
    "l": "2.5.4.7",
    "st": "2.5.4.8",
    "s": "2.5.4.8",
    "street": "2.5.4.9",
    "o": "2.5.4.10",
    "ou": "2.5.4.11",
    "description": "2.5.4.13",
    "businesscategory": "2.5.4.15",
    "postalcode": "2.5.4.17",
    "postofficebox": "2.5.4.18",
    "pobox": "2.5.4.18",
    "telephonenumber": "2.5.4.20",
    "phone": "2.5.4.20",
    "name": "2.5.4.41",
    "initials": "2.5.4.43",
    "i": "2.5.4.43",
    "generationqualifier": "2.5.4.44",
    "pseudonym": "2.5.4.65",
    "t": "2.5.4.12",
    "title": "2.5.4.12",
    "givenname": "2.5.4.42",
    "g": "2.5.4.42",
    "dnq": "2.5.4.46",
    "dnqualifier": "2.5.4.46",
    "organizationidentifier": "2.5.4.97",
    "dc": "0.9.2342.19200300.100.1.25",
    "uid": "0.9.2342.19200300.100.1.1",
    "e": "1.2.840.113549.1.9.1",
    "email": "1.2.840.113549.1.9.1",
    "emailaddress": "1.2.840.113549.1.9.1",
}
_PAIR: Final = re.compile(
    r"""\s*(?P<type>[A-Za-z][\w.-]*|(?:OID\.)?\d+(?:\.\d+)*)\s*=\s*
    (?P<value>"(?:[^"\\]|\\.)*"|(?:[^\\,;+]|\\.)*)\s*(?P<end>[,;+]|$)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_SLASH: Final = re.compile(r"/(?=(?:[A-Za-z][\w.-]*|\d+(?:\.\d+)+)\s*=)")
_ENCODINGS: Final = {0x14: "latin-1", 0x1C: "utf-32-be", 0x1E: "utf-16-be"}
"""Of string types of ASN.1 that are not in UTF-8."""
_ESCAPE: Final = re.compile(rb"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)
_MOST: Final = 4096


def same_name(left: str, right: str) -> bool:
    """Whether two texts name the same; False where one cannot be read."""
    ours, theirs = _parsed(left), _parsed(right)
    return bool(ours) and ours in (theirs, theirs[::-1])


@lru_cache(maxsize=256)
def _parsed(text: str) -> list[frozenset[tuple[str, str]]]:
    """Sets of type and value, one for each level; empty where it cannot be read."""
    if text.lstrip().startswith("/"):
        return _slashed(text)
    found: list[frozenset[tuple[str, str]]] = []
    level: set[tuple[str, str]] = set()
    at = 0
    while at < len(text) <= _MOST:
        match = _PAIR.match(text, at)
        if match is None:
            return []
        level.add((_type(match["type"]), _value(match["value"])))
        if match["end"] != "+":
            found.append(frozenset(level))
            level = set()
        at = match.end()
    return found


def _slashed(text: str) -> list[frozenset[tuple[str, str]]]:
    if len(text) > _MOST:
        return []
    pairs = [piece.partition("=") for piece in _SLASH.split(text.strip())[1:]]
    return [frozenset({(_type(name.strip()), _plain(value))}) for name, _, value in pairs]


def _type(name: str) -> str:
    plain = name.lower().removeprefix("oid.")
    return _TYPES.get(plain, plain)


def _value(text: str) -> str:
    text = _trimmed(text)
    if text.startswith("#"):
        return _plain(_from_der(text))
    if text.startswith('"'):
        text = text[1:-1]
    octets = _ESCAPE.sub(
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2], text.encode()
    )
    return _plain(octets.decode("utf-8", "replace"))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _trimmed(text: str) -> str:
    """Without spaces around, but for one that is escaped."""
    plain = text.strip()
    backslashes = len(plain) - len(plain.rstrip("\\"))
    return f"{plain} " if backslashes % 2 else plain


def _from_der(text: str) -> str:
    """The value behind ``#hex``, a string in DER; the text itself where it is none."""
    from asn1crypto.parser import parse

    try:
        octets = bytes.fromhex(text[1:])
        _class, _method, tag, _header, content, _trailer = parse(octets, strict=True)
        value: str = content.decode(_ENCODINGS.get(tag, "utf-8"))
    except ValueError:
        return text
    return value
