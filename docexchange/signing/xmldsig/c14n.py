"""Canonical octets of an element, or why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.xml import exclusive as canonical
from docexchange.signing.errors import malformed

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["exclusive"]


def exclusive(element: _Element, *, comments: bool = False) -> bytes:
    """Exclusive canonical XML 1.0 of an element and all below it.

    Args:
        element: the element.
        comments: whether comments are kept.

    Raises:
        Refusal: it has no canonical form (C14N 1.0, clause 1.3: a relative namespace URI).
    """
    octets = canonical(element, comments=comments)
    if octets is None:
        raise malformed(
            f"expected XML that has a canonical form, found {element.tag!r} without one: a "
            "namespace in force there is a relative URI"
        )
    return octets
