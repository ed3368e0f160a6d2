"""Tree → message: an envelope as a value, whoever wrote it and in whatever order.

What is signed is what counts: name, type and description of an attachment are read from the
manifest in the body, which the signature covers, never from the copy beside the octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments import Attachment, Source, SpanSource
from docexchange.envelope.business_reader import read_business, read_staff
from docexchange.envelope.codes import Priority, StatusCode, SteeringType
from docexchange.envelope.fields import Fields
from docexchange.envelope.findings import MOST_FINDINGS, Finding
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
from docexchange.envelope.names import CONTENT_ELEMENT, EDXML, edxml
from docexchange.envelope.rules import faults
from docexchange.errors import InvalidIdentifier, MalformedEnvelope
from docexchange.identifiers import ContentId, DocumentId, MessageId, OrganId

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope.skeleton import Part

__all__ = ["Reading", "read_tree"]

_CONTENT_PATH: Final = "/".join(map(edxml, ("AttachmentEncoded", "Attachment", CONTENT_ELEMENT)))


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


def read_tree(root: _Element, parts: tuple[Part, ...], source: Source) -> Reading:
    """Read a parsed skeleton.

    Args:
        root: the ``edXML`` element.
        parts: the attachment text that was cut out, in document order.
        source: the bytes it was cut out of.

    Raises:
        MalformedEnvelope: the structure is not that of an edXML envelope.
    """
    findings: list[Finding] = []
    envelope = _root(root, findings).one("edXMLEnvelope")
    header = envelope.one("edXMLHeader")
    message_header = header.one("MessageHeader")
    if not message_header:
        raise MalformedEnvelope(
            "expected edXML/edXMLEnvelope/edXMLHeader/MessageHeader, found none",
            code="envelope.no-header",
        )
    message_header.path = "MessageHeader"
    traces = header.one("TraceHeaderList")
    traces.path = "TraceHeaderList"
    attachments, contents = _attachments(root, envelope.one("edXMLBody"), parts, source, findings)
    message: Message
    if message_header.one("StatusCode"):
        message = _status(message_header)
        contents = _without_attachments(contents, findings)
    else:
        message = _document(message_header, traces, attachments)
    passed = _traces(traces)
    room = MOST_FINDINGS - len(findings)
    findings += [Finding.of(fault) for fault in islice(faults(message), max(room, 0))]
    return Reading(message=message, contents=contents, traces=passed, findings=_once(findings))


def _once(findings: list[Finding]) -> tuple[Finding, ...]:
    """Drop "missing" where "of the wrong type" was already told about the same field."""
    unreadable = {finding.path for finding in findings if finding.code.startswith("T.")}
    return tuple(
        finding
        for finding in findings
        if not (finding.code.startswith("N.") and finding.path in unreadable)
    )


def _root(root: _Element, findings: list[Finding]) -> Fields:
    if root.tag != edxml("edXML"):
        raise MalformedEnvelope(
            f"expected root element edXML in namespace {EDXML}, found {root.tag!r}",
            code="envelope.root",
            line=root.sourceline,
            advice="Ask the sender which format this is; it is not edXML as QCVN 102 has it.",
        )
    return Fields(root, "", findings)


def _document(header: Fields, traces: Fields, attachments: tuple[Attachment, ...]) -> Document:
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
            _response_for(item) for item in header.all("ResponseFor") if item.has_children
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


def _status(header: Fields) -> Status:
    staff = header.one("StaffInfo")
    return Status(
        message_id=_message_id(header),
        sender=_organization(header.one("From")),
        response_for=_response_for(header.one("ResponseFor")),
        code=header.value("StatusCode", _status_code),
        at=header.timestamp("Timestamp"),
        staff=read_staff(staff) if staff else None,
        description=header.text("Description"),
    )


def _status_code(text: str) -> StatusCode:
    try:
        return StatusCode(text.zfill(2))
    except ValueError:
        known = ", ".join(StatusCode)
        raise ValueError(f"expected one of {known}, found {text[:40]!r}") from None


def _message_id(header: Fields) -> MessageId | None:
    identity = header.element.get("Id") if header.element is not None else None
    try:
        return MessageId(identity) if identity else None
    except InvalidIdentifier as error:
        raise MalformedEnvelope(str(error), code="envelope.message-id") from error


def _organization(party: Fields) -> Organization:
    organ_id = party.value("OrganId", OrganId)
    if organ_id is None:
        raise MalformedEnvelope(
            f"expected an agency code in {party.path}/OrganId, found "
            f"{party.text('OrganId')[:60]!r}",
            code="envelope.no-organ-id",
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


def _other_info(info: Fields) -> OtherInfo:
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


def _plain(info: Fields, name: str) -> str:
    # Nobody has published what stands inside; elements there must not make the letter unreadable.
    if info.one(name).has_children:
        info.one(name).tell("expected text, found elements")
        return ""
    return info.text(name)


def _response_for(item: Fields) -> ResponseFor:
    return ResponseFor(
        organ_id=item.value("OrganId", OrganId),
        code=item.text("Code"),
        document_id=item.value("DocumentId", DocumentId),
        promulgated=item.date("PromulgationDate"),
    )


def _traces(traces: Fields) -> tuple[TraceHeader, ...]:
    # The axis itself writes entries without a code or with the text "null" (facts §1.5).
    return tuple(
        TraceHeader(_lenient_organ(item.text("OrganId")), item.timestamp("Timestamp"))
        for item in traces.all("TraceHeader")
    )


def _lenient_organ(text: str) -> OrganId | None:
    try:
        return OrganId(text) if text != "null" else None
    except InvalidIdentifier:
        return None


def _attachments(
    root: _Element,
    body: Fields,
    parts: tuple[Part, ...],
    source: Source,
    findings: list[Finding],
) -> tuple[tuple[Attachment, ...], tuple[Attachment | None, ...]]:
    listed = body.one("edXMLManifest").all("Reference")
    elements = root.findall(_CONTENT_PATH)
    if len(elements) != len(parts):  # the skeleton was held to as many, wherever they stand
        raise MalformedEnvelope(
            f"expected every {CONTENT_ELEMENT} in edXML/AttachmentEncoded/Attachment and in "
            f"namespace {EDXML}, found {len(parts) - len(elements)} of {len(parts)} elsewhere",
            code="envelope.attachment-place",
        )
    spans = {
        _content_id(Fields(element.getparent(), "AttachmentEncoded.Attachment", findings)): part
        for element, part in zip(elements, parts, strict=True)
    }
    if len(spans) != len(parts):
        raise MalformedEnvelope(
            "expected each attachment under a content id of its own, found one used twice",
            code="envelope.duplicate-content-id",
        )
    attachments = tuple(_attachment(entry, spans, source) for entry in listed)
    if len({attachment.content_id for attachment in attachments}) != len(attachments):
        raise MalformedEnvelope(
            "expected each content id once in the manifest, found one used twice",
            code="envelope.duplicate-content-id",
        )
    known = {attachment.content_id: attachment for attachment in attachments}
    unlisted = (_unlisted(content_id) for content_id in spans if content_id not in known)
    findings.extend(islice(unlisted, MOST_FINDINGS))
    return attachments, tuple(known.get(content_id) for content_id in spans)


def _without_attachments(
    contents: tuple[Attachment | None, ...], findings: list[Finding]
) -> tuple[None, ...]:
    if contents:
        findings.append(
            Finding(
                code="M.AttachmentEncoded",
                path="AttachmentEncoded",
                message=f"expected a status without attachments, found {len(contents)}",
                advice="Do not use them: a status message has nothing that says what they are.",
            )
        )
    return (None,) * len(contents)


def _attachment(entry: Fields, spans: dict[ContentId, Part], source: Source) -> Attachment:
    content_id = _content_id(entry)
    part = spans.get(content_id)
    if part is None:
        raise MalformedEnvelope(
            f"expected the octets of {content_id.uri} in AttachmentEncoded, found none",
            code="envelope.attachment-missing",
        )
    return Attachment(
        content_id=content_id,
        name=entry.text("AttachmentName"),
        media_type=entry.text("ContentType"),
        description=entry.text("Description"),
        size=part.size,
        sha256=part.sha256,
        source=SpanSource(source, part.start, part.length),
    )


def _content_id(owner: Fields) -> ContentId:
    try:
        return ContentId.parse(owner.text("ContentId"))
    except InvalidIdentifier as error:
        raise MalformedEnvelope(f"{owner.path}: {error}", code="envelope.content-id") from error


def _unlisted(content_id: ContentId) -> Finding:
    return Finding(
        code="M.AttachmentEncoded.Attachment",
        path="AttachmentEncoded.Attachment",
        message=f"expected an entry in the manifest for {content_id.uri}, found none",
        advice="Do not use this attachment: nothing says what it is.",
    )
