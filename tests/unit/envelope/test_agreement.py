"""Our reader and a plain parser over the whole file say the same about every field."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from hypothesis import given
from letters import written
from lxml import etree

from docexchange.envelope import Document, Envelope
from docexchange.envelope.formats import format_date, format_timestamp
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from docexchange.envelope import (
        BusinessDocumentInfo,
        Message,
        Organization,
        ReplacementInfo,
        ResponseFor,
        StaffInfo,
        Status,
    )

Told = list[tuple[str, object]]


@given(messages)
def test_every_field_is_what_a_plain_parser_finds(message: Message):
    """Path by path, lxml finds exactly the texts that our reader reports, and none besides."""
    data = written(message)
    received = Envelope.from_bytes(data).message
    told = _document(received) if isinstance(received, Document) else _status(received)
    expected = [(path, str(value)) for path, value in told if value not in {None, ""}]
    assert sorted(_parsed(data)) == sorted(expected)


@given(messages)
def test_every_octet_is_what_a_plain_parser_finds(message: Message):
    """Name, type and octets of each attachment are those in the parsed file."""
    data = written(message)
    parsed = [
        (
            attachment.findtext("{*}ContentId"),
            (attachment.findtext("{*}AttachmentName") or "").strip(),
            attachment.findtext("{*}ContentType"),
            base64.b64decode(attachment.findtext("{*}ContentTransferEncoded") or ""),
        )
        for attachment in etree.fromstring(data).iterfind("{*}AttachmentEncoded/{*}Attachment")
    ]
    assert parsed == [
        (a.content_id.uri, a.name, a.media_type, b"".join(a.chunks()))
        for a in Envelope.from_bytes(data).message.attachments
    ]


def _parsed(data: bytes) -> Told:
    """All texts of the envelope with their paths, by lxml alone."""
    top = etree.fromstring(data).find("{*}edXMLEnvelope")
    assert top is not None
    found: Told = []
    for leaf in top.iter():
        if len(leaf) == 0 and leaf.text and leaf.text.strip():
            names = [etree.QName(up).localname for up in (leaf, *leaf.iterancestors())]
            found.append(("/".join(names[-3::-1]), leaf.text.strip()))
    return found


def _document(told: Document) -> Told:
    header = "edXMLHeader/MessageHeader"
    info, kind, signer = told.other_info, told.document_type, told.signer
    entry = "edXMLBody/edXMLManifest/Reference"
    return [
        *_organization(f"{header}/From", told.sender),
        *(pair for party in told.recipients for pair in _organization(f"{header}/To", party)),
        (f"{header}/DocumentId", told.document_id),
        (f"{header}/Code/CodeNumber", told.code.number),
        (f"{header}/Code/CodeNotation", told.code.notation),
        (f"{header}/PromulgationInfo/Place", told.promulgation.place),
        (f"{header}/PromulgationInfo/PromulgationDate", _day(told.promulgation.on)),
        (f"{header}/DocumentType/Type", kind.type),
        (f"{header}/DocumentType/TypeDetail", kind.detail),
        (f"{header}/DocumentType/TypeName", kind.name),
        (f"{header}/Subject", told.subject),
        (f"{header}/Content", told.content),
        (f"{header}/SignerInfo/Competence", signer.competence),
        (f"{header}/SignerInfo/Position", signer.position),
        (f"{header}/SignerInfo/FullName", signer.full_name),
        (f"{header}/DueDate", _day(told.due_date)),
        (f"{header}/OtherInfo/Priority", _number(info.priority)),
        (f"{header}/OtherInfo/SphereOfPromulgation", info.sphere),
        (f"{header}/OtherInfo/TyperNotation", info.typer_notation),
        (f"{header}/OtherInfo/PromulgationAmount", info.copies),
        (f"{header}/OtherInfo/PageAmount", info.pages),
        (f"{header}/OtherInfo/Direction", _word(info.direction)),
        (f"{header}/OtherInfo/ReplyFors", info.reply_fors),
        (f"{header}/OtherInfo/ReferenceCodes", info.reference_codes),
        *((f"{header}/OtherInfo/Appendixes/Appendix", text) for text in info.appendixes),
        *(pair for answered in told.response_for for pair in _response(header, answered)),
        (f"{header}/SteeringType", _number(told.steering)),
        *((f"{header}/ResponseForTask/TaskCode", code) for code in told.task_codes),
        (f"{header}/ApplicationType", told.application_type),
        *((f"{header}/ToPlaces/Place", place) for place in told.to_places),
        *_business(told),
        *((f"{entry}/ContentId", a.content_id.uri) for a in told.attachments),
        *((f"{entry}/ContentType", a.media_type) for a in told.attachments),
        *((f"{entry}/Description", a.description) for a in told.attachments),
        *((f"{entry}/AttachmentName", a.name) for a in told.attachments),
    ]


def _status(told: Status) -> Told:
    header = "edXMLHeader/MessageHeader"
    return [
        *_organization(f"{header}/From", told.sender),
        *_response(header, told.response_for),
        *(_staff(header, told.staff) if told.staff else ()),
        (f"{header}/StatusCode", told.code),
        (f"{header}/Description", told.description),
        (f"{header}/Timestamp", told.at and format_timestamp(told.at)),
    ]


def _organization(path: str, party: Organization) -> Told:
    return [
        (f"{path}/OrganId", party.organ_id),
        (f"{path}/OrganizationInCharge", party.in_charge),
        (f"{path}/OrganName", party.name),
        (f"{path}/OrganAdd", party.address),
        (f"{path}/Email", party.email),
        (f"{path}/Telephone", party.telephone),
        (f"{path}/Fax", party.fax),
        (f"{path}/Website", party.website),
    ]


def _response(path: str, answered: ResponseFor) -> Told:
    return [
        (f"{path}/ResponseFor/OrganId", answered.organ_id),
        (f"{path}/ResponseFor/Code", answered.code),
        (f"{path}/ResponseFor/DocumentId", answered.document_id),
        (f"{path}/ResponseFor/PromulgationDate", _day(answered.promulgated)),
    ]


def _staff(path: str, staff: StaffInfo) -> Told:
    return [
        (f"{path}/StaffInfo/Department", staff.department),
        (f"{path}/StaffInfo/DepartmentId", staff.department_id),
        (f"{path}/StaffInfo/Staff", staff.staff),
        (f"{path}/StaffInfo/StaffId", staff.staff_id),
        (f"{path}/StaffInfo/Email", staff.email),
        (f"{path}/StaffInfo/Mobile", staff.mobile),
    ]


def _business(told: Document) -> Told:
    path, business = "edXMLHeader/TraceHeaderList/Bussiness", told.business
    if business is None:
        return []
    return [
        (f"{path}/DocumentId", business.document_id),
        (f"{path}/BussinessDocType", _number(business.kind)),
        (f"{path}/BussinessDocReason", business.reason),
        (f"{path}/Paper", _number(business.paper)),
        *_update(f"{path}/BussinessDocumentInfo", business.document_info),
        *(
            pair
            for replaced in business.replacements
            for pair in _replacement(f"{path}/ReplacementInfoList/ReplacementInfo", replaced)
        ),
        *(pair for staff in business.staff for pair in _staff(path, staff)),
    ]


def _update(path: str, info: BusinessDocumentInfo | None) -> Told:
    if info is None:
        return []
    receiver = f"{path}/ReceiverList/Receiver"
    return [
        (f"{path}/DocumentInfo", _number(info.document_info)),
        (f"{path}/DocumentReceiver", _number(info.document_receiver)),
        *((f"{receiver}/OrganId", item.organ_id) for item in info.receivers),
        *((f"{receiver}/ReceiverType", _number(item.type)) for item in info.receivers),
    ]


def _replacement(path: str, replaced: ReplacementInfo) -> Told:
    return [
        (f"{path}/DocumentId", replaced.document_id),
        *((f"{path}/OrganIdList/OrganId", organ_id) for organ_id in replaced.organ_ids),
    ]


def _word(value: bool | None) -> str | None:  # noqa: FBT001  a value, not an option
    return None if value is None else str(value).lower()


def _day(value: object) -> str | None:
    return None if value is None else format_date(value)


def _number(value: int | None) -> int | None:
    return None if value is None else int(value)
