"""A letter as plain values: what ``inspect --json`` answers. Nothing here is verified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._signatures import signatures_in
from docexchange.envelope import Document

if TYPE_CHECKING:
    from datetime import date

    from docexchange.cli._signatures import FoundSignature
    from docexchange.envelope import (
        Attachment,
        Business,
        BusinessDocumentInfo,
        Envelope,
        Organization,
        ResponseFor,
        StaffInfo,
        Status,
    )

__all__ = ["attachment_json", "describe", "size_words"]

_NEXT_UNIT: Final = 1000


def describe(name: str, envelope: Envelope) -> dict[str, Any]:
    """Everything a letter says.

    Args:
        name: its file.
        envelope: the letter.
    """
    message = envelope.message
    document = _document(message) if isinstance(message, Document) else None
    return {
        "file": name,
        "verified": False,
        "message_id": _text(message.message_id),
        "from": _organization(message.sender),
        "document": document,
        "status": None if isinstance(message, Document) else _status(message),
        "attachments": [attachment_json(item) for item in message.attachments],
        "unlisted_attachments": envelope.unlisted,
        "signatures": [_signature(item) for item in signatures_in(envelope)],
        "passed": [
            {"organ_id": _text(trace.organ_id), "at": trace.at.isoformat() if trace.at else None}
            for trace in envelope.traces
        ],
        "findings": len(envelope.findings),
    }


def attachment_json(attachment: Attachment) -> dict[str, Any]:
    """An attachment as plain values."""
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "description": attachment.description,
        "size": attachment.size,
        "sha256": attachment.sha256.hex(),
        "content_id": str(attachment.content_id),
    }


def size_words(size: int) -> str:
    """A size as people say it: ``1.2 MB``."""
    if size < _NEXT_UNIT:
        return f"{size} B"
    amount = size / _NEXT_UNIT
    units = iter(("kB", "MB", "GB"))
    unit = next(units)
    while amount >= _NEXT_UNIT and (larger := next(units, None)):
        amount, unit = amount / _NEXT_UNIT, larger
    return f"{amount:.1f} {unit}"


def _text(value: object) -> str | None:
    return str(value) if value is not None else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _organization(party: Organization) -> dict[str, Any]:
    return {
        "organ_id": str(party.organ_id),
        "name": party.name,
        "in_charge": party.in_charge,
        "address": party.address,
        "email": party.email,
        "telephone": party.telephone,
        "fax": party.fax,
        "website": party.website,
    }


def _document(document: Document) -> dict[str, Any]:
    kind, info, signer = document.document_type, document.other_info, document.signer
    return {
        "document_id": _text(document.document_id),
        "to": [_organization(party) for party in document.recipients],
        "number": document.code.number,
        "notation": document.code.notation,
        "place": document.promulgation.place,
        "date": _day(document.promulgation.on),
        "type": {"name": kind.name, "number": kind.type, "detail": kind.detail},
        "subject": document.subject,
        "content": document.content,
        "signer": {
            "name": signer.full_name,
            "position": signer.position,
            "competence": signer.competence,
        },
        "due": _day(document.due_date),
        "priority": None if info.priority is None else int(info.priority),
        "sphere": info.sphere,
        "typer": info.typer_notation,
        "copies": info.copies,
        "pages": info.pages,
        "direction": info.direction,
        "reply_fors": info.reply_fors,
        "reference_codes": info.reference_codes,
        "appendixes": list(info.appendixes),
        "in_response_to": [_answered(item) for item in document.response_for],
        "steering": None if document.steering is None else int(document.steering),
        "task_codes": list(document.task_codes),
        "application_type": document.application_type,
        "to_places": list(document.to_places),
        "acted_on": [str(item) for item in document.acted_on],
        "business": _business(document.business) if document.business else None,
    }


def _business(business: Business) -> dict[str, Any]:
    return {
        "kind": None if business.kind is None else business.kind.name.lower(),
        "reason": business.reason,
        "paper": business.paper,
        "document_id": _text(business.document_id),
        "changes": _changes(business.document_info) if business.document_info else None,
        "replacements": [
            {"document_id": _text(item.document_id), "organ_ids": [str(i) for i in item.organ_ids]}
            for item in business.replacements
        ],
        "staff": [_staff(item) for item in business.staff],
    }


def _changes(info: BusinessDocumentInfo) -> dict[str, Any]:
    return {
        "document": info.document_info,
        "receivers_changed": info.document_receiver,
        "receivers": [
            {
                "organ_id": _text(item.organ_id),
                "change": None if item.type is None else item.type.name.lower(),
            }
            for item in info.receivers
        ],
    }


def _status(status: Status) -> dict[str, Any]:
    return {
        "code": _text(status.code),
        "words": status.code.english if status.code else None,
        "at": status.at.isoformat() if status.at else None,
        "about": _answered(status.response_for),
        "staff": _staff(status.staff) if status.staff else None,
        "description": status.description,
    }


def _answered(item: ResponseFor) -> dict[str, Any]:
    return {
        "organ_id": _text(item.organ_id),
        "code": item.code,
        "document_id": _text(item.document_id),
        "date": _day(item.promulgated),
    }


def _staff(staff: StaffInfo) -> dict[str, Any]:
    return {
        "department": staff.department,
        "department_id": staff.department_id,
        "name": staff.staff,
        "staff_id": staff.staff_id,
        "email": staff.email,
        "mobile": staff.mobile,
    }


def _signature(found: FoundSignature) -> dict[str, Any]:
    return {
        "placeholder": not found.real,
        "names": found.name,
        "organization": found.organization,
        "certificate_sha256": found.sha256 or None,
        "role": found.role,
        "time": found.time,
        "verified": False,
    }
