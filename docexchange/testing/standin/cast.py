"""Who takes part when another system is tested: five agencies, one of which is that system's own.

from docexchange.testing.standin.cast import FIVE_AGENCIES, neighbours_of

own = FIVE_AGENCIES[-1]
assert [other.folder for other in neighbours_of(own, FIVE_AGENCIES)] == ["district"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.identifiers import OrganId
from docexchange.testing.agencies import FOUR_TIERS, DemoAgency

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FIVE_AGENCIES", "neighbours_of"]

FIVE_AGENCIES: Final = (
    *FOUR_TIERS,
    DemoAgency(
        organ_id=OrganId("000.22.31.H53"),
        name="UBND xã Lợi Thuận",
        leader="Phan Thị Lan",
        folder="commune-2",
        tier=4,
        parent=FOUR_TIERS[1].organ_id,
    ),
)
"""The four tiers, and beside the commune a second one: the tested system's place if not told."""


def neighbours_of(agency: DemoAgency, agencies: Sequence[DemoAgency]) -> list[DemoAgency]:
    """The agencies that one exchanges letters with directly: its superior and those below it.

    Args:
        agency: the one.
        agencies: all of them.
    """
    return [
        other
        for other in agencies
        if agency.parent == other.organ_id or other.parent == agency.organ_id
    ]
