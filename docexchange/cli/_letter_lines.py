"""What a letter says, as labels and values: in the order of the paper letter, then what it does.

Nothing here is verified, and nothing is made safe for a terminal yet.

>>> dict(document_lines(document))["Subject"]
'V/v báo cáo'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._code_words import (
    business_words,
    code_words,
    competence_words,
    day_words,
    receiver_word,
    yes_or_no,
)
from docexchange.cli._words import moment_words, say
from docexchange.envelope.codes import BusinessKind, StatusCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from docexchange.envelope import (
        Business,
        Document,
        Organization,
        ResponseFor,
        StaffInfo,
        Status,
    )
    from docexchange.identifiers import OrganId

__all__ = ["document_lines", "status_lines"]

_ACTED_ON: Final = {BusinessKind.RECALL: "Takes back", BusinessKind.UPDATE: "Changes"}


def document_lines(document: Document) -> Iterator[tuple[str, object]]:
    """Labels, as words of ``say``, and values of a document; empty values are not to be shown."""
    info = document.other_info
    yield "Superior", document.sender.in_charge
    yield "From", _party(document.sender)
    yield "Number", document.code
    yield "Date", _joined(document.promulgation.place, _day(document.promulgation.on))
    yield "Type", document.document_type.name
    yield "Subject", document.subject
    yield "Content", document.content
    if info.priority:
        yield "Priority", code_words(info.priority)
    for party in document.recipients:
        yield "To", _party(party)
    yield "Places", "; ".join(document.to_places)
    yield "Due", _day(document.due_date)
    yield "Signed by", _signer(document)
    yield "Appendixes", "; ".join(info.appendixes)
    yield "Copies", info.copies
    yield "Pages", info.pages
    yield "Sphere", info.sphere
    yield "Typed by", info.typer_notation
    for answered in document.response_for:
        yield "About" if document.acted_on else "Answers", _reference(answered)
    yield "Steering", document.steering and int(document.steering)
    yield "Task codes", "; ".join(document.task_codes)
    if document.business is not None:
        parties = (document.sender, *document.recipients)
        names = {party.organ_id: party.name for party in parties}
        yield from _business(document.business, document, names)
    yield "Document", document.document_id
    yield "Message", document.message_id


def _business(
    business: Business, document: Document, names: Mapping[OrganId, str]
) -> Iterator[tuple[str, object]]:
    """What the letter does, on what, for whom, and how to answer."""
    yield "Purpose", _joined(business_words(business.kind), business.reason)
    if business.kind in _ACTED_ON:
        yield _ACTED_ON[business.kind], "; ".join(map(str, document.acted_on))
    for replaced in business.replacements:
        holders = _joined(*(_named(holder, names) for holder in replaced.organ_ids))
        held = f" ({say('held by')} {holders})" if holders else ""
        yield "Replaces", f"{replaced.document_id or say('unknown')}{held}"
    info = business.document_info
    if info is not None:
        yield "Document changed", yes_or_no(info.document_info)
        for receiver in info.receivers:
            yield receiver_word(receiver.type), _named(receiver.organ_id, names)
    if business.kind not in {None, BusinessKind.NEW}:
        yield "Answer with", _answers()
    yield "Paper", yes_or_no(business.paper)
    yield from (("Handled by", _staff(staff)) for staff in business.staff)


def _answers() -> str:
    codes = (StatusCode.CHANGE_ACCEPTED, StatusCode.CHANGE_REFUSED)
    return f" {say('or')} ".join(f"{code} {code_words(code)}" for code in codes)


def status_lines(status: Status) -> Iterator[tuple[str, object]]:
    """Labels, as words of ``say``, and values of a status; empty values are not to be shown."""
    code = status.code
    yield "Status", f"{code or ''} {code_words(code) if code else say('unknown')}".strip()
    yield "From", _party(status.sender)
    yield "About", _reference(status.response_for)
    yield "Reported at", moment_words(status.at) if status.at else ""
    yield "Description", status.description
    if status.staff is not None:
        yield "Handled by", _staff(status.staff)
    yield "Message", status.message_id


def _signer(document: Document) -> str:
    signer = document.signer
    return _joined(competence_words(signer.competence), signer.position, signer.full_name)


def _party(party: Organization) -> str:
    details = _joined(str(party.organ_id), party.address, party.email, party.telephone)
    return f"{party.name} ({details})".strip()


def _named(organ_id: OrganId | None, names: Mapping[OrganId, str]) -> str:
    """An agency by its code, with its name where the letter tells it."""
    if organ_id is None:
        return say("unknown")
    name = names.get(organ_id, "")
    return f"{name} ({organ_id})" if name else str(organ_id)


def _staff(staff: StaffInfo) -> str:
    return _joined(staff.staff, staff.department, staff.email, staff.mobile)


def _reference(item: ResponseFor) -> str:
    number = item.code or str(item.document_id or "")
    return _joined(number, _day(item.promulgated), str(item.organ_id or ""))


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in map(str.strip, parts) if part)
