"""Rules of the field, as data: what must be there, how long it may be, what it may say.

Codes are those the field knows: ``N.`` missing, ``R.`` out of range, ``M.`` not allowed, ``T.`` of
the wrong type, then the element path. Lengths follow one provincial checker where it agrees with
Decree 30/2020/NĐ-CP, appendix VI; names, addresses and attachment names follow the later fork that
allows 500 characters, because real data overflowed the older bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from docexchange.envelope.attachments import name_problem
from docexchange.envelope.dialects import PLACEHOLDERS
from docexchange.envelope.formats import format_timestamp
from docexchange.envelope.model import Document, Status
from docexchange.envelope.xml import check_text
from docexchange.errors import InvalidField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from docexchange.envelope.attachments import Attachment
    from docexchange.envelope.model import Message, Organization, StaffInfo

__all__ = ["check", "faults"]

_LARGEST: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class _Text:
    """One text field."""

    path: str
    get: Callable[[Any], str]
    most: int
    required: bool = False


_DOCUMENT_TEXTS: Final = (
    _Text("MessageHeader.Code.CodeNumber", lambda d: d.code.number, 11, required=True),
    _Text("MessageHeader.Code.CodeNotation", lambda d: d.code.notation, 30, required=True),
    _Text("MessageHeader.PromulgationInfo.Place", lambda d: d.promulgation.place, 50),
    _Text(
        "MessageHeader.DocumentType.TypeName", lambda d: d.document_type.name, 100, required=True
    ),
    _Text("MessageHeader.Subject", lambda d: d.subject, 500, required=True),
    _Text("MessageHeader.Content", lambda d: d.content, 500),
    _Text("MessageHeader.SignerInfo.Competence", lambda d: d.signer.competence, 100),
    _Text("MessageHeader.SignerInfo.Position", lambda d: d.signer.position, 100),
    _Text("MessageHeader.SignerInfo.FullName", lambda d: d.signer.full_name, 50, required=True),
    _Text("MessageHeader.OtherInfo.SphereOfPromulgation", lambda d: d.other_info.sphere, 100),
    _Text("MessageHeader.OtherInfo.TyperNotation", lambda d: d.other_info.typer_notation, 10),
)
_STATUS_TEXTS: Final = (
    _Text("MessageHeader.ResponseFor.Code", lambda s: s.response_for.code, 42),
    _Text("MessageHeader.Description", lambda s: s.description, 500),
)
_ORGANIZATION_TEXTS: Final = (
    _Text("OrganName", lambda o: o.name, 500),
    _Text("OrganizationInCharge", lambda o: o.in_charge, 500),
    _Text("OrganAdd", lambda o: o.address, 500),
    _Text("Email", lambda o: o.email, 100),
    _Text("Telephone", lambda o: o.telephone, 20),
    _Text("Fax", lambda o: o.fax, 20),
    _Text("Website", lambda o: o.website, 100),
)


def check(message: Message, *, today: date | None = None) -> tuple[InvalidField, ...]:
    """All faults of a message.

    Args:
        message: a document or status message.
        today: the date in Vietnam; when given, a document must not be dated after it.
    """
    return tuple(faults(message, today=today))


def faults(message: Message, *, today: date | None = None) -> Iterator[InvalidField]:
    """The same one by one, for messages from outside that may have any number of faults."""
    if isinstance(message, Document):
        return _check_document(message, today)
    return _check_status(message)


def _check_document(document: Document, today: date | None) -> Iterator[InvalidField]:
    yield from _check_organization("MessageHeader.From", document.sender)
    yield from _check_recipients(document)
    if document.document_id is None:
        yield _missing("MessageHeader.DocumentId")
    yield from _check_texts(_DOCUMENT_TEXTS, document)
    yield from _check_printable("MessageHeader.Code.CodeNumber", document.code.number)
    yield from _check_printable("MessageHeader.Code.CodeNotation", document.code.notation)
    yield from _check_date(document, today)
    if document.document_type.type is None:
        yield _missing("MessageHeader.DocumentType.Type")
    if document.other_info.priority is None:
        yield _missing("MessageHeader.OtherInfo.Priority")
    yield from _check_numbers(document)
    yield from _check_lists(document)
    yield from _check_business(document)
    yield from _check_attachments(document)


def _check_status(status: Status) -> Iterator[InvalidField]:
    yield from _check_organization("MessageHeader.From", status.sender)
    if status.response_for.organ_id is None:
        yield _missing("MessageHeader.ResponseFor.OrganId")
    if status.response_for.document_id is None:
        yield _missing("MessageHeader.ResponseFor.DocumentId")
    if not status.response_for.code:
        yield _missing("MessageHeader.ResponseFor.Code")
    if status.code is None:
        yield _missing("MessageHeader.StatusCode")
    yield from _check_moment("MessageHeader.Timestamp", status.at)
    day = status.response_for.promulgated
    yield from _check_day("MessageHeader.ResponseFor.PromulgationDate", day)
    yield from _check_texts(_STATUS_TEXTS, status)
    if status.staff is not None:
        yield from _check_staff("MessageHeader.StaffInfo", status.staff)


def _check_organization(path: str, party: Organization) -> Iterator[InvalidField]:
    if not party.organ_id.is_strict:
        yield InvalidField(
            f"expected a code like 000.00.00.A00 or A00.00, found {party.organ_id}",
            path=f"{path}.OrganId",
            code=f"T.{path}.OrganId",
            advice="Look the code up in the directory.",
        )
    if not party.name.strip():
        yield _missing(f"{path}.OrganName")
    yield from _check_texts(_ORGANIZATION_TEXTS, party, prefix=f"{path}.")


def _check_recipients(document: Document) -> Iterator[InvalidField]:
    if not document.recipients:
        yield _missing("MessageHeader.To")
    seen = set()
    for party in document.recipients:
        yield from _check_organization("MessageHeader.To", party)
        if party.organ_id in seen:
            yield InvalidField(
                f"expected each receiver once, found {party.organ_id} again",
                path="MessageHeader.To",
                code="M.MessageHeader.To",
                advice="Remove the second entry.",
            )
        seen.add(party.organ_id)


def _check_texts(
    rules: tuple[_Text, ...], owner: object, prefix: str = ""
) -> Iterator[InvalidField]:
    for rule in rules:
        value = rule.get(owner)
        if not value or value.isspace():
            if rule.required:
                yield _missing(prefix + rule.path)
            continue
        yield from _check_text(prefix + rule.path, value, rule.most)


def _check_text(path: str, value: str, most: int) -> Iterator[InvalidField]:
    if len(value) > most:
        yield InvalidField(
            f"expected at most {most} characters, found {len(value)}",
            path=path,
            code=f"R.{path}",
            advice="Shorten it.",
        )
    if value.strip() in PLACEHOLDERS:
        yield InvalidField(
            f"expected a value, found {value.strip()!r}",
            path=path,
            code=f"M.{path}",
            advice="Write what is meant, or leave it out: readers take this for nothing.",
        )
    yield from _check_characters(path, value)


def _check_characters(path: str, value: str) -> Iterator[InvalidField]:
    problem = check_text(value)
    if problem:
        yield InvalidField(
            f"expected text, found {problem}", path=path, code=f"T.{path}", advice="Remove it."
        )


def _check_printable(path: str, value: str) -> Iterator[InvalidField]:
    if not value.isprintable() and check_text(value) is None:
        yield InvalidField(
            f"expected one line of visible characters, found {value[:60]!r}",
            path=path,
            code=f"T.{path}",
            advice="Write it again by hand; something invisible was copied along.",
        )


def _check_date(document: Document, today: date | None) -> Iterator[InvalidField]:
    path = "MessageHeader.PromulgationInfo.PromulgationDate"
    issued = document.promulgation.on
    yield from _check_day("MessageHeader.DueDate", document.due_date)
    if issued is None:
        yield _missing(path)
    elif isinstance(issued, datetime):
        yield from _check_day(path, issued)
    elif today is not None and issued > today:
        yield InvalidField(
            f"expected a date up to today ({today:%Y/%m/%d}), found {issued:%Y/%m/%d}",
            path=path,
            code=f"R.{path}",
            advice="Correct the date of issue.",
        )


def _check_day(path: str, day: date | None) -> Iterator[InvalidField]:
    # A datetime is a date to Python, and which day it is depends on where.
    if isinstance(day, datetime):
        yield InvalidField(
            f"expected a date, found the moment {day.isoformat()}",
            path=path,
            code=f"T.{path}",
            advice="Pass the date in Vietnam; `vietnam_date` tells it.",
        )


def _check_moment(path: str, moment: datetime | None) -> Iterator[InvalidField]:
    if moment is None:
        yield _missing(path)
        return
    try:
        format_timestamp(moment)
    except ValueError as error:
        yield InvalidField(
            str(error), path=path, code=f"T.{path}", advice="Pass a timezone-aware datetime."
        )


def _check_numbers(document: Document) -> Iterator[InvalidField]:
    kind, info = document.document_type, document.other_info
    for name, number in (
        ("DocumentType.Type", kind.type),
        ("DocumentType.TypeDetail", kind.detail),
        ("OtherInfo.PromulgationAmount", info.copies),
        ("OtherInfo.PageAmount", info.pages),
    ):
        if number is not None and not 0 <= number <= _LARGEST:
            path = f"MessageHeader.{name}"
            yield InvalidField(
                f"expected 0 to {_LARGEST}, found {number}",
                path=path,
                code=f"R.{path}",
                advice="Correct the number.",
            )


def _check_lists(document: Document) -> Iterator[InvalidField]:
    for appendix in document.other_info.appendixes:
        yield from _check_text("MessageHeader.OtherInfo.Appendixes.Appendix", appendix, 250)
    for place in document.to_places:
        yield from _check_text("MessageHeader.ToPlaces.Place", place, 150)
    for answered in document.response_for:
        path = "MessageHeader.ResponseFor"
        yield from _check_text(f"{path}.Code", answered.code, 42)
        yield from _check_day(f"{path}.PromulgationDate", answered.promulgated)


def _check_business(document: Document) -> Iterator[InvalidField]:
    path = "TraceHeaderList.Bussiness"
    if document.business is not None:
        yield from _check_text(f"{path}.BussinessDocReason", document.business.reason, 500)
        for staff in document.business.staff:
            yield from _check_staff(f"{path}.StaffInfo", staff)


def _check_staff(path: str, staff: StaffInfo) -> Iterator[InvalidField]:
    yield from _check_characters(f"{path}.Department", staff.department)
    yield from _check_characters(f"{path}.Staff", staff.staff)
    yield from _check_characters(f"{path}.Email", staff.email)
    yield from _check_characters(f"{path}.Mobile", staff.mobile)


def _check_attachments(document: Document) -> Iterator[InvalidField]:
    seen = set()
    for attachment in document.attachments:
        if attachment.content_id in seen:
            yield InvalidField(
                f"expected each content id once, found {attachment.content_id.uri} again",
                path="AttachmentEncoded.Attachment.ContentId",
                code="M.Attachment.ContentId",
                advice="The same file is attached twice under one name; attach it once.",
            )
        seen.add(attachment.content_id)
        yield from _check_attachment(attachment)


def _check_attachment(attachment: Attachment) -> Iterator[InvalidField]:
    path = "AttachmentEncoded.Attachment"
    problem = name_problem(attachment.name)
    if problem:
        yield InvalidField(
            f"expected a plain file name, found {attachment.name!r} ({problem})",
            path=f"{path}.AttachmentName",
            code="M.AttachmentName",
            advice="Give the attachment another name.",
        )
    yield from _check_text(f"{path}.AttachmentName", attachment.name, 500)
    yield from _check_characters(f"{path}.Description", attachment.description)
    yield from _check_characters(f"{path}.ContentType", attachment.media_type)


def _missing(path: str) -> InvalidField:
    return InvalidField(
        "expected a value, found none", path=path, code=f"N.{path}", advice="Fill it in."
    )
