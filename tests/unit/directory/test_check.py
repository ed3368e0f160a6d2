from __future__ import annotations

from datetime import date

import pytest
from agency_trees import agency, entries, four_tiers, trees
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory, check
from docexchange.directory.check import MAX_DEPTH
from docexchange.errors import MalformedDirectory

NEW_YEAR = date(2025, 1, 1)
OLD_YEAR = date(2024, 12, 31)


def blocking(listed, **options):
    return [finding.code for finding in check(listed, **options) if finding.blocking]


@given(tree=trees())
def test_trees_have_no_blocking_findings(tree):
    """Whatever its shape, a tree is a directory."""
    assert blocking(tree) == []


def test_the_real_shape_has_no_findings_at_all():
    """Four tiers with official codes leave nothing to say."""
    assert check(four_tiers()) == ()


def test_one_code_twice_on_one_day_is_refused():
    """Two entries of one code may not be in force together, not even for one day."""
    listed = [
        agency("H53", valid_to=NEW_YEAR),
        agency("H53", valid_from=NEW_YEAR),
    ]
    assert "directory.overlap" in blocking(listed)
    assert "on 2025-01-01" in str(check(listed)[0])


def test_one_code_may_have_entries_one_after_the_other():
    """A new entry from the next day on is how an agency changes."""
    assert blocking([agency("H53", valid_to=OLD_YEAR), agency("H53", valid_from=NEW_YEAR)]) == []


def test_both_spellings_of_a_code_are_one_code():
    """000.00.00.H53 and H53 on one day are a double entry."""
    assert "directory.overlap" in blocking(
        [agency("000.00.00.H53"), agency("H53", "000.00.00.H53")]
    )


def test_a_long_entry_overlaps_every_later_one():
    """A short entry in between does not hide the overlap with an earlier, longer one."""
    listed = [
        agency("A00"),
        agency("H53", "A00", valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1)),
        agency("H53", "A00", valid_from=date(2021, 1, 1), valid_to=date(2021, 2, 1)),
        agency("H53", "A00", valid_from=date(2022, 1, 1), valid_to=date(2022, 2, 1)),
    ]
    assert blocking(listed) == ["directory.overlap"] * 2


def test_a_parent_that_nobody_knows_is_refused():
    """A parent outside the directory makes the agency unreachable."""
    listed = [agency("A00"), agency("H53", "H99")]
    assert blocking(listed) == ["directory.unknown-parent"]
    assert "H99 in force from the beginning, found it in force: never" in str(check(listed)[0])


def test_a_parent_that_closes_too_early_is_refused():
    """The district that ended in June leaves a commune without a superior in July."""
    listed = [
        agency("A00"),
        agency("A00.01", "A00", valid_to=date(2025, 6, 30)),
        agency("A00.01.01", "A00.01"),
    ]
    assert blocking(listed) == ["directory.unknown-parent"]
    assert "from 2025-07-01" in str(check(listed)[0])


def test_a_gap_between_two_entries_of_the_parent_is_found():
    """The parent's entries must join without a day between them."""
    listed = [
        agency("A00"),
        agency("A00.01", "A00", valid_to=OLD_YEAR),
        agency("A00.01", "A00", valid_from=date(2025, 1, 2)),
        agency("A00.01.01", "A00.01"),
    ]
    assert "from 2025-01-01" in str(check(listed)[0])
    assert blocking([*listed[:2], agency("A00.01", "A00", valid_from=NEW_YEAR), listed[3]]) == []


def test_what_the_parent_was_before_the_agency_began_does_not_matter():
    """A gap between the parent's entries counts only on days on which the agency exists."""
    listed = [
        agency("A00"),
        agency("A00.01", "A00", valid_to=date(2000, 12, 31)),
        agency("A00.01", "A00", valid_from=date(2010, 1, 1)),
        agency("A00.01.01", "A00.01", valid_from=date(2020, 1, 1)),
    ]
    assert blocking(listed) == []


def test_a_parent_may_be_named_by_alias_or_other_spelling():
    """H53 stands for 000.00.00.H53, and an old code for its heir."""
    listed = [
        agency("000.00.00.H53", aliases=(agency("H39").organ_id,)),
        agency("H53.01", "H53"),
        agency("H53.02", "H39"),
    ]
    assert blocking(listed) == []


@pytest.mark.parametrize("length", [1, 2, 3, 20])
def test_circles_are_found_once(length):
    """A circle of superiors of any length is one finding, with the agencies below it untouched."""
    ring = [agency(f"A{n:02}", f"A{(n + 1) % length:02}") for n in range(length)]
    below = [agency("B00", "A00"), agency("B01", "B00")]
    assert blocking([*ring, *below]) == ["directory.cycle"]


def test_a_circle_of_a_few_months_is_found():
    """Parents that swap places overlap in a circle when the dates are wrong."""
    listed = [
        agency("A00"),
        agency("B00", "A00", valid_to=OLD_YEAR),
        agency("B00", "C00", valid_from=NEW_YEAR),
        agency("C00", "B00", valid_to=date(2025, 3, 31)),
        agency("C00", "A00", valid_from=date(2025, 4, 1)),
    ]
    assert blocking(listed) == ["directory.cycle"]
    assert "from 2025-01-01: B00 -> C00 -> B00" in str(check(listed)[0])


def test_parents_may_swap_places_on_one_day():
    """What would be a circle without dates is none when the dates agree."""
    listed = [
        agency("A00", valid_to=OLD_YEAR),
        agency("A00", "B00", valid_from=NEW_YEAR),
        agency("B00", "A00", valid_to=OLD_YEAR),
        agency("B00", valid_from=NEW_YEAR),
    ]
    assert blocking(listed) == []


def test_a_circle_that_an_alias_closes_later_is_found():
    """A code that comes to mean another agency when its first bearer closes can close a circle."""
    listed = [
        agency("A00"),
        agency("X00", "A00", valid_to=OLD_YEAR),
        agency("B00", "X00"),
        agency("C00", "B00", aliases=(agency("X00").organ_id,)),
    ]
    assert blocking(listed) == ["directory.cycle"]
    assert "from 2025-01-01" in str(check(listed)[0])


def test_two_roots_on_one_day_are_refused_unless_meant():
    """Only one agency has no parent, except where separate networks share a directory."""
    listed = [agency("A00"), agency("B00")]
    assert blocking(listed) == ["directory.two-roots"]
    assert blocking(listed, several_roots=True) == []
    assert len(Directory(listed, several_roots=True)) == 2


def test_one_root_may_follow_another():
    """The root of last year and the root of this year are not two roots."""
    assert blocking([agency("A00", valid_to=OLD_YEAR), agency("B00", valid_from=NEW_YEAR)]) == []


def test_an_alias_of_two_agencies_is_refused():
    """A letter to the alias could go to either."""
    old = agency("H39").organ_id
    listed = [agency("A00", aliases=(old,)), agency("B00", "A00", aliases=(old,))]
    assert blocking(listed) == ["directory.ambiguous-alias"]


@pytest.mark.parametrize(("above", "found"), [(MAX_DEPTH - 1, False), (MAX_DEPTH, True)])
def test_depth_is_bounded(above, found):
    """Superiors beyond any real country's are refused, so that every search ends."""
    line = [agency(f"A{n:02}", f"A{n - 1:02}" if n else None) for n in range(above + 1)]
    assert ("directory.too-deep" in blocking(line)) is found


def test_oddities_do_not_block():
    """An odd code, a tier above the parent's and an unknown successor are said, not refused."""
    directory = Directory(
        [
            agency("A00", tier=3),
            agency("vxp.saas.03", "A00", tier=2, successors=(agency("Z99").organ_id,)),
        ]
    )
    assert {finding.code for finding in directory.findings} == {
        "directory.odd-code",
        "directory.tier-above-parent",
        "directory.unknown-successor",
    }


def test_all_contradictions_are_named_in_one_error():
    """One error lists every fault with its code and what to do."""
    with pytest.raises(MalformedDirectory) as caught:
        Directory([agency("A00"), agency("A00"), agency("B00", "C00"), agency("D00", "D00")])
    for code in ("overlap", "two-roots", "unknown-parent", "cycle"):
        assert f"[directory.{code}]" in str(caught.value)
    assert "Correct the parent" in str(caught.value)
    assert caught.value.code == "directory.malformed"


def test_the_error_for_thousands_of_faults_stays_readable():
    """Ten thousand faults are counted in the error and listed by check."""
    listed = [
        agency("A00"),
        *(agency(f"B{n:02}.{m:02}", "C00") for n in range(99) for m in range(99)),
    ]
    with pytest.raises(MalformedDirectory, match=r"found 9801 contradictions") as caught:
        Directory(listed)
    assert "and 9701 more" in str(caught.value)
    assert caught.value.code == "directory.unknown-parent"
    assert len(check(listed)) == 9801


@given(listed=st.lists(entries(), max_size=12))
def test_any_entries_are_a_directory_or_malformed(listed):
    """Whatever is listed, superiors end and names are unambiguous, or it is refused."""
    try:
        directory = Directory(listed)
    except MalformedDirectory:
        assert blocking(listed)
        return
    days = {day for entry in listed for day in (entry.first_day, entry.last_day)}
    for day in days:
        valid = [entry for entry in listed if entry.valid_on(day)]
        lines = [[e, *directory.ancestors(e.organ_id, day)] for e in valid]
        assert len({line[-1] for line in lines}) <= 1
        assert all(len(line) == len(set(line)) for line in lines)
        assert all(directory.lookup(e.organ_id, day) is e for e in valid)


@st.composite
def tangles(draw):
    """Few codes, few dates, arbitrary parents: circles and gaps are likely."""
    codes = ["A00", "B00", "C00", "D00"]
    periods = [(None, None), (None, OLD_YEAR), (NEW_YEAR, None)]
    listed = []
    for code in codes:
        for first, last in draw(st.sampled_from([periods[:1], periods[1:]])):
            parent = draw(st.none() | st.sampled_from(codes))
            listed.append(agency(code, parent, valid_from=first, valid_to=last))
    return listed


@given(listed=tangles())
def test_circles_agree_with_walking_every_day(listed):
    """The check finds a circle exactly when some walk on some day never ends."""
    endless = False
    for day in (OLD_YEAR, NEW_YEAR):
        parent = {e.organ_id: e.parent for e in listed if e.valid_on(day)}
        for start in parent:
            here, steps = start, 0
            while here is not None and steps <= len(parent):
                here, steps = parent.get(here), steps + 1
            endless = endless or here is not None
    assert ("directory.cycle" in blocking(listed)) is endless
