"""Who takes part: agencies by tier and number, with codes, names and superiors.

>>> cast = Cast((1, 3, 9, 27))
>>> cast.member(4, 0).parent == cast.member(3, 0).organ_id
True
>>> cast = Cast.of(directory)    # the agencies of your own, with everything that is dated in it

The agencies of a tier are shared out evenly among those above. Codes follow Decision 20/2020; as
everywhere, nothing is derived from them. In a given directory an agency has the tier of its first
entry for good, that histories may name it; those that others represent have no node.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

from docexchange.directory import DirectoryEntry
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docexchange.directory import Directory

__all__ = ["Cast", "Member", "Place", "place_of"]

Place = tuple[int, int]
"""Tier, from 1, and number in the tier, from 0: an agency as histories name it."""

_NAMES: Final = ("Bộ", "UBND tỉnh", "UBND huyện", "UBND xã")
_MOST_TIERS: Final = 6
_BY_LETTER: Final = 100
_LETTERS: Final = "HIJKLMNOPQRSTUVWXYZ"


def place_of(agency: object) -> Place:
    """Where an agency of a network stands.

    Raises:
        UsageError: it is no agency.
    """
    place: Place | None = getattr(agency, "place", None)
    if place is None:
        raise UsageError(
            f"expected an agency of the network, found {str(agency)[:100]!r}",
            code="simulator.agency",
            advice="Take one out of it: network.agency(tier=4, n=0).",
        )
    return place


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
    """The agency above it, by its first entry; none at the top."""
    name: str
    """Its name; of several, the last."""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.tier, self.number


def _fit(sizes: tuple[int, ...]) -> bool:
    fit = 0 < len(sizes) <= _MOST_TIERS and sizes[0] == 1 and min(sizes) > 0
    return fit and (len(sizes) == 1 or sizes[1] <= _BY_LETTER * len(_LETTERS))


@dataclass(frozen=True)
class Cast:
    """All agencies of a network.

    Raises:
        UsageError: no tiers, none or several agencies at the top, or more than there are codes for;
            or not as many as the directory has.
    """

    tiers: tuple[int, ...]
    """How many agencies each tier has, from the top."""
    directory: Directory | None = None
    """Who they are; made up where there is none."""

    def __post_init__(self) -> None:
        if self.directory is not None:
            self._check_directory()
            return
        sizes = self.tiers
        if not all(isinstance(size, int) for size in sizes) or not _fit(sizes):
            raise UsageError(
                "tiers: expected one agency at the top and 1 or more in each of up to "
                f"{_MOST_TIERS} tiers, found {sizes}",
                code="simulator.tiers",
                advice="Say for example tiers=(1, 3, 9, 27).",
            )

    def _check_directory(self) -> None:
        found = _sizes(self.members)
        if not found or self.tiers != found:
            raise UsageError(
                f"tiers: expected as many agencies as the directory has with nodes, {found}, "
                f"found {self.tiers}",
                code="simulator.tiers",
                advice="Make the network with SimulatedNetwork.over(directory).",
            )

    @classmethod
    def of(cls, directory: Directory) -> Self:
        """The agencies of a directory, of whatever date.

        Args:
            directory: who they are.
        """
        return cls(_sizes(_members(_spelt_once(directory))), directory)

    @cached_property
    def entries(self) -> tuple[DirectoryEntry, ...]:
        """What the directory says of them; endpoints and certificates are the network's."""
        if self.directory is not None:
            return tuple(_spelt_once(self.directory))
        above: list[DirectoryEntry] = []
        found: list[DirectoryEntry] = []
        for tier, size in enumerate(self.tiers, start=1):
            above = [_made_up(tier, number, size, above) for number in range(size)]
            found += above
        return tuple(found)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """All that have nodes, from the top."""
        return _members(self.entries)

    def member(self, tier: int, number: int) -> Member:
        """An agency by its place.

        Raises:
            UsageError: there is none.
        """
        given: tuple[object, ...] = tier, number
        are_numbers = all(isinstance(item, int) for item in given)
        if not (are_numbers and 0 < tier <= len(self.tiers) and 0 <= number < self.tiers[tier - 1]):
            raise UsageError(
                f"agency: expected a place in tiers {self.tiers}, found tier {tier!r}, "
                f"number {number!r}",
                code="simulator.place",
                advice="Tiers are counted from 1, agencies in a tier from 0.",
            )
        return self.members[sum(self.tiers[: tier - 1]) + number]


def _sizes(members: Iterable[Member]) -> tuple[int, ...]:
    counted = Counter(member.tier for member in members)
    return tuple(counted[tier] for tier in range(1, max(counted, default=0) + 1))


def _spelt_once(entries: Iterable[DirectoryEntry]) -> Iterator[DirectoryEntry]:
    """One agency has one spelling here, whichever code system its entries use."""
    known: dict[str, OrganId] = {}
    for entry in entries:
        spelt = known.setdefault(entry.organ_id.as_decision_20, entry.organ_id)
        yield replace(entry, organ_id=spelt)


def _members(entries: Iterable[DirectoryEntry]) -> tuple[Member, ...]:
    versions: dict[OrganId, list[DirectoryEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.first_day):
        versions.setdefault(entry.organ_id, []).append(entry)
    served = [known for known in versions.values() if not known[0].representative]
    numbers: Counter[int] = Counter()
    found = []
    for known in sorted(served, key=lambda known: known[0].tier):
        tier = known[0].tier
        found.append(
            Member(
                tier=tier,
                number=numbers[tier],
                organ_id=known[0].organ_id,
                parent=known[0].parent,
                name=known[-1].name,
            )
        )
        numbers[tier] += 1
    return tuple(found)


def _made_up(tier: int, number: int, size: int, above: list[DirectoryEntry]) -> DirectoryEntry:
    parent = above[number * len(above) // size].organ_id if above else None
    kind = _NAMES[min(tier, len(_NAMES)) - 1]
    return DirectoryEntry(
        organ_id=_code(tier, number, parent),
        name=f"{kind} số {number}",
        tier=tier,
        parent=parent,
    )


def _code(tier: int, number: int, parent: OrganId | None) -> OrganId:
    if parent is None:
        return OrganId("G22")
    if tier == 2:  # noqa: PLR2004 — the tier right below the top has letters of its own
        letter, rest = divmod(number, _BY_LETTER)
        return OrganId(f"{_LETTERS[letter]}{rest:02}")
    return OrganId(f"{parent}.{number + 1:05}")
