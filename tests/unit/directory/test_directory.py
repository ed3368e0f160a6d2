from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from agency_trees import TODAY, agency, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

COMMUNE = OrganId("000.21.31.H53")
MERGED = date(2025, 7, 1)
LAST_DAY = date(2025, 6, 30)


def merger() -> Directory:
    """H22 closes in June 2025; H60 takes its place and its letters."""
    return Directory(
        [
            agency("G22", tier=1),
            agency("H22", "G22", name="Hà Giang", valid_to=LAST_DAY, successors=(OrganId("H60"),)),
            agency("H60", "G22", name="Tuyên Quang", aliases=(OrganId("H22"),)),
            agency("H39", "G22", name="Long An", valid_to=LAST_DAY, successors=(OrganId("H53"),)),
            agency("H53", "G22", name="Tây Ninh"),
        ]
    )


@pytest.mark.parametrize("code", ["000.21.31.H53", "H53.31.21"])
def test_either_spelling_finds_the_agency(code):
    """The 13-character code and its Decision 20 form are the same agency."""
    assert four_tiers().lookup(OrganId(code), TODAY).organ_id == COMMUNE


def test_a_directory_in_decision_20_codes_finds_13_character_ones():
    """It also works the other way round."""
    directory = Directory([agency("H53.31.21")])
    assert directory.lookup(COMMUNE, TODAY).organ_id == OrganId("H53.31.21")


def test_a_merged_code_means_itself_until_its_last_day():
    """Until the merger the code is the old agency, from then on it is an alias of its heir."""
    directory = merger()
    assert directory.lookup(OrganId("H22"), LAST_DAY).name == "Hà Giang"
    assert directory.lookup(OrganId("H22"), MERGED).name == "Tuyên Quang"


def test_a_closed_agency_is_refused_with_its_successor():
    """The error names the dates on which the code is valid, and who took over."""
    with pytest.raises(UsageError) as caught:
        merger().lookup(OrganId("H39"), MERGED)
    assert caught.value.code == "directory.closed-agency"
    assert "in force on 2025-07-01, found in force: until 2025-06-30" in str(caught.value)
    assert "H53 (Tây Ninh)" in caught.value.advice


def test_an_agency_that_is_not_open_yet_has_no_successor():
    """Before its first day an agency is refused without sending the letter to an heir."""
    directory = Directory([agency("A00", valid_from=MERGED, successors=(OrganId("B00"),))])
    with pytest.raises(UsageError, match="since 2025-07-01") as caught:
        directory.lookup(OrganId("A00"), LAST_DAY)
    assert caught.value.code == "directory.closed-agency"
    assert "B00" not in caught.value.advice


def test_a_successor_outside_the_directory_is_still_named():
    """What the entry says is passed on even where the heir is not listed."""
    directory = Directory([agency("A00", valid_to=LAST_DAY, successors=(OrganId("B00"),))])
    with pytest.raises(UsageError) as caught:
        directory.lookup(OrganId("A00"), MERGED)
    assert caught.value.advice == "Write to its successor B00."


def test_an_unknown_agency_is_refused():
    """A code that nobody has is an error with a code of its own; find answers with nothing."""
    with pytest.raises(UsageError) as caught:
        four_tiers().lookup(OrganId("H99"), TODAY)
    assert caught.value.code == "directory.unknown-agency"
    assert four_tiers().find(OrganId("H99"), TODAY) is None


def test_a_moment_is_no_date():
    """Late in the evening UTC it is tomorrow in Vietnam, so a datetime is refused."""
    with pytest.raises(TypeError, match="vietnam_date"):
        four_tiers().find(COMMUNE, datetime(2025, 6, 30, 20, tzinfo=UTC))


def test_superiors_are_nearest_first():
    """A commune's superiors are the district, the province and the axis."""
    names = [entry.name for entry in four_tiers().ancestors(COMMUNE, TODAY)]
    assert names == ["UBND huyện Bến Cầu", "UBND tỉnh Tây Ninh", "Văn phòng Chính phủ"]


def test_the_root_has_no_parent():
    """Only the root has nobody above it."""
    directory = four_tiers()
    assert directory.parent(OrganId("000.00.00.G22"), TODAY) is None
    assert directory.ancestors(OrganId("000.00.00.G22"), TODAY) == ()


@given(tree=trees())
def test_children_are_the_inverse_of_parent(tree):
    """An agency is a child exactly of its parent."""
    for entry in tree:
        above = tree.parent(entry.organ_id, TODAY)
        for other in tree:
            is_child = entry in tree.children(other.organ_id, TODAY)
            assert is_child == (other is above)


def test_children_follow_the_parent_through_a_reform():
    """When the district tier ends, its communes become children of the province."""
    directory = Directory(
        [
            agency("H53"),
            agency("H53.31", "H53", valid_to=LAST_DAY),
            agency("H53.31.21", "H53.31", valid_to=LAST_DAY),
            agency("H53.31.21", "000.00.00.H53", valid_from=MERGED),
        ]
    )
    (before,) = directory.children(OrganId("H53"), LAST_DAY)
    (after,) = directory.children(OrganId("H53"), MERGED)
    assert (before.organ_id, after.organ_id) == (OrganId("H53.31"), OrganId("H53.31.21"))


def test_children_named_by_the_heirs_alias_belong_to_the_heir():
    """Agencies whose parent merged stand below the heir from the merger on."""
    directory = Directory([*merger(), agency("H22.01", "H22")])
    child = OrganId("H22.01")
    assert [e.organ_id for e in directory.children(OrganId("H60"), LAST_DAY)] == []
    assert [e.organ_id for e in directory.children(OrganId("H60"), MERGED)] == [child]
    assert [e.organ_id for e in directory.children(OrganId("H22"), MERGED)] == [child]


@given(tree=trees(), data=st.data())
def test_the_order_of_entries_does_not_matter(tree, data):
    """The same entries in another order give the same answers."""
    other = Directory(data.draw(st.permutations(list(tree))))
    for entry in tree:
        assert other.lookup(entry.organ_id, TODAY) == entry
        assert other.ancestors(entry.organ_id, TODAY) == tree.ancestors(entry.organ_id, TODAY)


def test_a_directory_counts_and_lists_its_entries():
    """Entries come out as they went in."""
    listed = list(four_tiers())
    assert len(Directory(iter(listed))) == 7
    assert list(Directory(listed)) == listed
    assert repr(Directory(listed)) == "<Directory of 7 entries>"


def test_an_empty_directory_knows_nobody():
    """No entries are no contradiction."""
    assert Directory([]).find(COMMUNE, TODAY) is None


def test_a_large_directory_answers_for_each_agency():
    """Ten thousand children of one parent are all found, and each finds its parent."""
    listed = [
        agency("A00"),
        *(agency(f"B{n:02}.{m:02}", "A00") for n in range(99) for m in range(99)),
    ]
    directory = Directory(listed)
    assert len(directory.children(OrganId("A00"), TODAY)) == 9801
    assert directory.ancestors(OrganId("B50.50"), TODAY) == (listed[0],)
