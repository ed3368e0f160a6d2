"""Elements that the table of shapes does not have, and attributes of those it has.

>>> [path for path, element in strangers(envelope.root, envelope.dialect)]
['edXML.edXMLEnvelope.edXMLHeader.MessageHeader.New']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.names import SIGNATURES, local_name
from docexchange.envelope.reading.shape import LETTER, ranks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docexchange.envelope.reading.dialects import Dialect

__all__ = ["attributes", "strangers"]


def strangers(root: _Element, dialect: Dialect) -> Iterator[tuple[str, _Element]]:
    """Elements that are not in the tables, each with its path; what is inside one is its own.

    Signatures and what looks like one are left out.

    Args:
        root: the ``edXML`` element.
        dialect: how its elements are named.
    """
    return ((path, element) for path, element, known in _walk(root, dialect) if not known)


def attributes(root: _Element, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Attributes of elements that are in the tables: the path, with its name, and the value.

    Args:
        root: the ``edXML`` element.
        dialect: how its elements are named.
    """
    for path, element, known in _walk(root, dialect):
        for name, value in element.attrib.items() if known else ():
            yield f"{path}.@{local_name(str(name))}", str(value)


def _walk(root: _Element, dialect: Dialect) -> Iterator[tuple[str, _Element, bool]]:
    """Every known element and each unknown one among their children, with whether it is known."""
    waiting = [(root, "edXML", LETTER)]
    while waiting:
        parent, path, shape = waiting.pop()
        yield path, parent, True
        ranks = ranks_of(shape, dialect.brace)
        inside = []
        for child in parent:
            if not isinstance(child.tag, str) or _is_signature(child, parent):
                continue
            known = ranks.get(child.tag)
            place = f"{path}.{local_name(child.tag)}"
            if known:
                inside.append((child, place, known[2]))
            else:
                yield place, child, False
        waiting.extend(reversed(inside))


def _is_signature(child: _Element, parent: _Element) -> bool:
    in_header = local_name(str(parent.tag)) == "edXMLHeader"
    return in_header and local_name(str(child.tag)) in SIGNATURES
