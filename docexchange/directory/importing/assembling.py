"""From mended rows to entries: one a code, each with a superior and a tier.

A tier that the list does not give is read off the name of a People's Committee, and for all other
bodies it is that of their superior; codes alone do not tell it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.directory.importing.repairs import Repair
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["Agency", "distinct", "first_superior", "superiors_of", "tiers_of"]

_COMMITTEE: Final = r"(?i)(ubnd|uỷ ban nhân dân|ủy ban nhân dân)\s+"
_TIERS: Final = (
    (4, re.compile(_COMMITTEE + r"(xã|phường|thị trấn|đặc khu)\b")),
    (3, re.compile(_COMMITTEE + r"(huyện|quận|thị xã)\b")),
    (2, re.compile(_COMMITTEE + r"tỉnh\b")),
)
_CITY: Final = re.compile(_COMMITTEE + r"(thành phố|tp)\b")
_CENTRAL, _PROVINCE, _DISTRICT = 1, 2, 3
_PROVINCIAL_GROUPS: Final = ("H", "K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A row that is an agency: texts are clean, and codes are codes."""

    line: int
    """Where it stands."""
    organ_id: OrganId
    """Its code."""
    name: str
    """Its name."""
    guessed: bool = False
    """Whether its code was made out of one that is none."""
    tier: int | None = None
    """Its tier, where the list gives one."""
    parent: OrganId | None = None
    """Its superior, where the list gives one."""
    others: Mapping[str, object] = field(default_factory=dict)
    """What else the list gives: fields of ``DirectoryEntry``."""

    @property
    def key(self) -> str:
        """The same for both spellings of a code."""
        return self.organ_id.as_decision_20


def distinct(agencies: Sequence[Agency]) -> tuple[tuple[Agency, ...], tuple[Repair, ...]]:
    """Keep the first row of each code; one whose code was guessed gives way to one that has it."""
    kept: dict[tuple[str, object], Agency] = {}
    repairs = []
    for agency in sorted(agencies, key=lambda item: item.guessed):
        key = (agency.key, agency.others.get("valid_from"))
        first = kept.setdefault(key, agency)
        if first is not agency:
            repairs.append(_doubled(first, agency))
    return tuple(sorted(kept.values(), key=lambda item: item.line)), tuple(repairs)


def _doubled(first: Agency, second: Agency) -> Repair:
    same = first.name == second.name
    return Repair(
        code="import.doubled-row" if same else "import.two-names",
        line=second.line,
        column="" if same else "name",
        found=f"{second.organ_id} {second.name}",
        made=f"{first.organ_id} {first.name} (line {first.line})",
    )


def first_superior(
    agencies: Sequence[Agency], known: Mapping[str, DirectoryEntry], root: OrganId | None
) -> OrganId | None:
    """Who stands above all others: who was named, who does already, or the Government Office.

    Returns:
        None where none of them is there, and more than one could be.
    """
    if root is not None:
        return root
    above = next((entry for entry in known.values() if entry.parent is None), None)
    if above is not None:
        return above.organ_id
    tops = [agency for agency in agencies if agency.organ_id.level == 1]
    office = [agency for agency in tops if agency.key == "G22"]
    found = office or (tops if len(tops) == 1 else [])
    return found[0].organ_id if found else None


def superiors_of(
    agencies: Iterable[Agency], known: Mapping[str, DirectoryEntry], root: OrganId
) -> tuple[dict[str, OrganId | None], tuple[Repair, ...]]:
    """The superior of each agency: as listed, as known, as its code tells, or the root."""
    listed = {agency.key: agency.organ_id for agency in agencies}
    there = {key: entry.organ_id for key, entry in known.items()} | listed
    superiors: dict[str, OrganId | None] = {}
    repairs = []
    for agency in agencies:
        key = agency.key
        if key == root.as_decision_20:
            superiors[key] = None
        elif agency.parent is None and key in known:
            superiors[key] = known[key].parent
        else:
            superiors[key], repair = _superior(agency, there, root)
            repairs.extend(repair)
    return superiors, tuple(repairs)


def _superior(
    agency: Agency, there: Mapping[str, OrganId], root: OrganId
) -> tuple[OrganId, list[Repair]]:
    if agency.parent is not None and agency.parent.as_decision_20 in there.keys() - {agency.key}:
        return there[agency.parent.as_decision_20], []
    tried = [agency.parent.as_decision_20] if agency.parent else []
    tried += list(_above(agency.key))
    found = next((there[key] for key in tried if key in there and key != agency.key), root)
    if tried and found == there.get(tried[0]):
        return found, []
    code = "import.missing-parent" if tried else "import.attached-to-root"
    said = f"{agency.organ_id} {agency.name}: " + (f"no {tried[0]}" if tried else "no superior")
    return found, [
        Repair(code=code, line=agency.line, column="parent", found=said, made=str(found))
    ]


def _above(key: str) -> Iterator[str]:
    """The codes above one in the form of Decision 20, nearest first."""
    while "." in key and OrganId(key).is_strict:
        key = key.rpartition(".")[0]
        yield key


def tiers_of(
    agencies: Sequence[Agency],
    superiors: Mapping[str, OrganId | None],
    known: Mapping[str, DirectoryEntry],
) -> tuple[dict[str, int], tuple[Repair, ...]]:
    """The tier of each agency: as the list says, as is known, or as names and superiors tell."""
    tiers = {key: entry.tier for key, entry in known.items()}
    tiers |= {agency.key: agency.tier for agency in agencies if agency.tier is not None}
    by_key = {agency.key: agency for agency in agencies}
    told: Counter[int] = Counter()
    for agency in agencies:
        for below in reversed(_untiered(agency, superiors, by_key, tiers)):
            tiers[below.key] = _tier(below, tiers.get(_key(superiors.get(below.key))))
            told[tiers[below.key]] += 1
    return tiers, _told(told)


def _untiered(
    agency: Agency,
    superiors: Mapping[str, OrganId | None],
    by_key: Mapping[str, Agency],
    tiers: Mapping[str, int],
) -> list[Agency]:
    """An agency and those above it whose tier is not told yet, from below; circles end."""
    chain: list[Agency] = []
    key = agency.key
    while key in by_key and key not in tiers and by_key[key] not in chain:
        chain.append(by_key[key])
        key = _key(superiors.get(key))
    return chain


def _tier(agency: Agency, above: int | None) -> int:
    for tier, name in _TIERS:
        if name.match(agency.name):
            return tier
    level = agency.organ_id.level
    if level == 1:
        return _PROVINCE if agency.key.startswith(_PROVINCIAL_GROUPS) else _CENTRAL
    if _CITY.match(agency.name):
        return _DISTRICT
    return above or _CENTRAL


def _told(told: Counter[int]) -> tuple[Repair, ...]:
    if not told:
        return ()
    made = ", ".join(f"tier {tier}: {told[tier]}" for tier in sorted(told))
    found = f"no tier given for {told.total()} agencies"
    return (Repair(code="import.tiers-from-names", line=0, column="tier", found=found, made=made),)


def _key(organ_id: OrganId | None) -> str:
    return "" if organ_id is None else organ_id.as_decision_20
