"""Who may go on until when: never so far that something could still arrive before."""

from __future__ import annotations

from datetime import timedelta
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from docexchange.simulator import START
from docexchange.simulator.border import Leave, Post
from docexchange.simulator.middle import Middle, _Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from multiprocessing.connection import Connection

LOOKAHEAD = timedelta(seconds=5)


class Others:
    """Processes that have said beforehand what they will say."""

    def __init__(self, *said: list[_Said]) -> None:
        self._ends = [Pipe() for _ in said]
        for (_, theirs), items in zip(self._ends, said, strict=True):
            for item in items:
                theirs.send(item)

    @property
    def pipes(self) -> list[Connection]:
        """To them."""
        return [ours for ours, _ in self._ends]

    def answers(self, number: int) -> list[Leave]:
        """What one of them, from 1, was told."""
        _, theirs = self._ends[number - 1]
        found = []
        while theirs.poll():
            found.append(theirs.recv())
        return found

    def close(self) -> None:
        """Let go of the pipes."""
        for pipe in (end for both in self._ends for end in both):
            pipe.close()


@pytest.fixture
def made() -> Iterator[list[Others]]:
    """Those who are to be let go of."""
    found: list[Others] = []
    yield found
    for others in found:
        others.close()


def at(seconds: float) -> datetime:
    """A moment of the simulation."""
    return START + timedelta(seconds=seconds)


def said(seconds: float | None = None, **posts: Post) -> _Said:
    """What a process says: when it has something to do, and what it posts to whom (``to_1``)."""
    numbered = {int(name.removeprefix("to_")): post for name, post in posts.items()}
    return _Said(numbered, None if seconds is None else at(seconds), 0)


def middle_of(others: Others, made: list[Others]) -> Middle:
    """The one between them."""
    made.append(others)
    return Middle(others.pipes, lookahead=LOOKAHEAD)


def test_nobody_is_let_go_on_to_where_the_slowest_could_still_send(made: list[Others]) -> None:
    """Up to two lookaheads ahead of it, by way of the middle; one lookahead at a time."""
    others = Others([said(0), said()], [said(3), said()], [said(9.9), said()], [said(10), said()])
    rest = middle_of(others, made).go_on({}, None, at(600))
    assert rest == Leave([], None, None)
    ends = [[leave.end for leave in others.answers(number)] for number in (1, 2, 3, 4)]
    assert [found[0] for found in ends[:3]] == [at(5), at(8), at(10)]
    assert ends[3][0] > at(10)
    assert {found[-1] for found in ends} == {None}


@pytest.mark.parametrize(("theirs", "end"), [(3, 8), (60, 11)])
def test_the_middle_goes_on_until_it_may_be_written_to(
    theirs: float, end: float, made: list[Others]
) -> None:
    """A lookahead after what others do next, or two after what it does itself."""
    leave = middle_of(Others([said(theirs)]), made).go_on({}, at(1), at(600))
    assert leave == Leave([], at(end))


def test_what_is_on_its_way_is_something_to_do(made: list[Others]) -> None:
    """Who has nothing else to do waits for it all the same, and is given it in time."""
    others = Others([said(0, to_0=Post(b"up", at(6))), said()], [said(), said()])
    middle = middle_of(others, made)
    assert middle.go_on({2: Post(b"down", at(7))}, None, at(600)) == Leave([b"up"], at(16))
    assert middle.go_on({}, None, at(600)) == Leave([], None, None)
    assert [(leave.posts, leave.end) for leave in others.answers(2)] == [
        ([b"down"], at(10)),
        ([], None),
    ]


def test_what_comes_after_the_moment_is_left_for_later(made: list[Others]) -> None:
    """All are told when the first of them has something to do again."""
    others = Others([said(700)], [said(900)])
    assert middle_of(others, made).go_on({}, at(800), at(600)) == Leave([], None, at(700))
    assert others.answers(1) == others.answers(2) == [Leave([], None, at(700))]


def test_all_give_and_take_at_once(made: list[Others]) -> None:
    """By number of the giver, the middle first."""
    others = Others(
        [said(to_0=Post(b"1 to 0"), to_2=Post(b"1 to 2"))], [said(to_0=Post(b"2 to 0"))]
    )
    middle = middle_of(others, made)
    assert middle.exchange({2: Post(b"0 to 2")}) == [b"1 to 0", b"2 to 0"]
    assert [leave.posts for leave in others.answers(2)] == [[b"0 to 2", b"1 to 2"]]
    assert [leave.posts for leave in others.answers(1)] == [[]]
