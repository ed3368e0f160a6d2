"""Dialects: what letters of other systems look like, as tables, and where a letter begins.

The strict dialect is what ``writer`` makes. The others differ in the namespace of their elements;
one letter has one of them throughout. Readers ask the dialect for names, nothing is rewritten.

>>> root = entrance(tree)
>>> headers = dialect_of(root).within(root, "edXMLEnvelope", "edXMLHeader")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import EDXML, local_name
from docexchange.envelope.xml import inside
from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

__all__ = ["DIALECTS", "PLACEHOLDERS", "STRICT", "Dialect", "dialect_of", "entrance"]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1, which the old provincial axis wraps letters in."""
_FRAME: Final = ("edXML", "edXMLEnvelope", "edXMLHeader", "MessageHeader")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of systems names the elements of edXML."""

    namespace: str
    """Namespace of all elements; empty for none at all."""
    brace: str
    """What stands before a name, as lxml spells it: ``{namespace}``."""
    tag: Callable[[str], str] = field(compare=False, repr=False)
    """The element of a name as lxml spells it; made once, for a reader asks for a hundred."""

    @classmethod
    def of(cls, namespace: str) -> Dialect:
        """The dialect of a namespace."""
        brace = f"{{{namespace}}}" if namespace else ""
        return cls(namespace, brace, cache(brace.__add__))

    def within(self, parent: _Element, *names: str) -> list[_Element]:
        """All elements at a path, in document order.

        Args:
            parent: where the path begins.
            names: of elements, one inside the other.
        """
        return inside(parent, *map(self.tag, names))


STRICT: Final = Dialect.of(EDXML)
"""QCVN 102:2016/BTTTT: what is written."""
DIALECTS: Final = {
    dialect.tag("edXML"): dialect
    for dialect in (
        STRICT,
        Dialect.of("http://www.go.vn/eDoc"),  # the wrong variant most often met
        Dialect.of("http://www.e-doc.vn/Schema/"),  # one vendor's internal one
        Dialect.of(""),
    )
}
"""Dialects that can be read, by the tag of their root."""

PLACEHOLDERS: Final = frozenset({"null", "NULL", "N/A", "n/a"})
"""Texts that systems write where they have nothing to say."""


def dialect_of(root: _Element) -> Dialect:
    """The dialect of an ``edXML`` element that ``entrance`` has let in."""
    return DIALECTS[str(root.tag)]


def entrance(tree: _Element) -> _Element:
    """Find the ``edXML`` element: the root itself, or the one inside a SOAP envelope.

    Raises:
        MalformedEnvelope: there is none, or a reader might take another one for it.
    """
    root = _unwrapped(tree) if tree.tag == f"{{{SOAP}}}Envelope" else tree
    if root is None or root.tag not in DIALECTS:
        raise _no_root(tree)
    if root is not tree or root.tag != STRICT.tag("edXML"):
        _check_single(tree)
    return root


def _unwrapped(soap: _Element) -> _Element | None:
    places = (child for child in soap if child.tag in {f"{{{SOAP}}}Body", f"{{{SOAP}}}Header"})
    found = (item for place in places for item in place if item.tag in DIALECTS)
    return next(found, None)


def _check_single(tree: _Element) -> None:
    """A reader of another dialect must not find another letter in the same file."""
    frame = list(tree.iter(*("{*}" + name for name in _FRAME)))
    names = [local_name(str(element.tag)) for element in frame]
    for name in _FRAME:
        if names.count(name) > 1:
            second = frame[len(names) - 1 - names[::-1].index(name)]
            raise MalformedEnvelope(
                f"expected one {name} in a file that is not of the strict dialect, found "
                f"{names.count(name)}",
                code="envelope.ambiguous-root",
                line=second.sourceline,
                element=second,
                advice="Other programs may read another letter out of it. Do not use the file.",
            )


def _no_root(tree: _Element) -> MalformedEnvelope:
    return MalformedEnvelope(
        f"expected root element edXML in namespace {EDXML}, found {tree.tag!r}",
        code="envelope.root",
        line=tree.sourceline,
        element=tree,
        advice="Ask the sender which format this is; it is not edXML as QCVN 102 has it.",
    )
