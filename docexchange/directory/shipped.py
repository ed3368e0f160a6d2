"""What comes with the library: the provinces and central bodies of Vietnam, and their history.

63 provinces and the central bodies as they were, the ministries merged on 1 March 2025, the 23
mergers of 1 July 2025, and the tiers before and since; each change with the law that says so::

    directory = shipped_directory()
    directory.successors(OrganId("H22"), date(2025, 7, 1))  # Tuyên Quang

No endpoint and no certificate is in it: those are for each network to enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory.directory import Directory
from docexchange.directory.reform import close, merge
from docexchange.directory.tiers import parse_tiers
from docexchange.directory.toml_file import parse_toml
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from datetime import date

    from docexchange.directory.entry import DirectoryEntry
    from docexchange.directory.tiers import TierScheme

__all__ = ["LegalChange", "shipped_changes", "shipped_directory", "shipped_tiers"]


_DATA: Final = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalChange:
    """One change by law: an agency goes on, perhaps with others in it; or it ends."""

    on: date
    """The first day on which it is so."""
    source: str
    """The law that says so."""
    code: OrganId | None = None
    """The agency that goes on."""
    name: str = ""
    """Its new name; empty where it keeps the one it has."""
    absorbs: tuple[OrganId, ...] = ()
    """The agencies that end and leave it their letters."""
    closes: OrganId | None = None
    """The agency that ends, where none takes over as a whole."""
    successors: tuple[OrganId, ...] = ()
    """Who share what it leaves."""
    unsure: str = ""
    """What was not seen in the text of a law."""


@cache
def shipped_directory() -> Directory:
    """The provinces and central bodies with their history; the Government Office is the root."""
    entries = (*parse_toml(_text("central")), *parse_toml(_text("provinces")))
    for change in shipped_changes():
        entries = _changed(entries, change)
    return Directory(entries)


@cache
def shipped_changes() -> tuple[LegalChange, ...]:
    """What the law changed among them, by date."""
    import tomllib

    return tuple(map(_change, tomllib.loads(_text("changes"))["change"]))


@cache
def shipped_tiers() -> tuple[TierScheme, ...]:
    """The four tiers, and the three since 1 July 2025."""
    return parse_tiers(_text("tiers"))


def _changed(
    entries: tuple[DirectoryEntry, ...], change: LegalChange
) -> tuple[DirectoryEntry, ...]:
    if change.closes is not None:
        return close(entries, on=change.on, organ_id=change.closes, successors=change.successors)
    assert change.code is not None  # noqa: S101  the file says either, and it is ours
    fields = {"name": change.name} if change.name else {}
    return merge(entries, on=change.on, into=change.code, absorbed=change.absorbs, **fields)


def _change(table: dict[str, Any]) -> LegalChange:
    codes: dict[str, Any] = {key: OrganId(table[key]) for key in ("code", "closes") if key in table}
    lists: dict[str, Any] = {
        key: tuple(map(OrganId, table[key])) for key in ("absorbs", "successors") if key in table
    }
    return LegalChange(**(table | codes | lists))


def _text(name: str) -> str:
    return (_DATA / f"{name}.toml").read_text(encoding="utf-8")
