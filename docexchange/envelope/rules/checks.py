"""Single checks of a field, for the rules: each tells the faults of one value at one path.

>>> [fault.code for fault in text("MessageHeader.Subject", "V/v báo cáo", 5)]
['R.MessageHeader.Subject']
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from docexchange.envelope.formats import format_timestamp
from docexchange.envelope.paths import without_numbers
from docexchange.envelope.reading.dialects import PLACEHOLDERS
from docexchange.envelope.xml import check_text
from docexchange.errors import InvalidField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from docexchange.identifiers import OrganId

__all__ = [
    "Text",
    "characters",
    "date_only",
    "missing",
    "not_allowed",
    "printable",
    "strict_organ_id",
    "telling",
    "text",
    "texts",
    "with_zone",
]


@dataclass(frozen=True, slots=True)
class Text:
    """One text field."""

    path: str
    """Element path below its owner."""
    get: Callable[[Any], str]
    """Takes it from its owner."""
    most: int
    """Characters it may have."""
    required: bool = False
    """Whether it must be there."""


def missing(path: str) -> InvalidField:
    """The fault of a value that is not there."""
    return InvalidField(
        "expected a value, found none",
        path=path,
        code=f"N.{without_numbers(path)}",
        advice="Fill it in.",
    )


def not_allowed(path: str, problem: str, advice: str) -> InvalidField:
    """The fault of a value that must not be there."""
    return InvalidField(problem, path=path, code=f"M.{without_numbers(path)}", advice=advice)


def texts(rules: tuple[Text, ...], owner: object, prefix: str = "") -> Iterator[InvalidField]:
    """Hold the text fields of one owner to their rules."""
    for rule in rules:
        value = rule.get(owner)
        if not value or value.isspace():
            if rule.required:
                yield missing(prefix + rule.path)
            continue
        # Nearly all is fine. What can be printed, XML can carry.
        if len(value) > rule.most or not value.isprintable() or value.strip() in PLACEHOLDERS:
            yield from text(prefix + rule.path, value, rule.most)


def text(path: str, value: str, most: int) -> Iterator[InvalidField]:
    """At most so many characters, all of them fit for XML, that say something."""
    if len(value) > most:
        yield InvalidField(
            f"expected at most {most} characters, found {len(value)}",
            path=path,
            code=f"R.{without_numbers(path)}",
            advice="Shorten it.",
        )
    if value.strip() in PLACEHOLDERS:
        yield not_allowed(
            path,
            f"expected a value, found {value.strip()!r}",
            "Write what is meant, or leave it out: readers take this for nothing.",
        )
    yield from characters(path, value)


def telling(path: str, value: object) -> Iterator[InvalidField]:
    """A value that says something, if there is one."""
    if value is not None and str(value) in PLACEHOLDERS:
        yield not_allowed(
            path, f"expected a value, found {str(value)!r}", "Write what is meant, or leave it out."
        )


def characters(path: str, value: str) -> Iterator[InvalidField]:
    """Characters fit for XML."""
    problem = check_text(value)
    if problem:
        yield InvalidField(
            f"expected text, found {problem}",
            path=path,
            code=f"T.{without_numbers(path)}",
            advice="Remove it.",
        )


def printable(path: str, value: str) -> Iterator[InvalidField]:
    """One line without invisible characters."""
    if not value.isprintable() and check_text(value) is None:
        yield InvalidField(
            f"expected one line of visible characters, found {value[:60]!r}",
            path=path,
            code=f"T.{without_numbers(path)}",
            advice="Write it again by hand; something invisible was copied along.",
        )


def date_only(path: str, day: date | None) -> Iterator[InvalidField]:
    """A date, not a moment."""
    # A datetime is a date to Python, and which day it is depends on where.
    if isinstance(day, datetime):
        yield InvalidField(
            f"expected a date, found the moment {day.isoformat()}",
            path=path,
            code=f"T.{without_numbers(path)}",
            advice="Pass the date in Vietnam; `vietnam_date` tells it.",
        )


def with_zone(path: str, moment: datetime | None) -> Iterator[InvalidField]:
    """A moment, with its time zone."""
    if moment is None:
        yield missing(path)
        return
    try:
        format_timestamp(moment)
    except ValueError as error:
        yield InvalidField(
            str(error),
            path=path,
            code=f"T.{without_numbers(path)}",
            advice="Pass a timezone-aware datetime.",
        )


def strict_organ_id(path: str, organ_id: OrganId) -> Iterator[InvalidField]:
    """A code in one of the two official grammars."""
    if not organ_id.is_strict:
        yield InvalidField(
            f"expected a code like 000.00.00.A00 or A00.00, found {organ_id}",
            path=path,
            code=f"T.{without_numbers(path)}",
            advice="Look the code up in the directory.",
        )
