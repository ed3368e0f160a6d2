"""Letters to many: three provinces under the centre, four agencies without a node in each.

>>> world.directories |= dict.fromkeys(NAMES, country(pki))
>>> world["central"].send(letter(*TWELVE, sender=CENTRAL))

The demonstration's commune, district and province are provinces here; their nodes serve agencies
that have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from exchange_help import CENTRAL, CODES, entries

from docexchange.directory import Directory, DirectoryEntry
from docexchange.identifiers import OrganId
from docexchange.transport import ParcelKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from exchange_help import World

    from docexchange.testing import DemoPki
    from docexchange.transport import Parcel

PROVINCES: Final = ("commune", "district", "province")
SERVED: Final = {
    name: tuple(OrganId(f"000.{number:02}.{place}1.H53") for number in range(1, 5))
    for place, name in enumerate(PROVINCES, start=6)
}
"""The agencies without a node that each province serves."""
TWELVE: Final = tuple(code for served in SERVED.values() for code in served)


def country(pki: DemoPki, **changes: dict[str, object]) -> Directory:
    """Three provinces under the centre, with the agencies that they serve.

    Args:
        pki: of the four nodes.
        changes: to the entries of nodes, by name.
    """
    flat = {name: {"parent": CENTRAL, "tier": 2, **changes.pop(name, {})} for name in PROVINCES}
    served = [
        DirectoryEntry(organ_id=code, name=f"Xã {code}", tier=3, parent=CODES[name])
        for name, codes in SERVED.items()
        for code in codes
    ]
    return Directory([*entries(pki, **flat, **changes), *served])


def line_of_command(pki: DemoPki) -> Directory:
    """The four tiers one above the other, with the same agencies beside them."""
    served = [
        DirectoryEntry(organ_id=code, name=f"Xã {code}", tier=5, parent=CODES[name])
        for name, codes in SERVED.items()
        for code in codes
    ]
    return Directory([*entries(pki), *served])


def letters_for(world: World, name: str) -> list[Parcel]:
    """The letters in a mailbox, not the receipts."""
    found = (parcel for parcel, _ in world.waiting(name))
    return [parcel for parcel in found if parcel.kind is ParcelKind.MESSAGE]


def in_order(codes: Iterable[OrganId]) -> tuple[OrganId, ...]:
    """Recipients as a parcel names them: by code."""
    return tuple(sorted(codes))
