"""Message → skeleton, in the strict dialect: what the national axis accepts.

Literal ``edXML:`` prefix, element order of the Java SDK, ``AttachmentEncoded`` outside,
empty elements left out. Equal messages give equal bytes. Each leaf stands on a line of its own, so
that people and ``diff`` can read it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.formats import format_date, format_timestamp
from docexchange.envelope.model import Document
from docexchange.envelope.names import CONTENT_ELEMENT, EDXML
from docexchange.envelope.xml import attribute, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.model import (
        Business,
        BusinessDocumentInfo,
        DocumentType,
        Message,
        Organization,
        OtherInfo,
        PromulgationInfo,
        Receiver,
        ReplacementInfo,
        ResponseFor,
        SignerInfo,
        StaffInfo,
        Status,
        TraceHeader,
    )

__all__ = [
    "FRAME",
    "Fragment",
    "Written",
    "fragment_of",
    "trace_header",
    "trace_header_list",
    "write_skeleton",
]

FRAME: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<edXML xmlns="{EDXML}">\n<edXML:edXMLEnvelope xmlns:edXML="{EDXML}">\n<edXML:edXMLHeader>\n'
).encode()
"""Up to the first element of the header."""
_END_OF_HEADER: Final = b"</edXML:edXMLHeader>\n"
_TRACES: Final = b'<edXML:TraceHeaderList version="1.0">\n'
_END_OF_TRACES: Final = b"\n</edXML:TraceHeaderList>\n"
_BINDING: Final = f' xmlns:edXML="{EDXML}"'.encode()


class Fragment(NamedTuple):
    """One element that signatures refer to."""

    name: str
    """Its local name."""
    identity: str
    """Its ``Id``; empty for none."""
    octets: bytes
    """Its exclusive canonical form."""


class Written(NamedTuple):
    """A message as XML, without the text of its attachments."""

    head: bytes
    """Up to the end of the header, where signatures go."""
    rest: bytes
    """The rest."""
    slots: tuple[int, ...]
    """For each attachment the byte offset in ``rest`` where its stand-in number stands."""
    fragments: tuple[Fragment, ...]
    """What is to be signed.

    What this module writes is its own canonical form, but for the prefix, which canonical XML binds
    again on the outermost element. Of what anybody else has written only a parser can tell.
    """


def write_skeleton(message: Message) -> Written:
    """Write a message without the text of its attachments.

    Raises:
        ValueError: a text holds characters that XML cannot carry; ``rules.check`` finds them.
    """
    fields = _document(message) if isinstance(message, Document) else _status(message)
    identity = message.message_id.value if message.message_id else ""
    element, fragment = _element("MessageHeader", identity, fields)
    head, rest, fragments = [FRAME, element, b"\n"], [_END_OF_HEADER], [fragment]
    if isinstance(message, Document):
        if message.business is not None and (fields := _business(message.business)):
            element, fragment = _element("Bussiness", identity and f"{identity}.business", fields)
            head += _TRACES, element, _END_OF_TRACES
            fragments.append(fragment)
        fields = _manifest(message)
        element, fragment = _element("edXMLBody", identity and f"{identity}.body", fields)
        rest += element, b"\n"
        fragments.append(fragment)
    rest.append(b"</edXML:edXMLEnvelope>\n")
    slots = _write_attachments(message.attachments, rest)
    return Written(b"".join(head), b"".join(rest), slots, tuple(fragments))


def _element(name: str, identity: str, fields: str) -> tuple[bytes, Fragment]:
    """An element that signatures refer to: as it stands in the file, and as it is signed."""
    start, _ = _tags(name)
    attribute = f' Id="{identity}"' if identity else ""
    inside = f"{attribute}>\n{fields}</edXML:{name}>".encode()
    return start + inside, Fragment(name, identity, start + _BINDING + inside)


def fragment_of(name: str, identity: str, data: bytes) -> Fragment:
    """An element as it is signed, out of a letter that stands as it would be written here.

    Args:
        name: its local name.
        identity: its ``Id``; empty for none.
        data: the letter.
    """
    start, close = _tags(name)
    begin = data.index(start + (b" " if identity else b">"))
    inside = data[begin + len(start) : data.index(close, begin) + len(close)]
    return Fragment(name, identity, start + _BINDING + inside)


@cache
def _tags(name: str) -> tuple[bytes, bytes]:
    return f"<edXML:{name}".encode(), f"</edXML:{name}>".encode()


def _write_attachments(attachments: Sequence[Attachment], rest: list[bytes]) -> tuple[int, ...]:
    """Write all but their text, and tell where that goes."""
    slots, at = [], sum(map(len, rest))
    if attachments:
        rest.append(b"<AttachmentEncoded>\n")
        at += len(rest[-1])
        for number, attachment in enumerate(attachments):
            opened = _attachment_open(attachment).encode()
            stand_in = f"{number}</edXML:{CONTENT_ELEMENT}>\n</Attachment>\n".encode()
            slots.append(at + len(opened))
            rest += opened, stand_in
            at = slots[-1] + len(stand_in)
        rest.append(b"</AttachmentEncoded>\n")
    rest.append(b"</edXML>\n")
    return tuple(slots)


def _document(document: Document) -> str:
    return "".join(
        (
            _organization("From", document.sender),
            *[_organization("To", party) for party in document.recipients],
            _leaf("DocumentId", document.document_id),
            _group(
                "Code",
                _leaf("CodeNumber", document.code.number)
                + _leaf("CodeNotation", document.code.notation),
            ),
            _promulgation(document.promulgation),
            _document_type(document.document_type),
            _leaf("Subject", document.subject),
            _leaf("Content", document.content),
            _signer(document.signer),
            _date("DueDate", document.due_date),
            _other_info(document.other_info),
            *map(_response_for, document.response_for),
            _leaf("SteeringType", _number(document.steering)),
            _list("ResponseForTask", "TaskCode", document.task_codes),
            _leaf("ApplicationType", document.application_type),
            _list("ToPlaces", "Place", document.to_places),
        )
    )


def _status(status: Status) -> str:
    return "".join(
        (
            _organization("From", status.sender),
            _response_for(status.response_for),
            _staff(status.staff) if status.staff else "",
            _leaf("StatusCode", status.code),
            _leaf("Description", status.description),
            _leaf("Timestamp", format_timestamp(status.at) if status.at else ""),
        )
    )


# What most letters of a process have in common is written once: agencies, places and days, types
# and signers.


@lru_cache(maxsize=256)
def _promulgation(promulgation: PromulgationInfo) -> str:
    return _group(
        "PromulgationInfo",
        _leaf("Place", promulgation.place) + _date("PromulgationDate", promulgation.on),
    )


@lru_cache(maxsize=256)
def _document_type(kind: DocumentType) -> str:
    return _group(
        "DocumentType",
        _leaf("Type", _number(kind.type))
        + _leaf("TypeDetail", _number(kind.detail))
        + _leaf("TypeName", kind.name),
    )


@lru_cache(maxsize=256)
def _signer(signer: SignerInfo) -> str:
    return _group(
        "SignerInfo",
        _leaf("Competence", signer.competence)
        + _leaf("Position", signer.position)
        + _leaf("FullName", signer.full_name),
    )


@lru_cache(maxsize=256)
def _organization(name: str, party: Organization) -> str:
    return _group(
        name,
        _leaf("OrganId", party.organ_id)
        + _leaf("OrganizationInCharge", party.in_charge)
        + _leaf("OrganName", party.name)
        + _leaf("OrganAdd", party.address)
        + _leaf("Email", party.email)
        + _leaf("Telephone", party.telephone)
        + _leaf("Fax", party.fax)
        + _leaf("Website", party.website),
    )


@lru_cache(maxsize=64)
def _other_info(info: OtherInfo) -> str:
    return _group(
        "OtherInfo",
        _leaf("Priority", _number(info.priority))
        + _leaf("SphereOfPromulgation", info.sphere)
        + _leaf("TyperNotation", info.typer_notation)
        + _leaf("PromulgationAmount", info.copies)
        + _leaf("PageAmount", info.pages)
        + _leaf("Direction", None if info.direction is None else str(info.direction).lower())
        + _leaf("ReplyFors", info.reply_fors)
        + _leaf("ReferenceCodes", info.reference_codes)
        + _list("Appendixes", "Appendix", info.appendixes),
    )


def _response_for(answered: ResponseFor) -> str:
    return _group(
        "ResponseFor",
        _leaf("OrganId", answered.organ_id)
        + _leaf("Code", answered.code)
        + _leaf("DocumentId", answered.document_id)
        + _date("PromulgationDate", answered.promulgated),
    )


def _staff(staff: StaffInfo) -> str:
    return _group(
        "StaffInfo",
        _leaf("Department", staff.department)
        + _leaf("DepartmentId", staff.department_id)
        + _leaf("Staff", staff.staff)
        + _leaf("StaffId", staff.staff_id)
        + _leaf("Email", staff.email)
        + _leaf("Mobile", staff.mobile),
    )


@lru_cache(maxsize=64)
def _business(business: Business) -> str:
    return (
        _leaf("DocumentId", business.document_id)
        + _leaf("BussinessDocType", _number(business.kind))
        + _leaf("BussinessDocReason", business.reason)
        + _leaf("Paper", _number(business.paper))
        + (_document_info(business.document_info) if business.document_info else "")
        + _group("ReplacementInfoList", "".join(map(_replacement, business.replacements)))
        + "".join(_staff(staff) for staff in business.staff)
    )


def _document_info(info: BusinessDocumentInfo) -> str:
    return _group(
        "BussinessDocumentInfo",
        _leaf("DocumentInfo", _number(info.document_info))
        + _leaf("DocumentReceiver", _number(info.document_receiver))
        + _group("ReceiverList", "".join(map(_receiver, info.receivers))),
    )


def _receiver(receiver: Receiver) -> str:
    fields = _leaf("OrganId", receiver.organ_id) + _leaf("ReceiverType", _number(receiver.type))
    return _group("Receiver", fields)


def _replacement(replaced: ReplacementInfo) -> str:
    return _group(
        "ReplacementInfo",
        _leaf("DocumentId", replaced.document_id)
        + _list("OrganIdList", "OrganId", replaced.organ_ids),
    )


def _manifest(document: Document) -> str:
    references = "".join(map(_manifest_reference, document.attachments))
    return f'<edXML:edXMLManifest version="1.0">\n{references}</edXML:edXMLManifest>\n'


def _manifest_reference(attachment: Attachment) -> str:
    return _group(
        "Reference",
        _leaf("ContentId", attachment.content_id.uri)
        + _leaf("ContentType", attachment.media_type)
        + _leaf("Description", attachment.description)
        + _leaf("AttachmentName", attachment.name)
        + _leaf("Format", attachment.format)
        + _leaf("FieldName", attachment.field_name)
        + _leaf("MimeType", attachment.mime_type),
    )


def _attachment_open(attachment: Attachment) -> str:
    leaves = (
        ("ContentId", attachment.content_id.uri),
        ("AttachmentName", attachment.name),
        ("Description", attachment.description.strip()),
        ("ContentType", attachment.media_type.strip()),
        ("Format", attachment.format.strip()),
        ("FieldName", attachment.field_name.strip()),
        ("MimeType", attachment.mime_type.strip()),
    )
    told = "".join([f"<{name}>{text(value)}</{name}>\n" for name, value in leaves if value])
    return f'<Attachment>\n{told}<edXML:{CONTENT_ELEMENT} xmlns:edXML="{EDXML}">'


def trace_header(trace: TraceHeader, *, prefix: str = "edXML:") -> str:
    """One trace header as XML.

    Args:
        trace: who and when.
        prefix: namespace prefix in force where it goes, with its colon, or empty.

    Raises:
        ValueError: the moment has no time zone.
    """
    organ_id = text(str(trace.organ_id or ""))
    at = format_timestamp(trace.at) if trace.at else ""
    return (
        f"<{prefix}TraceHeader>\n<{prefix}OrganId>{organ_id}</{prefix}OrganId>\n"
        f"<{prefix}Timestamp>{at}</{prefix}Timestamp>\n</{prefix}TraceHeader>\n"
    )


def trace_header_list(trace: TraceHeader) -> str:
    """A whole list with one trace header, for messages that have none; it binds its own prefix."""
    return (
        f'<edXML:TraceHeaderList xmlns:edXML="{attribute(EDXML)}" version="1.0">\n'
        f"{trace_header(trace)}</edXML:TraceHeaderList>\n"
    )


def _leaf(name: str, value: object) -> str:
    if not value and value != 0:  # most fields of most letters
        return ""
    # Readers strip: what is only white space is nothing, and equal letters give equal bytes.
    content = str(value).strip()
    return f"<edXML:{name}>{text(content)}</edXML:{name}>\n" if content else ""


def _list(name: str, leaf: str, values: Sequence[object]) -> str:
    return _group(name, "".join([_leaf(leaf, value) for value in values])) if values else ""


def _group(name: str, inside: str) -> str:
    return f"<edXML:{name}>\n{inside}</edXML:{name}>\n" if inside else ""


def _date(name: str, value: date | None) -> str:
    return _leaf(name, format_date(value)) if value else ""


def _number(value: int | None) -> int | None:
    return None if value is None else int(value)
