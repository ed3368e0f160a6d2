"""Can a set of entries serve as a directory? Every contradiction becomes a finding.

Blocking findings make some route impossible or ambiguous on some day, so no ``Directory`` is made
of them: one code or alias for two agencies at once, a parent that is not in force, a circle of
superiors, a second root. The others are for the eyes of whoever keeps the list::

    for finding in check(entries):
        print(finding)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.directory._findings import DirectoryFinding, name_of, since
from docexchange.directory._index import Index, first_gap
from docexchange.directory._representatives import unserved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["MAX_DEPTH", "DirectoryFinding", "check"]

MAX_DEPTH: Final = 64
"""Superiors above one agency; a real one has at most eight. It bounds the search for circles."""


def check(
    entries: Iterable[DirectoryEntry], *, several_roots: bool = False
) -> tuple[DirectoryFinding, ...]:
    """Look for contradictions between entries.

    Args:
        entries: the entries, in any order.
        several_roots: whether separate trees are meant (networks that do not reach each other).

    Returns:
        All findings, blocking ones first.
    """
    listed = tuple(entries)
    index = Index(listed)
    return (
        *_overlapping_codes(index),
        *_ambiguous_aliases(index),
        *_unknown_parents(listed, index),
        *_circles(listed, index),
        *(() if several_roots else _second_roots(listed)),
        *unserved(listed, index),
        *_unknown_successors(listed, index),
        *_tiers_above_parents(listed, index),
        *_odd_codes(listed),
    )


def _overlapping_codes(index: Index) -> Iterator[DirectoryFinding]:
    for entries in index.by_code.values():
        for first, second in _clashes(entries):
            yield DirectoryFinding(
                code="directory.overlap",
                message=f"expected one entry a day for {second.organ_id}, found two {_on(second)}: "
                f"{name_of(first)} ({first.validity}) and {name_of(second)} ({second.validity})",
                advice="End the earlier entry the day before the later one begins.",
                blocking=True,
            )


def _ambiguous_aliases(index: Index) -> Iterator[DirectoryFinding]:
    for alias, entries in index.by_alias.items():
        for first, second in _clashes(entries):
            yield DirectoryFinding(
                code="directory.ambiguous-alias",
                message=f"expected alias {alias} to mean one agency {_on(second)}, "
                f"found {name_of(first)} and {name_of(second)}",
                advice="Leave the alias with the agency that took over its letters.",
                blocking=True,
            )


def _second_roots(entries: Sequence[DirectoryEntry]) -> Iterator[DirectoryFinding]:
    for first, second in _clashes([entry for entry in entries if entry.parent is None]):
        yield DirectoryFinding(
            code="directory.two-roots",
            message=f"expected one agency without a parent {_on(second)}, "
            f"found {name_of(first)} and {name_of(second)}",
            advice="Give all but one agency a parent.",
            blocking=True,
        )


def _clashes(
    entries: Sequence[DirectoryEntry],
) -> Iterator[tuple[DirectoryEntry, DirectoryEntry]]:
    """Pairs in force on one day, the later to begin second; each entry is second at most once."""
    longest: DirectoryEntry | None = None
    for entry in sorted(entries, key=lambda entry: entry.first_day):
        if longest is not None and entry.first_day <= longest.last_day:
            yield longest, entry
        if longest is None or entry.last_day > longest.last_day:
            longest = entry


def _unknown_parents(entries: Iterable[DirectoryEntry], index: Index) -> Iterator[DirectoryFinding]:
    for entry in entries:
        if entry.parent is None:
            continue
        parents = index.named(entry.parent)
        gap = first_gap(entry, parents)
        if gap is not None:
            periods = ", ".join(parent.validity for parent in parents) or "never"
            yield DirectoryFinding(
                code="directory.unknown-parent",
                message=f"{name_of(entry)}: expected its parent {entry.parent} in force "
                f"{since(gap)}, found it in force: {periods}",
                advice="Add the parent, or give the agency another entry from that day on.",
                blocking=True,
            )


def _circles(entries: Iterable[DirectoryEntry], index: Index) -> Iterator[DirectoryFinding]:
    """Circles of superiors, each once.

    A circle closes on the day its last link begins, so it is enough to walk up from every entry on
    the days its own link begins.
    """
    seen: set[frozenset[DirectoryEntry]] = set()
    for entry in entries:
        for day in index.link_days(entry, entry.parent):
            chain = _walk_up(entry, day, index)
            if len(chain) > MAX_DEPTH:
                yield _too_deep(entry, day)
            elif chain[-1] is entry and len(chain) > 1 and frozenset(chain) not in seen:
                seen.add(frozenset(chain))
                yield _circle(chain, day)


def _walk_up(entry: DirectoryEntry, day: date, index: Index) -> tuple[DirectoryEntry, ...]:
    """From ``entry`` up to a root, into a circle, or to one more than ``MAX_DEPTH``."""
    chain = [entry]
    while chain[-1].parent is not None and len(chain) <= MAX_DEPTH:
        above = index.find(chain[-1].parent, day)
        if above is None or above in chain[1:]:
            break
        chain.append(above)
        if above is entry:
            break
    return tuple(chain)


def _circle(chain: Sequence[DirectoryEntry], day: date) -> DirectoryFinding:
    codes = " -> ".join(str(entry.organ_id) for entry in chain)
    return DirectoryFinding(
        code="directory.cycle",
        message=f"expected superiors to end at a root, found a circle {since(day)}: {codes}",
        advice="Correct the parent of one of them.",
        blocking=True,
    )


def _too_deep(entry: DirectoryEntry, day: date) -> DirectoryFinding:
    return DirectoryFinding(
        code="directory.too-deep",
        message=f"{name_of(entry)}: expected fewer than {MAX_DEPTH} superiors, "
        f"found more {since(day)}",
        advice="Correct the parents above it.",
        blocking=True,
    )


def _unknown_successors(
    entries: Iterable[DirectoryEntry], index: Index
) -> Iterator[DirectoryFinding]:
    for entry in entries:
        for successor in entry.successors:
            if not index.named(successor):
                yield DirectoryFinding(
                    code="directory.unknown-successor",
                    message=f"{name_of(entry)}: expected its successor in the directory, "
                    f"found no {successor}",
                    advice="Add the successor.",
                    blocking=False,
                )


def _tiers_above_parents(
    entries: Iterable[DirectoryEntry], index: Index
) -> Iterator[DirectoryFinding]:
    for entry in entries:
        parent = index.find(entry.parent, entry.first_day) if entry.parent else None
        if parent is not None and entry.tier < parent.tier:
            yield DirectoryFinding(
                code="directory.tier-above-parent",
                message=f"{name_of(entry)}: expected tier {parent.tier} or a larger number, "
                f"below its parent {name_of(parent)}, found tier {entry.tier}",
                advice="Correct the tier or the parent.",
                blocking=False,
            )


def _odd_codes(entries: Iterable[DirectoryEntry]) -> Iterator[DirectoryFinding]:
    for entry in entries:
        if not entry.organ_id.is_strict:
            yield DirectoryFinding(
                code="directory.odd-code",
                message=f"expected a code like 000.00.00.A00 or A00.00.00, found {name_of(entry)}",
                advice="Letters to it may be refused by stricter systems; list its official code.",
                blocking=False,
            )


def _on(second: DirectoryEntry) -> str:
    return f"on {second.first_day}" if second.valid_from else "at the same time"
