"""Letters read and written by others: lxml by hand, and dataclasses bound by xsdata.

Both fill the same fields as ours and decode and hash the attachment, as a user of theirs would do
it. Neither has limits, judges fields, tells findings, checks that manifest and octets agree, or
keeps the bytes it has read: they do less than we do.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml.builder import ElementMaker
from xsdata.formats.dataclass.context import XmlContext
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

if TYPE_CHECKING:
    from pathlib import Path

EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XML = etree.XMLParser(resolve_entities=False, no_network=True)
HUGE = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)


def leaf(name: str) -> Any:
    """A text that may be left out."""
    return field(default=None, metadata={"name": name, "type": "Element", "namespace": EDXML})


def many(name: str) -> Any:
    """Elements of which there may be any number."""
    metadata = {"name": name, "type": "Element", "namespace": EDXML}
    return field(default_factory=list, metadata=metadata)


@dataclass
class Organization:
    organ_id: str | None = leaf("OrganId")
    in_charge: str | None = leaf("OrganizationInCharge")
    name: str | None = leaf("OrganName")
    address: str | None = leaf("OrganAdd")
    email: str | None = leaf("Email")
    telephone: str | None = leaf("Telephone")
    fax: str | None = leaf("Fax")
    website: str | None = leaf("Website")


@dataclass
class Code:
    number: str | None = leaf("CodeNumber")
    notation: str | None = leaf("CodeNotation")


@dataclass
class Promulgation:
    place: str | None = leaf("Place")
    on: str | None = leaf("PromulgationDate")


@dataclass
class DocumentType:
    type: int | None = leaf("Type")
    detail: int | None = leaf("TypeDetail")
    name: str | None = leaf("TypeName")


@dataclass
class Signer:
    competence: str | None = leaf("Competence")
    position: str | None = leaf("Position")
    full_name: str | None = leaf("FullName")


@dataclass
class OtherInfo:
    priority: int | None = leaf("Priority")
    sphere: str | None = leaf("SphereOfPromulgation")
    typer: str | None = leaf("TyperNotation")
    copies: int | None = leaf("PromulgationAmount")
    pages: int | None = leaf("PageAmount")


@dataclass
class ResponseFor:
    organ_id: str | None = leaf("OrganId")
    code: str | None = leaf("Code")
    document_id: str | None = leaf("DocumentId")
    promulgated: str | None = leaf("PromulgationDate")


@dataclass
class MessageHeader:
    sender: Organization | None = leaf("From")
    recipients: list[Organization] = many("To")
    document_id: str | None = leaf("DocumentId")
    code: Code | None = leaf("Code")
    promulgation: Promulgation | None = leaf("PromulgationInfo")
    document_type: DocumentType | None = leaf("DocumentType")
    subject: str | None = leaf("Subject")
    content: str | None = leaf("Content")
    signer: Signer | None = leaf("SignerInfo")
    due: str | None = leaf("DueDate")
    other: OtherInfo | None = leaf("OtherInfo")
    response_for: list[ResponseFor] = many("ResponseFor")
    identity: str | None = field(default=None, metadata={"name": "Id", "type": "Attribute"})


@dataclass
class Staff:
    department: str | None = leaf("Department")
    staff: str | None = leaf("Staff")
    email: str | None = leaf("Email")
    mobile: str | None = leaf("Mobile")


@dataclass
class Business:
    document_id: str | None = leaf("DocumentId")
    kind: int | None = leaf("BussinessDocType")
    reason: str | None = leaf("BussinessDocReason")
    paper: int | None = leaf("Paper")
    staff_list: list[Staff] = many("StaffInfo")
    identity: str | None = field(default=None, metadata={"name": "Id", "type": "Attribute"})


@dataclass
class Traces:
    business: Business | None = leaf("Bussiness")
    version: str | None = field(default=None, metadata={"name": "version", "type": "Attribute"})


@dataclass
class Header:
    message: MessageHeader | None = leaf("MessageHeader")
    traces: Traces | None = leaf("TraceHeaderList")


@dataclass
class Reference:
    content_id: str | None = leaf("ContentId")
    media_type: str | None = leaf("ContentType")
    description: str | None = leaf("Description")
    name: str | None = leaf("AttachmentName")


@dataclass
class Manifest:
    references: list[Reference] = many("Reference")
    version: str | None = field(default=None, metadata={"name": "version", "type": "Attribute"})


@dataclass
class Body:
    manifest: Manifest | None = leaf("edXMLManifest")
    identity: str | None = field(default=None, metadata={"name": "Id", "type": "Attribute"})


@dataclass
class Envelope:
    header: Header | None = leaf("edXMLHeader")
    body: Body | None = leaf("edXMLBody")


@dataclass
class Attachment:
    content_id: str | None = leaf("ContentId")
    name: str | None = leaf("AttachmentName")
    media_type: str | None = leaf("ContentType")
    octets: bytes | None = field(
        default=None,
        metadata={
            "name": "ContentTransferEncoded",
            "type": "Element",
            "namespace": EDXML,
            "format": "base64",
        },
    )


@dataclass
class Encoded:
    attachments: list[Attachment] = many("Attachment")


@dataclass
class EdXml:
    class Meta:
        name = "edXML"
        namespace = EDXML

    envelope: Envelope | None = leaf("edXMLEnvelope")
    encoded: Encoded | None = leaf("AttachmentEncoded")


class Xsdata:
    """Dataclasses as xsdata would generate them, with its lxml handler."""

    name = "xsdata"

    def __init__(self) -> None:
        context = XmlContext()
        self._parser = XmlParser(context=context)
        self._writer = XmlSerializer(context=context, config=SerializerConfig())

    def read(self, data: bytes) -> EdXml:
        letter = self._parser.from_bytes(data, EdXml)
        for attachment in letter.encoded.attachments:
            hashlib.sha256(attachment.octets).digest()
        return letter

    def write(self, letter: EdXml) -> bytes:
        return self._writer.render(letter, ns_map={"edXML": EDXML}).encode()


LISTS = {"staff_list", "recipients", "response_for", "references", "attachments"}
PARTS = {
    "sender": Organization,
    "recipients": Organization,
    "code": Code,
    "promulgation": Promulgation,
    "document_type": DocumentType,
    "signer": Signer,
    "other": OtherInfo,
    "response_for": ResponseFor,
    "message": MessageHeader,
    "staff_list": Staff,
    "business": Business,
    "traces": Traces,
    "header": Header,
    "references": Reference,
    "manifest": Manifest,
    "body": Body,
    "envelope": Envelope,
    "attachments": Attachment,
    "encoded": Encoded,
}
TAGS = {
    kind: {
        f"{{{EDXML}}}{item.metadata['name']}": name
        for name, item in kind.__dataclass_fields__.items()
        if item.metadata["type"] == "Element"
    }
    for kind in (EdXml, *PARTS.values())
}
ATTRIBUTES = {"identity": "Id", "version": "version"}
MAKE = ElementMaker(namespace=EDXML, nsmap={"edXML": EDXML})


class Lxml:
    """lxml, and a walk by hand over the tree into the same dataclasses."""

    name = "lxml by hand"

    def read(self, data: bytes) -> EdXml:
        letter = _read(etree.fromstring(data, XML), EdXml)
        for attachment in letter.encoded.attachments:
            attachment.octets = base64.b64decode(attachment.octets)
            hashlib.sha256(attachment.octets).digest()
        return letter

    def write(self, letter: EdXml) -> bytes:
        return etree.tostring(_made("edXML", letter), encoding="UTF-8", xml_declaration=True)


def _read(element: Any, kind: type[Any]) -> Any:
    names, values = TAGS[kind], {}
    for child in element:
        name = names.get(child.tag)
        if name is None:
            continue
        part = PARTS.get(name) if len(child) else None
        value = _read(child, part) if part else (child.text or "").strip()
        if name in LISTS:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    for name, attribute in ATTRIBUTES.items():
        if name in kind.__dataclass_fields__:
            values[name] = element.get(attribute)
    return kind(**values)


def _made(tag_name: str, value: Any) -> Any:
    element = MAKE(tag_name)
    for tag, field_name in TAGS[type(value)].items():
        found = getattr(value, field_name)
        for item in found if isinstance(found, list) else (found,):
            if item is None:
                continue
            if type(item) in TAGS:
                element.append(_made(etree.QName(tag).localname, item))
            else:
                text = base64.b64encode(item).decode() if isinstance(item, bytes) else str(item)
                etree.SubElement(element, tag).text = text
    for name, attribute in ATTRIBUTES.items():
        if getattr(value, name, None):
            element.set(attribute, getattr(value, name))
    return element


def canonical_digest(path: Path) -> None:
    """What a signature over the whole file asks for: parse, exclusive canonical XML, SHA-256."""
    root = etree.parse(str(path), HUGE)
    hashlib.sha256(etree.tostring(root, method="c14n", exclusive=True)).digest()
