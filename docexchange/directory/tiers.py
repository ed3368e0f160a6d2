"""How many tiers are there, and since when? Data, never read off a code.

Four by default. Whoever has other tiers writes them down: a list of tiers and the day it begins::

    [[scheme]]
    valid_from = 2025-07-01
    source = "Nghị quyết 203/2025/QH15"
    tiers = [
        { number = 1, name = "trung ương", english = "central" },
        { number = 2, name = "tỉnh", english = "province" },
        { number = 4, name = "xã", english = "commune" },
    ]

A tier keeps its number when another one ends, so counts by tier can be compared over the years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from docexchange.directory._findings import DirectoryFinding, name_of
from docexchange.errors import MalformedDirectory, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["FOUR_TIERS", "Tier", "TierScheme", "parse_tiers", "tiers_not_in_force", "tiers_on"]

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One tier."""

    number: int
    """1 is the highest."""
    name: str
    """In Vietnamese."""
    english: str
    """In English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierScheme:
    """The tiers there are from a day on, until the next scheme begins."""

    tiers: tuple[Tier, ...]
    """From the highest down."""
    valid_from: date | None = None
    """First day; none where it was always so."""
    source: str = ""
    """The law that says so."""

    def __post_init__(self) -> None:
        numbers = [tier.number for tier in self.tiers]
        if not numbers or numbers != sorted(set(numbers)):
            raise UsageError(
                f"tiers: expected at least one, from the highest down, found {numbers}",
                code="directory.tiers",
                advice="Number each tier once, the highest with 1.",
            )

    def named(self, number: int) -> Tier | None:
        """The tier with a number, if there is one."""
        return next((tier for tier in self.tiers if tier.number == number), None)


FOUR_TIERS: Final = TierScheme(
    tiers=(
        Tier(number=1, name="trung ương", english="central"),
        Tier(number=2, name="tỉnh", english="province"),
        Tier(number=3, name="huyện", english="district"),
        Tier(number=4, name="xã", english="commune"),
    )
)
"""What is meant where nothing else is said."""


def tiers_on(schemes: Sequence[TierScheme], at: date) -> TierScheme:
    """The scheme in force on a day; four tiers where none is."""
    begun = [item for item in schemes if (item.valid_from or date.min) <= at]
    return max(begun, key=lambda item: item.valid_from or date.min, default=FOUR_TIERS)


def tiers_not_in_force(
    entries: Iterable[DirectoryEntry], schemes: Sequence[TierScheme]
) -> Iterator[DirectoryFinding]:
    """Tell which agencies are on a tier that did not exist on a day of theirs.

    Args:
        entries: the agencies.
        schemes: the tiers over time.

    Yields:
        One finding for each such entry, with the first such day; none is blocking.
    """
    days = sorted(scheme.valid_from or date.min for scheme in schemes)
    for entry in entries:
        for day in (entry.first_day, *(day for day in days if entry.first_day < day)):
            if day <= entry.last_day and tiers_on(schemes, day).named(entry.tier) is None:
                yield _finding(entry, day)
                break


def _finding(entry: DirectoryEntry, day: date) -> DirectoryFinding:
    return DirectoryFinding(
        code="directory.tier-not-in-force",
        message=f"{name_of(entry)}: expected a tier that exists on {day}, found tier {entry.tier}",
        advice=f"End the entry on {max(day, date.min + _ONE_DAY) - _ONE_DAY}, or correct its tier.",
        blocking=False,
    )


def parse_tiers(text: str) -> tuple[TierScheme, ...]:
    """Read tiers out of TOML text.

    Args:
        text: the whole file.

    Raises:
        MalformedDirectory: not TOML, or not tiers.
    """
    import tomllib

    try:
        schemes = tomllib.loads(text)["scheme"]
        return tuple(
            TierScheme(**{**item, "tiers": tuple(Tier(**tier) for tier in item["tiers"])})
            for item in schemes
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MalformedDirectory(
            f"tiers: expected [[scheme]] tables with tiers, found: {error}",
            code="directory.tiers",
            advice="Write number, name and english for each tier, from the highest down.",
        ) from error
