"""The real catalogue of a province of 2020 becomes a tree, and every repair is told."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from docexchange.directory import Directory, shipped_directory, survey
from docexchange.directory.importing import Import, import_file
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.corpora
AT = date(2020, 6, 1)


@pytest.fixture(scope="module")
def listed(corpora: Path) -> Path:
    """The list as it was exported, 455 rows."""
    return corpora.parent / "data" / "agencies-2020-raw.csv"


@pytest.fixture(scope="module")
def done(listed: Path) -> Import:
    """What comes of it."""
    return import_file(listed)


def test_every_repair_is_told(done: Import) -> None:
    """By kind and number, as counted in the file by hand."""
    assert Counter(repair.code.removeprefix("import.") for repair in done.repairs) == {
        "invisible-characters": 185,
        "odd-spaces": 15,
        "extra-spaces": 9,
        "two-names": 7,
        "malformed-code": 1,
        "attached-to-root": 25,
        "tiers-from-names": 1,
    }


def test_no_row_goes_missing(done: Import) -> None:
    """455 rows, of which seven give a second name to a code."""
    assert (done.rows, len(done.added), len(done.entries)) == (455, 448, 448)


def test_it_becomes_a_tree(done: Import) -> None:
    """One root, everybody below it, and nothing to find fault with."""
    directory = Directory(done.entries)
    seen = survey(directory, AT)
    assert directory.findings == ()
    assert (seen.is_tree, seen.reached, seen.depth) == (True, 448, 5)
    assert [str(root.organ_id) for root in seen.roots] == ["000.00.00.G22"]
    assert seen.tiers == {1: 76, 2: 160, 3: 117, 4: 95}


@pytest.mark.parametrize(
    ("code", "name", "tier", "parent"),
    [
        ("000.00.31.H53", "UBND huyện Bến Cầu", 3, "000.00.00.H53"),
        ("000.21.31.H53", "UBND Xã An Thạnh huyện Bến Cầu", 4, "000.00.31.H53"),
        ("000.11.37.H53", "Phòng Y tế huyện Tân Châu", 3, "000.00.37.H53"),
        ("000.00.00.H53", "UBND Tỉnh Tây Ninh", 2, "000.00.00.G22"),
    ],
)
def test_agencies_are_where_they_belong(
    done: Import, code: str, name: str, tier: int, parent: str
) -> None:
    """A district, a commune, an office with a broken code, the province."""
    entry = Directory(done.entries).lookup(OrganId(code), AT)
    assert (entry.name, entry.tier, str(entry.parent)) == (name, tier, parent)


def test_the_second_time_nothing_is_new(listed: Path, done: Import) -> None:
    """With a date, or without."""
    for on in (None, date(2026, 1, 1)):
        again = import_file(listed, into=done.entries, on=on)
        assert (again.entries, again.unchanged) == (done.entries, 448)


def test_it_goes_into_what_comes_with_the_library(listed: Path) -> None:
    """The province is there already; its agencies come below it, and the tree holds."""
    done = import_file(listed, into=shipped_directory(), on=AT)
    directory = Directory(done.entries)
    assert survey(directory, AT).is_tree
    assert survey(directory, date(2025, 7, 2)).is_tree
    assert directory.parent(OrganId("H53.31"), AT).organ_id == OrganId("000.00.00.H53")
