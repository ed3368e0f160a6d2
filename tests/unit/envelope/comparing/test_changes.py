"""What only one side has is found by counting, not by position."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope.comparing.changes import Difference, changed, numbered, unmatched

WORDS = st.lists(st.sampled_from("abc"), max_size=8)


@given(WORDS, WORDS)
def test_what_is_unmatched_is_the_difference_of_the_counts(
    one: list[str], other: list[str]
) -> None:
    """As often as one side has a value more than the other, and in no case else."""
    pairs = list(unmatched(one, other))
    assert Counter(left for left, _ in pairs if left) == Counter(one) - Counter(other)
    assert Counter(right for _, right in pairs if right) == Counter(other) - Counter(one)
    assert all((left is None) != (right is None) for left, right in pairs)


@given(WORDS)
def test_numbered_values_are_all_different(words: list[str]) -> None:
    """Each value keeps its place and gets a number of its own among those like it."""
    found = list(numbered(words))
    assert [word for word, _ in found] == words
    assert len({*found}) == len(words)


def test_an_empty_text_is_nothing() -> None:
    """None stands for what is not there, and equal texts are no difference."""
    assert list(changed("a", "x", "x")) == []
    assert list(changed("a", "", "x")) == [Difference(code="field.changed", path="a", after="x")]
