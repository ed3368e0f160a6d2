"""The agencies of a list: clean, and each once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docexchange.directory.importing.repairs import Repair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.identifiers import OrganId

__all__ = ["Agency", "distinct"]


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
