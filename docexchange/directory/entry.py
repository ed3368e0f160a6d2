"""One agency during one period: what the directory knows of it.

An agency whose name, tier, parent, endpoint, certificates or representative change gets a second
entry with the same code and the next period. Tier is data: it does not follow from the code. Dates
are calendar dates in Vietnam; make them from a moment with ``docexchange.clock.vietnam_date``::

    DirectoryEntry(
        organ_id=OrganId("000.21.31.H53"),
        name="UBND xã An Thạnh",
        tier=4,
        parent=OrganId("000.00.31.H53"),
    )
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from docexchange.directory._shorten import shorten
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.identifiers import OrganId

__all__ = ["DirectoryEntry", "parse_fingerprint"]

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_HIGHEST_TIER: Final = 1
_LOWEST_TIER: Final = 9


def parse_fingerprint(text: str) -> str:
    """Read the SHA-256 fingerprint of a certificate, with or without ``sha256:`` in front.

    Args:
        text: 64 hexadecimal digits in either case.

    Returns:
        The 64 digits in lower case.

    Raises:
        UsageError: anything else.
    """
    digits = text.removeprefix("sha256:").lower()
    if not _FINGERPRINT.fullmatch(digits):
        raise UsageError(
            f"certificate: expected sha256: and 64 hexadecimal digits, found {shorten(text)}",
            code="directory.fingerprint",
            advice="Take the SHA-256 of the certificate in DER form.",
        )
    return digits


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """What is known of one agency from ``valid_from`` to ``valid_to``.

    Raises:
        UsageError: values that no agency can have; all of them are named.
    """

    organ_id: OrganId
    """The agency's code."""
    name: str
    """Its name, in visible characters only."""
    tier: int
    """1 (highest) to 9; by custom 1 central, 2 province, 3 district, 4 commune."""
    parent: OrganId | None = None
    """The superior agency; none for the root."""
    endpoint: str = ""
    """Where it is reached, as a transport URL; empty where another agency serves it."""
    representative: OrganId | None = None
    """The agency whose access point takes in its letters, where it has none of its own."""
    certificates: tuple[str, ...] = ()
    """SHA-256 of the DER of each certificate it signs with, in lower-case hexadecimal."""
    aliases: tuple[OrganId, ...] = ()
    """Other codes it answers to: old ones, and those of agencies merged into it."""
    valid_from: date | None = None
    """First day; none where it is not known."""
    valid_to: date | None = None
    """Last day, inclusive; none where no end is set."""
    successors: tuple[OrganId, ...] = ()
    """Who took over after ``valid_to``: one after a merger or a new code, several after a split."""

    def __post_init__(self) -> None:
        faults = "; ".join(self._faults())
        if faults:
            raise UsageError(
                f"agency {self.organ_id}: {faults}",
                code="directory.entry",
                advice="Correct the entry at its source, then read the directory again.",
            )

    def _faults(self) -> Iterator[str]:
        yield from self._text_faults()
        if type(self.tier) is not int or not _HIGHEST_TIER <= self.tier <= _LOWEST_TIER:
            yield f"tier: expected {_HIGHEST_TIER} to {_LOWEST_TIER}, found {shorten(self.tier)}"
        for digits in self.certificates:
            if not _FINGERPRINT.fullmatch(digits):
                yield f"certificates: expected 64 hexadecimal digits, found {shorten(digits)}"
        yield from self._code_faults()
        yield from self._date_faults()

    def _code_faults(self) -> Iterator[str]:
        if self.representative and self.endpoint:
            yield f"representative: expected none beside an endpoint, found {self.representative}"
        if len(set(self.successors)) < len(self.successors):
            codes = ", ".join(map(str, self.successors))
            yield f"successors: expected each code once, found {codes}"

    def _text_faults(self) -> Iterator[str]:
        # Zero-width spaces and direction marks make two names look alike on screen.
        if not self.name.strip() or not self.name.isprintable():
            yield f"name: expected visible characters only, found {shorten(self.name)}"
        if not self.endpoint.isprintable():
            yield f"endpoint: expected visible characters only, found {shorten(self.endpoint)}"

    def _date_faults(self) -> Iterator[str]:
        days = {"valid_from": self.valid_from, "valid_to": self.valid_to}
        wrong = {key: day for key, day in days.items() if day is not None and not _is_day(day)}
        for key, day in wrong.items():
            yield f"{key}: expected a date without a time, found {day!r}"
        if not wrong and self.first_day > self.last_day:
            yield f"valid_to: expected {self.valid_from} or later, found {self.valid_to}"

    @property
    def successor(self) -> OrganId | None:
        """The one who took over; none where nobody did, or several."""
        return self.successors[0] if len(self.successors) == 1 else None

    @property
    def first_day(self) -> date:
        """``valid_from``, or the earliest date there is."""
        return self.valid_from or date.min

    @property
    def last_day(self) -> date:
        """``valid_to``, or the latest date there is."""
        return self.valid_to or date.max

    @property
    def validity(self) -> str:
        """The period in words: ``2020-01-01 to 2025-06-30``."""
        if self.valid_from and self.valid_to:
            return f"{self.valid_from} to {self.valid_to}"
        if self.valid_from:
            return f"since {self.valid_from}"
        return f"until {self.valid_to}" if self.valid_to else "always"

    def valid_on(self, at: date) -> bool:
        """Whether the entry is in force on ``at``, a calendar date in Vietnam.

        Raises:
            TypeError: ``at`` has a time, and so perhaps another date in Vietnam.
        """
        if not _is_day(at):
            raise TypeError(f"expected a date (see clock.vietnam_date), found {at!r}")
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_to is None or at <= self.valid_to)
