"""Straight reading: a part of a letter that is just as the standard has it, from its octets.

In canonical form such a part is one regular text: names with the prefix ``edXML``, in order, around
texts without anything escaped. A pattern takes it apart in a third of the time that a walk through
the tree takes, and what is read cannot be anything else than what a signature covers. What is only
a little different is not read here at all: ``Fields`` of the tree read it, and tell about it.

>>> part = straight_part(element, "MessageHeader", Notes())
>>> part.fields.text("Subject")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NoReturn

from docexchange.envelope.dialects import PLACEHOLDERS, STRICT
from docexchange.envelope.fields import Fields
from docexchange.envelope.names import EDXML
from docexchange.envelope.shape import LETTER, ranks_of, shape_at
from docexchange.envelope.xml import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

    from docexchange.envelope.findings import Notes
    from docexchange.envelope.shape import Shape
    from docexchange.envelope.tolerances import Tolerance

    Table = dict[str, list["str | Table"]]

__all__ = ["Crooked", "Straight", "StraightPart", "straight_part"]

_SHAPES: Final = {
    "MessageHeader": shape_at("MessageHeader"),
    "Bussiness": shape_at("TraceHeaderList.Bussiness"),
    "edXMLBody": LETTER.within["edXMLEnvelope"].within["edXMLBody"],
}
_TAG: Final = re.compile(
    # A tag and the text behind it; where the next tag ends the same element, that one as well.
    r'<(/?)edXML:([A-Za-z]++)( version="[^"&<]*+")?>([^<]*+)(?:(</)edXML:\2>([^<]*+))?'
)
_UNKNOWN: Final = (-2, "", LETTER)


class Crooked(Exception):  # noqa: N818 - no error: the letter is read another way
    """There is something to tell about what was read straight; read the tree."""


@dataclass(frozen=True, slots=True)
class StraightPart:
    """A part that is just as the standard has it."""

    fields: Straight
    """What it says."""
    octets: bytes
    """What that was read from: its exclusive canonical form, in which there are no comments."""


def straight_part(element: _Element, name: str, notes: Notes) -> StraightPart | None:
    """Read a part of a letter, if it is just as the standard has it.

    Args:
        element: ``MessageHeader``, ``Bussiness`` or ``edXMLBody``.
        name: that name.
        notes: where findings about what stands beside it go; there are none about the part itself.
    """
    octets = exclusive(element, comments=True)
    text = octets.decode() if octets else ""
    start = _start_of(name).match(text)
    if start is None or "&" in text:
        return None
    table = _table(text[start.end() : -len(f"</edXML:{name}>")], _SHAPES[name])
    return StraightPart(Straight(table, notes, element), octets) if table else None


@cache
def _start_of(name: str) -> re.Pattern[str]:
    return re.compile(rf'<edXML:{name} xmlns:edXML="{re.escape(EDXML)}"(?: Id="[^"<]*")?>\s*')


def _table(text: str, shape: Shape) -> Table | None:
    """Texts and further tables by name; None unless all of it has its shape.

    Start and end tags belong together: the text comes from a canonicaliser.
    """
    table: Table = {}
    outer: list[tuple[Table, dict[str, tuple[int, str, Shape]], int]] = []
    ranks, last, tags = ranks_of(shape, ""), -1, 0
    for end, name, version, behind, closed, behind_end in _TAG.findall(text):
        tags += 2 if closed else 1
        if end:
            if closed or not outer:
                return None
            table, ranks, last = outer.pop()
        else:
            rank, _, inside = ranks.get(name, _UNKNOWN)
            if rank < last or (version and "version" not in inside.attributes):
                return None
            last = rank
            held = _held(behind, inside) if closed else {}
            if held is None or not (closed or inside.names):
                return None
            table.setdefault(name, []).append(held)
            if not closed:
                outer.append((table, ranks, last))
                table, ranks, last = held, ranks_of(inside, ""), -1  # type: ignore[assignment]
        space = behind_end if closed else behind
        if space != "\n" and space and not space.isspace():
            return None
    return table if tags == text.count("<") and not outer else None


def _held(text: str, shape: Shape) -> str | Table | None:
    """What stands in an element without others inside; None where something should stand there."""
    text = text.strip()
    if shape.names:
        return {} if shape.may_be_empty and not text else None
    return text or None


class Straight(Fields):
    """The same as ``Fields``, of what was read straight; gives up where there is a finding."""

    __slots__ = ("_table", "_text")

    def __init__(
        self, held: str | Table | None, notes: Notes, element: _Element | None = None
    ) -> None:
        # Not by ``Fields``, which would look through the element.
        self.element, self.notes, self.dialect, self._path = element, notes, STRICT, ""
        self._text = held if isinstance(held, str) else ""
        self._table: Mapping[str, list[str | Table]] | None = (
            held if isinstance(held, dict) else None
        )

    def __bool__(self) -> bool:
        return self._table is not None or bool(self._text)

    def all(self, name: str) -> Iterator[Straight]:
        """Every child called ``name``."""
        return (Straight(held, self.notes) for held in self._named(name))

    def one(self, name: str) -> Straight:
        """The only child called ``name``, or an absent one."""
        found = self._named(name)
        if len(found) > 1:
            raise Crooked
        return Straight(found[0] if found else None, self.notes)

    @property
    def has_children(self) -> bool:
        """Whether there are elements inside."""
        return bool(self._table)

    @property
    def own_text(self) -> str:
        """The text of the element itself."""
        return self._text

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        if self._table is None or (found := self._table.get(name)) is None:
            return ""
        text = found[0]
        if len(found) > 1 or not isinstance(text, str) or text in PLACEHOLDERS:
            raise Crooked
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``."""
        found = tuple(text for text in self._named(name) if isinstance(text, str))
        if not PLACEHOLDERS.isdisjoint(found):
            raise Crooked
        return found

    def _named(self, name: str) -> list[str | Table]:
        return self._table.get(name, _NOTHING) if self._table else _NOTHING

    def tell(self, problem: str) -> NoReturn:
        """Give up."""
        raise Crooked(problem)

    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> NoReturn:
        """Give up."""
        raise Crooked(tolerance, expected, found)

    def tolerate_once(self, tolerance: Tolerance, *, expected: str, found: str) -> NoReturn:
        """Give up."""
        raise Crooked(tolerance, expected, found)


_NOTHING: Final[list[str | Table]] = []
