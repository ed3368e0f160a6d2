"""The provinces and central bodies that come with the library, before and after their mergers."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from docexchange.directory import (
    check,
    shipped_changes,
    shipped_directory,
    shipped_tiers,
    tiers_not_in_force,
    tiers_on,
)
from docexchange.identifiers import OrganId

ROOT = OrganId("000.00.00.G22")
DAYS = [date(2020, 1, 1), date(2025, 3, 15), date(2025, 7, 2)]
MERGED = date(2025, 7, 1)
UNCHANGED = {"H26", "H57", "H35", "H18", "H52", "H37", "H49", "H56", "H41", "H27", "H14"}


def provinces(at):
    """The provinces of a day, by code."""
    children = shipped_directory().children(ROOT, at)
    return {entry.organ_id.as_decision_20: entry for entry in children if entry.tier == 2}


def test_nothing_about_it_is_to_be_found_fault_with():
    """Neither a contradiction nor an oddity, and no tier that did not exist."""
    assert shipped_directory().findings == ()
    assert list(tiers_not_in_force(shipped_directory(), shipped_tiers())) == []


@pytest.mark.parametrize("at", DAYS)
def test_it_is_a_tree_on_each_day(at):
    """Every agency in force reaches the Government Office."""
    directory = shipped_directory()
    today = [entry for entry in directory if entry.valid_on(at)]
    assert check(today) == ()
    roots = {directory.path_to_root(entry.organ_id, at)[-1].organ_id for entry in today}
    assert roots == {ROOT}


def test_there_are_63_provinces_with_codes_of_their_own():
    """H01 to H63, each once."""
    assert sorted(provinces(DAYS[0])) == [f"H{number:02}" for number in range(1, 64)]
    assert len({entry.name for entry in provinces(DAYS[0]).values()}) == 63


def test_23_mergers_make_34_of_them():
    """11 stay as they are, 23 take over 29, on 1 July 2025 and not a day earlier."""
    merged = [change for change in shipped_changes() if change.on == MERGED]
    absorbed = Counter(code for change in merged for code in change.absorbs)
    assert (len(merged), len(absorbed), set(absorbed.values())) == (23, 29, {1})
    heirs = {change.code.as_decision_20 for change in merged}
    assert set(provinces(MERGED)) == heirs | UNCHANGED
    assert len(provinces(MERGED)) == 34
    assert len(provinces(date(2025, 6, 30))) == 63


def test_every_abolished_province_has_one_successor_that_answers_to_its_code():
    """Its letters find the heir, by the link and by the code alone."""
    directory = shipped_directory()
    for code in provinces(DAYS[0]).keys() - provinces(MERGED).keys():
        (heir,) = directory.successors(OrganId(code), MERGED)
        assert directory.find(OrganId(code), MERGED) is heir
        assert code in {
            old.organ_id.as_decision_20 for old in directory.predecessors(heir.organ_id, MERGED)
        }


def test_the_subordinates_of_an_abolished_province_come_under_its_heir():
    """A commune that still names Hà Giang as its superior is below Tuyên Quang from that day."""
    from docexchange.directory import Directory, DirectoryEntry

    commune = DirectoryEntry(
        organ_id=OrganId("H22.01"), name="UBND xã", tier=4, parent=OrganId("H22")
    )
    directory = Directory([*shipped_directory(), commune])
    names = [directory.parent(commune.organ_id, day).name for day in (date(2025, 6, 30), MERGED)]
    assert names == ["UBND tỉnh Hà Giang", "UBND tỉnh Tuyên Quang"]


@pytest.mark.parametrize(
    ("closed", "heir"),
    [("G05", "G12"), ("G04", "G17"), ("G14", "G06"), ("G13", "G10"), ("G07", "G09")],
)
def test_the_ministries_were_merged_in_march(closed, heir):
    """In force on 28 February 2025, and its heir from the day after."""
    directory, code = shipped_directory(), OrganId(closed)
    assert directory.find(code, date(2025, 2, 28)).organ_id.as_decision_20 == closed
    (found,) = directory.successors(code, date(2025, 3, 1))
    assert found.organ_id.as_decision_20 == heir


def test_every_change_names_its_law():
    """A fact without a source is none."""
    assert [change for change in shipped_changes() if "/202" not in change.source] == []


def test_there_are_three_tiers_since_july_2025():
    """The district is gone, and the commune keeps its number."""
    numbers = [
        [tier.number for tier in tiers_on(shipped_tiers(), day).tiers]
        for day in (date(2025, 6, 30), MERGED)
    ]
    assert numbers == [[1, 2, 3, 4], [1, 2, 4]]
