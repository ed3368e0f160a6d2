"""Who takes in the letters of agencies without a server of their own?

A representative may itself be represented; a circle of them would never deliver anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.directory._findings import DirectoryFinding, name_of, since
from docexchange.directory._index import first_gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from docexchange.directory._index import Index
    from docexchange.directory.entry import DirectoryEntry

__all__ = ["served_by", "unserved"]


def served_by(entry: DirectoryEntry, at: date, index: Index) -> DirectoryEntry | None:
    """The agency whose access point takes in the letters of another; none in a circle.

    Args:
        entry: the agency, in force on ``at``.
        at: the day.
        index: all entries.
    """
    seen = {entry}
    while entry.representative is not None:
        above = index.find(entry.representative, at)
        if above is None or above in seen:
            return None
        seen.add(above)
        entry = above
    return entry


def unserved(entries: Iterable[DirectoryEntry], index: Index) -> Iterator[DirectoryFinding]:
    """Representatives that are not in force, and circles of them."""
    for entry in entries:
        if entry.representative is None:
            continue
        gap = first_gap(entry, index.named(entry.representative))
        if gap is not None:
            yield _unknown(entry, gap)
            continue
        days = index.link_days(entry, entry.representative)
        circle = [day for day in sorted(days) if served_by(entry, day, index) is None]
        if circle:
            yield _circle(entry, circle[0])


def _unknown(entry: DirectoryEntry, gap: date) -> DirectoryFinding:
    return DirectoryFinding(
        code="directory.unknown-representative",
        message=f"{name_of(entry)}: expected its representative in force {since(gap)}, "
        f"found no {entry.representative}",
        advice="Add the representative, or give the agency another entry from that day on.",
        blocking=True,
    )


def _circle(entry: DirectoryEntry, day: date) -> DirectoryFinding:
    return DirectoryFinding(
        code="directory.representative-circle",
        message=f"{name_of(entry)}: expected its representatives to end at an agency that serves "
        f"itself, found a circle {since(day)}, or one that is not in force",
        advice="Correct the representative of one of them.",
        blocking=True,
    )
