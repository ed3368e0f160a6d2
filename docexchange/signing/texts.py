"""The text of attachments, for signatures that cover the elements around it.

>>> streams, boxes = texts_of(envelope)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.attachments.attachment import Attachment, SpanSource
from docexchange.envelope.attachments.base64_stream import encoded_chunks
from docexchange.envelope.names import CONTENT_ELEMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

    from docexchange.envelope.envelope import Envelope
    from docexchange.signing.xmldsig.canonical import Streams

__all__ = ["texts_of"]


def texts_of(envelope: Envelope) -> tuple[Streams, dict[str, _Element]]:
    """The text of attachments, by element; and what stands around it, by the attachment's URI.

    The tree of an envelope holds a number in place of each; see ``envelope.skeleton``. Around a
    text stands the content id that says which attachment it is: who signs the text alone lets two
    of them be exchanged.
    """
    elements = list(envelope.root.getroottree().getroot().iter("{*}" + CONTENT_ELEMENT))
    places = {
        _place(slot.source): (element, slot.source)
        for element, slot in zip(elements, envelope.slots, strict=True)
    }
    streams = {element: _text_of(source) for element, source in places.values()}
    boxes = {}
    for item in envelope.message.attachments:
        found = places.get(_place(item)) or places.get(_place(item.source))
        if found:
            boxes[item.content_id.uri] = next(found[0].iterancestors())
    return streams, boxes


def _place(source: object) -> tuple[int, int]:
    """What tells one text of an envelope from another."""
    if isinstance(source, SpanSource):
        return source.start, source.length
    return -1, id(source)


def _text_of(source: Attachment | SpanSource) -> Callable[[], Iterable[bytes]]:
    return source.text_chunks if isinstance(source, SpanSource) else lambda: _encoded(source)


def _encoded(attachment: Attachment) -> Iterator[bytes]:
    with attachment.open() as stream:
        for _, text in encoded_chunks(stream):
            yield text
