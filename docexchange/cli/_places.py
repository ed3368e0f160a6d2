"""Where an element path stands in the file, as a line to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.names import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from docexchange.envelope import Envelope

__all__ = ["line_of"]


def line_of(envelope: Envelope, path: str) -> int | None:
    """The line of an element, or of the one that it should stand in; None where several may be it.

    Args:
        envelope: a letter that was read.
        path: as findings have it: ``MessageHeader.OtherInfo.Priority``.
    """
    first, *names = path.split(".")
    place = _start(envelope, first)
    for name in names:
        if place is None:
            return None
        found = list(_children(place, name))
        if len(found) > 1:
            return None
        if not found:
            break
        place = found[0]
    # Lines are those of the skeleton: behind an attachment they may be others in the file.
    return None if place is None else place.sourceline


def _start(envelope: Envelope, name: str) -> _Element | None:
    return envelope.header.find(envelope.dialect.tag(name))


def _children(place: _Element, name: str) -> Iterator[_Element]:
    tags = (child for child in place if isinstance(child.tag, str))
    return (child for child in tags if local_name(str(child.tag)) == name)
