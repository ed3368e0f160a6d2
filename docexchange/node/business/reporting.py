"""Report what became of a document that was accepted here: a status to its sender, signed by us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope import Document
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.envelope import StatusCode
    from docexchange.identifiers import MessageId
    from docexchange.node.outgoing.submitting import Submitting
    from docexchange.node.point import AccessPoint

__all__ = ["Reporting"]


class Reporting:
    """Reports for one access point."""

    def __init__(self, point: AccessPoint, submitting: Submitting) -> None:
        self._point = point
        self._submitting = submitting

    def report(self, message_id: MessageId, code: StatusCode, description: str) -> None:
        """Queue a status; the same one twice is queued once."""
        document = self._document(message_id)
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

    def _document(self, message_id: MessageId) -> Document:
        for record in self._point.store.inbound_of(message_id):
            if record.kind == "document" and self._point.serves(record.recipient):
                envelope = self._point.envelope(record.payload)
                verified = self._point.verifier.verify(envelope, at=record.received_at)
                if isinstance(verified.message, Document):
                    return verified.message
        raise UsageError(
            f"expected a document that was accepted here, found none under {message_id}",
            code="status.unknown-document",
            advice="`docexchange receive` lists the letters that came in.",
        )
