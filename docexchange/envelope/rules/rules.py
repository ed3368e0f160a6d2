"""Rules of the field, as data: what must be there, how long it may be, what it may say.

Codes are those the field knows: ``N.`` missing, ``R.`` out of range, ``M.`` not allowed, ``T.`` of
the wrong type, then the element path. Lengths follow one provincial checker where it agrees with
Decree 30/2020/NĐ-CP, appendix VI; names, addresses and attachment names follow the later fork that
allows 500 characters, because real data overflowed the older bounds.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import name_problem
from docexchange.envelope.model import Document, Status
from docexchange.envelope.paths import numbered
from docexchange.envelope.rules import checks
from docexchange.envelope.rules.business_rules import business_faults, staff_faults
from docexchange.errors import InvalidField

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.model import Message, Organization, ResponseFor

__all__ = ["check", "faults"]

_LARGEST: Final = 999_999_999
_DOCUMENT_TEXTS: Final = (
    checks.Text("MessageHeader.Code.CodeNumber", attrgetter("code.number"), 11, required=True),
    checks.Text("MessageHeader.Code.CodeNotation", attrgetter("code.notation"), 30, required=True),
    checks.Text("MessageHeader.PromulgationInfo.Place", attrgetter("promulgation.place"), 50),
    checks.Text(
        "MessageHeader.DocumentType.TypeName", attrgetter("document_type.name"), 100, required=True
    ),
    checks.Text("MessageHeader.Subject", attrgetter("subject"), 500, required=True),
    checks.Text("MessageHeader.Content", attrgetter("content"), 500),
    checks.Text("MessageHeader.SignerInfo.Competence", attrgetter("signer.competence"), 100),
    checks.Text("MessageHeader.SignerInfo.Position", attrgetter("signer.position"), 100),
    checks.Text(
        "MessageHeader.SignerInfo.FullName", attrgetter("signer.full_name"), 50, required=True
    ),
    checks.Text(
        "MessageHeader.OtherInfo.SphereOfPromulgation", attrgetter("other_info.sphere"), 100
    ),
    checks.Text(
        "MessageHeader.OtherInfo.TyperNotation", attrgetter("other_info.typer_notation"), 10
    ),
    checks.Text("MessageHeader.OtherInfo.ReplyFors", attrgetter("other_info.reply_fors"), 500),
    checks.Text(
        "MessageHeader.OtherInfo.ReferenceCodes", attrgetter("other_info.reference_codes"), 500
    ),
    checks.Text("MessageHeader.ApplicationType", attrgetter("application_type"), 100),
)
_STATUS_TEXTS: Final = (
    checks.Text("MessageHeader.ResponseFor.Code", attrgetter("response_for.code"), 42),
    checks.Text("MessageHeader.Description", attrgetter("description"), 500),
)
_ORGANIZATION_TEXTS: Final = (
    checks.Text("OrganName", attrgetter("name"), 500),
    checks.Text("OrganizationInCharge", attrgetter("in_charge"), 500),
    checks.Text("OrganAdd", attrgetter("address"), 500),
    checks.Text("Email", attrgetter("email"), 100),
    checks.Text("Telephone", attrgetter("telephone"), 20),
    checks.Text("Fax", attrgetter("fax"), 20),
    checks.Text("Website", attrgetter("website"), 100),
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
        yield checks.missing("MessageHeader.DocumentId")
    else:
        yield from checks.telling("MessageHeader.DocumentId", document.document_id)
    yield from checks.texts(_DOCUMENT_TEXTS, document)
    if not str(document.code).isprintable():
        yield from checks.printable("MessageHeader.Code.CodeNumber", document.code.number)
        yield from checks.printable("MessageHeader.Code.CodeNotation", document.code.notation)
    yield from _check_date(document, today)
    if document.document_type.type is None:
        yield checks.missing("MessageHeader.DocumentType.Type")
    if document.other_info.priority is None:
        yield checks.missing("MessageHeader.OtherInfo.Priority")
    yield from _check_numbers(document)
    yield from _check_lists(document)
    yield from business_faults(document)
    yield from _check_attachments(document)


def _check_status(status: Status) -> Iterator[InvalidField]:
    yield from _check_organization("MessageHeader.From", status.sender)
    if status.response_for.organ_id is None:
        yield checks.missing("MessageHeader.ResponseFor.OrganId")
    if status.response_for.document_id is None:
        yield checks.missing("MessageHeader.ResponseFor.DocumentId")
    yield from _check_answered("MessageHeader.ResponseFor", status.response_for)
    if not status.response_for.code:
        yield checks.missing("MessageHeader.ResponseFor.Code")
    if status.code is None:
        yield checks.missing("MessageHeader.StatusCode")
    yield from checks.with_zone("MessageHeader.Timestamp", status.at)
    day = status.response_for.promulgated
    yield from checks.date_only("MessageHeader.ResponseFor.PromulgationDate", day)
    yield from checks.texts(_STATUS_TEXTS, status)
    if status.staff is not None:
        yield from staff_faults("MessageHeader.StaffInfo", status.staff)


def _check_organization(path: str, party: Organization) -> Iterator[InvalidField]:
    if not party.organ_id.is_strict:
        yield from checks.strict_organ_id(f"{path}.OrganId", party.organ_id)
    if not party.name.strip():
        yield checks.missing(f"{path}.OrganName")
    yield from checks.texts(_ORGANIZATION_TEXTS, party, prefix=f"{path}.")


def _check_recipients(document: Document) -> Iterator[InvalidField]:
    if not document.recipients:
        yield checks.missing("MessageHeader.To")
    seen = set()
    for number, party in enumerate(document.recipients, start=1):
        path = numbered("MessageHeader.To", number)
        yield from _check_organization(path, party)
        code = party.organ_id.as_decision_20
        if code in seen:
            yield checks.not_allowed(
                path,
                f"expected each receiver once, found {party.organ_id} again",
                "Remove the second entry.",
            )
        seen.add(code)


def _check_date(document: Document, today: date | None) -> Iterator[InvalidField]:
    path = "MessageHeader.PromulgationInfo.PromulgationDate"
    issued = document.promulgation.on
    yield from checks.date_only("MessageHeader.DueDate", document.due_date)
    if issued is None:
        yield checks.missing(path)
    elif isinstance(issued, datetime):
        yield from checks.date_only(path, issued)
    elif today is not None and issued > today:
        yield InvalidField(
            f"expected a date up to today ({today:%Y/%m/%d}), found {issued:%Y/%m/%d}",
            path=path,
            code=f"R.{path}",
            advice="Correct the date of issue.",
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
    for path, most, values in (
        ("MessageHeader.OtherInfo.Appendixes.Appendix", 250, document.other_info.appendixes),
        ("MessageHeader.ToPlaces.Place", 150, document.to_places),
        ("MessageHeader.ResponseForTask.TaskCode", 500, document.task_codes),
    ):
        for number, value in enumerate(values, start=1):
            yield from checks.text(numbered(path, number), value, most)
    for number, answered in enumerate(document.response_for, start=1):
        path = numbered("MessageHeader.ResponseFor", number)
        yield from _check_answered(path, answered)
        yield from checks.text(f"{path}.Code", answered.code, 42)
        yield from checks.date_only(f"{path}.PromulgationDate", answered.promulgated)


def _check_answered(path: str, answered: ResponseFor) -> Iterator[InvalidField]:
    yield from checks.telling(f"{path}.OrganId", answered.organ_id)
    yield from checks.telling(f"{path}.DocumentId", answered.document_id)


def _check_attachments(document: Document) -> Iterator[InvalidField]:
    seen = set()
    for number, attachment in enumerate(document.attachments, start=1):
        path = numbered("AttachmentEncoded.Attachment", number)
        if attachment.content_id in seen:
            yield InvalidField(
                f"expected each content id once, found {attachment.content_id.uri} again",
                path=f"{path}.ContentId",
                code="M.Attachment.ContentId",
                advice="The same file is attached twice under one name; attach it once.",
            )
        seen.add(attachment.content_id)
        yield from _check_attachment(attachment, path)


def _check_attachment(attachment: Attachment, path: str) -> Iterator[InvalidField]:
    problem = name_problem(attachment.name)
    if problem:
        yield InvalidField(
            f"expected a plain file name, found {attachment.name!r} ({problem})",
            path=f"{path}.AttachmentName",
            code="M.AttachmentName",
            advice="Give the attachment another name.",
        )
    yield from checks.text(f"{path}.AttachmentName", attachment.name, 500)
    for name, value in (
        ("Description", attachment.description),
        ("ContentType", attachment.media_type),
        ("Format", attachment.format),
        ("FieldName", attachment.field_name),
        ("MimeType", attachment.mime_type),
    ):
        if not value.isprintable():  # what can be printed, XML can carry
            yield from checks.characters(f"{path}.{name}", value)
