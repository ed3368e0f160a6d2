"""The relationships transform of office documents: some relationships of a part, in one order.

ECMA-376 part 2, clause 13.2.4.24, says which are kept: those whose ``Id`` or ``Type`` the transform
names. All that a reader of relationships does not know is left out (attributes and elements of
other namespaces, text, comments), and ``TargetMode`` is written where it is not.

>>> chosen_relationships(part, transform)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.signing.errors import malformed

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.signing.xmldsig.element import Transform

__all__ = ["chosen_relationships"]

_PART: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_SIGNATURE: Final = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"
_NAMED: Final = {
    _SIGNATURE + "RelationshipReference": "SourceId",
    _SIGNATURE + "RelationshipsGroupReference": "SourceType",
}
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"


def chosen_relationships(part: _Element, transform: Transform) -> _Element:
    """The document that is digested in place of a part.

    Args:
        part: ``Relationships``.
        transform: names those that are kept.

    Raises:
        Refusal: the part holds no relationships, an id twice, or the transform names none.
    """
    if part.tag != f"{{{_PART}}}Relationships":
        raise malformed(f"expected Relationships before their transform, found {part.tag!r}")
    kept = _named(transform)
    found = [
        item
        for item in part.iterchildren(f"{{{_PART}}}Relationship")
        if ("SourceId", item.get("Id")) in kept or ("SourceType", item.get("Type")) in kept
    ]
    ids = [item.get("Id", "") for item in found]
    if len(set(ids)) < len(ids):
        raise malformed("expected each relationship under an Id of its own, found one twice")
    made = etree.Element(f"{{{_PART}}}Relationships", _plain(part), nsmap={None: _PART})
    for item in sorted(found, key=lambda item: item.get("Id", "")):
        values = {"TargetMode": "Internal", **_plain(item)}
        etree.SubElement(made, f"{{{_PART}}}Relationship", values)
    return made


def _named(transform: Transform) -> set[tuple[str, str | None]]:
    inside = [] if transform.element is None else list(transform.element.iterchildren("*"))
    named = {
        (_NAMED[str(item.tag)], item.get(_NAMED[str(item.tag)]))
        for item in inside
        if item.tag in _NAMED
    }
    if not named or len(inside) != sum(item.tag in _NAMED for item in inside) or _without(named):
        raise malformed("expected ids or types in the relationships transform, found otherwise")
    return named


def _without(named: set[tuple[str, str | None]]) -> bool:
    return any(value is None for _, value in named)


def _plain(element: _Element) -> dict[str, str]:
    """Its attributes without those of other namespaces."""
    return {
        str(name): str(value)
        for name, value in element.attrib.items()
        if not str(name).startswith("{") or str(name).startswith(_XML)
    }
