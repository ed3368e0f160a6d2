"""Codes and days as people say them, in the language asked for.

>>> day_words(date(2026, 3, 2))
'2 March 2026'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._words import language, say
from docexchange.envelope.codes import BusinessKind, ReceiverType

if TYPE_CHECKING:
    from datetime import date

    from docexchange.envelope.codes import Priority, StatusCode

__all__ = [
    "business_words",
    "code_words",
    "competence_words",
    "day_words",
    "receiver_word",
    "yes_or_no",
]

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_KINDS: Final = {
    BusinessKind.NEW: "new document",
    BusinessKind.RECALL: "recall",
    BusinessKind.UPDATE: "update",
    BusinessKind.REPLACE: "replacement",
}
_RECEIVERS: Final = {
    ReceiverType.REMOVED: "Receiver removed",
    ReceiverType.ADDED: "Receiver added",
    None: "Receiver changed",
}
_COMPETENCES: Final = {
    "TM": "on behalf of",
    "KT": "in place of the superior",
    "TL": "by order",
    "TUQ": "by delegation",
    "Q": "acting",
}


def day_words(day: date) -> str:
    """A day as it stands on a letter.

    Vietnamese after Decree 30/2020/NĐ-CP, appendix I: days before the tenth and the months January
    and February get a leading zero, other months none.
    """
    if language() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    month = f"{day.month:02}" if day.month in {1, 2} else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def code_words(code: Priority | StatusCode) -> str:
    """A degree of urgency or a status in words."""
    return code.vietnamese if language() == "vi" else code.english


def business_words(kind: BusinessKind | None) -> str:
    """What a letter does."""
    return say(_KINDS[kind] if kind is not None else "unknown")


def receiver_word(change: ReceiverType | None) -> str:
    """What an update does to a receiver, as a word of ``say``."""
    return _RECEIVERS[change]


def competence_words(competence: str) -> str:
    """By what right somebody signed, with the abbreviation of Decree 30 in words."""
    word = _COMPETENCES.get(competence.partition(".")[0].strip().upper())
    return f"{competence} ({say(word)})" if word else competence


def yes_or_no(value: object) -> str:
    """Yes or no."""
    return say("yes") if value else say("no")
