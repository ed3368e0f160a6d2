"""Number and notation are made as Decree 30 wants them, and told when they are not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope import ABBREVIATIONS, Code, code_faults, code_of
from docexchange.errors import InvalidEnvelope

NUMBER = "MessageHeader.Code.CodeNumber"
NOTATION = "MessageHeader.Code.CodeNotation"


def codes_of(number: str, notation: str, type_name: str = "Quyết định") -> list[str]:
    """Codes of the faults."""
    return [fault.code for fault in code_faults(Code(number, notation), type_name=type_name)]


@pytest.mark.parametrize(
    ("number", "type_name", "agency", "unit", "made"),
    [
        (15, "Quyết định", "BNV", "", "15/QĐ-BNV"),
        (5, "Công văn", "BNV", "VP", "05/BNV-VP"),
        (12, "Công văn", "UBND", "VX", "12/UBND-VX"),
        (1, "công văn", "UBND", "", "01/UBND"),
        (1234, "Tờ trình", "UBND", "", "1234/TTr-UBND"),
        (9, "Quy định", " UBND ", "KT", "09/QyĐ-UBND-KT"),
    ],
)
def test_number_and_notation_are_put_together(
    number: int, type_name: str, agency: str, unit: str, made: str
):
    """The examples of the decree come out to the letter."""
    assert str(code_of(number, type_name=type_name, agency=agency, unit=unit)) == made


@given(
    st.integers(1, 99_999),
    st.sampled_from(sorted(ABBREVIATIONS)),
    st.from_regex(r"[A-ZĐ]{2,6}", fullmatch=True).filter(lambda a: a not in ABBREVIATIONS.values()),
    st.sampled_from(["", "VX", "VP"]),
)
def test_what_is_made_has_no_faults(number: int, type_name: str, agency: str, unit: str):
    """Whatever ``code_of`` makes, ``code_faults`` accepts."""
    code = code_of(number, type_name=type_name, agency=agency, unit=unit)
    assert code_faults(code, type_name=type_name) == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [("7", "M"), ("015", "M"), ("007", "M"), ("0", "T"), ("00", "T"), ("", "T"), ("15a", "T"),
     ("-1", "T"), ("١٥", "T"), ("XV", "T")],
)  # fmt: skip
def test_a_number_has_two_digits_or_more(number: str, code: str):
    """Below 10 one leading zero, otherwise none; nothing but Arabic digits."""
    assert codes_of(number, "QĐ-BNV") == [f"{code}.{NUMBER}"]


@pytest.mark.parametrize(
    ("notation", "type_name", "codes"),
    [
        ("QĐ-BNV", "Quyết định", []),
        ("BNV-VP", "Công văn", []),
        ("BNV", "Công văn", []),
        ("BNV-QĐ", "Quyết định", [f"M.{NOTATION}"]),
        ("QĐ", "Quyết định", [f"N.{NOTATION}"]),
        ("QĐ-BNV", "Công văn", [f"M.{NOTATION}"]),
        ("QĐ - BNV", "Quyết định", [f"M.{NOTATION}"] * 3),
        ("QĐ/BNV", "Quyết định", [f"M.{NOTATION}"] * 2),
        ("QĐ--BNV", "Quyết định", [f"M.{NOTATION}"]),
        ("", "Công văn", [f"M.{NOTATION}"]),
        ("QÐ-BNV", "Quyết định", [f"M.{NOTATION}"] * 2),
        ("TT-BNV", "Thông tư", ["M.MessageHeader.DocumentType.TypeName"]),
    ],
)
def test_a_notation_begins_with_its_type_or_agency(notation: str, type_name: str, codes: list[str]):
    """Type and agency in their order, joined by a hyphen without spaces."""
    assert codes_of("15", notation, type_name) == codes


def test_reasons_say_what_was_expected():
    """A clerk reads what to write, not only that it is wrong."""
    (fault,) = code_faults(Code("7", "QĐ-BNV"), type_name="Quyết định")
    assert str(fault) == "expected the number with a leading zero (07), found '7'"
    assert fault.advice == "Write it as in 15/QĐ-BNV or 05/BNV-VP."
    reasons = [str(f) for f in code_faults(Code("15", "QÐ-BNV"), type_name="Quyết định")]
    assert "only looks like it" in reasons[0]


def test_a_decomposed_notation_is_told():
    """A letter and its mark apart look alike and compare unequal."""
    assert codes_of("15", unicodedata.normalize("NFD", "Ế-BNV"), "Công văn") == [f"M.{NOTATION}"]


@pytest.mark.parametrize(
    ("number", "type_name", "agency", "codes"),
    [
        (0, "Quyết định", "BNV", {f"T.{NUMBER}"}),
        (-3, "Quyết định", "BNV", {f"T.{NUMBER}"}),
        (1, "Thông tư", "BNV", {"M.MessageHeader.DocumentType.TypeName"}),
        (1, "Quyết định", "", {f"N.{NOTATION}"}),
        (1, "Công văn", "B NV", {f"M.{NOTATION}"}),
    ],
)
def test_what_cannot_be_a_code_is_refused(
    number: int, type_name: str, agency: str, codes: set[str]
):
    """All faults come at once, each with its code."""
    with pytest.raises(InvalidEnvelope) as refused:
        code_of(number, type_name=type_name, agency=agency)
    assert {fault.code for fault in refused.value.faults} == codes


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_judged(number: str, notation: str, type_name: str):
    """No text from outside makes the check fail; what is sound has the form of the decree."""
    if code_faults(Code(number, notation), type_name=type_name) == ():
        assert number.isdigit()
        assert " " not in notation
