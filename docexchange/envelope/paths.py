"""Element paths: how findings say where something stands.

Names with dots between them, from ``MessageHeader``, ``TraceHeaderList`` or ``AttachmentEncoded``
on; of several elements with one name those behind the first have their number.

>>> numbered("MessageHeader.To", 1), numbered("MessageHeader.To", 2)
('MessageHeader.To', 'MessageHeader.To[2]')
>>> without_numbers("MessageHeader.To[2].Email")
'MessageHeader.To.Email'
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["element_at", "numbered", "without_numbers"]

_NUMBER: Final = re.compile(r"\[([0-9]{1,9})\]")
_MANIFEST: Final = "edXMLEnvelope.edXMLBody.edXMLManifest.Reference"


def numbered(path: str, number: int) -> str:
    """The path of the element with this number, from 1."""
    return path if number == 1 else f"{path}[{number}]"


def without_numbers(path: str) -> str:
    """The path without any numbers, as codes have it."""
    return _NUMBER.sub("", path) if "[" in path else path


def element_at(root: _Element, path: str) -> _Element | None:
    """The element at a path, or the one that it should stand in.

    Args:
        root: the ``edXML`` element.
        path: as findings have it.
    """
    place = root
    for step in _from_root(path).split("."):
        name, _, number = step.partition("[")
        found = _child(place, name, int(number.rstrip("]") or 1))
        if found is None:
            break
        place = found
    return None if place is root else place


def _from_root(path: str) -> str:
    if path.startswith(("MessageHeader", "TraceHeaderList")):
        return f"edXMLEnvelope.edXMLHeader.{path}"
    # What is said of attachments is read from the manifest, which is signed.
    return path.replace("AttachmentEncoded.Attachment", _MANIFEST, 1)


def _child(parent: _Element, name: str, number: int) -> _Element | None:
    same = [item for item in parent.iterchildren("*") if local_name(str(item.tag)) == name]
    # Readers pass over elements that say nothing, and number those that do.
    telling = [item for item in same if len(item) or (item.text or "").strip()]
    return next(islice(telling or same, number - 1, None), None)
