"""Which agency is this code, on this day, and who stands above and below it?

A ``Directory`` is immutable and cannot exist with entries that contradict each other. It answers
for a calendar date in Vietnam, because agencies merge, move and close::

    directory = read_directory("agencies.toml")
    agency = directory.lookup(OrganId("H53.31.21"), vietnam_date(clock.now()))
    [superior.name for superior in directory.ancestors(agency.organ_id, today)]
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from docexchange.directory._index import Index
from docexchange.directory.check import check
from docexchange.errors import MalformedDirectory, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from docexchange.directory.check import DirectoryFinding
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Directory"]

_SHOWN_FAULTS: Final = 100  # more help nobody; ``check`` has them all


class Directory:
    """The agencies, each for its period.

    Args:
        entries: in any order.
        several_roots: whether separate trees are meant (networks that do not reach each other).

    Raises:
        MalformedDirectory: entries that contradict each other; all of them are named.
    """

    __slots__ = ("_by_certificate", "_by_parent", "_entries", "_findings", "_index")

    def __init__(self, entries: Iterable[DirectoryEntry], *, several_roots: bool = False) -> None:
        self._entries = tuple(entries)
        self._findings = check(self._entries, several_roots=several_roots)
        _refuse([finding for finding in self._findings if finding.blocking])
        self._index = Index(self._entries)
        by_parent: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
        by_certificate: defaultdict[str, list[DirectoryEntry]] = defaultdict(list)
        for entry in self._entries:
            if entry.parent is not None:
                by_parent[entry.parent.as_decision_20].append(entry)
            for digits in dict.fromkeys(entry.certificates):
                by_certificate[digits].append(entry)
        self._by_parent = dict(by_parent)
        self._by_certificate = dict(by_certificate)

    @classmethod
    def from_path(cls, path: str | Path) -> Directory:
        """Read a ``.toml`` or ``.csv`` file; see ``read_directory``."""
        from docexchange.directory.reading import read_directory

        return read_directory(path)

    def __iter__(self) -> Iterator[DirectoryEntry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Directory of {len(self)} entries>"

    @property
    def findings(self) -> tuple[DirectoryFinding, ...]:
        """Oddities that do not hinder routing."""
        return self._findings

    def find(self, organ_id: OrganId, at: date) -> DirectoryEntry | None:
        """The agency that a code means on a day, if any.

        Args:
            organ_id: its code in either system, or an alias.
            at: calendar date in Vietnam.
        """
        return self._index.find(organ_id, at)

    def lookup(self, organ_id: OrganId, at: date) -> DirectoryEntry:
        """The agency that a code means on a day.

        Args:
            organ_id: its code in either system, or an alias.
            at: calendar date in Vietnam.

        Raises:
            UsageError: ``directory.unknown-agency``, or ``directory.closed-agency`` with the dates
                on which the code is valid and the successor.
        """
        entry = self.find(organ_id, at)
        if entry is None:
            raise self._absent(organ_id, at)
        return entry

    def parent(self, organ_id: OrganId, at: date) -> DirectoryEntry | None:
        """The superior of an agency on a day; none for a root.

        Raises:
            UsageError: as ``lookup``.
        """
        return self._above(self.lookup(organ_id, at), at)

    def ancestors(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """All superiors of an agency on a day, nearest first.

        Raises:
            UsageError: as ``lookup``.
        """
        return tuple(self._superiors(self.lookup(organ_id, at), at))

    def children(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """The agencies directly below an agency on a day, in the directory's order.

        Raises:
            UsageError: as ``lookup``.
        """
        superior = self.lookup(organ_id, at)
        names = {name.as_decision_20 for name in (superior.organ_id, *superior.aliases)}
        return tuple(
            entry
            for name in sorted(names)
            for entry in self._by_parent.get(name, ())
            if entry.valid_on(at) and self._above(entry, at) is superior
        )

    def entries_of(self, organ_id: OrganId) -> tuple[DirectoryEntry, ...]:
        """The entries, of any date, whose own code it is; oldest first.

        Args:
            organ_id: a code in either system; aliases do not count.
        """
        known = self._index.by_code.get(organ_id.as_decision_20, ())
        return tuple(sorted(known, key=lambda entry: entry.first_day))

    def holders(self, certificate_sha256: str) -> tuple[DirectoryEntry, ...]:
        """The entries, of any date, that list a certificate.

        Args:
            certificate_sha256: 64 lower-case hexadecimal digits.
        """
        return tuple(self._by_certificate.get(certificate_sha256, ()))

    def _above(self, entry: DirectoryEntry, at: date) -> DirectoryEntry | None:
        return None if entry.parent is None else self.find(entry.parent, at)

    def _superiors(self, entry: DirectoryEntry, at: date) -> Iterator[DirectoryEntry]:
        above = self._above(entry, at)
        while above is not None:
            yield above
            above = self._above(above, at)

    def _absent(self, organ_id: OrganId, at: date) -> UsageError:
        known = sorted(self._index.named(organ_id), key=lambda entry: entry.first_day)
        if not known:
            return UsageError(
                f"agency {organ_id}: expected a code of the directory ({len(self)} entries), "
                "found none like it",
                code="directory.unknown-agency",
                advice="Check the code, or get a newer directory.",
            )
        periods = ", ".join(entry.validity for entry in known)
        past = [entry for entry in known if entry.last_day < at]
        return UsageError(
            f"agency {organ_id} ({known[-1].name}): expected to be in force on {at}, "
            f"found in force: {periods}",
            code="directory.closed-agency",
            advice=self._advice(past[-1].successor if past else None),
        )

    def _advice(self, successor: OrganId | None) -> str:
        if successor is None:
            return "Ask the superior agency who deals with its letters on that date."
        heir = next(iter(self._index.named(successor)), None)
        name = f" ({heir.name})" if heir else ""
        return f"Write to its successor {successor}{name}."


def _refuse(faults: list[DirectoryFinding]) -> None:
    """Raise one error for all blocking findings."""
    if not faults:
        return
    lines = [str(fault) for fault in faults[:_SHOWN_FAULTS]]
    if len(faults) > _SHOWN_FAULTS:
        lines.append(f"... and {len(faults) - _SHOWN_FAULTS} more, listed by check(entries).")
    raise MalformedDirectory(
        f"agency directory: expected entries that agree, found {len(faults)} contradictions:\n"
        + "\n".join(lines),
        code=faults[0].code if len({fault.code for fault in faults}) == 1 else "",
        advice="Correct the entries named, then read the directory again.",
    )
