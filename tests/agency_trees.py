"""Made-up agencies for tests: one entry by its code, and Hypothesis strategies for whole trees."""

from __future__ import annotations

import string
from datetime import date
from typing import Any

from hypothesis import strategies as st

from docexchange.directory import Directory, DirectoryEntry
from docexchange.identifiers import OrganId

TODAY = date(2025, 7, 1)


def agency(code: str, parent: str | None = None, **fields: Any) -> DirectoryEntry:
    """An entry with plain values where the test does not care."""
    return DirectoryEntry(
        organ_id=OrganId(code),
        parent=None if parent is None else OrganId(parent),
        **{"name": f"Agency {code}", "tier": 2, **fields},
    )


def four_tiers() -> Directory:
    """The axis, two provinces, a district in each, two communes in the first district."""
    return Directory(
        [
            agency("000.00.00.G22", tier=1, name="Văn phòng Chính phủ"),
            agency("000.00.00.H53", "000.00.00.G22", tier=2, name="UBND tỉnh Tây Ninh"),
            agency("000.00.31.H53", "000.00.00.H53", tier=3, name="UBND huyện Bến Cầu"),
            agency("000.21.31.H53", "000.00.31.H53", tier=4, name="UBND xã An Thạnh"),
            agency("000.22.31.H53", "000.00.31.H53", tier=4, name="UBND xã Long Chữ"),
            agency("000.00.00.H17", "000.00.00.G22", tier=2, name="UBND TP Đà Nẵng"),
            agency("000.00.28.H17", "000.00.00.H17", tier=3, name="UBND quận Hải Châu"),
        ]
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


organ_ids = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,3}){0,3}", fullmatch=True).map(OrganId)

visible = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30) | st.text(
    string.printable.strip() + " ", min_size=1, max_size=30
).filter(str.strip)

fingerprints = st.text("0123456789abcdef", min_size=64, max_size=64)


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
