"""The text of a letter of the strict form, taken apart by one pattern.

A token is a leaf, a start or an end, each on a line of its own; the table of shapes says what may
follow what. What can be walked is well-formed and means one thing.

>>> letter = walked(head, rest)
>>> letter.one("edXMLEnvelope").one("edXMLHeader").one("MessageHeader").attribute("Id")
'm-1'
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import CONTENT_ELEMENT, EDXML
from docexchange.envelope.reading.shape import LETTER, SIGNATURE, Shape, ranks_of
from docexchange.envelope.reading.strict_values import OtherwiseError, StrictValues

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["walked"]

_Names = dict[str, tuple[int, str, Shape]]

_CONTENT: Final = f"edXML:{CONTENT_ELEMENT}"
_BINDING: Final = f' xmlns:edXML="{re.escape(EDXML)}"'
_PLAIN: Final = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_TOKEN: Final = re.compile(
    rf"<{_CONTENT}{_BINDING}>([0-9]+)</{_CONTENT}>\n"
    rf"|<((?:edXML:)?[A-Za-z]++)(?:(?<=:TraceHeaderList){_BINDING})?"
    r'(?: (Id|version)="([A-Za-z0-9.:@_-]++)")?>'
    # Canonical XML writes these three so, everywhere, and nothing else of what stands here.
    rf"(?:((?=[^<\s]){_PLAIN}(?:&(?:amp|lt|gt);{_PLAIN})*)</\2>)?\n"
    r"|</((?:edXML:)?[A-Za-z]++)>\n"
    r"|(.+)",
    re.DOTALL,
)


def walked(*stretches: str) -> StrictValues:
    """The ``edXML`` element out of what stands behind its frame, without signatures.

    Args:
        stretches: the text before the signatures, and behind them.

    Raises:
        OtherwiseError: it is not of the strict form.
        KeyError: it has an element that does not belong there.
    """
    walk = _Walk()
    for text in stretches:
        walk.take(_TOKEN.findall(text))
    if not walk.ended:
        raise OtherwiseError
    return walk.letter


def _meant(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@cache
def _names_of(shape: Shape) -> _Names:
    """Rank, name and shape of each child, by its name as it is written.

    The content of an attachment binds its own prefix, has a pattern of its own and no name here.
    """
    return {
        "" if name == CONTENT_ELEMENT else f"edXML:{name}" if inside.prefixed else name: (
            rank,
            name,
            inside,
        )
        for rank, name, inside in ranks_of(shape, "").values()
        if inside is not SIGNATURE
    }


class _Walk:
    """Builds the ``edXML`` element out of tokens, held to the table of shapes."""

    def __init__(self) -> None:
        self.letter = self._node = StrictValues()
        self._names, self._last, self._name, self._bare = _names_of(LETTER), 0, "edXML", False
        self._above: list[tuple[StrictValues, _Names, int, str, bool]] = []
        for name in ("edXML:edXMLEnvelope", "edXML:edXMLHeader"):  # both are in the frame
            self._open(name, "", "")

    def take(self, tokens: Iterable[tuple[str, ...]]) -> None:
        """Take the next tokens, as ``_TOKEN`` groups them."""
        for content, opened, attribute, value, text, closed, odd in tokens:
            if closed:
                self._close(closed)
            elif odd:
                raise OtherwiseError
            elif text or content:
                self._leaf(opened, attribute, text or content)
            else:
                self._open(opened, attribute, value)

    def _below(self, opened: str) -> tuple[list[StrictValues | str], Shape]:
        rank, name, inside = self._names[opened]
        if rank < self._last:
            raise OtherwiseError
        self._last = rank
        return self._node.children.setdefault(name, []), inside

    def _leaf(self, opened: str, attribute: str, text: str) -> None:
        held, inside = self._below(opened)
        told = (_meant(text) if "&" in text else text).strip()
        if attribute or inside.names:
            raise OtherwiseError
        held.append(told)

    def _open(self, opened: str, attribute: str, value: str) -> None:
        held, inside = self._below(opened)
        if not inside.names or (attribute and attribute not in inside.attributes):
            raise OtherwiseError
        below = StrictValues(value if attribute == "Id" else "")
        held.append(below)
        self._above.append((self._node, self._names, self._last, self._name, self._bare))
        self._node, self._names, self._last = below, _names_of(inside), 0
        self._name, self._bare = opened, inside.may_be_empty

    def _close(self, closed: str) -> None:
        if closed != self._name or not (self._node.children or self._bare):
            raise OtherwiseError
        if self._above:
            self._node, self._names, self._last, self._name, self._bare = self._above.pop()
        else:
            self._names, self._name = {}, ""  # nothing may follow

    @property
    def ended(self) -> bool:
        """Whether the letter was closed."""
        return not self._name
