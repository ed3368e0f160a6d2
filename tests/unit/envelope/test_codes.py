"""Code lists are spelled as on the wire and have words in both languages."""

from __future__ import annotations

import pytest

from docexchange.envelope import BusinessKind, Priority, StatusCode, SteeringType


def test_status_codes_are_two_digits():
    """Status codes are the text of the wire, with their leading zero."""
    assert " ".join(StatusCode) == "01 02 03 04 05 06 13 15 16"


@pytest.mark.parametrize("code", [*StatusCode, *Priority])
def test_every_code_has_words(code: StatusCode | Priority):
    """Each code can be shown to people in Vietnamese and in English."""
    assert code.vietnamese
    assert code.english.isascii()


def test_only_asking_back_comes_from_the_sender():
    """All statuses but 13 are reported by the receiver."""
    assert [code for code in StatusCode if code.by_sender] == [StatusCode.ASKED_BACK]


def test_numbered_lists_are_those_of_the_standard():
    """Priorities run from 0 to 4, kinds of business and steering from 0 to 3."""
    assert [list(map(int, kind)) for kind in (Priority, BusinessKind, SteeringType)] == [
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3],
        [0, 1, 2, 3],
    ]
