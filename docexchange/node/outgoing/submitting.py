"""Accept what the application wants sent: check it as the next node will, keep it, queue it.

Submitting is idempotent by a key (the message id, unless the caller has a better one): a caller who
does not know whether it worked submits again. Signed messages must come with the same signatures,
unsigned ones with the same content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    AddTimeline,
    Change,
    EnterInBook,
    OutboundRecord,
    OutboundState,
    PutOutbound,
    PutStatus,
    StatusRecord,
    TimelineEntry,
    lane_of,
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
from docexchange.envelope.rules.rules import check
from docexchange.errors import ConflictingDuplicate, DeliveryError, InvalidEnvelope, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.instrumentation import EventName
from docexchange.node.books.bookkeeping import outgoing_row, warnings_about
from docexchange.node.sameness import is_same, signature_values
from docexchange.routing import closed_code
from docexchange.signing import SignedEnvelope

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope import Message
    from docexchange.node.point import AccessPoint
    from docexchange.signing import Report

__all__ = ["Submission", "Submitting", "recipient_in"]

_KEY_LENGTH: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A message that a node has accepted: from now on it is the node's to deliver."""

    message_id: MessageId
    """Its id, for ``trace`` and ``status``."""
    recipients: tuple[OrganId, ...]
    """Whom it goes to."""
    repeated: bool = False
    """Whether it had been accepted before; nothing was queued again."""
    signed_here: bool = False
    """Whether it came without a signature and was signed with the node's key."""


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
            UsageError: it has no id, is from an agency that this node does not serve, or the key
                is no printable text.
            VerificationFailed: its signature is one that the next node would refuse.
            NoRoute: a recipient cannot be reached; nothing was queued.
            DeliveryError: ``policy.*``: it may not be sent to one of its recipients.
            ConflictingDuplicate: the key or id is known with another message.
            StoreFailure: it could not be kept.
        """
        given = message.envelope if isinstance(message, SignedEnvelope) else message
        content = _content_of(given)
        message_id = content.message_id
        if message_id is None:
            raise UsageError("expected a message with an Id on its MessageHeader, found none")
        self._point.emit(EventName.SUBMIT_STARTED, message_id=str(message_id))
        self._check_sender(content.sender.organ_id)
        key = _checked_key(key or str(message_id))
        earlier = self._earlier(given, message_id, key)
        if earlier:
            return earlier
        signed = given if isinstance(given, Envelope) and signature_values(given) else None
        envelope = signed or self._signed(given)
        report = self._point.verifier.verify(envelope).report
        try:
            recipients = self._accept(envelope, report, message_id, key)
        except DeliveryError as error:
            # Someone else submitted the same at the same moment.
            earlier = self._earlier(given, message_id, key) if _is_stale(error) else None
            if earlier is None:
                raise
            return earlier
        return Submission(message_id=message_id, recipients=recipients, signed_here=signed is None)

    def _signed(self, unsigned: Message | Envelope) -> Envelope:
        """Vouch for a message that nobody else has vouched for; its bytes stay as they are."""
        if isinstance(unsigned, Envelope):
            _refuse_faulty(unsigned.message)
        return self._point.signer.sign(unsigned).envelope

    def _accept(
        self, envelope: Envelope, report: Report, message_id: MessageId, key: str
    ) -> tuple[OrganId, ...]:
        now = self._point.clock.now()
        self._refuse_by_policy(envelope)
        hops = self._hops(envelope.message.destinations)
        queue = self._queue(envelope, message_id, hops, key=key, now=now)
        entry = self._in_book(envelope.message, report, message_id, now)
        self._point.store.apply([*queue, *entry])
        self._point.emit(EventName.SUBMIT_QUEUED, message_id=str(message_id))
        return tuple(hops)

    def _in_book(
        self, message: Message, report: Report, message_id: MessageId, now: datetime
    ) -> list[Change]:
        if not isinstance(message, Document):
            return []
        row = outgoing_row(message, report, agency=self._point.own, message_id=message_id, at=now)
        return [EnterInBook(row), *warnings_about(row, self._point.store.doubles(row), now)]

    def _refuse_by_policy(self, envelope: Envelope) -> None:
        size = sum(map(len, envelope.chunks())) if self._point.policy.rules else 0
        for recipient in envelope.message.destinations:
            refusal = self._point.refusal_of(envelope.message, recipient, size=size)
            if refusal:
                raise DeliveryError(refusal.reason, code=refusal.code, advice=refusal.advice)

    def _check_sender(self, sender: OrganId) -> None:
        own = self._point.own
        if self._point.is_own(sender):
            return
        closed = closed_code(own, self._point.directory, self._point.today)
        if closed:
            raise UsageError(
                f"expected a sender that is in force, found {closed}",
                code="submit.closed-sender",
                advice="Send it with the node of the successor.",
            )
        raise UsageError(
            f"expected a message from {own}, the agency of this node, found one from {sender}",
            code="submit.foreign-sender",
            advice="Send it with the node of its sender.",
        )

    def _earlier(
        self, given: Message | Envelope, message_id: MessageId, key: str
    ) -> Submission | None:
        store = self._point.store
        known = store.by_submit_key(key) or [
            record for record in store.outbound_of(message_id) if record.submit_key
        ]
        if not known:
            return None
        first = known[0]
        envelope = given if isinstance(given, Envelope) else Envelope.of(given)
        if not is_same(envelope, self._point.envelope(first.payload)):
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

    def _hops(self, destinations: tuple[OrganId, ...]) -> dict[OrganId, OrganId]:
        """The next hop for each recipient; two codes of one agency get one copy."""
        hops: dict[OrganId, OrganId] = {}
        reached: set[OrganId] = set()
        for recipient in destinations:
            way = self._point.way_to(recipient)
            if way.recipient not in reached:
                reached.add(way.recipient)
                hops[recipient] = way.hops[0].organ_id
        return hops

    def _queue(
        self,
        envelope: Envelope,
        message_id: MessageId,
        hops: dict[OrganId, OrganId],
        *,
        key: str,
        now: datetime,
    ) -> list[Change]:
        point, message = self._point, envelope.message
        payload, kept = point.store_envelope(envelope.with_trace(TraceHeader(point.own, now)))
        point.emit(EventName.SUBMIT_STORED, message_id=str(message_id))
        records = [
            OutboundRecord(
                message_id=message_id,
                recipient=recipient,
                origin=message.sender.organ_id,
                next_hop=hop,
                kind="document" if isinstance(message, Document) else "status",
                payload=payload.sha256,
                size=payload.size,
                state=OutboundState.QUEUED,
                attempts=0,
                due_at=now,
                created_at=now,
                expires_at=point.schedule.expires_at(now),
                submit_key=key,
                lane=lane_of(message, size=payload.size),
            )
            for recipient, hop in hops.items()
        ]
        queued = (PutOutbound(record, expected=None) for record in records)
        return [*kept, *queued, *map(self._submitted, records)]

    def _submitted(self, record: OutboundRecord) -> AddTimeline:
        entry = TimelineEntry.of(
            record.created_at,
            record.message_id,
            "submitted",
            recipient=record.recipient,
            to=record.next_hop,
            sha256=record.payload,
            **self._point.redirection(record.recipient),
        )
        return AddTimeline(entry)

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
        reporter = self.own_organization(document)
        status = status_of(document, code, reporter=reporter, at=now, description=description)
        return self.queue_status(status, code, about=about, now=now)

    def queue_status(
        self, status: Status, code: StatusCode, *, about: MessageId, now: datetime
    ) -> list[Change]:
        """What to write so that a status goes out; pure but for its payload.

        Args:
            status: signed with the node's key; the same one twice is queued once.
            code: what it says.
            about: the message whose timeline tells of it.
            now: the present.
        """
        point = self._point
        envelope = point.signer.sign(status).envelope
        message_id = status.message_id or MessageId.new()
        if point.store.outbound_of(message_id):
            return []  # this very status is on its way already
        kept = StatusRecord(
            message_id=message_id,
            document_id=str(status.response_for.document_id or ""),
            code=code,
            reporter=point.own,
            about_recipient=recipient_in(status) or point.own,
            at=now,
            description=status.description,
            outgoing=True,
        )
        hops = self._hops(status.destinations)
        queue = self._queue(envelope, message_id, hops, key=str(message_id), now=now)
        entry = TimelineEntry.of(now, about, "status.sent", code=code, message=message_id)
        return [*queue, PutStatus(kept), AddTimeline(entry)]

    def own_organization(self, document: Document | None = None) -> Organization:
        """In whose name we speak: that to which a letter was addressed, if it is ours to use.

        An heir that does not have the old code as an alias could not sign in its name.
        """
        point, today = self._point, self._point.today
        own, code = point.directory.find(point.own, today), point.own.as_decision_20
        parties = (*document.recipients, document.sender) if document else ()
        # Our very code first: merged into another recipient of the letter, we are not that one.
        for party in sorted(parties, key=lambda party: party.organ_id.as_decision_20 != code):
            if own and point.directory.find(party.organ_id, today) is own:
                return party
        known = own or next(reversed(point.directory.entries_of(point.own)), None)
        return Organization(point.own, known.name if known else str(point.own))


def recipient_in(status: Status) -> OrganId | None:
    """The recipient whose handling a status is about, where its reporter is not that itself."""
    by_sender = status.code is not None and status.code.by_sender
    return status.response_for.organ_id if by_sender else None


def _content_of(given: Message | Envelope) -> Message:
    """What is to be sent; of an envelope, whoever signed it may have let faults pass."""
    if isinstance(given, Envelope):
        return given.message
    if not given.known_faultless:
        _refuse_faulty(given)
    return given


def _refuse_faulty(message: Message) -> None:
    faults = check(message)
    if faults:
        raise InvalidEnvelope("the message cannot be sent", faults)


def _checked_key(key: str) -> str:
    if len(key) > _KEY_LENGTH or not key.isprintable():
        raise UsageError(
            f"submission key: expected 1 to {_KEY_LENGTH} printable characters, "
            f"found {key[:60]!r} ({len(key)} characters)",
            code="submit.key",
        )
    return key


def _is_stale(error: DeliveryError) -> bool:
    return error.code == "store.stale"
