"""Everything said about a letter is said in Vietnamese to those who ask for it."""

from __future__ import annotations

import pytest
from vectors.make import contents

from docexchange.cli._vietnamese_halves import in_vietnamese
from docexchange.envelope import Envelope
from docexchange.errors import UnreadableInput

VECTORS = contents()


@pytest.mark.parametrize("name", VECTORS)
def test_whatever_is_said_about_a_letter_is_said_in_vietnamese(name: str):
    """No finding and no refusal of any vector falls back to English."""
    try:
        messages = [finding.message for finding in Envelope.from_bytes(VECTORS[name]).findings]
    except UnreadableInput as error:
        messages = [str(error)]
    assert [message for message in messages if not in_vietnamese(message)] == []


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
