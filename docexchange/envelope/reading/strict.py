"""A letter in exactly the form in which ``writer`` writes it, read without a parser.

Nearly all letters have that form: one element a line, no comments, no entities, attributes as they
are written here, signatures as ``strict_signature`` has them. Such text is a regular language. One
pattern takes it apart, the table of shapes says what may follow what, and what matches is XML with
one meaning and is its own canonical form. So what is read and what is digested are one string.

Anything else, however small, is none of this module's business: it says None, and the parser reads
the letter. What is read here has no findings, and reads the same there; tests hold both to each
other.

>>> read_strict(skeleton, source, limits)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import CONTENT_ELEMENT
from docexchange.envelope.reading.manifest import matched
from docexchange.envelope.reading.octets import note_octets
from docexchange.envelope.reading.reader import document_of, status_of, traces_of
from docexchange.envelope.reading.strict_signature import read_signatures
from docexchange.envelope.reading.strict_values import OtherwiseError
from docexchange.envelope.reading.strict_walk import walked
from docexchange.envelope.rules.rules import faults
from docexchange.envelope.writing.writer import FRAME, Fragment, fragment_of
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from docexchange.envelope.attachments.attachment import Attachment, Source
    from docexchange.envelope.model import Message, TraceHeader
    from docexchange.envelope.reading.skeleton import Skeleton
    from docexchange.envelope.reading.strict_signature import StrictSignature
    from docexchange.envelope.reading.strict_values import StrictValues
    from docexchange.limits import Limits

__all__ = ["Strict", "read_strict"]

_MOST_BYTES: Final = 256 * 1024
"""Larger skeletons are left to the parser, which needs less memory for each of many elements."""
_DEPTH: Final = 12
"""Nested elements of a strict letter at most, signatures included."""
_SIGNED: Final = b"<ds:Signature "
_END_OF_HEADER: Final = b"</edXML:edXMLHeader>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict:
    """What a letter of the strict form says, and what signatures on it are over."""

    message: Message
    """The document or status."""
    traces: tuple[TraceHeader, ...]
    """Access points passed, oldest first; unsigned."""
    fragments: tuple[Fragment, ...]
    """The elements that must be signed."""
    signatures: tuple[StrictSignature, ...]
    """Its signatures, in order."""


def read_strict(skeleton: Skeleton, source: Source, limits: Limits) -> Strict | None:
    """Read a letter, if it has the strict form and nothing is odd about it.

    Args:
        skeleton: the letter without attachment text.
        source: the bytes that was cut out of.
        limits: bounds on what is read.
    """
    data = skeleton.data
    tags = data.count(b"<")
    if not data.startswith(FRAME) or len(data) > _MOST_BYTES:
        return None
    if limits.depth < _DEPTH or (tags + 1) // 2 > limits.elements:
        return None
    try:
        return _read(data, skeleton, source)
    except (OtherwiseError, DocExchangeError, KeyError, ValueError):
        return None  # and the parser says what is wrong, and where


def _read(data: bytes, skeleton: Skeleton, source: Source) -> Strict:
    begin = data.find(_SIGNED)
    end = data.index(_END_OF_HEADER, max(begin, 0))
    begin = end if begin < 0 else begin
    signatures = read_signatures(data[begin:end].decode())
    letter = walked(data[len(FRAME) : begin].decode(), data[end:].decode())
    envelope = letter.one("edXMLEnvelope")
    if envelope.one("AttachmentEncoded"):
        raise OtherwiseError
    header = envelope.one("edXMLHeader")
    traces, fields = header.one("TraceHeaderList"), header.one("MessageHeader")
    body = envelope.one("edXMLBody")
    business = traces.one("Bussiness")
    attachments = _attachments(letter, body, skeleton, source)
    message: Message
    if not fields.one("StatusCode"):
        message = document_of(fields, traces, attachments)
    elif attachments:
        raise OtherwiseError
    else:
        message = status_of(fields)
    if next(faults(message), None) is not None:
        raise OtherwiseError
    named = {"MessageHeader": fields, "Bussiness": business, "edXMLBody": body}
    return Strict(
        message=message,
        traces=traces_of(traces),
        fragments=tuple(
            fragment_of(name, element.attribute("Id"), data)
            for name, element in named.items()
            if element
        ),
        signatures=signatures,
    )


def _attachments(
    letter: StrictValues, body: StrictValues, skeleton: Skeleton, source: Source
) -> tuple[Attachment, ...]:
    owners = list(letter.one("AttachmentEncoded").all("Attachment"))
    if [owner.text(CONTENT_ELEMENT) for owner in owners] != [*map(str, range(len(skeleton.parts)))]:
        raise OtherwiseError
    listed = body.one("edXMLManifest").all("Reference")
    known, spans = matched(listed, owners, skeleton.parts, source)
    if known.keys() != spans.keys():
        raise OtherwiseError
    note_octets(owners, skeleton.parts, [known[content_id] for content_id in spans])
    return tuple(known.values())
