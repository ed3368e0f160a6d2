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

from docexchange.directory._heirs import Heirs
from docexchange.directory._index import Index
from docexchange.directory._representatives import served_by
from docexchange.directory.check import check
from docexchange.directory.history import changes_between, changes_of
from docexchange.errors import MalformedDirectory, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from docexchange.directory.check import DirectoryFinding
    from docexchange.directory.entry import DirectoryEntry
    from docexchange.directory.history import Change
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

    __slots__ = ("_by_certificate", "_by_parent", "_entries", "_findings", "_heirs", "_index")

    def __init__(self, entries: Iterable[DirectoryEntry], *, several_roots: bool = False) -> None:
        self._entries = tuple(entries)
        self._findings = check(self._entries, several_roots=several_roots)
        _refuse([finding for finding in self._findings if finding.blocking])
        self._index = Index(self._entries)
        self._heirs = Heirs(self._entries, self._index)
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

    def path_to_root(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """An agency and all its superiors on a day; the root stands last.

        Raises:
            UsageError: as ``lookup``.
        """
        entry = self.lookup(organ_id, at)
        return (entry, *self._superiors(entry, at))

    def server(self, organ_id: OrganId, at: date) -> DirectoryEntry:
        """The agency whose access point takes in an agency's letters on a day; often itself.

        Raises:
            UsageError: as ``lookup``.
        """
        entry = self.lookup(organ_id, at)
        return served_by(entry, at, self._index) or entry

    def versions(self, organ_id: OrganId) -> tuple[DirectoryEntry, ...]:
        """Everything that was known of a code, by date; aliases do not count.

        Args:
            organ_id: the agency's own code in either system.
        """
        return self._index.versions(organ_id)

    def successors(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """The agencies in force on a day that took over from one that is closed by then.

        Successors that are closed themselves are followed to theirs.

        Args:
            organ_id: the closed agency's own code in either system.
            at: calendar date in Vietnam.

        Returns:
            One after a merger, several after a split, none while the agency is in force, or where
            nobody took over.
        """
        return self._heirs.successors(organ_id, at)

    def predecessors(self, organ_id: OrganId, at: date) -> tuple[DirectoryEntry, ...]:
        """The closed agencies, by their last entry, from which an agency took over until a day.

        Raises:
            UsageError: as ``lookup``.
        """
        return self._heirs.predecessors(self.lookup(organ_id, at), at)

    def history(self, organ_id: OrganId) -> tuple[Change, ...]:
        """What happened to an agency, by date.

        Args:
            organ_id: its own code in either system.
        """
        return changes_between(self.versions(organ_id))

    def changes(self, *, after: date, until: date) -> tuple[Change, ...]:
        """What changed in a period, by date.

        Args:
            after: calendar date in Vietnam; what began on it is not a change any more.
            until: the last date of the period.
        """
        return tuple(change for change in changes_of(self._index) if after < change.on <= until)

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
            advice=self._advice(past[-1].successors if past else ()),
        )

    def _advice(self, successors: tuple[OrganId, ...]) -> str:
        if not successors:
            return "Ask the superior agency who deals with its letters on that date."
        named = ", ".join(map(self._named, successors))
        if len(successors) == 1:
            return f"Write to its successor {named}."
        return f"Write to the one of its successors that deals with the matter: {named}."

    def _named(self, organ_id: OrganId) -> str:
        heir = next(iter(self._index.named(organ_id)), None)
        return f"{organ_id} ({heir.name})" if heir else str(organ_id)


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
