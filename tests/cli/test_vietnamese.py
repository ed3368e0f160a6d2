"""Everything said about a letter is said in Vietnamese to those who ask for it."""

from __future__ import annotations

import pytest
from dialect_vectors import OTHERS, UTF_16, VECTORS

from docexchange.cli._vietnamese_halves import in_vietnamese
from docexchange.envelope import Envelope

ALL = VECTORS | OTHERS | UTF_16


@pytest.mark.parametrize("name", [name for name, (_, codes) in ALL.items() if codes])
def test_every_tolerance_is_told_in_vietnamese(name: str):
    """No finding about the dialect of a letter falls back to English."""
    for finding in Envelope.from_bytes(ALL[name][0]).findings:
        told = in_vietnamese(finding.message)
        assert told.startswith("cần "), finding.message


def test_places_and_values_stay():
    """Numbers, quoted values and the place in the file are those of the English message."""
    english = "expected one of 0, 1, 2, found '9' (line 12, column 3)"
    assert in_vietnamese(english) == (
        "cần một trong các giá trị 0, 1, 2, nhưng gặp '9' (dòng 12, cột 3)"
    )


def test_what_has_no_words_stays_english():
    """A message with a half that has no translation is left alone, never told in part."""
    assert in_vietnamese("expected the moon, found the sun and the stars") == ""
    assert in_vietnamese("something else") == ""
