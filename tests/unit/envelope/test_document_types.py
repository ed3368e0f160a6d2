"""The code lists and abbreviations are complete and agree with each other."""

from __future__ import annotations

import unicodedata

import pytest

from docexchange.envelope.document_types import (
    ABBREVIATIONS,
    ADMINISTRATIVE_TYPES,
    COPIES,
    LEGAL_TYPES,
    abbreviation_of,
)


def test_decree_30_has_29_types_and_27_abbreviations():
    """All but công văn and thư công have one, and no two share one, copies included."""
    short = [*filter(None, ABBREVIATIONS.values()), *COPIES.values()]
    assert len(ABBREVIATIONS) == 29
    assert [name for name, value in ABBREVIATIONS.items() if not value] == ["Công văn", "Thư công"]
    assert len(short) == len(set(short)) == 27 + 3


def test_the_code_lists_have_no_gaps():
    """List A counts from 1 to 13, list B from 1 to 32; no name stands twice in one."""
    assert list(LEGAL_TYPES) == list(range(1, 14))
    assert list(ADMINISTRATIVE_TYPES) == list(range(1, 33))
    for listed in (LEGAL_TYPES, ADMINISTRATIVE_TYPES):
        assert len(set(listed.values())) == len(listed)


def test_list_b_names_the_types_of_decree_30():
    """Every type of the decree but phiếu báo is in list B; four more are in the list alone."""
    known = {
        number: abbreviation_of(name) is not None for number, name in ADMINISTRATIVE_TYPES.items()
    }
    assert [number for number, found in known.items() if not found] == [21, 23, 28, 29]
    short = {abbreviation_of(name) for name in ADMINISTRATIVE_TYPES.values()} - {None}
    assert set(ABBREVIATIONS.values()) - short == {"PB"}


@pytest.mark.parametrize(
    "name",
    [
        "Quyết định",
        "QUYẾT ĐỊNH",
        " quyết  định ",
        "Quyết định (cá biệt)",
        unicodedata.normalize("NFD", "Quyết định"),
    ],
)
def test_a_type_is_known_however_it_is_written(name: str):
    """Capitals, spaces, (cá biệt) and decomposed letters make no other type."""
    assert abbreviation_of(name) == "QĐ"


def test_both_places_of_the_tone_are_one_name():
    """``ủy`` and ``uỷ``, ``thỏa`` and ``thoả`` are spellings of one word."""
    assert abbreviation_of("Giấy uỷ quyền") == abbreviation_of("Giấy ủy quyền") == "GUQ"
    assert abbreviation_of("Bản thoả thuận") == "BTT"


@pytest.mark.parametrize("name", ["Thông tư", "Luật", "", "QĐ"])
def test_other_names_are_no_administrative_types(name: str):
    """Legal documents and abbreviations themselves are not in the list."""
    assert abbreviation_of(name) is None
