"""Who is above whom? As the list says, as is known already, or as codes tell; else the root is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.directory.importing.repairs import Repair
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.directory.importing.agencies import Agency

__all__ = ["first_superior", "superiors_of"]


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
    tops = [agency for agency in agencies if agency.organ_id.level == 1 and not agency.parent]
    office = [agency for agency in tops if agency.key == "G22"]
    found = office or (tops if len(tops) == 1 else [])
    return found[0].organ_id if found else None


def superiors_of(
    agencies: Iterable[Agency], known: Mapping[str, DirectoryEntry], root: OrganId
) -> tuple[dict[int, OrganId | None], tuple[Repair, ...]]:
    """The superior of each agency, by its line; none for the root."""
    there = {key: entry.organ_id for key, entry in known.items()}
    there |= {agency.key: agency.organ_id for agency in agencies}
    superiors: dict[int, OrganId | None] = {}
    repairs: list[Repair] = []
    for agency in agencies:
        if agency.key == root.as_decision_20:
            superiors[agency.line] = None
        elif agency.parent is None and agency.key in known:
            superiors[agency.line] = known[agency.key].parent
        else:
            superiors[agency.line], repair = _superior(agency, there, root)
            repairs.extend(repair)
    return superiors, tuple(repairs)


def _superior(
    agency: Agency, there: Mapping[str, OrganId], root: OrganId
) -> tuple[OrganId, tuple[Repair, ...]]:
    tried = [agency.parent.as_decision_20] if agency.parent else []
    tried += _above(agency.key)
    found = next((there[key] for key in tried if key in there and key != agency.key), root)
    if tried and found.as_decision_20 == tried[0]:
        return found, ()
    repair = Repair(
        code="import.missing-parent" if tried else "import.attached-to-root",
        line=agency.line,
        column="parent",
        found=tried[0] if tried else f"{agency.organ_id} {agency.name}",
        made=str(found),
    )
    return found, (repair,)


def _above(key: str) -> Iterator[str]:
    """The codes above one in the form of Decision 20, nearest first."""
    while "." in key and OrganId(key).is_strict:
        key = key.rpartition(".")[0]
        yield key
