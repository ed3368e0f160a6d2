"""What did people mean to write? Names and codes without what nobody sees and what slipped in.

>>> clean_name("UBND huyện\u200b  Bến Cầu")
('UBND huyện Bến Cầu', ['import.invisible-characters', 'import.extra-spaces'])
>>> clean_code("000.1137.H53")
('000.11.37.H53', ['import.malformed-code'])
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GUESSED", "clean_code", "clean_name", "is_code"]

_ZERO_WIDTH_SPACE: Final = "\u200b"
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\S){_ZERO_WIDTH_SPACE}+(?=\S)")
_UNDOTTED: Final = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})([A-Z][0-9]{2})")
_SEPARATORS: Final = re.compile(r"[.,;_\-]")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})

GUESSED: Final = frozenset({"import.malformed-code", "import.short-code"})
"""Repairs of codes after which another agency may have been meant."""


def clean_name(text: str) -> tuple[str, list[str]]:
    """A name in visible characters and single spaces, normalised to NFC, and what that took."""
    return _through(
        text,
        ("import.invisible-characters", _without_unseen),
        ("import.odd-spaces", _with_plain_spaces),
        ("import.extra-spaces", lambda value: " ".join(value.split(" ")).strip()),
        ("import.extra-spaces", lambda value: re.sub(" +", " ", value)),
        ("import.not-normalised", lambda value: unicodedata.normalize("NFC", value)),
    )


def clean_code(text: str) -> tuple[str, list[str]]:
    """A code in one of the two grammars where it can be brought there, and what that took.

    A code that fits neither comes back without white space, with ``import.odd-code``; so does what
    can be no code at all, without it.
    """
    value, steps = _through(
        text,
        ("import.invisible-characters", lambda value: _without_unseen(value, dropped=True)),
        ("import.extra-spaces", lambda value: "".join(value.split())),
    )
    if _is_strict(value):
        return value, steps
    mended, more = _through(
        value,
        ("import.letter-case", str.upper),
        ("import.malformed-code", _dotted),
        ("import.short-code", _filled_up),
    )
    if _is_strict(mended):
        return mended, steps + more
    return value, [*steps, "import.odd-code"] if is_code(value) else steps


def is_code(text: str) -> bool:
    """Whether a text can be the code of an agency at all."""
    try:
        OrganId(text)
    except InvalidIdentifier:
        return False
    return True


def _is_strict(text: str) -> bool:
    return is_code(text) and OrganId(text).is_strict


def _through(text: str, *steps: tuple[str, Callable[[str], str]]) -> tuple[str, list[str]]:
    taken: list[str] = []
    for code, step in steps:
        after = step(text)
        if after != text and code not in taken:
            taken.append(code)
        text = after
    return text, taken


def _without_unseen(text: str, *, dropped: bool = False) -> str:
    # A zero-width space between two words is the only space there is.
    spaced = text if dropped else _BETWEEN_WORDS.sub(" ", text)
    seen = (" " if character in "\t\r\n" else character for character in spaced)
    return "".join(item for item in seen if unicodedata.category(item) not in _UNSEEN)


def _with_plain_spaces(text: str) -> str:
    return "".join(" " if character.isspace() else character for character in text)


def _filled_up(text: str) -> str:
    return str(OrganId.tolerant(text)) if is_code(text) else text


def _dotted(text: str) -> str:
    found = _UNDOTTED.fullmatch(_SEPARATORS.sub("", text))
    return ".".join(found.groups()) if found else text
