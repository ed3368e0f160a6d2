"""The one door to lxml: a parser that trusts nothing, and text that is fit for XML.

No DTD, no entities, no network, bounded size, depth and number of elements. Everything that reads
XML from outside comes through ``parse``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.errors import MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from lxml.etree import XMLParser, XMLSyntaxError, XPath, _Element

__all__ = [
    "attribute",
    "canonical",
    "check_size",
    "check_text",
    "inside",
    "leaf_text",
    "parse",
    "text",
]

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot carry, not even as references (production [2] Char)."""
_SPECIAL: Final = re.compile(f"[&<>\r{_ILLEGAL.pattern[1:]}")
"""What keeps text from being written as it is; most has none of it."""
_ENCODING: Final = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_READ_AS_UTF_8: Final = frozenset({"UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16"})
"""Encodings that a file of UTF-8 may declare; libraries write UTF-16 there whatever they write."""
_USUAL: Final = Limits()
_USUAL_DEPTH: Final = 12
"""Nested elements of a signed letter at most."""
_BOM: Final = b"\xef\xbb\xbf"


@cache
def _parser() -> XMLParser:
    from lxml import etree

    return etree.XMLParser(
        encoding="UTF-8",  # or libxml2 guesses, EBCDIC among others, past the checks on the bytes
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        collect_ids=False,
    )


def parse(data: bytes, limits: Limits | None = None) -> _Element:
    """Parse bytes from outside into a tree.

    Args:
        data: UTF-8 XML, with or without a byte order mark.
        limits: bounds on size, depth and elements.

    Returns:
        The root element.

    Raises:
        MalformedEnvelope: not well-formed, not UTF-8, or with a DTD.
        LimitExceeded: larger or deeper than allowed.
    """
    from lxml import etree

    limits = limits or _USUAL
    tags = check_size(data, limits)
    _check_encoding(data)
    _check_doctype(data)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise MalformedEnvelope(
            f"expected well-formed XML, found otherwise: {_plain(error)}",
            code="xml.syntax",
            line=line or None,
            column=column or None,
            offset=_offset(data, line, column),
        ) from error
    except ValueError as error:
        raise MalformedEnvelope(f"expected XML, found {error}", code="xml.syntax") from error
    _check_shape(root, limits, tags)
    return root


def _plain(error: XMLSyntaxError) -> str:
    """What the parser says, without the place: that is told apart."""
    return re.sub(r", line \d+, column \d+.*$", "", error.msg or "", flags=re.DOTALL)


def _offset(data: bytes, line: int, column: int) -> int | None:
    """The byte at a place that the parser tells; it counts bytes for columns."""
    start = 0
    for _ in range(line - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            return None
    return start + max(column - 1, 0) if line else None


def check_size(data: bytes, limits: Limits) -> int:
    """Refuse what ``parse`` would refuse for its size alone, before anything is parsed.

    Args:
        data: the XML.
        limits: bounds on bytes and elements.

    Returns:
        A number of tags that it does not exceed.

    Raises:
        MalformedEnvelope: there is nothing.
        LimitExceeded: too many bytes, or tags.
    """
    if not data or data.isspace():
        raise MalformedEnvelope("expected XML, found nothing: the input is empty", code="xml.empty")
    limits.hold("skeleton_bytes", len(data), found=str(len(data)))
    if len(data) <= limits.elements:  # most letters: they have no room for more
        return len(data)
    tags = data.count(b"<")
    # Before anything is allocated: an element has at most two tags. _check_shape counts exactly.
    limits.hold("elements", (tags + 1) // 2, found=f"{tags} tags")
    return tags


def _check_encoding(data: bytes) -> None:
    declared = _ENCODING.match(data.removeprefix(_BOM))
    name = declared[1].decode("ascii") if declared else "UTF-8"
    if data[:2] in {b"\xfe\xff", b"\xff\xfe"} or data[:1] == b"\0" or data[1:2] == b"\0":
        name = "UTF-16 or UTF-32"
    if name.upper() not in _READ_AS_UTF_8:
        raise MalformedEnvelope(
            f"expected encoding UTF-8, found {name}",
            code="xml.encoding",
            advice="Ask the sender to write the file in UTF-8, as the standard says.",
        )


def _check_doctype(data: bytes) -> None:
    # Searched in the bytes, before any parser sees them: a DTD can hurt while it is being read.
    for mark in (b"<!DOCTYPE", b"<!ENTITY") if b"!" in data and b"<!" in data else ():
        at = data.find(mark)
        if at >= 0:
            raise MalformedEnvelope(
                f"expected no document type declaration, found {mark.decode()}",
                code="xml.dtd",
                line=data.count(b"\n", 0, at) + 1,
                offset=at,
                advice="A genuine envelope has none. Treat the file as hostile.",
            )


@cache
def _deeper_than(depth: int) -> XPath:
    from lxml import etree

    return etree.XPath("boolean(/*" + "/*" * depth + ")")


def _check_shape(root: _Element, limits: Limits, tags: int) -> None:
    # Most letters end where a real one does, and what goes on is asked how far.
    if _deeper_than(min(_USUAL_DEPTH, limits.depth))(root) and _deeper_than(limits.depth)(root):
        limits.hold("depth", limits.depth + 1)
    if tags > limits.elements:
        found = int(root.xpath("count(//*)"))
        limits.hold("elements", found, found=str(found))


def check_text(value: str) -> str | None:
    """What keeps ``value`` from being written as XML text, or None."""
    found = _ILLEGAL.search(value)
    return f"character U+{ord(found[0]):04X} at position {found.start()}" if found else None


def text(value: str) -> str:
    """Escape ``value`` as element text.

    Raises:
        ValueError: XML cannot carry one of its characters.
    """
    if not _SPECIAL.search(value):
        return value
    problem = check_text(value)
    if problem:
        raise ValueError(f"text fit for XML expected, found {problem}")
    return _escape(value).replace("\r", "&#xD;")


def attribute(value: str) -> str:
    """Escape ``value`` for use between double quotes.

    Raises:
        ValueError: XML cannot carry one of its characters.
    """
    problem = check_text(value)
    if problem:
        raise ValueError(f"text fit for XML expected, found {problem}")
    escaped = _escape(value).replace('"', "&quot;").replace("\r", "&#xD;")
    return escaped.replace("\n", "&#xA;").replace("\t", "&#x9;")


def _escape(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inside(parent: _Element, *tags: str) -> list[_Element]:
    """All elements at a path of tags, one inside the other, in document order."""
    found = [parent]
    for tag in tags:
        found = [child for item in found for child in item.iterchildren(tag)]
    return found


def leaf_text(element: _Element) -> str:
    """All text of an element that holds nothing but text, without surrounding white space.

    A comment or a processing instruction inside would make parsers disagree on the text while
    the signature stays valid, so it is refused.

    Raises:
        MalformedEnvelope: the element has children, comments or processing instructions.
    """
    if len(element):
        raise MalformedEnvelope(
            f"expected only text in {element.tag!r}, found a child, comment or instruction",
            code="xml.mixed-content",
            line=element.sourceline,
            element=element,
        )
    return (element.text or "").strip()


def canonical(element: _Element) -> bytes:
    """An element in Canonical XML 1.0, its comments included: equal when nothing differs."""
    from lxml import etree

    octets: bytes = etree.tostring(element, method="c14n")
    return octets
