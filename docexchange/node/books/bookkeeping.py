"""What the books say about a document that went out or came in; pure.

>>> outgoing_row(document, report, agency=own, message_id=message_id, at=now)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import vietnam_date
from docexchange.delivery import AddTimeline, Book, BookRow, TimelineEntry
from docexchange.envelope import BusinessKind
from docexchange.lifecycle import asked_by, is_numbered, mark_of, number_in, series_of, year_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.envelope import Document, ResponseFor
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.signing import Report

__all__ = ["incoming_row", "outgoing_row", "warnings_about"]

_MOST_COPIES: Final = 999_999


def outgoing_row(
    document: Document, report: Report, *, agency: OrganId, message_id: MessageId, at: datetime
) -> BookRow:
    """The entry of a document that was accepted for delivery.

    Args:
        document: the document.
        report: the verdict on its signatures.
        agency: whose book it is.
        message_id: the message that carries it.
        at: when it was accepted.
    """
    values = _common(document, report, at)
    if not is_numbered(document):
        values["mark"] = ""  # a recall bears the number of what it recalls
    return BookRow(
        book=Book.OUTGOING,
        agency=agency,
        message_id=message_id,
        number=number_in(document.code.number) if is_numbered(document) else None,
        **values,
    )


def incoming_row(
    document: Document,
    report: Report,
    *,
    agency: OrganId,
    message_id: MessageId,
    received_at: datetime,
    at: datetime,
    refusal: str = "",
) -> BookRow:
    """The entry of a document that was handed over; the book gives its number of arrival.

    Args:
        document: the document.
        report: the verdict on its signatures.
        agency: whose book it is.
        message_id: the message that brought it.
        received_at: when it came in.
        at: when it was handed over.
        refusal: why the agency does not take it; it is then entered without a number.
    """
    values = _common(document, report, at)
    if not is_numbered(document):
        values["mark"] = ""
    return BookRow(
        book=Book.INCOMING,
        agency=agency,
        message_id=message_id,
        number=None,
        automatic=is_numbered(document) and not refusal,
        received_at=received_at,
        refusal=refusal,
        **{**values, "series": "arrival", "year": vietnam_date(at).year},
    )


def warnings_about(row: BookRow, doubles: Sequence[BookRow], now: datetime) -> list[AddTimeline]:
    """Tell the timeline that number, notation and issuer are those of other documents.

    Args:
        row: what is entered.
        doubles: what is in the book under the same mark.
        now: the present.
    """
    if not doubles or row.message_id is None:
        return []
    others = ", ".join(str(item.message_id or item.entered_at.date()) for item in doubles)
    entry = TimelineEntry.of(
        now, row.message_id, "book.duplicate", number=row.code, warning=f"the same as {others}"
    )
    return [AddTimeline(entry)]


def _common(document: Document, report: Report, at: datetime) -> dict[str, Any]:
    business, other = document.business, document.other_info
    issuer, issued = document.sender.organ_id, document.promulgation.on
    asks = asked_by(document)
    year = year_of(issued, vietnam_date(at))
    code = document.code
    return {
        "series": series_of(document),
        "year": year,
        "entered_at": at,
        "document_id": str(document.document_id or ""),
        "code": str(code),
        "mark": mark_of(issuer, year, code.number, code.notation),
        "issued": issued,
        "type_name": document.document_type.name,
        "subject": document.subject,
        "signer": document.signer.full_name,
        "issuer": issuer,
        "issuer_name": document.sender.name,
        "recipients": tuple((str(party.organ_id), party.name) for party in document.recipients),
        "copies": _copies(other.copies),
        "priority": int(other.priority or 0),
        "due": document.due_date,
        "answers": _answers(document),
        "asks": tuple((about, kind, str(whom)) for about, kind, whom in asks),
        "stated_at": _stated(report),
        # Its reason belongs to the evidence, and people look for it in the notes.
        "note": business.reason if business and asks else "",
        "business": int((business.kind if business else None) or BusinessKind.NEW),
        "electronic": True,
        "paper": business.paper if business else None,
        "roles": _roles(report),
    }


def _copies(said: int | None) -> int | None:
    """What a letter claims may be anything."""
    return said if said is not None and 0 <= said <= _MOST_COPIES else None


def _answers(document: Document) -> tuple[tuple[str, str], ...]:
    """What it recalls, updates or replaces; and what it answers, where it is a letter itself."""
    about = tuple((str(name), "") for name in document.acted_on)
    if not is_numbered(document):
        return about
    return (*about, *map(_reference, document.response_for))


def _stated(report: Report) -> datetime | None:
    """When the last of its signatures says that it was made: whoever has the letter reads this."""
    times = [item.signing_time for item in report.signatures if item.passed and item.signing_time]
    return max(times, default=None)


def _reference(named: ResponseFor) -> tuple[str, str]:
    """A document that is answered: its id, and the mark that its own entry would have."""
    number, _, notation = named.code.partition("/")
    parts = named.document_id.parts if named.document_id else None
    year = named.promulgated.year if named.promulgated else parts.year if parts else 0
    mark = mark_of(named.organ_id, year, number, notation) if year else ""
    return str(named.document_id or ""), mark


def _roles(report: Report) -> tuple[str, ...]:
    """The roles of the good signatures; one that claims none is there as ``signer``."""
    return tuple(
        sorted(
            {
                role
                for signature in report.signatures
                if signature.passed
                for role in signature.roles or ("signer",)
            }
        )
    )
