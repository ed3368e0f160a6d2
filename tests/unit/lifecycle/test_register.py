"""Numbers, marks and doubles of the books."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from exchange_help import COMMUNE, PROVINCE, letter
from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope import Business, BusinessKind, Code
from docexchange.identifiers import OrganId
from docexchange.lifecycle import (
    duplicates,
    is_numbered,
    mark_of,
    number_in,
    number_text,
    series_of,
)


@dataclass(frozen=True)
class Item:
    """An entry, as far as doubles go."""

    mark: str = ""
    document_id: str = ""


@pytest.mark.parametrize(
    ("notation", "series"),
    [("2026/QĐ-UBND", "legal"), ("UBND-VX", "general"), ("", "general"), ("20261/X", "general")],
)
def test_the_notation_tells_the_series(notation, series):
    """A year at its beginning makes a legal document, whatever number its type has."""
    assert series_of(replace(letter(), code=Code("12", notation))) == series


@pytest.mark.parametrize("kind", [None, *BusinessKind])
def test_what_is_about_another_document_has_no_number(kind):
    """New and replacing documents are numbered, recalls and updates are not."""
    document = replace(letter(), business=Business(kind=kind))
    assert is_numbered(document) is (kind not in {BusinessKind.RECALL, BusinessKind.UPDATE})


@pytest.mark.parametrize(
    ("text", "number"),
    [("07", 7), ("12a", 12), (" 5 ", 5), ("", None), ("a5", None), ("1" * 11, None), ("²", None)],
)
def test_the_number_is_what_stands_in_front(text, number):
    """Anything else has none."""
    assert number_in(text) == number


@given(st.integers(0, 10**10 - 1))
def test_a_number_is_read_as_it_is_written(number):
    """Below 10 with a zero before it (Decree 30, appendix I)."""
    assert number_in(number_text(number)) == number
    assert len(number_text(number)) >= 2


def test_one_number_has_one_mark_however_it_is_written():
    """Zeros, spaces, capitals, composed or not, in either code system."""
    plain = mark_of(COMMUNE, 2026, "7", "QĐ-UBND")
    apart = unicodedata.normalize("NFD", "qđ - Ubnd")
    assert mark_of(OrganId(COMMUNE.as_decision_20), 2026, " 007", apart) == plain
    others = [(PROVINCE, 2026, "7"), (COMMUNE, 2025, "7"), (COMMUNE, 2026, "70"), (None, 2026, "7")]
    assert plain not in {mark_of(who, year, number, "QĐ-UBND") for who, year, number in others}
    assert mark_of(COMMUNE, 2026, " ", "QĐ-UBND") == ""


@given(st.lists(st.builds(Item, mark=st.sampled_from(["", "a", "b"]))))
def test_doubles_are_those_that_are_counted_twice(items):
    """Every place of a mark that occurs more than once, and no other."""
    counted = Counter(item.mark for item in items if item.mark)
    found = {item.value: len(item.places) for item in duplicates(items)}
    assert found == {mark: number for mark, number in counted.items() if number > 1}


def test_the_same_id_is_a_double_of_its_own_kind():
    """Two documents under one id are told apart from two under one number."""
    (found,) = duplicates([Item("a", "d"), Item("b", "d"), Item("c", "")])
    assert (found.what, found.value, found.places) == ("document-id", "d", (0, 1))
