"""How the books number documents, and which two entries look like one: Decree 30/2020/NĐ-CP.

    series_of(document), number_in("07"), number_text(7)     # ('general', 7, '07')
    mark_of(issuer, 2026, "07", "UBND-VX")                   # the same for every way to write it

1. A series runs from 01 on 1 January to 31 December, for paper and electronic documents together
   (article 15). Legal documents have a series of their own; an agency may keep more, by name.
2. Number and notation occur once in an agency and year. A second one is entered with a warning and
   never refused: the document exists, and the book must say so (appendix VI).
3. A recall or an update is about an earlier document and is none itself: it gets no number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.envelope.codes import BusinessKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from docexchange.envelope import Document
    from docexchange.identifiers import OrganId

__all__ = [
    "GENERAL",
    "LEGAL",
    "Duplicate",
    "Entry",
    "duplicates",
    "is_numbered",
    "mark_of",
    "number_in",
    "number_text",
    "series_of",
    "year_of",
]

GENERAL: Final = "general"
"""The series of administrative documents."""
LEGAL: Final = "legal"
"""The series of legal documents."""

# A legal document bears the year in its notation: 12/2026/QĐ-UBND.
_WITH_YEAR: Final = re.compile(r"(19|20)\d\d(/|$)")
_LEADING_DIGITS: Final = re.compile(r"[0-9]{1,10}(?![0-9])")


class Entry(Protocol):
    """What is to be known of an entry to find its doubles."""

    @property
    def mark(self) -> str:
        """What `mark_of` says; empty where there is no number."""

    @property
    def document_id(self) -> str:
        """The id of the document; empty where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Entries that claim to be the same document."""

    what: str
    """What they share: ``number`` (with notation, issuer and year) or ``document-id``."""
    value: str
    """The mark, or the id."""
    places: tuple[int, ...]
    """Where they stand among the entries given, from 0."""


def series_of(document: Document) -> str:
    """The series that a document is numbered in, where nobody says otherwise.

    The notation decides: type numbers differ by sender, and a decision may be of either kind.
    """
    return LEGAL if _WITH_YEAR.match(document.code.notation.strip()) else GENERAL


def is_numbered(document: Document) -> bool:
    """Whether it is a document of its own, and not about another."""
    kind = document.business.kind if document.business else None
    return kind not in {BusinessKind.RECALL, BusinessKind.UPDATE}


def number_in(text: str) -> int | None:
    """The number at the beginning of ``07`` or ``12a``; None where there is none."""
    found = _LEADING_DIGITS.match(text.strip())
    return int(found[0]) if found else None


def number_text(number: int) -> str:
    """A number as documents bear it: below 10 with a zero before it."""
    return f"{number:02}"


def mark_of(issuer: OrganId | None, year: int, number: str, notation: str) -> str:
    """What two documents share if they bear the same number, however that is written.

    Args:
        issuer: the agency whose number it is.
        year: of the series.
        number: ``07``, or ``12a``.
        notation: ``UBND-VX``.

    Returns:
        A text to compare; empty where there is no number.
    """
    plain = _folded(number).lstrip("0")
    code = issuer.as_decision_20 if issuer else ""
    return f"{code}|{year}|{plain}|{_folded(notation)}" if plain else ""


def year_of(issued: date | None, entered: date) -> int:
    """The year whose series a document is numbered in."""
    return (issued or entered).year


def duplicates(entries: Iterable[Entry]) -> tuple[Duplicate, ...]:
    """Which entries of one book look like the same document.

    Args:
        entries: documents of one book, in order.
    """
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        for what, value in (("number", entry.mark), ("document-id", entry.document_id)):
            if value:
                shared[what, value].append(place)
    return tuple(
        Duplicate(what=what, value=value, places=tuple(places))
        for (what, value), places in shared.items()
        if len(places) > 1
    )


def _folded(text: str) -> str:
    """Keyboards write Vietnamese composed or decomposed; people add spaces."""
    return "".join(unicodedata.normalize("NFC", text).casefold().split())
