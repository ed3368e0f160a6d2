"""Accept what the application wants sent: check it as the next node will, keep it, queue it.

Submitting is idempotent by a key (the message id, unless the caller has a better one): a caller who
does not know whether it worked submits again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import (
    AddTimeline,
    Change,
    OutboundRecord,
    OutboundState,
    PutOutbound,
    PutStatus,
    StatusRecord,
    TimelineEntry,
)
from docexchange.envelope import (
    Document,
    Envelope,
    Organization,
    Status,
    StatusCode,
    TraceHeader,
    status_of,
)
from docexchange.envelope.names import DS
from docexchange.errors import ConflictingDuplicate, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.instrumentation import EventName
from docexchange.routing import next_hop
from docexchange.signing import SignedEnvelope

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope import Message
    from docexchange.node.point import AccessPoint

__all__ = ["Submission", "Submitting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A message that a node has accepted: from now on it is the node's to deliver."""

    message_id: MessageId
    """Its id, for ``trace`` and ``status``."""
    recipients: tuple[OrganId, ...]
    """Whom it goes to."""
    repeated: bool = False
    """Whether it had been accepted before; nothing was queued again."""


class Submitting:
    """Accepts messages for one access point."""

    def __init__(self, point: AccessPoint) -> None:
        self._point = point

    def submit(self, message: Message | SignedEnvelope | Envelope, *, key: str = "") -> Submission:
        """Accept a message; durable when this returns.

        Args:
            message: unsigned messages are signed with the node's key.
            key: the caller's own key for this submission; the message id when empty.

        Raises:
            InvalidEnvelope: the message has faults.
            VerificationFailed: its signature is one that the next node would refuse.
            NoRoute: a recipient cannot be reached; nothing was queued.
            ConflictingDuplicate: the key or id is known with another message.
            StoreFailure: it could not be kept.
        """
        envelope = self._signed(message)
        self._point.verifier.verify(envelope)
        message_id = envelope.message.message_id
        if message_id is None:
            raise UsageError("expected a message with an Id on its MessageHeader, found none")
        key = key or str(message_id)
        earlier = self._earlier(envelope, message_id, key)
        if earlier:
            return earlier
        destinations = envelope.message.destinations
        now = self._point.clock.now()
        changes = self._queue(envelope, message_id, destinations, key=key, now=now)
        self._point.store.apply(changes)
        self._point.emit(EventName.SUBMIT_QUEUED, message_id=str(message_id))
        return Submission(message_id=message_id, recipients=destinations)

    def _signed(self, message: Message | SignedEnvelope | Envelope) -> Envelope:
        if isinstance(message, SignedEnvelope):
            return message.envelope
        if isinstance(message, (Document, Status)):
            return self._point.signer.sign(message).envelope
        return message

    def _earlier(self, envelope: Envelope, message_id: MessageId, key: str) -> Submission | None:
        store = self._point.store
        known = store.by_submit_key(key) or [
            record for record in store.outbound_of(message_id) if record.submit_key
        ]
        if not known:
            return None
        first = known[0]
        stored = Envelope.read(self._point.payloads.path(first.payload), self._point.limits)
        if _signature_values(stored) != _signature_values(envelope):
            raise ConflictingDuplicate(
                f"submission {key!r}: expected message {first.message_id} again, found another "
                f"message ({message_id}) or another signature",
                advice="Give every new message a key of its own.",
            )
        return Submission(
            message_id=first.message_id,
            recipients=tuple(record.recipient for record in known),
            repeated=True,
        )

    def _queue(
        self,
        envelope: Envelope,
        message_id: MessageId,
        destinations: tuple[OrganId, ...],
        *,
        key: str,
        now: datetime,
    ) -> list[Change]:
        point = self._point
        today = vietnam_date(now)
        hops = {
            recipient: next_hop(
                point.own, recipient, directory=point.directory, at=today, limits=point.limits
            ).organ_id
            for recipient in destinations
        }
        payload = point.store_bytes(envelope.with_trace(TraceHeader(point.own, now)))
        point.emit(EventName.SUBMIT_STORED, message_id=str(message_id))
        records = [
            OutboundRecord(
                message_id=message_id,
                recipient=recipient,
                origin=envelope.message.sender.organ_id,
                next_hop=hop,
                kind="document" if isinstance(envelope.message, Document) else "status",
                payload=payload.sha256,
                size=payload.size,
                state=OutboundState.QUEUED,
                attempts=0,
                due_at=now,
                created_at=now,
                expires_at=point.schedule.expires_at(now),
                submit_key=key,
            )
            for recipient, hop in hops.items()
        ]
        entries = [
            AddTimeline(
                TimelineEntry.of(
                    now,
                    message_id,
                    "submitted",
                    recipient=record.recipient,
                    to=record.next_hop,
                    sha256=payload.sha256,
                )
            )
            for record in records
        ]
        return [*(PutOutbound(record, expected=None) for record in records), *entries]

    def status_changes(
        self,
        document: Document,
        code: StatusCode,
        *,
        about: MessageId,
        now: datetime,
        description: str = "",
    ) -> list[Change]:
        """What to write so that a status about a document goes out; pure but for its payload.

        Args:
            document: the document; we are one of its recipients, or its sender.
            code: what became of it.
            about: the message that brought the document.
            now: the present.
            description: the reason, in refusals.
        """
        point = self._point
        reporter = self._own_organization(document)
        status = status_of(document, code, reporter=reporter, at=now, description=description)
        envelope = point.signer.sign(status).envelope
        message_id = status.message_id or MessageId.new()
        if point.store.outbound_of(message_id):
            return []  # this very status is on its way already
        kept = StatusRecord(
            message_id=message_id,
            document_id=str(document.document_id or ""),
            code=code,
            reporter=point.own,
            about_recipient=point.own,
            at=now,
            description=description,
            outgoing=True,
        )
        queue = self._queue(envelope, message_id, status.destinations, key=str(message_id), now=now)
        entry = TimelineEntry.of(now, about, "status.sent", code=code, message=message_id)
        return [*queue, PutStatus(kept), AddTimeline(entry)]

    def _own_organization(self, document: Document) -> Organization:
        for party in (*document.recipients, document.sender):
            if self._point.is_own(party.organ_id):
                return party
        entry = self._point.directory.lookup(self._point.own, vietnam_date(self._point.clock.now()))
        return Organization(self._point.own, entry.name)


def _signature_values(envelope: Envelope) -> tuple[str, ...]:
    found = envelope.header.findall(f"{{{DS}}}Signature/{{{DS}}}SignatureValue")
    return tuple("".join((value.text or "").split()) for value in found)
