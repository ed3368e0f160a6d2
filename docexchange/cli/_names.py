"""Distinguished names, shortened to what people know each other by.

>>> short_names("none (CN=UBND xã An Thạnh,2.5.4.97=000.21.31.H53,O=UBND xã An Thạnh,C=VN)")
'none (UBND xã An Thạnh)'
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["short_names"]

_LONGEST: Final = 2000
"""No reason that is meant for people is longer, and patterns are slow on what is made for them."""
_VALUE: Final = r"(?:\\.|[^\\,+()\n]){0,200}"
_PART: Final = rf"(?:[A-Za-z]{{1,20}}|\d+(?:\.\d+)+)={_VALUE}"
_RFC_4514: Final = re.compile(rf"{_PART}(?:[,+]{_PART})+")
_PIECE: Final = re.compile(rf"(?:^|[,+])([A-Za-z]+|[\d.]+)=({_VALUE})")
_ESCAPED: Final = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)")
_LABEL: Final = r"(?:[A-Z][A-Za-z/]+(?: [A-Z][A-Za-z]+){0,2}|\d+(?:\.\d+)+)"
_LABELLED: Final = re.compile(
    rf"Common Name: (?P<name>[^;\n]{{1,200}}?)(?:, Organization: (?P<of>[^;\n]{{1,200}}?))?"
    rf"(?P<rest>(?:, {_LABEL}: (?:[^,;.\n]|\.(?=\w)){{1,200}})+)"
)
"""The form in which pyhanko-certvalidator tells names (asn1crypto's ``human_friendly``)."""
_WITH_COMMAS: Final = re.compile(
    rf"Common Name: (?P<name>[^;\n]{{1,200}}?)(?:; Organization: (?P<of>[^;\n]{{1,200}}))?"
    rf"(?:; {_LABEL}: [^;\n]{{1,200}}(?=; {_LABEL}: ))*"
    rf"(?:; {_LABEL}: (?:[^,;.\n]|\.(?=\w)){{1,200}})"
)
"""The same where there is a comma in one of them."""


def short_names(text: str) -> str:
    """Shorten every distinguished name in a text to common name and organisation.

    Args:
        text: a reason or a name; what is no distinguished name stays as it is.
    """
    if len(text) > _LONGEST:
        return text
    text = _WITH_COMMAS.sub(_short_labelled, _RFC_4514.sub(_short, text))
    return _LABELLED.sub(_short_labelled, text)


def _short(found: re.Match[str]) -> str:
    values = {key: _unescaped(value) for key, value in reversed(_PIECE.findall(found[0]))}
    return _joined(values.get("CN"), values.get("O")) or found[0]


def _short_labelled(found: re.Match[str]) -> str:
    return _joined(found["name"], found["of"])


def _joined(*names: str | None) -> str:
    return ", ".join(dict.fromkeys(filter(None, names)))


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda mark: mark[2] or chr(int(mark[1], 16)), value)
