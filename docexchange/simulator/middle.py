"""Who may go on until when, of the processes that play a network together: told by the one between.

>>> middle = Middle(pipes, lookahead=timedelta(seconds=5))
>>> leave = middle.go_on(posts, next_at, until)    # as the process that plays the highest agency

What crosses comes from the highest agency or goes there, and takes a *lookahead* at least. So the
highest agency has nothing to do before its own next thing, or a lookahead after the next thing of
any other; and others do not hear from it before a lookahead after that. Each may be two lookaheads
ahead of the slowest. They are let go on by one at a time: the sooner one tells where it is, the
sooner the rest may go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Final

from docexchange.simulator.border import MIDDLE, Leave, Post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import timedelta
    from multiprocessing.connection import Connection

    from docexchange.simulator.played import Played

__all__ = ["Failed", "Line", "Middle"]

_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a process tells the one between."""

    posts: Mapping[int, Post]
    next_at: datetime | None
    arrived: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a process cannot go on."""

    text: str
    """For people."""


class Line:
    """The others, as a process meets them that is not between them.

    Args:
        pipe: to the one that is.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe: Final = pipe
        self._arrived = 0

    def tell(self, arrived: int) -> None:
        """Tell next time that so many more copies have arrived."""
        self._arrived += arrived

    def go_on(self, posts: Mapping[int, Post], next_at: datetime | None, until: datetime) -> Leave:
        """Ask, and wait for the answer; all ask for the same moment."""
        del until
        return self._asked(_Said(posts, next_at, self._arrived))

    def exchange(self, posts: Mapping[int, Post]) -> Sequence[bytes]:
        """Give, and wait for what the others give."""
        return self._asked(_Said(posts, None, self._arrived)).posts

    def _asked(self, said: _Said) -> Leave:
        self._pipe.send(said)
        self._arrived = 0
        answer: Leave = self._pipe.recv()
        return answer


@dataclass(slots=True)
class _Process:
    """What is known of one process."""

    number: int
    """Which."""
    said_next_at: datetime = _NEVER
    """When it has something to do, as it said last; until it is heard again, not before then."""
    waits: bool = False
    """Whether it waits for an answer."""
    posts: list[Post] = field(default_factory=list)
    """What it is to be given with that."""

    @property
    def next_at(self) -> datetime:
        """It does nothing before then, by what is known here."""
        arrivals = (post.first_at for post in self.posts if post.first_at)
        return min((self.said_next_at, *arrivals))

    def given(self) -> list[bytes]:
        """What it is given now."""
        self.said_next_at = self.next_at
        posts, self.posts = self.posts, []
        return [post.data for post in posts]


class Middle:
    """Answers all others, while it plays with them.

    Args:
        pipes: to the others, which are numbered from 1.
        lookahead: how long anything that crosses takes at least.
        told: called now and then with how many copies have arrived elsewhere since.
    """

    def __init__(
        self,
        pipes: Sequence[Connection],
        *,
        lookahead: timedelta,
        told: Callable[[int], object] = lambda _: None,
    ) -> None:
        self._lookahead: Final = lookahead
        self._told: Final = told
        self._own: Final = _Process(MIDDLE)
        self._others: Final = {pipe: _Process(number) for number, pipe in enumerate(pipes, start=1)}
        self._is_at_rest = True
        """Whether all have come to the moment they were asked for, and none has said since what
        there is to do after it."""

    def go_on(self, posts: Mapping[int, Post], next_at: datetime | None, until: datetime) -> Leave:
        """Let the others go on as far as they may, and hear them until this one may as well."""
        self._own.said_next_at = next_at or _NEVER
        self._hand_over(posts)
        if self._is_at_rest:
            self._hear(self._others)
            self._is_at_rest = False
        while (leave := self._leave(until)) is None:
            self._hear_some()
        return leave

    def _leave(self, until: datetime) -> Leave | None:
        others = self._others.values()
        first = min((other.next_at for other in others), default=_NEVER)
        own = self._own.next_at
        if min(first, own) > until:
            return self._rest(min(first, own))
        heard_of = min(own, first + self._lookahead)
        for pipe, other in self._others.items():
            may_go_on = other.next_at <= until and other.next_at < heard_of + self._lookahead
            if other.waits and may_go_on:
                self._answer(pipe, min(heard_of, other.next_at) + self._lookahead)
        if own <= until and own < first + self._lookahead:
            # What it sends may be answered after twice as long.
            end = min(first, own + self._lookahead) + self._lookahead
            return Leave(self._own.given(), end)
        return None

    def _rest(self, first: datetime) -> Leave:
        """Nobody has anything to do for now."""
        next_at = None if first == _NEVER else first
        self._is_at_rest = True
        for pipe in self._others:
            self._answer(pipe, None, next_at)
        return Leave(self._own.given(), None, next_at)

    def exchange(self, posts: Mapping[int, Post]) -> Sequence[bytes]:
        """Hear all others, and give each what it is given."""
        self._hand_over(posts)
        self._hear(self._others)
        for pipe in self._others:
            self._answer(pipe, None)
        return self._own.given()

    def played(self) -> list[Played]:
        """What the others have played, when they have."""
        found = (_heard(pipe, other.number) for pipe, other in self._others.items())
        return [item for item in found if not isinstance(item, _Said)]

    def _hear(self, pipes: Iterable[Connection]) -> None:
        """Hear some of the others, one after the other."""
        for pipe in pipes:
            said, process = _heard(pipe, self._others[pipe].number), self._others[pipe]
            if isinstance(said, _Said):
                process.waits, process.said_next_at = True, said.next_at or _NEVER
                self._hand_over(said.posts)
                self._told(said.arrived)

    def _hear_some(self) -> None:
        """Hear who speaks next, of those that are at work."""
        ready = wait([pipe for pipe, other in self._others.items() if not other.waits])
        self._hear([pipe for pipe in self._others if pipe in ready])

    def _hand_over(self, posts: Mapping[int, Post]) -> None:
        for process in (self._own, *self._others.values()):
            if process.number in posts:
                process.posts.append(posts[process.number])

    def _answer(
        self, pipe: Connection, end: datetime | None, next_at: datetime | None = None
    ) -> None:
        process = self._others[pipe]
        process.waits = False
        pipe.send(Leave(process.given(), end, next_at))


def _heard(pipe: Connection, number: int) -> Played | _Said:
    try:
        said: Played | _Said | Failed = pipe.recv()
    except (EOFError, ConnectionError):
        said = Failed("it ended without a word")
    if not isinstance(said, Failed):
        return said
    raise RuntimeError(f"process {number} of the simulation: {said.text}")
