"""Answers laid into threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from docexchange.lifecycle import links, thread_of


@dataclass(frozen=True)
class Letter:
    """A letter, as far as threads go."""

    document_id: str = ""
    mark: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    entered_at: datetime = datetime(2026, 3, 2, tzinfo=UTC)


def test_an_answer_finds_its_letter_by_id_or_by_number():
    """By id where there is one that leads somewhere, else by number; never itself."""
    letters = [
        Letter("d-1", "m-1"),
        Letter("d-2", "m-2", answers=(("d-1", ""),)),
        Letter("d-3", "m-3", answers=(("", "m-1"),)),
        Letter("d-4", "m-4", answers=(("elsewhere", "m-2"), ("d-4", "m-4"), ("", ""))),
        Letter("d-5", "", answers=(("d-3", "m-1"),)),
    ]
    assert links(letters) == ((1, 0), (2, 0), (3, 1), (4, 2))


def test_a_thread_is_all_that_hangs_together():
    """From any letter of it, the earliest first; letters of other threads stay out."""
    day = timedelta(days=1)
    start = Letter("a")
    answer = Letter("b", answers=(("a", ""),), entered_at=start.entered_at + day)
    again = Letter("c", answers=(("b", ""),), entered_at=start.entered_at + 2 * day)
    other = Letter("x")
    for first in (start, answer, again):
        assert thread_of([again, other, start, answer], first) == (start, answer, again)
    assert thread_of([again, other, start, answer], other) == (other,)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_threads_part_the_letters(pairs):
    """Every letter is in the thread of each letter of its thread, and in no other."""
    letters = [
        Letter(f"{own}-{place}", str(own), ((f"{named}", str(named)),))
        for place, (own, named) in enumerate(pairs)
    ]
    for letter in letters:
        thread = thread_of(letters, letter)
        assert letter in thread
        assert all(set(thread_of(letters, other)) == set(thread) for other in thread)
