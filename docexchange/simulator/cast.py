"""Who takes part: agencies by tier and number, with codes, names and superiors.

>>> cast = Cast((1, 3, 9, 27))
>>> cast.member(4, 0).parent == cast.member(3, 0).organ_id
True

The agencies of a tier are shared out evenly among those above. Codes follow Decision 20/2020; as
everywhere, nothing is derived from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

__all__ = ["Cast", "Member", "Place"]

Place = tuple[int, int]
"""Tier, from 1, and number in the tier, from 0: an agency as histories name it."""

_NAMES: Final = ("Bộ", "UBND tỉnh", "UBND huyện", "UBND xã")
_MOST_TIERS: Final = 6
_BY_LETTER: Final = 100
_LETTERS: Final = "HIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An agency of a simulation."""

    tier: int
    """Its tier; 1 is the highest."""
    number: int
    """Its number in the tier, from 0."""
    organ_id: OrganId
    """Its code."""
    parent: OrganId | None
    """The agency above it; none at the top."""

    @property
    def name(self) -> str:
        """Its name."""
        kind = _NAMES[min(self.tier, len(_NAMES)) - 1]
        return f"{kind} số {self.number}"

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.tier, self.number


@dataclass(frozen=True)
class Cast:
    """All agencies of a network.

    Raises:
        UsageError: no tiers, none or several agencies at the top, or more than there are codes for.
    """

    tiers: tuple[int, ...]
    """How many agencies each tier has, from the top."""

    def __post_init__(self) -> None:
        sizes = self.tiers
        fits = 0 < len(sizes) <= _MOST_TIERS and sizes[0] == 1 and min(sizes) > 0
        if not fits or (len(sizes) > 1 and sizes[1] > _BY_LETTER * len(_LETTERS)):
            raise UsageError(
                "tiers: expected one agency at the top and 1 or more in each of up to "
                f"{_MOST_TIERS} tiers, found {sizes}",
                code="simulator.tiers",
                advice="Say for example tiers=(1, 3, 9, 27).",
            )

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """All of them, from the top."""
        above: list[Member] = []
        found: list[Member] = []
        for tier, size in enumerate(self.tiers, start=1):
            above = [self._member(tier, number, size, above) for number in range(size)]
            found += above
        return tuple(found)

    def _member(self, tier: int, number: int, size: int, above: list[Member]) -> Member:
        parent = above[number * len(above) // size].organ_id if above else None
        return Member(tier=tier, number=number, organ_id=_code(tier, number, parent), parent=parent)

    def member(self, tier: int, number: int) -> Member:
        """An agency by its place.

        Raises:
            UsageError: there is none.
        """
        if not (0 < tier <= len(self.tiers) and 0 <= number < self.tiers[tier - 1]):
            raise UsageError(
                f"agency: expected a place in tiers {self.tiers}, found tier {tier}, "
                f"number {number}",
                code="simulator.place",
                advice="Tiers are counted from 1, agencies in a tier from 0.",
            )
        return self.members[sum(self.tiers[: tier - 1]) + number]


def _code(tier: int, number: int, parent: OrganId | None) -> OrganId:
    if parent is None:
        return OrganId("G22")
    if tier == 2:  # noqa: PLR2004 — the tier right below the top has letters of its own
        letter, rest = divmod(number, _BY_LETTER)
        return OrganId(f"{_LETTERS[letter]}{rest:02}")
    return OrganId(f"{parent}.{number + 1:05}")
