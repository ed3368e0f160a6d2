"""What is exchanged: frozen values in the terms of QCVN 102.

Types hold what the wire can hold, legal or not, so that a letter with a fault can still be shown to
a clerk; ``rules.check`` tells what is wrong with one, and ``DocumentBuilder`` refuses to make it.
An empty string, ``None`` or an empty tuple is a field that is left out. White space around a text
is not part of it: writers leave it out and readers strip it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.envelope.codes import (
    BusinessKind,
    Priority,
    ReceiverType,
    StatusCode,
    SteeringType,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.identifiers import DocumentId, MessageId, OrganId

__all__ = [
    "Business",
    "BusinessDocumentInfo",
    "Code",
    "Document",
    "DocumentType",
    "Message",
    "Organization",
    "OtherInfo",
    "PromulgationInfo",
    "Receiver",
    "ReplacementInfo",
    "ResponseFor",
    "SignerInfo",
    "StaffInfo",
    "Status",
    "TraceHeader",
]


@dataclass(frozen=True, slots=True)
class Organization:
    """An agency as a letter names it (``From``, ``To``)."""

    organ_id: OrganId
    """Its code."""
    name: str = ""
    """``OrganName``."""
    in_charge: str = ""
    """``OrganizationInCharge``: the body it answers to."""
    address: str = ""
    """``OrganAdd``."""
    email: str = ""
    """``Email``."""
    telephone: str = ""
    """``Telephone``."""
    fax: str = ""
    """``Fax``."""
    website: str = ""
    """``Website``."""


@dataclass(frozen=True, slots=True)
class Code:
    """Number and notation of a document: ``15/QĐ-BNV`` is ``Code("15", "QĐ-BNV")``."""

    number: str
    """``CodeNumber``."""
    notation: str
    """``CodeNotation``."""

    def __str__(self) -> str:
        return f"{self.number}/{self.notation}" if self.notation else self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class PromulgationInfo:
    """Where and when a document was issued."""

    place: str = ""
    """``Place``."""
    on: date | None = None
    """``PromulgationDate``, a date in Vietnam."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """The kind of document; ``name`` is the human truth, the numbers differ by sender."""

    type: int | None = None
    """``Type``: 1 legal, 2 administrative, or a number of the lists in Amendment 1:2022."""
    name: str = ""
    """``TypeName``: ``Công văn``, ``Quyết định``."""
    detail: int | None = None
    """``TypeDetail``: a number in the list that ``type`` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """Who signed the document."""

    full_name: str = ""
    """``FullName``."""
    competence: str = ""
    """``Competence``: TM., KT., TL., TUQ., Q."""
    position: str = ""
    """``Position``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherInfo:
    """Handling marks."""

    priority: Priority | None = Priority.NORMAL
    """``Priority``."""
    sphere: str = ""
    """``SphereOfPromulgation``."""
    typer_notation: str = ""
    """``TyperNotation``."""
    copies: int | None = None
    """``PromulgationAmount``."""
    pages: int | None = None
    """``PageAmount``."""
    direction: bool | None = None
    """``Direction``, an extension of the Java SDK."""
    reply_fors: str = ""
    """``ReplyFors``, an extension of the Java SDK."""
    reference_codes: str = ""
    """``ReferenceCodes``, an extension of the Java SDK."""
    appendixes: tuple[str, ...] = ()
    """``Appendixes/Appendix``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseFor:
    """The document that a message answers or reports on."""

    organ_id: OrganId | None = None
    """The agency on the other side (the document's sender, but in 13 its receiver)."""
    code: str = ""
    """``number/notation``."""
    document_id: DocumentId | None = None
    """``DocumentId``."""
    promulgated: date | None = None
    """``PromulgationDate``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInfo:
    """Who handled it."""

    department: str = ""
    """``Department``."""
    department_id: str = ""
    """``DepartmentId``."""
    staff: str = ""
    """``Staff``: the person's name."""
    staff_id: str = ""
    """``StaffId``."""
    email: str = ""
    """``Email``."""
    mobile: str = ""
    """``Mobile``."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """An agency that an update adds or removes."""

    organ_id: OrganId | None
    """``OrganId``."""
    type: ReceiverType | None
    """``ReceiverType``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDocumentInfo:
    """What an update changes (``BussinessDocumentInfo`` on the wire)."""

    document_info: bool | None = None
    """``DocumentInfo``: whether data of the document change."""
    document_receiver: bool | None = None
    """``DocumentReceiver``: whether its receivers change."""
    receivers: tuple[Receiver, ...] = ()
    """``ReceiverList/Receiver``: the receivers that change."""


@dataclass(frozen=True, slots=True)
class ReplacementInfo:
    """A document that is replaced, and for whom."""

    document_id: DocumentId | None
    """``DocumentId`` of the document replaced."""
    organ_ids: tuple[OrganId, ...] = ()
    """``OrganIdList/OrganId``: the agencies that hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What the message does with the document (``Bussiness`` on the wire)."""

    kind: BusinessKind | None = BusinessKind.NEW
    """``BussinessDocType``."""
    reason: str = ""
    """``BussinessDocReason``."""
    paper: bool | None = False
    """``Paper``: whether a paper copy also follows."""
    document_id: DocumentId | None = None
    """``DocumentId``: the document acted on, for recalls and updates."""
    document_info: BusinessDocumentInfo | None = None
    """``BussinessDocumentInfo``, for updates."""
    replacements: tuple[ReplacementInfo, ...] = ()
    """``ReplacementInfoList/ReplacementInfo``, for replacements."""
    staff: tuple[StaffInfo, ...] = ()
    """``StaffInfo``."""


@dataclass(frozen=True, slots=True)
class TraceHeader:
    """An access point the message passed. Not signed: hubs add them on the way."""

    organ_id: OrganId | None
    """Who; None where the axis left it out or wrote ``null``."""
    at: datetime | None
    """When, timezone-aware."""


class _Checked:
    """Remembers that the rules found nothing; what cannot change need not be asked again.

    It is no field: a copy with other values knows nothing of it.
    """

    __slots__ = ("_faultless",)

    @property
    def known_faultless(self) -> bool:
        """Whether ``rules.check`` found nothing when it was built."""
        return getattr(self, "_faultless", False)

    def remember_faultless(self) -> None:
        """Remember that ``rules.check`` found nothing."""
        object.__setattr__(self, "_faultless", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(_Checked):
    """A document message: the letter and its attachments."""

    message_id: MessageId | None
    """``Id`` of the ``MessageHeader``; None in messages of systems that sign nothing."""
    sender: Organization
    """``From``."""
    recipients: tuple[Organization, ...]
    """``To``."""
    document_id: DocumentId | None
    """``DocumentId``."""
    code: Code
    """``Code``."""
    promulgation: PromulgationInfo
    """``PromulgationInfo``."""
    document_type: DocumentType
    """``DocumentType``."""
    subject: str
    """``Subject``: trích yếu."""
    content: str = ""
    """``Content``."""
    signer: SignerInfo = SignerInfo()
    """``SignerInfo``."""
    due_date: date | None = None
    """``DueDate``: hạn trả lời."""
    other_info: OtherInfo = OtherInfo()
    """``OtherInfo``."""
    response_for: tuple[ResponseFor, ...] = ()
    """``ResponseFor``."""
    steering: SteeringType | None = None
    """``SteeringType``."""
    task_codes: tuple[str, ...] = ()
    """``ResponseForTask/TaskCode``, an extension of the Java SDK."""
    application_type: str = ""
    """``ApplicationType``, an extension of the Java SDK."""
    to_places: tuple[str, ...] = ()
    """``ToPlaces/Place``: nơi nhận."""
    business: Business | None = Business()
    """``TraceHeaderList/Bussiness``."""
    attachments: tuple[Attachment, ...] = ()
    """In the order of the manifest."""

    @property
    def destinations(self) -> tuple[OrganId, ...]:
        """The agencies it goes to, each once."""
        return tuple(dict.fromkeys(party.organ_id for party in self.recipients))

    @property
    def acted_on(self) -> tuple[DocumentId, ...]:
        """The documents that this one recalls, updates or replaces, each once.

        A recall names its document in ``Bussiness`` or, as in the official sample, in
        ``ResponseFor``.
        """
        business = self.business
        match business.kind if business else None:
            case BusinessKind.RECALL if business and business.document_id is None:
                named = [answered.document_id for answered in self.response_for]
            case BusinessKind.RECALL | BusinessKind.UPDATE if business:
                named = [business.document_id]
            case BusinessKind.REPLACE if business:
                named = [replaced.document_id for replaced in business.replacements]
            case _:
                named = []
        return tuple(dict.fromkeys(name for name in named if name is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(_Checked):
    """A status message: what became of a document."""

    message_id: MessageId | None
    """``Id`` of the ``MessageHeader``."""
    sender: Organization
    """``From``: the agency that reports."""
    response_for: ResponseFor
    """The document it is about, and whom it is for."""
    code: StatusCode | None
    """``StatusCode``."""
    at: datetime | None
    """``Timestamp``, timezone-aware."""
    staff: StaffInfo | None = None
    """``StaffInfo``."""
    description: str = ""
    """``Description``: the reason, in refusals."""

    @property
    def destinations(self) -> tuple[OrganId, ...]:
        """The agency it goes to."""
        organ_id = self.response_for.organ_id
        return (organ_id,) if organ_id is not None else ()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """A status carries none."""
        return ()


Message = Document | Status
"""What an envelope holds."""
