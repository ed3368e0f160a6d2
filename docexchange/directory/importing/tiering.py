"""On which tier is an agency? As the list says, or as is known already, or as names tell.

A tier that nobody gives is read off the name of a People's Committee, and for all other bodies it
is that of their superior; codes alone do not tell it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from docexchange.directory.importing.repairs import Repair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.directory.importing.agencies import Agency
    from docexchange.identifiers import OrganId

__all__ = ["tiers_of"]

_COMMITTEE: Final = r"(?i)(ubnd|uỷ ban nhân dân|ủy ban nhân dân)\s+"
_TIERS: Final = (
    (4, re.compile(_COMMITTEE + r"(xã|phường|thị trấn|đặc khu)\b")),
    (3, re.compile(_COMMITTEE + r"(huyện|quận|thị xã)\b")),
    (2, re.compile(_COMMITTEE + r"tỉnh\b")),
)
_CITY: Final = re.compile(_COMMITTEE + r"(thành phố|tp)\b")
_CENTRAL, _PROVINCE, _DISTRICT = 1, 2, 3
_PROVINCIAL_GROUPS: Final = ("H", "K")


def tiers_of(
    agencies: Sequence[Agency],
    superiors: Mapping[int, OrganId | None],
    known: Mapping[str, DirectoryEntry],
) -> tuple[dict[int, int], tuple[Repair, ...]]:
    """The tier of each agency, by its line; how many were told by names is a repair."""
    tiers = {key: entry.tier for key, entry in known.items()}
    tiers |= {agency.key: agency.tier for agency in agencies if agency.tier is not None}
    by_key = {agency.key: agency for agency in agencies}
    told: Counter[int] = Counter()
    for agency in agencies:
        for below in reversed(_untiered(agency, superiors, by_key, tiers)):
            tiers[below.key] = _tier(below, tiers.get(_key(superiors[below.line])))
            told[tiers[below.key]] += 1
    return {agency.line: agency.tier or tiers[agency.key] for agency in agencies}, _told(told)


def _untiered(
    agency: Agency,
    superiors: Mapping[int, OrganId | None],
    by_key: Mapping[str, Agency],
    tiers: Mapping[str, int],
) -> list[Agency]:
    """An agency and those above it whose tier is not told yet, from below; circles end."""
    chain: dict[str, Agency] = {}
    key = agency.key
    while key in by_key and key not in tiers and key not in chain:
        chain[key] = by_key[key]
        key = _key(superiors[by_key[key].line])
    return list(chain.values())


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
    made = ", ".join(f"{tier}: {told[tier]}" for tier in sorted(told))
    found = str(told.total())
    return (Repair(code="import.tiers-from-names", line=0, column="tier", found=found, made=made),)


def _key(organ_id: OrganId | None) -> str:
    return "" if organ_id is None else organ_id.as_decision_20
