"""Two provinces on the days around 1 July 2025, as the law has them, with a few agencies below."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from docexchange.directory import (
    Directory,
    DirectoryEntry,
    close,
    merge,
    revise,
    shipped_directory,
)
from docexchange.identifiers import OrganId
from docexchange.simulator import SimulatedNetwork

if TYPE_CHECKING:
    from docexchange.simulator import Setting

__all__ = [
    "HEIR",
    "MIDNIGHT",
    "MINISTRY",
    "NEW_COMMUNE",
    "OFFICE",
    "OLD_PROVINCE",
    "REFORM",
    "START",
    "commune",
    "district",
    "merging_provinces",
    "minutes_to",
    "provinces",
]

OFFICE: Final = OrganId("000.00.00.G22")
MINISTRY: Final = OrganId("000.00.00.G09")
HEIR: Final = OrganId("000.00.00.H53")
"""Tây Ninh, which goes on."""
OLD_PROVINCE: Final = OrganId("000.00.00.H39")
"""Long An, which is merged into it."""
REFORM: Final = date(2025, 7, 1)
MIDNIGHT: Final = datetime(2025, 6, 30, 17, tzinfo=UTC)
"""The first moment of the first of July in Vietnam."""
START: Final = datetime(2025, 6, 26, 2, tzinfo=UTC)
"""Nine in the morning of the Thursday before."""
DISTRICTS: Final = (1, 2)
COMMUNES: Final = (1, 2)


def _letter(province: OrganId) -> str:
    return str(province).rsplit(".", 1)[-1]


def district(province: OrganId, number: int) -> OrganId:
    """The code of a district: 1 or 2."""
    return OrganId(f"000.00.{30 + number}.{_letter(province)}")


def commune(province: OrganId, of_district: int, number: int) -> OrganId:
    """The code of a commune: 1 or 2 of a district."""
    return OrganId(f"000.{20 + number}.{30 + of_district}.{_letter(province)}")


NEW_COMMUNE: Final = OrganId("000.00.90.H53")
"""Made of two communes of Long An; its code is new."""


def merging_provinces() -> Directory:
    """Tây Ninh and Long An: four districts that end, eight communes, of which four are merged."""
    known = (OFFICE, MINISTRY, HEIR, OLD_PROVINCE)
    entries = [entry for entry in shipped_directory() if entry.organ_id in known]
    for province in (HEIR, OLD_PROVINCE):
        entries += _below(province)
    return Directory(_reformed(tuple(entries)))


def _below(province: OrganId) -> list[DirectoryEntry]:
    found = []
    for number in DISTRICTS:
        own = district(province, number)
        found.append(
            DirectoryEntry(organ_id=own, name=f"UBND huyện {own}", tier=3, parent=province)
        )
        found += [
            DirectoryEntry(organ_id=code, name=f"UBND xã {code}", tier=4, parent=own)
            for code in (commune(province, number, place) for place in COMMUNES)
        ]
    return found


def _reformed(entries: tuple[DirectoryEntry, ...]) -> tuple[DirectoryEntry, ...]:
    """Communes come under the province; one takes in another, and two make a new one."""
    for number in DISTRICTS:
        entries = revise(entries, on=REFORM, organ_id=commune(HEIR, number, 1), parent=HEIR)
    absorbed = commune(HEIR, 1, 2)
    entries = merge(entries, on=REFORM, into=commune(HEIR, 1, 1), absorbed=[absorbed])
    entries = revise(entries, on=REFORM, organ_id=commune(HEIR, 2, 2), parent=HEIR)
    for place in COMMUNES:
        entries = revise(entries, on=REFORM, organ_id=commune(OLD_PROVINCE, 1, place), parent=HEIR)
        ended = commune(OLD_PROVINCE, 2, place)
        entries = close(entries, on=REFORM, organ_id=ended, successors=[NEW_COMMUNE])
    made = DirectoryEntry(
        organ_id=NEW_COMMUNE, name="UBND xã mới", tier=4, parent=HEIR, valid_from=REFORM
    )
    for province in (HEIR, OLD_PROVINCE):
        for number in DISTRICTS:
            own = district(province, number)
            entries = close(entries, on=REFORM, organ_id=own, successors=[HEIR])
    return (*entries, made)


def provinces(setting: Setting, *, seed: int = 0) -> SimulatedNetwork:
    """The same as a network of nodes."""
    return SimulatedNetwork.over(merging_provinces(), seed=seed, setting=setting)


def minutes_to(moment: datetime, *, more: float = 0) -> float:
    """From the start of the run to a moment, and so many minutes more."""
    return (moment + timedelta(minutes=more) - START).total_seconds() / 60
