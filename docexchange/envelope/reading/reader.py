"""Tree → message: an envelope as a value, whoever wrote it and in whatever order.

>>> reading = read_tree(root, parts, source)
>>> reading.message.subject
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.codes import Priority, StatusCode, SteeringType
from docexchange.envelope.model import (
    Code,
    Document,
    DocumentType,
    Message,
    Organization,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
    SignerInfo,
    Status,
    TraceHeader,
)
from docexchange.envelope.paths import element_at
from docexchange.envelope.reading.business_reader import read_business, read_staff
from docexchange.envelope.reading.dialects import dialect_of
from docexchange.envelope.reading.fields import Fields
from docexchange.envelope.reading.findings import Finding, Notes
from docexchange.envelope.reading.form import note_form
from docexchange.envelope.reading.manifest import read_attachments
from docexchange.envelope.reading.tolerances import Tolerance
from docexchange.envelope.rules.rules import faults
from docexchange.errors import InvalidIdentifier, MalformedEnvelope
from docexchange.identifiers import DocumentId, MessageId, OrganId

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment, Source
    from docexchange.envelope.reading.parts import Part
    from docexchange.envelope.reading.places import Places
    from docexchange.envelope.reading.values import Values

__all__ = ["Reading", "document_of", "read_tree", "status_of", "traces_of"]

_NO_RESPONSE: Final = ResponseFor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a tree says."""

    message: Message
    """The document or status."""
    contents: tuple[Attachment | None, ...]
    """For each stretch of attachment text its attachment; None when the message has none for it."""
    traces: tuple[TraceHeader, ...]
    """Access points passed, oldest first; unsigned."""
    findings: tuple[Finding, ...]
    """What is not as the standard says."""


def read_tree(
    root: _Element,
    parts: tuple[Part, ...],
    source: Source,
    *,
    lead: int = 0,
    encoding: str = "",
    places: Places | None = None,
) -> Reading:
    """Read a parsed skeleton.

    Args:
        root: the ``edXML`` element, as ``entrance`` found it.
        parts: the attachment text that was cut out, in document order.
        source: the bytes it was cut out of.
        lead: how many bytes stand before the XML declaration.
        encoding: which it came in, or claims to, when that is not UTF-8.
        places: of elements in the file, for the findings.

    Raises:
        MalformedEnvelope: the structure is not that of an edXML envelope.
    """
    notes = Notes()
    envelope = Fields(root, "", notes, dialect_of(root)).one("edXMLEnvelope")
    header = envelope.one("edXMLHeader")
    message_header = header.one("MessageHeader")
    if message_header.element is None:
        raise MalformedEnvelope(
            "expected edXML/edXMLEnvelope/edXMLHeader/MessageHeader, found none",
            code="envelope.no-header",
            element=root,
        )
    message_header.path = "MessageHeader"
    note_form(root, message_header.element, notes, lead=lead, encoding=encoding)
    traces = header.one("TraceHeaderList")
    traces.path = "TraceHeaderList"
    body = envelope.one("edXMLBody")
    attachments, contents = read_attachments(root, body, parts, source)
    message: Message
    if message_header.one("StatusCode"):
        message = status_of(message_header)
        contents = _without_attachments(contents, notes)
    else:
        message = document_of(message_header, traces, attachments)
    passed = traces_of(traces)
    for fault in faults(message):
        if notes.full:
            break
        notes.add(Finding.of(fault), element_at(root, fault.path))
    return Reading(
        message=message, contents=contents, traces=passed, findings=_once(notes.told(places))
    )


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Drop what else is wrong with a field that was told to be of the wrong type."""
    unreadable = {finding.path for finding in findings if finding.code.startswith("T.")}
    return tuple(
        finding
        for finding in findings
        if not (finding.code.startswith(("N.", "M.")) and finding.path in unreadable)
    )


def document_of(header: Values, traces: Values, attachments: tuple[Attachment, ...]) -> Document:
    """What the header of a document says.

    Args:
        header: the ``MessageHeader``.
        traces: the ``TraceHeaderList``, for the business in it.
        attachments: of the manifest.

    Raises:
        MalformedEnvelope: it can be read two ways, or not at all.
    """
    code, promulgation, kind = (
        header.one(name) for name in ("Code", "PromulgationInfo", "DocumentType")
    )
    signer = header.one("SignerInfo")
    return Document(
        message_id=_message_id(header),
        sender=_organization(header.one("From")),
        recipients=tuple(_organization(party) for party in header.all("To")),
        document_id=header.value("DocumentId", DocumentId),
        code=Code(code.text("CodeNumber"), code.text("CodeNotation")),
        promulgation=PromulgationInfo(
            place=promulgation.text("Place"), on=promulgation.date("PromulgationDate")
        ),
        document_type=DocumentType(
            type=kind.number("Type"), name=kind.text("TypeName"), detail=kind.number("TypeDetail")
        ),
        subject=header.text("Subject"),
        content=header.text("Content"),
        signer=SignerInfo(
            full_name=signer.text("FullName"),
            competence=signer.text("Competence"),
            position=signer.text("Position"),
        ),
        due_date=header.date("DueDate"),
        other_info=_other_info(header.one("OtherInfo")),
        response_for=tuple(
            filter(_NO_RESPONSE.__ne__, map(_response_for, header.all("ResponseFor")))
        ),
        steering=header.choice("SteeringType", SteeringType),
        task_codes=tuple(
            code for item in header.all("ResponseForTask") for code in item.texts("TaskCode")
        ),
        application_type=header.text("ApplicationType"),
        to_places=header.one("ToPlaces").texts("Place"),
        business=read_business(traces.one("Bussiness")),
        attachments=attachments,
    )


def status_of(header: Values) -> Status:
    """What the header of a status message says; arguments and errors as for ``document_of``."""
    return Status(
        message_id=_message_id(header),
        sender=_organization(header.one("From")),
        response_for=_response_for(header.one("ResponseFor")),
        code=header.exact("StatusCode", _status_code, Tolerance.STATUS_CODE, "two digits"),
        at=header.timestamp("Timestamp"),
        staff=read_staff(header.one("StaffInfo")),
        description=header.text("Description"),
    )


def _status_code(text: str) -> StatusCode:
    try:
        return StatusCode(text.zfill(2))
    except ValueError:
        known = ", ".join(StatusCode)
        raise ValueError(f"expected one of {known}, found {text[:40]!r}") from None


def _message_id(header: Values) -> MessageId | None:
    identity = header.attribute("Id")
    try:
        return MessageId(identity) if identity else None
    except InvalidIdentifier as error:
        raise MalformedEnvelope(
            str(error), code="envelope.message-id", element=header.element
        ) from error


def _organization(party: Values) -> Organization:
    organ_id = party.value("OrganId", OrganId)
    if organ_id is None:
        raise MalformedEnvelope(
            f"expected an agency code in {party.path}/OrganId, found "
            f"{party.text('OrganId')[:60]!r}",
            code="envelope.no-organ-id",
            element=party.element,
            advice="Without it nobody can tell whose letter this is; ask the sender.",
        )
    return Organization(
        organ_id=organ_id,
        name=party.text("OrganName"),
        in_charge=party.text("OrganizationInCharge"),
        address=party.text("OrganAdd"),
        email=party.text("Email"),
        telephone=party.text("Telephone"),
        fax=party.text("Fax"),
        website=party.text("Website"),
    )


def _other_info(info: Values) -> OtherInfo:
    return OtherInfo(
        priority=info.choice("Priority", Priority),
        sphere=info.text("SphereOfPromulgation"),
        typer_notation=info.text("TyperNotation"),
        copies=info.number("PromulgationAmount"),
        pages=info.number("PageAmount"),
        direction=info.value("Direction", _true_or_false),
        reply_fors=_plain(info, "ReplyFors"),
        reference_codes=_plain(info, "ReferenceCodes"),
        appendixes=info.one("Appendixes").texts("Appendix"),
    )


def _true_or_false(text: str) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if text not in words:
        raise ValueError(f"expected true or false, found {text[:40]!r}")
    return words[text]


def _plain(info: Values, name: str) -> str:
    # Nobody has published what stands inside; elements there must not make the letter unreadable.
    if info.one(name).has_children:
        info.one(name).tell("expected text, found elements")
        return ""
    return info.text(name)


def _response_for(item: Values) -> ResponseFor:
    return ResponseFor(
        organ_id=item.value("OrganId", OrganId),
        code=item.text("Code"),
        document_id=item.value("DocumentId", DocumentId),
        promulgated=item.date("PromulgationDate"),
    )


def traces_of(traces: Values) -> tuple[TraceHeader, ...]:
    """The access points that a ``TraceHeaderList`` tells, oldest first."""
    return tuple(
        TraceHeader(_trace_organ(item), item.timestamp("Timestamp"))
        for item in traces.all("TraceHeader")
    )


def _trace_organ(item: Values) -> OrganId | None:
    # The axis itself writes entries without a code or with the text "null".
    text = item.text("OrganId")
    try:
        return OrganId(text)
    except InvalidIdentifier:
        item.tolerate_once(Tolerance.TRACE_ORGAN, expected="an agency code", found=text or "none")
        return None


def _without_attachments(contents: tuple[Attachment | None, ...], notes: Notes) -> tuple[None, ...]:
    if contents:
        notes.add(
            Finding(
                code="M.AttachmentEncoded",
                path="AttachmentEncoded",
                message=f"expected a status without attachments, found {len(contents)}",
                advice="Do not use them: a status message has nothing that says what they are.",
            )
        )
    return (None,) * len(contents)
