"""Which document answers which? References laid into threads; pure.

    thread_of(letters, start)        # all that hang together with one, the earliest first

A reference names a document by its id, or by number, notation and agency where the sender has no
ids. What it names may never have come here: then the thread begins with the answer.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

__all__ = ["Threaded", "links", "thread_of"]


class Threaded(Protocol):
    """What is to be known of a letter to lay it into a thread."""

    @property
    def document_id(self) -> str:
        """Its own id; empty for none."""

    @property
    def mark(self) -> str:
        """Its own number, notation and agency, as ``register.mark_of`` puts them."""

    @property
    def answers(self) -> Sequence[tuple[str, str]]:
        """What it answers: the id, and number, notation and agency as `mark`; empty for none."""

    @property
    def entered_at(self) -> datetime:
        """When it came or went."""


Letter = TypeVar("Letter", bound=Threaded)


def links(letters: Sequence[Threaded]) -> tuple[tuple[int, int], ...]:
    """Pairs of places: an answer, and the letter it answers.

    Args:
        letters: in any order; the answer may stand before what it answers.
    """
    by_id: dict[str, list[int]] = defaultdict(list)
    by_mark: dict[str, list[int]] = defaultdict(list)
    for place, letter in enumerate(letters):
        by_id[letter.document_id].append(place)
        by_mark[letter.mark].append(place)
    found: dict[tuple[int, int], None] = {}
    for place, letter in enumerate(letters):
        for document_id, mark in letter.answers:
            # An id says more than a number: only where it leads nowhere the number counts.
            targets = by_id.get(document_id, []) if document_id else []
            targets = targets or (by_mark.get(mark, []) if mark else [])
            found.update(((place, target), None) for target in targets if target != place)
    return tuple(found)


def thread_of(letters: Iterable[Letter], start: Letter) -> tuple[Letter, ...]:
    """All letters that hang together with one by answers, the earliest first.

    Args:
        letters: those known, ``start`` among them.
        start: where to begin.
    """
    known = list(letters)
    near: dict[int, set[int]] = defaultdict(set)
    for answer, answered in links(known):
        near[answer].add(answered)
        near[answered].add(answer)
    waiting, reached = deque([known.index(start)]), {known.index(start)}
    while waiting:
        fresh = near[waiting.popleft()] - reached
        reached |= fresh
        waiting.extend(fresh)
    return tuple(known[place] for place in sorted(reached, key=lambda p: (known[p].entered_at, p)))
