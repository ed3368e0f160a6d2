"""Agency codes in two grammars: which convert, how deep they stand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import DocumentId, DocumentIdParts, OrganId

qcvn_102 = st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True).map(
    OrganId
)
decision_20 = (
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,10}){0,4}", fullmatch=True)
    .filter(lambda text: len(text) <= 35)
    .map(OrganId)
)


@pytest.mark.parametrize(
    ("old", "new", "level"),
    [
        ("000.00.00.H53", "H53", 1),
        ("000.00.31.H53", "H53.31", 2),
        ("000.46.24.H44", "H44.24.46", 3),
        ("007.21.31.H53", "H53.31.21.007", 4),
        ("000.21.00.H53", "H53.00.21", 3),
        ("001.00.00.G22", "G22.00.00.001", 4),
        ("000.00.00.A00", "A00", 1),
    ],
)
def test_a_code_converts_both_ways(old: str, new: str, level: int) -> None:
    """The form of QCVN 102 and that of Decision 20 are the same code, read from either end."""
    assert OrganId(old).as_decision_20 == OrganId(new).as_decision_20 == new
    assert OrganId(new).as_qcvn_102 == OrganId(old).as_qcvn_102 == old
    assert OrganId(old).level == OrganId(new).level == level


@pytest.mark.parametrize(
    ("code", "level"),
    [("H55.242", 2), ("H37.DN.001", 3), ("H53.31.21.07", 4), ("H53.31.21.007.01", 5),
     ("H53.00", 2), ("H53.31.00", 3)],
)  # fmt: skip
def test_what_has_no_thirteen_characters_stays(code: str, level: int) -> None:
    """Groups of other lengths, more levels and zeros at the end have no form in QCVN 102."""
    assert OrganId(code).as_qcvn_102 == code
    assert OrganId(code).level == level


@pytest.mark.parametrize("code", ["28.22.H17", "vxp.saas.03", "001.00.20.TT2"])
def test_odd_codes_neither_convert_nor_have_a_level(code: str) -> None:
    """The short and odd forms of real traffic are taken as they are."""
    assert OrganId(code).as_decision_20 == OrganId(code).as_qcvn_102 == code
    assert OrganId(code).level is None
    with pytest.raises(InvalidIdentifier):
        OrganId.parse(code)


@given(qcvn_102)
def test_every_old_code_survives_the_way_there_and_back(code: OrganId) -> None:
    """No two codes of QCVN 102 become one in Decision 20."""
    there = OrganId.parse(code.as_decision_20)
    assert there.as_qcvn_102 == str(code)
    assert there.level == code.level


@given(decision_20)
def test_every_new_code_that_converts_survives_the_way_there_and_back(code: OrganId) -> None:
    """What a code of Decision 20 becomes leads back to it, and keeps its level."""
    there = OrganId.parse(code.as_qcvn_102)
    assert there.as_decision_20 == str(code)
    assert there.level == code.level


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("28.22.H17", "000.28.22.H17"),
        ("22.H17", "000.00.22.H17"),
        (" 000.00.00.g22\u200b", "000.00.00.G22"),
        ("h53.31.21", "H53.31.21"),
        ("vxp.saas.03", "vxp.saas.03"),
        (" 001.00.20.TT2", "001.00.20.TT2"),
    ],
)
def test_codes_are_read_as_people_write_them(written: str, meant: str) -> None:
    """Invisible characters, small letters and zeros left out are mended; odd codes stay."""
    assert OrganId.tolerant(written) == OrganId(meant)


def test_what_is_no_code_is_none_however_it_is_read() -> None:
    """Tolerance ends where nothing of a code is left."""
    for text in ("", "\u200b", "?", "H 53 ?"):
        with pytest.raises(InvalidIdentifier):
            OrganId.tolerant(text)


def test_a_code_knows_its_other_spellings() -> None:
    """One agency, four ways to write its code."""
    spellings = {"000.00.31.H53", "H53.31", "00.31.H53", "31.H53"}
    assert OrganId("000.00.31.H53").aliases == OrganId("H53.31").aliases == spellings
    assert OrganId("007.21.31.H53").aliases == {"007.21.31.H53", "H53.31.21.007"}
    assert OrganId("vxp.saas.03").aliases == {"vxp.saas.03"}


@given(qcvn_102 | decision_20)
def test_every_spelling_is_read_as_the_same_code(code: OrganId) -> None:
    """Whichever spelling arrives, it is the agency it was."""
    for spelling in code.aliases:
        assert OrganId.tolerant(spelling).as_decision_20 == code.as_decision_20


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT",
            (OrganId("000.00.00.G22"), 2015, date(2015, 9, 30), "7816", "VPCP-TTĐT"),
        ),
        ("H53.31,2026,15/QĐ-UBND", (OrganId("H53.31"), 2026, None, "15", "QĐ-UBND")),
        ("0f1c7f6e-3f0f-4f5e-9a43-0a8c5f1b6f11", None),
        ("000.00.00.G22,2015/13/30,7816/VPCP", None),
        ("? ?,2015,1/A", None),
        ("7816/VPCP-TTĐT", None),
    ],
)
def test_a_document_id_tells_what_it_is_made_of(text: str, parts: tuple | None) -> None:
    """Agency, date or year, number and notation; a UUID or other text tells nothing."""
    assert DocumentId(text).parts == (parts and DocumentIdParts(*parts))


def test_what_is_built_is_read_again() -> None:
    """The written form falls into the parts that it was made of."""
    made = DocumentId.of(OrganId("000.21.31.H53"), date(2026, 3, 2), "15", "UBND-VX")
    found = made.parts
    assert found is not None
    assert (found.organ_id, found.promulgated) == (OrganId("000.21.31.H53"), date(2026, 3, 2))
    assert (found.number, found.notation, found.year) == ("15", "UBND-VX", 2026)
