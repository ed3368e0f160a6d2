"""Canonical octets of an element: the one place that asks lxml for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["exclusive"]


def exclusive(element: _Element) -> bytes:
    """Exclusive canonical XML 1.0, without comments, of an element and all below it."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
