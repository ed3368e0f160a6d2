"""Which agencies take part in a demonstration: four tiers of one real-looking line of command.

The codes follow QCVN 102:2016/BTTTT. Tier and parent are data here as everywhere: nothing derives
them from the code.

    from docexchange.testing import FOUR_TIERS

    commune, district, province, central = FOUR_TIERS
    assert commune.parent == district.organ_id
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FOUR_TIERS", "DemoAgency", "check_agencies"]

_FOLDER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_NAME_LENGTH: Final = 64  # ub-common-name of RFC 5280, appendix A.1: the name becomes a CN


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAgency:
    """An agency of the demonstration, and the person who signs for it.

    Raises:
        UsageError: a field is outside what a certificate, a folder or a directory can hold.
    """

    organ_id: OrganId
    """Its code, the organizationIdentifier of its certificates."""
    name: str
    """Its name in Vietnamese, 1 to 64 printable characters."""
    leader: str
    """The name of the person who signs, 1 to 64 printable characters."""
    folder: str
    """Its short name, of a-z, 0-9 and ``-``; names its folder on disk."""
    tier: int
    """1 central, 2 province, 3 district, 4 commune; more tiers are allowed."""
    parent: OrganId | None = None
    """The agency above it; none at the top."""

    def __post_init__(self) -> None:
        _check_text(self.name, "name")
        _check_text(self.leader, "leader")
        if not _FOLDER.fullmatch(self.folder):
            raise _unusable(f"folder: expected a-z, 0-9 and '-', found {self.folder!r}")
        if self.tier < 1:
            raise _unusable(f"tier of {self.organ_id}: expected 1 or more, found {self.tier}")
        if self.parent == self.organ_id:
            raise _unusable(f"parent of {self.organ_id}: expected another agency, found itself")


def check_agencies(agencies: Sequence[DemoAgency]) -> None:
    """Refuse a cast that no directory could hold.

    Args:
        agencies: the whole cast.

    Raises:
        UsageError: none at all, a code or folder twice, or a parent who is not among them.
    """
    if not agencies:
        raise _unusable("agencies: expected at least one, found none")
    _check_distinct([str(agency.organ_id) for agency in agencies], "code")
    _check_distinct([agency.folder for agency in agencies], "folder")
    known = {agency.organ_id for agency in agencies}
    for agency in agencies:
        if agency.parent is not None and agency.parent not in known:
            raise _unusable(
                f"parent of {agency.organ_id}: expected one of the agencies given, "
                f"found {agency.parent}"
            )


def _check_distinct(values: Sequence[str], what: str) -> None:
    doubled = sorted({value for value in values if values.count(value) > 1})
    if doubled:
        raise _unusable(f"agencies: expected every {what} once, found {', '.join(doubled)} again")


def _check_text(text: str, what: str) -> None:
    if not (text.strip() and len(text) <= _NAME_LENGTH and text.isprintable()):
        raise _unusable(
            f"{what}: expected 1 to {_NAME_LENGTH} printable characters, "
            f"found {text[:80]!r} ({len(text)} characters)"
        )


def _unusable(message: str) -> UsageError:
    return UsageError(
        f"demo agency: {message}",
        code="testing.agency",
        advice="Compare with docexchange.testing.FOUR_TIERS.",
    )


_CENTRAL: Final = OrganId("000.00.00.G22")
_PROVINCE: Final = OrganId("000.00.00.H53")
_DISTRICT: Final = OrganId("000.00.31.H53")
_COMMUNE: Final = OrganId("000.21.31.H53")

FOUR_TIERS: Final = (
    DemoAgency(
        organ_id=_COMMUNE,
        name="UBND xã An Thạnh",
        leader="Nguyễn Thị Hoa",
        folder="commune",
        tier=4,
        parent=_DISTRICT,
    ),
    DemoAgency(
        organ_id=_DISTRICT,
        name="UBND huyện Bến Cầu",
        leader="Trần Văn Đức",
        folder="district",
        tier=3,
        parent=_PROVINCE,
    ),
    DemoAgency(
        organ_id=_PROVINCE,
        name="UBND tỉnh Tây Ninh",
        leader="Lê Quang Vinh",
        folder="province",
        tier=2,
        parent=_CENTRAL,
    ),
    DemoAgency(
        organ_id=_CENTRAL,
        name="Văn phòng Chính phủ",
        leader="Phạm Minh Châu",
        folder="central",
        tier=1,
    ),
)
"""Commune, district, province and central, in the order in which a letter climbs."""
