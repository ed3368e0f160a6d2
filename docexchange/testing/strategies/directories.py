"""Hypothesis strategies: agencies, and trees of them in any shape."""

from __future__ import annotations

import string
from typing import Any, Final

from hypothesis import strategies as st

from docexchange.directory import Directory, DirectoryEntry
from docexchange.identifiers import OrganId

__all__ = ["agency", "entries", "fingerprints", "organ_ids", "trees", "visible"]


def agency(code: str, parent: str | None = None, **fields: Any) -> DirectoryEntry:
    """An entry with plain values where the test does not care.

    Args:
        code: of the agency.
        parent: code of the agency above it.
        fields: of ``DirectoryEntry``.
    """
    return DirectoryEntry(
        organ_id=OrganId(code),
        parent=None if parent is None else OrganId(parent),
        **{"name": f"Agency {code}", "tier": 2, **fields},
    )


@st.composite
def trees(draw: st.DrawFn) -> Directory:
    """A tree of 1 to 30 agencies, valid always, in any shape."""
    size = draw(st.integers(1, 30))
    entries = [agency("A00", tier=1)]
    for number in range(1, size):
        parent = draw(st.sampled_from(entries))
        tier = min(parent.tier + 1, 9)
        entries.append(agency(f"A{number:02}", str(parent.organ_id), tier=tier))
    return Directory(draw(st.permutations(entries)))


organ_ids: Final = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,3}){0,3}", fullmatch=True).map(
    OrganId
)

visible: Final = st.text(
    st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30
) | st.text(string.printable.strip() + " ", min_size=1, max_size=30).filter(str.strip)

fingerprints: Final = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def entries(draw: st.DrawFn) -> DirectoryEntry:
    """Any entry that may exist, whether or not it agrees with others."""
    endpoint = draw(st.just("") | visible)
    first, last = sorted(draw(st.tuples(st.dates(), st.dates())))
    return DirectoryEntry(
        organ_id=draw(organ_ids),
        name=draw(visible),
        tier=draw(st.integers(1, 9)),
        parent=draw(st.none() | organ_ids),
        endpoint=endpoint,
        representative=None if endpoint else draw(st.none() | organ_ids),
        certificates=tuple(draw(st.lists(fingerprints, max_size=2))),
        aliases=tuple(draw(st.lists(organ_ids, max_size=2))),
        valid_from=draw(st.none() | st.just(first)),
        valid_to=draw(st.none() | st.just(last)),
        successors=tuple(draw(st.lists(organ_ids, max_size=3, unique=True))),
    )
