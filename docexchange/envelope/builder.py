"""Builders: put a message together step by step; ``build()`` tells all faults at once.

>>> letter = (
...     DocumentBuilder()
...     .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
...     .to(Organization(OrganId("000.00.00.G22"), "Văn phòng Chính phủ"))
...     .code("12", "UBND-VX").promulgated(date(2026, 3, 2), place="An Thạnh")
...     .type("Công văn").subject("V/v báo cáo tình hình").signer("Nguyễn Văn An")
...     .attach(Attachment.from_path("báo cáo.pdf"))
...     .build()
... )

Each method returns a new builder; setting a field twice is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.envelope.codes import BusinessKind, ReceiverType
from docexchange.envelope.model import (
    Business,
    BusinessDocumentInfo,
    Code,
    Document,
    DocumentType,
    Organization,
    OtherInfo,
    PromulgationInfo,
    Receiver,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    Status,
)
from docexchange.envelope.rules.rules import check
from docexchange.errors import InvalidEnvelope, InvalidField, InvalidIdentifier, UsageError
from docexchange.identifiers import DocumentId, MessageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.codes import StatusCode, SteeringType
    from docexchange.envelope.model import StaffInfo
    from docexchange.identifiers import OrganId

__all__ = ["DocumentBuilder", "status_of"]

_M = TypeVar("_M", Document, Status)
_ADMINISTRATIVE: Final = 2


@dataclass(frozen=True, slots=True)
class DocumentBuilder:
    """Builds a new document message."""

    _set: dict[str, Any] = field(default_factory=dict)
    _to: tuple[Organization, ...] = ()
    _attached: tuple[Attachment, ...] = ()

    def _with(self, name: str, value: object) -> DocumentBuilder:
        if name in self._set:
            raise UsageError(
                f"DocumentBuilder: expected {name} once, found it set again",
                code="builder.set-twice",
                advice="Start a new builder.",
            )
        return DocumentBuilder({**self._set, name: value}, self._to, self._attached)

    def message_id(self, message_id: MessageId) -> DocumentBuilder:
        """Use this id instead of a fresh one."""
        return self._with("message_id", message_id)

    def sender(self, party: Organization) -> DocumentBuilder:
        """The agency that sends."""
        return self._with("sender", party)

    def to(self, *parties: Organization) -> DocumentBuilder:
        """Agencies that receive; may be called again for more."""
        return DocumentBuilder(self._set, (*self._to, *parties), self._attached)

    def document_id(self, document_id: DocumentId) -> DocumentBuilder:
        """Use this id instead of ``code,date,number/notation``."""
        return self._with("document_id", document_id)

    def code(self, number: str, notation: str) -> DocumentBuilder:
        """Number and notation: ``("12", "UBND-VX")``."""
        return self._with("code", Code(number.strip(), notation.strip()))

    def promulgated(self, on: date, *, place: str = "") -> DocumentBuilder:
        """Date (in Vietnam) and place of issue."""
        return self._with("promulgation", PromulgationInfo(place=place.strip(), on=on))

    def type(
        self, name: str, *, number: int = _ADMINISTRATIVE, detail: int | None = None
    ) -> DocumentBuilder:
        """Kind of document: its name, and the numbers of the code lists."""
        kind = DocumentType(type=number, name=name.strip(), detail=detail)
        return self._with("document_type", kind)

    def subject(self, subject: str) -> DocumentBuilder:
        """What it is about (trích yếu)."""
        return self._with("subject", subject.strip())

    def content(self, content: str) -> DocumentBuilder:
        """A few sentences more."""
        return self._with("content", content.strip())

    def signer(
        self, full_name: str, *, competence: str = "", position: str = ""
    ) -> DocumentBuilder:
        """Who signed it."""
        info = SignerInfo(
            full_name=full_name.strip(), competence=competence.strip(), position=position.strip()
        )
        return self._with("signer", info)

    def due(self, on: date) -> DocumentBuilder:
        """Answer expected by this date."""
        return self._with("due_date", on)

    def other_info(self, info: OtherInfo) -> DocumentBuilder:
        """Urgency, copies, pages, appendixes."""
        return self._with("other_info", info)

    def in_response_to(self, *answered: ResponseFor) -> DocumentBuilder:
        """The documents this one answers."""
        return self._with("response_for", answered)

    def steering(self, steering: SteeringType) -> DocumentBuilder:
        """Whether it steers others."""
        return self._with("steering", steering)

    def to_places(self, *places: str) -> DocumentBuilder:
        """Nơi nhận, as printed."""
        return self._with("to_places", tuple(place.strip() for place in places))

    def task_codes(self, *codes: str) -> DocumentBuilder:
        """The tasks it reports on."""
        return self._with("task_codes", tuple(code.strip() for code in codes))

    def application_type(self, application_type: str) -> DocumentBuilder:
        """The application it belongs to, as the receiver's system calls it."""
        return self._with("application_type", application_type.strip())

    def business(self, business: Business) -> DocumentBuilder:
        """Reason, paper copy, staff; also what ``recall``, ``update`` and ``replace`` put there."""
        return self._with("business", business)

    def recall(self, letter: Document, *, reason: str) -> DocumentBuilder:
        """Take a letter back.

        Args:
            letter: as it was sent.
            reason: why, for its receivers.
        """
        business = Business(
            kind=BusinessKind.RECALL, reason=reason.strip(), document_id=letter.document_id
        )
        # Other systems look for the letter here, as in the official sample.
        named = (_about(letter, organ_id) for organ_id in letter.destinations)
        return self.business(business).in_response_to(*named)

    def update(
        self,
        letter: Document,
        *,
        document: bool = False,
        add: Iterable[OrganId] = (),
        remove: Iterable[OrganId] = (),
        reason: str = "",
    ) -> DocumentBuilder:
        """Change a letter, or whom it is for.

        Args:
            letter: as it was sent.
            document: whether the fields or files of this message take the place of the letter's.
            add: agencies that are receivers from now on.
            remove: agencies that are no longer.
            reason: why, for its receivers.
        """
        receivers = (
            *(Receiver(organ_id, ReceiverType.REMOVED) for organ_id in remove),
            *(Receiver(organ_id, ReceiverType.ADDED) for organ_id in add),
        )
        info = BusinessDocumentInfo(
            document_info=document, document_receiver=bool(receivers), receivers=receivers
        )
        business = Business(
            kind=BusinessKind.UPDATE,
            reason=reason.strip(),
            document_id=letter.document_id,
            document_info=info,
        )
        return self.business(business)

    def replace(self, *letters: Document, reason: str = "") -> DocumentBuilder:
        """Put this document in the place of others, for all agencies they were sent to.

        Args:
            letters: as they were sent.
            reason: why, for their receivers.
        """
        business = Business(
            kind=BusinessKind.REPLACE,
            reason=reason.strip(),
            replacements=tuple(
                ReplacementInfo(letter.document_id, letter.destinations) for letter in letters
            ),
        )
        return self.business(business)

    def attach(self, *attachments: Attachment) -> DocumentBuilder:
        """Files that travel with it; may be called again for more."""
        return DocumentBuilder(self._set, self._to, (*self._attached, *attachments))

    def build(self, *, today: date | None = None) -> Document:
        """Make the document.

        Args:
            today: the date in Vietnam; when given, a later date of issue is a fault.

        Raises:
            InvalidEnvelope: all faults at once; without a sender, all that is missing.
        """
        missing = {
            path: method for path, (name, method) in _REQUIRED.items() if name not in self._set
        }
        faults = [_not_set(path, method) for path, method in missing.items()]
        if "sender" not in self._set:  # the one field without an empty value to go on with
            raise InvalidEnvelope("the document cannot be sent", faults)
        document = Document(**self._fields(), recipients=self._to, attachments=self._attached)
        told = (*missing, "MessageHeader.DocumentId") if missing else ()
        faults += [
            fault for fault in check(document, today=today) if not fault.path.startswith(told)
        ]
        return _faultless(document, faults)

    def _fields(self) -> dict[str, Any]:
        fields = _BLANK | self._set
        if "message_id" not in fields:
            fields["message_id"] = MessageId.new()
        if "document_id" not in fields:
            issued, code = fields["promulgation"].on, fields["code"]
            fields["document_id"] = _document_id(fields["sender"].organ_id, issued, code)
        return fields


_REQUIRED: Final = {
    "MessageHeader.From": ("sender", "sender"),
    "MessageHeader.Code": ("code", "code"),
    "MessageHeader.PromulgationInfo": ("promulgation", "promulgated"),
    "MessageHeader.DocumentType": ("document_type", "type"),
    "MessageHeader.Subject": ("subject", "subject"),
    "MessageHeader.SignerInfo": ("signer", "signer"),
}
"""Field of the document, and method of the builder that sets it, by element path."""
_BLANK: Final[dict[str, Any]] = {
    "code": Code("", ""),
    "promulgation": PromulgationInfo(),
    "document_type": DocumentType(),
    "subject": "",
}


def _document_id(sender: OrganId, issued: date | None, code: Code) -> DocumentId | None:
    """The id that follows from the fields; None where ``check`` has something against them."""
    if issued is None:
        return None
    try:
        return DocumentId.of(sender, issued, code.number, code.notation)
    except InvalidIdentifier:
        return None


def _not_set(path: str, method: str) -> InvalidField:
    return InvalidField(
        "expected a value, found none",
        path=path,
        code=f"N.{path}",
        advice=f"Call .{method}(…) before .build().",
    )


def _about(document: Document, organ_id: OrganId | None) -> ResponseFor:
    return ResponseFor(
        organ_id=organ_id,
        code=str(document.code),
        document_id=document.document_id,
        promulgated=document.promulgation.on,
    )


def _faultless(message: _M, faults: Sequence[InvalidField]) -> _M:
    if faults:
        raise InvalidEnvelope("the message cannot be sent", faults)
    message.remember_faultless()
    return message


def status_of(
    document: Document,
    code: StatusCode,
    *,
    reporter: Organization,
    at: datetime,
    description: str = "",
    staff: StaffInfo | None = None,
    message_id: MessageId | None = None,
) -> Status:
    """A status message about a document.

    Args:
        document: what it is about.
        code: what became of it.
        reporter: the agency that reports.
        at: when, timezone-aware.
        description: the reason, in refusals.
        staff: who handled it.
        message_id: the status' own id; when left out, one that is always the same for the same
            document, code and reporter, so that a report made twice is recognised as one.

    Raises:
        InvalidEnvelope: all faults at once.
    """
    others = document.destinations if code.by_sender else (document.sender.organ_id,)
    about = _about(document, others[0] if others else None)
    derived = MessageId.derived(
        str(document.message_id), str(document.document_id), code, str(reporter.organ_id)
    )
    status = Status(
        message_id=message_id or derived,
        sender=reporter,
        response_for=about,
        code=code,
        at=at.replace(microsecond=0),
        staff=staff,
        description=description.strip(),
    )
    return _faultless(status, check(status))
