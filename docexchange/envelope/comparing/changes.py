"""One difference between two letters, and how things of which there are many are matched.

>>> list(unmatched(["a", "b"], ["b", "c"]))
[('a', None), (None, 'c')]
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

__all__ = ["Difference", "changed", "numbered", "unmatched"]

T = TypeVar("T", bound="Hashable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that two letters do not have in common."""

    code: str
    """What kind of difference: ``field.changed``, ``attachment.renamed``, ``trace.added``."""
    path: str
    """Where, as an element path: ``MessageHeader.Subject``."""
    which: str = ""
    """Which one, where there may be several: an agency code, a file name, a number from 1."""
    before: str | None = None
    """What the first letter has; None where it has nothing there."""
    after: str | None = None
    """What the second letter has; None where it has nothing there."""


def changed(
    path: str, before: str, after: str, *, which: str = "", code: str = "field.changed"
) -> Iterator[Difference]:
    """The difference between two texts, if there is one; an empty text is nothing.

    Args:
        path: where.
        before: in the first letter.
        after: in the second.
        which: which one, where there may be several.
        code: what kind of difference it is.
    """
    if before != after:
        yield Difference(
            code=code, path=path, which=which, before=before or None, after=after or None
        )


def numbered(values: Iterable[T]) -> Iterator[tuple[T, int]]:
    """Each value with how many like it came before, so that no two are alike."""
    seen: Counter[T] = Counter()
    for value in values:
        yield value, seen[value]
        seen[value] += 1


def unmatched(before: Iterable[T], after: Iterable[T]) -> Iterator[tuple[T | None, T | None]]:
    """What only one side has, as (before, None) or (None, after), as often as it has it more."""
    left, right = dict.fromkeys(numbered(before)), dict.fromkeys(numbered(after))
    yield from ((value, None) for value, _ in (key for key in left if key not in right))
    yield from ((None, value) for value, _ in (key for key in right if key not in left))
