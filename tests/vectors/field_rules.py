"""Letters with one fault each: what is missing, too long, not allowed, or of the wrong type."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from letters import letter
from vectors.bases import (
    DISTRICT,
    FULL,
    REPLACE,
    STATUS,
    UPDATE,
    with_text,
    with_value,
)
from vectors.vector import (
    AMENDMENT,
    DECISION_20,
    DECISION_28,
    DECREE_30,
    QCVN,
    Vector,
    accepted,
    unchecked,
)

from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from docexchange.envelope import Message

_LETTER: Final = letter()
BUSINESS: Final = "TraceHeaderList.Bussiness"
INFO: Final = f"{BUSINESS}.BussinessDocumentInfo"
RECEIVER: Final = f"{INFO}.ReceiverList.Receiver"
REPLACED: Final = f"{BUSINESS}.ReplacementInfoList.ReplacementInfo"
_ODD: Final = OrganId("28.22.H17")
ATTACHED: Final = "AttachmentEncoded.Attachment"

LENGTHS: Final = (
    ("MessageHeader.Code.CodeNumber", "code.number", 11),
    ("MessageHeader.Code.CodeNotation", "code.notation", 30),
    ("MessageHeader.PromulgationInfo.Place", "promulgation.place", 50),
    ("MessageHeader.DocumentType.TypeName", "document_type.name", 100),
    ("MessageHeader.Subject", "subject", 500),
    ("MessageHeader.Content", "content", 500),
    ("MessageHeader.SignerInfo.Competence", "signer.competence", 100),
    ("MessageHeader.SignerInfo.Position", "signer.position", 100),
    ("MessageHeader.SignerInfo.FullName", "signer.full_name", 50),
    ("MessageHeader.OtherInfo.SphereOfPromulgation", "other_info.sphere", 100),
    ("MessageHeader.OtherInfo.TyperNotation", "other_info.typer_notation", 10),
    ("MessageHeader.OtherInfo.ReplyFors", "other_info.reply_fors", 500),
    ("MessageHeader.OtherInfo.ReferenceCodes", "other_info.reference_codes", 500),
    ("MessageHeader.ApplicationType", "application_type", 100),
    *(
        (f"MessageHeader.{party}.{name}", f"{owner}.{attribute}", most)
        for party, owner in (("From", "sender"), ("To", "recipients.0"))
        for name, attribute, most in (
            ("OrganName", "name", 500),
            ("OrganizationInCharge", "in_charge", 500),
            ("OrganAdd", "address", 500),
            ("Email", "email", 100),
            ("Telephone", "telephone", 20),
            ("Fax", "fax", 20),
            ("Website", "website", 100),
        )
    ),
    (f"{BUSINESS}.BussinessDocReason", "business.reason", 500),
)
"""Path, attribute of the message, and how many characters may stand there."""
LISTED: Final = (
    ("MessageHeader.OtherInfo.Appendixes.Appendix", "other_info.appendixes", 250),
    ("MessageHeader.ToPlaces.Place", "to_places", 150),
    ("MessageHeader.ResponseForTask.TaskCode", "task_codes", 500),
)
"""The same for texts that may stand there several times."""
ABSENT: Final = (
    ("MessageHeader.To", "recipients", ()),
    ("MessageHeader.DocumentId", "document_id", None),
    ("MessageHeader.From.OrganName", "sender.name", ""),
    ("MessageHeader.To.OrganName", "recipients.0.name", ""),
    ("MessageHeader.Code.CodeNumber", "code.number", ""),
    ("MessageHeader.Code.CodeNotation", "code.notation", ""),
    ("MessageHeader.PromulgationInfo.PromulgationDate", "promulgation.on", None),
    ("MessageHeader.DocumentType.Type", "document_type.type", None),
    ("MessageHeader.DocumentType.TypeName", "document_type.name", ""),
    ("MessageHeader.Subject", "subject", ""),
    ("MessageHeader.SignerInfo.FullName", "signer.full_name", ""),
    ("MessageHeader.OtherInfo.Priority", "other_info.priority", None),
    (f"{BUSINESS}.BussinessDocType", "business.kind", None),
)
"""Path, attribute and what the attribute is when the element is missing."""
MUTE: Final = (
    ("MessageHeader.From.OrganName", "sender.name"),
    ("MessageHeader.To.OrganName", "recipients.0.name"),
    ("MessageHeader.Code.CodeNumber", "code.number"),
    ("MessageHeader.Code.CodeNotation", "code.notation"),
    ("MessageHeader.DocumentType.TypeName", "document_type.name"),
    ("MessageHeader.Subject", "subject"),
    ("MessageHeader.SignerInfo.FullName", "signer.full_name"),
)
"""Texts that must say something: path and attribute."""
_NULL: Final = DocumentId("null")
MUTE_IDS: Final = (
    (FULL, "MessageHeader.DocumentId", "document_id", _NULL),
    (
        FULL,
        "MessageHeader.ResponseFor.DocumentId",
        "response_for.0.document_id",
        DocumentId("null"),
    ),
    (FULL, "MessageHeader.ResponseFor.OrganId", "response_for.0.organ_id", OrganId("null")),
    (FULL, f"{BUSINESS}.DocumentId", "business.document_id", _NULL),
    (FULL, f"{BUSINESS}.StaffInfo.Department", "business.staff.0.department", "null"),
    (STATUS, "MessageHeader.StaffInfo.Department", "staff.department", "null"),
)
"""A letter, the path of an id or name of it, its attribute, and a value that says nothing."""
UNREADABLE: Final = (
    (FULL, "MessageHeader.DocumentId", "document_id", "a&#x200B;b"),
    (FULL, "MessageHeader.PromulgationInfo.PromulgationDate", "promulgation.on", "2026/02/30"),
    (FULL, "MessageHeader.DocumentType.Type", "document_type.type", "hai"),
    (FULL, "MessageHeader.DocumentType.TypeDetail", "document_type.detail", "2.0"),
    (FULL, "MessageHeader.DueDate", "due_date", "31.03.2026"),
    (FULL, "MessageHeader.OtherInfo.Priority", "other_info.priority", "7"),
    (FULL, "MessageHeader.OtherInfo.PromulgationAmount", "other_info.copies", "1_0"),
    (FULL, "MessageHeader.OtherInfo.PageAmount", "other_info.pages", "٢"),
    (FULL, "MessageHeader.OtherInfo.Direction", "other_info.direction", "yes"),
    (FULL, "MessageHeader.OtherInfo.ReplyFors", "other_info.reply_fors", "<a>1</a>"),
    (FULL, "MessageHeader.OtherInfo.ReferenceCodes", "other_info.reference_codes", "<a>1</a>"),
    (FULL, "MessageHeader.ResponseFor.OrganId", "response_for.0.organ_id", "G 22"),
    (FULL, "MessageHeader.ResponseFor.DocumentId", "response_for.0.document_id", "a&#x200B;b"),
    (FULL, "MessageHeader.ResponseFor.PromulgationDate", "response_for.0.promulgated", "2026"),
    (FULL, "MessageHeader.SteeringType", "steering", "4"),
    (FULL, f"{BUSINESS}.BussinessDocType", "business.kind", "44"),
    (FULL, f"{BUSINESS}.Paper", "business.paper", "true"),
    (FULL, f"{BUSINESS}.DocumentId", "business.document_id", "a&#x200B;b"),
    (UPDATE, f"{INFO}.DocumentInfo", "business.document_info.document_info", "2"),
    (UPDATE, f"{INFO}.DocumentReceiver", "business.document_info.document_receiver", "2"),
    (UPDATE, f"{RECEIVER}.OrganId", "business.document_info.receivers.0.organ_id", "H 53"),
    (UPDATE, f"{RECEIVER}.ReceiverType", "business.document_info.receivers.0.type", "2"),
    (REPLACE, f"{REPLACED}.DocumentId", "business.replacements.0.document_id", "a&#x200B;b"),
    (REPLACE, f"{REPLACED}.OrganIdList.OrganId", "business.replacements.0.organ_ids", "H 53"),
    (STATUS, "MessageHeader.StatusCode", "code", "14"),
    (STATUS, "MessageHeader.Timestamp", "at", "2026/03/02 25:00:00"),
)
"""A letter, the path of a field of it, its attribute, and a text that is not of its type."""


def fault(name: str, content: bytes, *findings: str, **told: Any) -> Vector:
    return accepted(f"rules/{name}", content, *(findings or (name,)), **told)


def shown(name: str, message: Message, *findings: str, **told: Any) -> Vector:
    return fault(name, unchecked(message), *findings, message=message, **told)


def _too_long(path: str, attribute: str, most: int) -> Vector:
    return shown(
        f"R.{path}",
        with_value(_LETTER, attribute, "x" * (most + 1)),
        en=f"{path} has {most + 1} characters; {most} are allowed.",
        vi=f"{path} dài {most + 1} ký tự; chỉ được {most}.",
        source=f"{DECREE_30}, appendix VI; {QCVN}, MessageHeader",
    )


def _too_long_in_list(path: str, attribute: str, most: int) -> Vector:
    return shown(
        f"R.{path}",
        with_value(_LETTER, attribute, ("x" * most, "x" * (most + 1))),
        f"R.{path} {path}[2]",
        en=f"The second {path} has {most + 1} characters; {most} are allowed.",
        vi=f"{path} thứ hai dài {most + 1} ký tự; chỉ được {most}.",
        source=f"{QCVN}, MessageHeader",
    )


def _absent(path: str, attribute: str, nothing: object) -> Vector:
    return shown(
        f"N.{path}",
        with_value(_LETTER, attribute, nothing),
        en=f"{path} is missing.",
        vi=f"Thiếu {path}.",
        source=f"{DECISION_28}, article 10(2); {QCVN}",
    )


def _mute(path: str, attribute: str) -> Vector:
    return shown(
        f"M.{path}",
        with_value(_LETTER, attribute, "null"),
        en=f"{path} says null where a value is needed.",
        vi=f"{path} ghi null ở chỗ phải có giá trị.",
        source=f"{QCVN}; letters met on the national axis",
    )


def _mute_id(base: Message, path: str, attribute: str, value: object) -> Vector:
    return shown(
        f"M.{path}-null",
        with_value(_smallest(base, attribute), attribute, value),
        f"M.{path}",
        en=f"{path} says null where a value is needed.",
        vi=f"{path} ghi null ở chỗ phải có giá trị.",
        source=f"{QCVN}; letters met on the national axis",
    )


def _smallest(base: Message, attribute: str) -> Message:
    """The small letter with the one thing of a larger one that holds the attribute."""
    top = attribute.partition(".")[0]
    return replace(_LETTER, **{top: getattr(FULL, top)}) if base is FULL else base


def _unreadable(base: Message, path: str, attribute: str, text: str) -> Vector:
    base = _smallest(base, attribute)
    nothing: Any = {"other_info.reply_fors": "", "other_info.reference_codes": ""}.get(attribute)
    if attribute.endswith("organ_ids"):
        nothing = (DISTRICT,)
    return fault(
        f"T.{path}",
        with_text(unchecked(base), path, text),
        message=with_value(base, attribute, nothing),
        en=f"{path} is not of the type it should have: {text}",
        vi=f"{path} sai kiểu dữ liệu: {text}",
        source=f"{AMENDMENT}, code lists; {QCVN}",
    )


def _out_of_range(path: str, attribute: str, number: int) -> Vector:
    return shown(
        f"R.{path}",
        with_value(_LETTER, attribute, number),
        en=f"{path} is {number}, outside 0 to 999999999.",
        vi=f"{path} là {number}, ngoài khoảng 0 đến 999999999.",
        source=f"{DECREE_30}, appendix VI",
    )


def _organ(name: str, message: Message, path: str) -> Vector:
    return shown(
        name,
        message,
        f"T.{path}",
        en=f"{path} is an agency code outside the two official grammars.",
        vi=f"{path} là mã cơ quan không theo hai quy cách chính thức.",
        source=f"{DECISION_20}, articles 4 to 6; {QCVN}",
    )


FIELDS: Final[tuple[Vector, ...]] = (
    *(_too_long(*row) for row in LENGTHS),
    *(_too_long_in_list(*row) for row in LISTED),
    *(_absent(*row) for row in ABSENT),
    *(_mute(*row) for row in MUTE),
    *(_mute_id(*row) for row in MUTE_IDS),
    *(_unreadable(*row) for row in UNREADABLE),
    _out_of_range("MessageHeader.DocumentType.Type", "document_type.type", -1),
    _out_of_range("MessageHeader.DocumentType.TypeDetail", "document_type.detail", -1),
    _out_of_range("MessageHeader.OtherInfo.PromulgationAmount", "other_info.copies", -1),
    _out_of_range("MessageHeader.OtherInfo.PageAmount", "other_info.pages", -1),
    _organ("T.MessageHeader.From.OrganId", with_value(_LETTER, "sender.organ_id", _ODD),
           "MessageHeader.From.OrganId"),
    _organ("T.MessageHeader.To.OrganId", with_value(_LETTER, "recipients.0.organ_id", _ODD),
           "MessageHeader.To.OrganId"),
    _organ(f"T.{RECEIVER}.OrganId-odd",
           with_value(UPDATE, "business.document_info.receivers.0.organ_id", _ODD),
           f"{RECEIVER}.OrganId"),
    _organ(f"T.{REPLACED}.OrganIdList.OrganId-odd",
           with_value(REPLACE, "business.replacements.0.organ_ids", (_ODD,)),
           f"{REPLACED}.OrganIdList.OrganId"),
)  # fmt: skip
