"""A list comes in, a directory comes out; the second time the same list changes nothing.

What the directory knows and the list does not say is kept: endpoints, certificates, other agencies.
With a date, what changes begins on it, and what was before ends the day before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory.entry import DirectoryEntry
from docexchange.directory.importing.agencies import Agency, distinct
from docexchange.directory.importing.decoding import decode
from docexchange.directory.importing.mending import mended
from docexchange.directory.importing.placing import first_superior, superiors_of
from docexchange.directory.importing.records import read_axis_rows, read_toml_rows
from docexchange.directory.importing.repairs import Repair
from docexchange.directory.importing.rows import read_csv_rows
from docexchange.directory.importing.tiering import tiers_of
from docexchange.directory.importing.updating import updated
from docexchange.directory.reading import MAX_BYTES, read_bytes
from docexchange.directory.shipped import shipped_directory
from docexchange.errors import MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from docexchange.identifiers import OrganId

__all__ = ["Import", "import_file", "import_list"]

_READERS: Final = {
    ".csv": read_csv_rows,
    ".tsv": read_csv_rows,
    ".json": read_axis_rows,
    ".toml": read_toml_rows,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What came of a list."""

    entries: tuple[DirectoryEntry, ...]
    """The directory afterwards; ``Directory(entries)`` says whether it is a tree."""
    repairs: tuple[Repair, ...]
    """Everything that was mended, added or set aside, by line."""
    rows: int
    """How many rows the list has."""
    added: tuple[OrganId, ...]
    """Agencies that were not in the directory."""
    changed: tuple[OrganId, ...]
    """Agencies of which the list says something new."""
    unchanged: int
    """How many agencies the list says nothing new of."""


def import_file(
    path: str | Path,
    *,
    into: Iterable[DirectoryEntry] = (),
    root: OrganId | None = None,
    on: date | None = None,
    max_bytes: int = MAX_BYTES,
) -> Import:
    """Read a list from a ``.csv``, ``.tsv``, ``.json`` or ``.toml`` file; see ``import_list``.

    Raises:
        InputNotFound: no such file, or it may not be read.
        LimitExceeded: it is larger than ``max_bytes``.
        MalformedDirectory: it is no list, or another kind of file.
    """
    file = Path(path)
    content = read_bytes(file, max_bytes)
    return import_list(
        content, kind=file.suffix.lower(), into=into, root=root, on=on, source=str(file)
    )


def import_list(
    content: bytes,
    *,
    kind: str = ".csv",
    into: Iterable[DirectoryEntry] = (),
    root: OrganId | None = None,
    on: date | None = None,
    source: str = "list",
) -> Import:
    """Mend a list and bring a directory up to it.

    Args:
        content: the list, in UTF-8, UTF-16 or windows-1258.
        kind: ``.csv`` or ``.tsv``; ``.json`` for the agency list of the national axis; ``.toml``
            for a directory that others wrote.
        into: the entries there are already; agencies that the list does not name stay as they are.
        root: who stands above all others, where the list does not tell.
        on: the first day of what is new, in Vietnam; where left out, entries are corrected in place
            and new ones have no first day.
        source: the name of the list, for messages.

    Raises:
        MalformedDirectory: it is no list; or nobody in it stands above all others.
    """
    rows, agencies, repairs = _read(content, kind, source)
    before = tuple(into)
    known = _in_force(before, on)
    distinct_ones, doubled = distinct(agencies)
    top = first_superior(distinct_ones, known, root)
    if top is None:
        raise _rootless(source)
    distinct_ones, made = _with_root(distinct_ones, known, top)
    superiors, attached = superiors_of(distinct_ones, known, top)
    tiers, told = tiers_of(distinct_ones, superiors, known)
    listed = [_entry(item, superiors[item.line], tiers[item.line]) for item in distinct_ones]
    after = updated(before, listed, known=known, on=on)
    found = (*repairs, *doubled, *made, *attached, *told, *after.repairs)
    return Import(
        entries=after.entries,
        repairs=tuple(sorted(found, key=lambda repair: repair.line)),
        rows=rows,
        added=after.added,
        changed=after.changed,
        unchanged=after.unchanged,
    )


def _read(content: bytes, kind: str, source: str) -> tuple[int, list[Agency], list[Repair]]:
    reader = _READERS.get(kind)
    if reader is None:
        raise MalformedDirectory(
            f"{source}: expected a list in {', '.join(_READERS)}, found {kind or 'no suffix'}",
            code="directory.suffix",
            advice="Name the file by what is in it.",
        )
    text, encoding = decode(content, source=source)
    rows, faults = reader(text, source=source)
    repairs, agencies = [*encoding, *faults], []
    for row in rows:
        agency, steps = mended(row)
        repairs.extend(steps)
        if agency is not None:
            agencies.append(agency)
    if not agencies:
        raise MalformedDirectory(
            f"{source}: expected at least one agency, found none",
            code="directory.empty",
            advice="Check that this is the right file and that it was copied completely.",
        )
    return len(rows), agencies, repairs


def _with_root(
    agencies: tuple[Agency, ...], known: Mapping[str, DirectoryEntry], root: OrganId
) -> tuple[tuple[Agency, ...], tuple[Repair, ...]]:
    """Add the root where neither the list nor the directory has it."""
    key = root.as_decision_20
    if key in known or any(agency.key == key for agency in agencies):
        return agencies, ()
    well_known = shipped_directory().versions(root)
    name = well_known[-1].name if well_known else str(root)
    repair = Repair(code="import.made-root", line=0, column="", found=str(root), made=name)
    return (Agency(line=0, organ_id=root, name=name), *agencies), (repair,)


def _rootless(source: str) -> MalformedDirectory:
    return MalformedDirectory(
        f"{source}: expected an agency above all others, found several of level 1 and no "
        "000.00.00.G22",
        code="directory.no-root",
        advice="Name the agency above all others.",
    )


def _in_force(entries: Iterable[DirectoryEntry], on: date | None) -> Mapping[str, DirectoryEntry]:
    """By code, what is known on a day; without one, what has no end."""
    day = on or date.max
    return {entry.organ_id.as_decision_20: entry for entry in entries if entry.valid_on(day)}


def _entry(agency: Agency, superior: OrganId | None, tier: int) -> DirectoryEntry:
    fields: dict[str, Any] = dict(agency.others)
    if fields.get("valid_to") and fields["valid_to"] < (fields.get("valid_from") or date.min):
        del fields["valid_to"]
    entry = DirectoryEntry(organ_id=agency.organ_id, name=agency.name, tier=tier, parent=superior)
    return replace(entry, **fields)
