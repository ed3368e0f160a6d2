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
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.names import CONTENT_ELEMENT
from docexchange.envelope.reading.manifest import matched
from docexchange.envelope.reading.octets import note_octets
from docexchange.envelope.reading.reader import document_of, status_of, traces_of
from docexchange.envelope.reading.strict_form import header_form, rest_form
from docexchange.envelope.reading.strict_signature import read_signatures
from docexchange.envelope.reading.strict_values import OtherwiseError, StrictValues
from docexchange.envelope.rules.rules import faults
from docexchange.envelope.writing.writer import FRAME, Fragment, fragment_of
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from docexchange.envelope.attachments.attachment import Attachment, Source
    from docexchange.envelope.model import Message, TraceHeader
    from docexchange.envelope.reading.skeleton import Skeleton
    from docexchange.envelope.reading.strict_signature import StrictSignature
    from docexchange.limits import Limits

__all__ = ["Strict", "read_strict", "read_written"]

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


class _Form(NamedTuple):
    """The parts of a letter of the strict form."""

    fields: StrictValues
    traces: StrictValues
    body: StrictValues
    owners: list[StrictValues]
    fragments: tuple[Fragment, ...]
    signatures: tuple[StrictSignature, ...]


def read_strict(skeleton: Skeleton, source: Source, limits: Limits) -> Strict | None:
    """Read a letter, if it has the strict form and nothing is odd about it.

    Args:
        skeleton: the letter without attachment text.
        source: the bytes that was cut out of.
        limits: bounds on what is read.
    """
    if not _fits(skeleton.data, limits):
        return None
    try:
        return _read(skeleton, source)
    except (OtherwiseError, DocExchangeError, KeyError, ValueError):
        return None  # and the parser says what is wrong, and where


def read_written(data: bytes, message: Message, limits: Limits) -> Strict | None:
    """Read the form alone of a letter that was just written, which says what it was made of.

    Args:
        data: the letter without attachment text.
        message: what it was written from.
        limits: bounds on what is read.
    """
    if not _fits(data, limits):
        return None
    try:
        form = _form_of(data, contents=len(message.attachments))
    except (OtherwiseError, KeyError, ValueError):
        return None
    fragments, signatures = form.fragments, form.signatures
    return Strict(message=message, traces=(), fragments=fragments, signatures=signatures)


def _fits(data: bytes, limits: Limits) -> bool:
    if not data.startswith(FRAME) or len(data) > _MOST_BYTES or limits.depth < _DEPTH:
        return False
    # Most letters have fewer octets than elements are allowed.
    return len(data) <= limits.elements or (data.count(b"<") + 1) // 2 <= limits.elements


def _form_of(data: bytes, *, contents: int) -> _Form:
    begin = data.find(_SIGNED)
    end = data.index(_END_OF_HEADER, max(begin, 0))
    begin = end if begin < 0 else begin
    signatures = read_signatures(data[begin:end].decode())
    header = StrictValues.of(header_form(), data[len(FRAME) : begin].decode())
    rest = StrictValues.of(rest_form(), data[end:].decode())
    owners = list(rest.one("AttachmentEncoded").all("Attachment"))
    if [owner.text(CONTENT_ELEMENT) for owner in owners] != [*map(str, range(contents))]:
        raise OtherwiseError
    traces, fields = header.one("TraceHeaderList"), header.one("MessageHeader")
    body = rest.one("edXMLBody")
    signed = {"MessageHeader": fields, "Bussiness": traces.one("Bussiness"), "edXMLBody": body}
    fragments = tuple(
        fragment_of(name, element.attribute("Id"), data)
        for name, element in signed.items()
        if element
    )
    return _Form(fields, traces, body, owners, fragments, signatures)


def _read(skeleton: Skeleton, source: Source) -> Strict:
    form = _form_of(skeleton.data, contents=len(skeleton.parts))
    attachments = _attachments(form, skeleton, source)
    message: Message
    if not form.fields.one("StatusCode"):
        message = document_of(form.fields, form.traces, attachments)
    elif attachments:
        raise OtherwiseError
    else:
        message = status_of(form.fields)
    if next(faults(message), None) is not None:
        raise OtherwiseError
    return Strict(
        message=message,
        traces=traces_of(form.traces),
        fragments=form.fragments,
        signatures=form.signatures,
    )


def _attachments(form: _Form, skeleton: Skeleton, source: Source) -> tuple[Attachment, ...]:
    listed = form.body.one("edXMLManifest").all("Reference")
    known, spans = matched(listed, form.owners, skeleton.parts, source)
    if known.keys() != spans.keys():
        raise OtherwiseError
    note_octets(form.owners, skeleton.parts, [known[content_id] for content_id in spans])
    return tuple(known.values())
