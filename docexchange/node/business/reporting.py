"""Report what became of a document that was accepted here: a status to its sender, signed by us.

An agency that was merged reports what it had for as long as its letters may be under way. From the
day of the merger on its heir may do that as well, with the memory of the old node at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.delivery import InboundState
from docexchange.directory import IN_FLIGHT_DAYS
from docexchange.envelope import Document, StatusCode
from docexchange.errors import UsageError
from docexchange.routing import closed_code

if TYPE_CHECKING:
    from docexchange.delivery import InboundRecord
    from docexchange.identifiers import MessageId
    from docexchange.node.opening.storage import Storage
    from docexchange.node.outgoing.submitting import Submitting
    from docexchange.node.point import AccessPoint

__all__ = ["Reporting"]

_REFUSALS: Final = frozenset({StatusCode.REFUSED, StatusCode.CHANGE_REFUSED})
_ACCEPTED: Final = frozenset({InboundState.VERIFIED, InboundState.HANDED_OVER})


class Reporting:
    """Reports for one access point."""

    def __init__(self, point: AccessPoint, submitting: Submitting) -> None:
        self._point = point
        self._submitting = submitting

    def report(
        self,
        message_id: MessageId,
        code: StatusCode,
        description: str,
        *,
        inherited: Storage | None = None,
    ) -> None:
        """Queue a status; the same one twice is queued once."""
        self._check_time()
        _check_reason(code, description)
        document = (
            self._inherited(message_id, inherited) if inherited else self._document(message_id)
        )
        if code.by_sender:
            raise UsageError(
                f"expected a status that a receiver reports, found {code} ({code.english})",
                code="status.by-sender",
                advice="Only the sender of a document reports this one.",
            )
        self._point.store.apply(
            self._submitting.status_changes(
                document,
                code,
                about=message_id,
                now=self._point.clock.now(),
                description=description,
            )
        )

    def _check_time(self) -> None:
        """What an agency signs that ended long ago, nobody takes for its word."""
        point = self._point
        closed = closed_code(point.own, point.directory, point.today)
        if closed and (point.today - closed.last_day).days > IN_FLIGHT_DAYS:
            raise UsageError(
                f"expected an agency that ended no more than {IN_FLIGHT_DAYS} days ago, "
                f"found {closed}",
                code="status.closed-agency",
                advice="Let the heir report it: docexchange status MESSAGE --node HEIR --report "
                "CODE --inherited-from this folder.",
            )

    def _document(self, message_id: MessageId) -> Document:
        for record in _accepted(self._point.store.inbound_of(message_id)):
            if document := self._read(record):
                return document
        raise _unknown(message_id)

    def _inherited(self, message_id: MessageId, old: Storage) -> Document:
        """A letter that an agency had accepted before it was merged into ours.

        Of one that we had, too, we speak for our own copy.
        """
        if _accepted(self._point.store.inbound_of(message_id)):
            raise UsageError(
                f"message {message_id}: expected one that only the agency merged into this one "
                "was sent, found it here as well",
                code="status.own-copy",
                advice="Report what becomes of the copy of this agency: without --inherited-from.",
            )
        for record in _accepted(old.store.inbound_of(message_id)):
            is_ours = self._point.speaks_for(self._point.own, record.recipient, None)
            if is_ours and (document := self._read(record, old)):
                return document
        raise _unknown(message_id)

    def _read(self, record: InboundRecord, old: Storage | None = None) -> Document | None:
        """The document, judged as of its arrival."""
        point = self._point
        payloads = old.payloads if old else point.payloads
        envelope = payloads.envelope(record.payload, point.limits)
        message = point.verifier.verify(envelope, at=record.received_at).message
        return message if isinstance(message, Document) else None


def _check_reason(code: StatusCode, description: str) -> None:
    if code in _REFUSALS and not description.strip():
        raise UsageError(
            f"status {code}: expected the reason of a refusal, found none",
            code="answer.no-reason",
            advice="Say why, for the sender.",
        )


def _accepted(records: list[InboundRecord]) -> list[InboundRecord]:
    return [item for item in records if item.kind == "document" and item.state in _ACCEPTED]


def _unknown(message_id: MessageId) -> UsageError:
    return UsageError(
        f"expected a document that was accepted here, found none under {message_id}",
        code="status.unknown-document",
        advice="`docexchange receive` lists the letters that came in.",
    )
