"""Number and notation as Decree 30 wants them: ``15/QĐ-BNV``, ``05/BNV-VP``.

A type with an abbreviation comes first, then the agency; a công văn has agency and drafting unit
instead (Decree 30/2020/NĐ-CP, appendices I and III). Legal documents are numbered by another law,
with the year in between, and are none of this module's business. Real traffic has other forms, so
what is received is not held to this.

>>> str(code_of(5, type_name="Công văn", agency="BNV", unit="VP"))
'05/BNV-VP'
>>> [str(fault) for fault in code_faults(Code("7", "QĐ-BNV"), type_name="Quyết định")]
["expected the number with a leading zero (07), found '7'"]
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.envelope.document_types import ABBREVIATIONS, abbreviation_of
from docexchange.envelope.model import Code
from docexchange.errors import InvalidEnvelope, InvalidField

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["code_faults", "code_of"]

_NUMBER_PATH: Final = "MessageHeader.Code.CodeNumber"
_NOTATION_PATH: Final = "MessageHeader.Code.CodeNotation"
_TYPE_PATH: Final = "MessageHeader.DocumentType.TypeName"
_NUMBER: Final = re.compile(r"[0-9]+")
_GROUP: Final = re.compile(r"[^\W_]+(\.[^\W_]+)*")
_ETH: Final = "\u00d0"
_SHORT: Final = frozenset(filter(None, ABBREVIATIONS.values()))


def code_of(number: int, *, type_name: str, agency: str, unit: str = "") -> Code:
    """Number and notation of an administrative document.

    Args:
        number: in the agency's series of the year, from 1.
        type_name: ``Quyết định``, ``Công văn``; one of the 29 types.
        agency: its abbreviation, ``BNV``.
        unit: abbreviation of the unit or field that drafted it, ``VX``.

    Raises:
        InvalidEnvelope: all that is wrong with them.
    """
    groups = (abbreviation_of(type_name) or "", agency.strip(), unit.strip())
    code = Code(f"{number:02}", "-".join(filter(None, groups)))
    nameless = (_fault(_NOTATION_PATH, "N", "expected an agency, found none"),)
    faults = code_faults(code, type_name=type_name) if agency.strip() else nameless
    if faults:
        raise InvalidEnvelope(f"{code} is no number and notation", faults)
    return code


def code_faults(code: Code, *, type_name: str) -> tuple[InvalidField, ...]:
    """What is wrong with number and notation of an administrative document, with reasons.

    Args:
        code: number and notation.
        type_name: its type.
    """
    return (*_number_faults(code.number), *_notation_faults(code.notation, type_name))


def _number_faults(number: str) -> Iterator[InvalidField]:
    if not (number.isascii() and _NUMBER.fullmatch(number)) or not number.strip("0"):
        yield _fault(_NUMBER_PATH, "T", f"expected a number from 01 upwards, found {number[:40]!r}")
        return
    right = number.lstrip("0").zfill(2)
    if number != right:
        zero = "with a leading zero" if len(number) < len(right) else "without further zeros"
        yield _fault(_NUMBER_PATH, "M", f"expected the number {zero} ({right}), found {number!r}")


def _notation_faults(notation: str, type_name: str) -> Iterator[InvalidField]:
    if _ETH in notation:
        yield _fault(
            _NOTATION_PATH, "M", "expected Đ (U+0110), found a letter that only looks like it (Ð)"
        )
    groups = notation.split("-")
    for group in groups:
        if not _GROUP.fullmatch(group):
            yield _fault(
                _NOTATION_PATH,
                "M",
                f"expected letters and digits, with - between groups, found {group[:40]!r}",
            )
    short = abbreviation_of(type_name)
    if short is None:
        yield _fault(
            _TYPE_PATH,
            "M",
            f"expected an administrative type of Decree 30, found {type_name[:40]!r}",
        )
    elif short and groups[0] != short:
        yield _fault(
            _NOTATION_PATH,
            "M",
            f"expected {short} in front ({type_name}), found {groups[0][:40]!r}",
        )
    elif short and len(groups) == 1:
        yield _fault(_NOTATION_PATH, "N", f"expected an agency after {short}, found none")
    elif not short and groups[0] in _SHORT and len(groups) > 1:
        yield _fault(
            _NOTATION_PATH, "M", f"expected the agency in front ({type_name}), found {groups[0]}"
        )


def _fault(path: str, kind: str, problem: str) -> InvalidField:
    return InvalidField(
        problem, path=path, code=f"{kind}.{path}", advice="Write it as in 15/QĐ-BNV or 05/BNV-VP."
    )
