"""What does a list change in a directory? Nothing that it does not speak of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory.comparison import changed_fields
from docexchange.directory.importing.repairs import Repair
from docexchange.directory.reform import revised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Update", "updated"]

_SPOKEN_OF: Final = ("name", "tier", "parent", "endpoint", "representative", "certificates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A directory after a list."""

    entries: tuple[DirectoryEntry, ...]
    """All entries."""
    added: tuple[OrganId, ...]
    """Agencies that were not there."""
    changed: tuple[OrganId, ...]
    """Agencies of which something is new."""
    unchanged: int
    """How many agencies are as they were."""
    repairs: tuple[Repair, ...]
    """Agencies of the list that are closed in the directory."""


def updated(
    before: Sequence[DirectoryEntry],
    listed: Sequence[DirectoryEntry],
    *,
    known: Mapping[str, DirectoryEntry],
    on: date | None,
) -> Update:
    """Bring a directory up to a list.

    Args:
        before: its entries.
        listed: what the list says, one entry a code.
        known: the entries of ``before`` that the list speaks of, by code.
        on: the first day of what is new; corrected in place where left out.
    """
    codes, same = {_key(entry) for entry in before}, set(before)
    new = [entry for entry in listed if _key(entry) not in codes]
    other = [entry for entry in listed if _key(entry) in codes and entry not in same]
    closed = [entry for entry in other if _key(entry) not in known]
    versions: dict[DirectoryEntry, tuple[DirectoryEntry, ...]] = {}
    for entry in other:
        old = known.get(_key(entry))
        fields = _new_fields(old, entry) if old is not None else {}
        if old is not None and fields:
            versions[old] = revised(old, on=on, **fields) if on else (replace(old, **fields),)
    return Update(
        entries=(
            *(version for entry in before for version in versions.get(entry, (entry,))),
            *(replace(entry, valid_from=entry.valid_from or on) for entry in new),
        ),
        added=tuple(entry.organ_id for entry in new),
        changed=tuple(entry.organ_id for entry in versions),
        unchanged=len(listed) - len(new) - len(closed) - len(versions),
        repairs=tuple(map(_still_closed, closed)),
    )


def _new_fields(old: DirectoryEntry, listed: DirectoryEntry) -> dict[str, Any]:
    """What the list says otherwise; an empty field says nothing."""
    fields: dict[str, Any] = {}
    for name in changed_fields(old, listed):
        value = getattr(listed, name)
        if name in _SPOKEN_OF and value not in (None, "", ()):
            fields[name] = value
    aliases = tuple(dict.fromkeys((*old.aliases, *listed.aliases)))
    return fields if aliases == old.aliases else {**fields, "aliases": aliases}


def _still_closed(entry: DirectoryEntry) -> Repair:
    return Repair(
        code="import.closed-agency",
        line=0,
        column="code",
        found=f"{entry.organ_id} {entry.name}",
        made="",
    )


def _key(entry: DirectoryEntry) -> str:
    return entry.organ_id.as_decision_20
