"""Places: the line and column of an element in the file, attachments counted in.

lxml tells lines of what it parsed, and that is a skeleton: behind an attachment of many lines they
are others in the file, and columns it does not tell at all. Here the k-th element of the tree is
the k-th start tag of the bytes; a letter without findings costs nothing.

>>> Places(skeleton.data, skeleton.parts).of([element])[element]
Place(line=12, column=5, offset=431)
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.reading.parts import Part
    from docexchange.errors import MalformedEnvelope

__all__ = ["Place", "Places"]

_START_TAG: Final = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<tag><(?=[^!?/]))", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file."""

    line: int
    """From 1."""
    column: int
    """Characters from the beginning of the line, from 1."""
    offset: int
    """Bytes from the beginning of the file, from 0."""


class Places:
    """Places of the elements of one file.

    Args:
        data: its skeleton.
        parts: what was cut out of it, in order.
        lead: how many bytes of the skeleton stand before what was parsed.
    """

    def __init__(self, data: bytes, parts: Sequence[Part] = (), *, lead: int = 0) -> None:
        self._data, self._parts, self._lead = data, parts, lead
        self._counted = (0, 0)

    def of(self, elements: Collection[_Element]) -> dict[_Element, Place]:
        """Where the start tags of these elements begin.

        Args:
            elements: of the tree that was parsed from the skeleton.
        """
        wanted = set(elements)
        found: dict[_Element, Place] = {}
        if not wanted:
            return found
        tree = next(iter(wanted)).getroottree()
        for element, start in zip(tree.iter("*"), self._tags(), strict=False):
            if element in wanted:
                found[element] = self.at(start)
                if len(found) == len(wanted):
                    break
        return found

    def at(self, offset: int) -> Place:
        """The place of a byte of the skeleton in the file.

        Args:
            offset: of the byte, from 0.
        """
        number = bisect_left(self._parts, offset, key=lambda part: part.at)
        cut, breaks = self._cuts[number]
        return Place(
            line=self._breaks(offset) + breaks + 1,
            column=self._column(offset, number),
            offset=offset + cut,
        )

    @cached_property
    def _cuts(self) -> list[tuple[int, int]]:
        """Before each part, and behind the last: bytes and line breaks that were cut out."""
        sums, cut, breaks = [(0, 0)], 0, 0
        for number, part in enumerate(self._parts):
            cut += part.length - len(part.stand_in(number))
            breaks += part.breaks
            sums.append((cut, breaks))
        return sums

    def _breaks(self, offset: int) -> int:
        start, count = self._counted
        if offset < start:
            start, count = 0, 0
        count += self._data.count(b"\n", start, offset)
        self._counted = (offset, count)  # places are mostly asked for in order
        return count

    def _column(self, offset: int, number: int) -> int:
        start = self._data.rfind(b"\n", 0, offset) + 1
        column = 1
        while number and (part := self._parts[number - 1]).at >= start:
            number -= 1
            end = part.at + len(part.stand_in(number))
            column += _characters(self._data[end:offset]) + part.tail
            offset = part.at
            if part.breaks:
                return column
        return column + _characters(self._data[start:offset])

    def _tags(self) -> Iterator[int]:
        tags = _START_TAG.finditer(self._data, self._lead)
        return (found.start() for found in tags if found["tag"])

    def tell(self, error: MalformedEnvelope) -> None:
        """Give an error its place in the file, if it knows its element or its byte.

        Args:
            error: with the byte of the skeleton as its offset.
        """
        if error.element is not None:
            place = self.of([error.element])[error.element]
            error.element = None  # or the error would hold on to the whole tree
        elif error.offset is not None:
            place = self.at(error.offset)
        else:
            return
        error.line, error.column, error.offset = place.line, place.column, place.offset


def _characters(data: bytes) -> int:
    return len(data.decode(errors="replace"))
