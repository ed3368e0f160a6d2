"""Canonical octets of an element: the one place that asks lxml for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from lxml import etree

    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=comments)
    except etree.C14NError as error:
        raise malformed(
            f"expected XML that has a canonical form, found {element.tag!r} without one: a "
            "namespace in force there is a relative URI"
        ) from error
