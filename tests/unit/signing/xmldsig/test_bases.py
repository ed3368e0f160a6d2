"""``xml:base`` joined, as Canonical XML 1.1 has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.signing.xmldsig.bases import joined, without_dots


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["http://h/a/", "../b/", "c"], "http://h/b/c"),
        (["..", "..", "x"], "../../x"),
        (["something/else", "bar/", "foo"], "something/bar/foo"),
        (["http://h/a", "//g/b"], "http://g/b"),
        (["http://h/a", "urn:x"], "urn:x"),
        (["http://h", "b"], "http://h/b"),
        (["http://h/a?q", ""], "http://h/a?q"),
        (["http://h/a?q", "?r"], "http://h/a?r"),
        (["a/b/", "/c#fragment"], "/c"),
        (["http://h/a/b", ".."], "http://h/"),
    ],
)
def test_values_become_one(values: list[str], expected: str) -> None:
    """RFC 3986, clause 5.2.2, with the changes of the standard."""
    assert joined(values) == expected


@given(st.text("ab./", max_size=12))
def test_dots_are_taken_out_once_and_for_all(path: str) -> None:
    """A second time changes nothing; a relative path stays relative."""
    once = without_dots(path)
    assert without_dots(once) == once
    assert once.startswith("/") is path.startswith("/")


def test_nothing_cannot_be_joined() -> None:
    """There must be a value."""
    with pytest.raises(ValueError, match="one value or more"):
        joined([])
