"""What may be written to a store, and the guards that keep two writers from undoing each other.

    store.apply([
        PutOutbound(sending, expected=OutboundState.QUEUED),
        AddTimeline(TimelineEntry.of(now, message_id, "outbound.started")),
    ])

A writer names the state that it believes to be stored. Another thread or process may have moved the
record on since: then the belief is stale and nothing is written, whoever was first wins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.delivery.books import EnterInBook
from docexchange.delivery.table import InboundState, OutboundState
from docexchange.errors import DeliveryError

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.delivery.records import (
        AuditNote,
        InboundRecord,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.identifiers import MessageId

__all__ = [
    "AddAudit",
    "AddTimeline",
    "Change",
    "KeepBytes",
    "PutInbound",
    "PutOutbound",
    "PutReceipt",
    "PutStatus",
    "check_inbound",
    "check_outbound",
    "check_past",
    "receipt_identity",
]


@dataclass(frozen=True, slots=True)
class PutOutbound:
    """Write an outbound record."""

    record: OutboundRecord
    """The record as it shall be."""
    expected: OutboundState | None = field(kw_only=True)
    """The state that must be stored now; None: there must be no record yet."""


@dataclass(frozen=True, slots=True)
class PutInbound:
    """Write an inbound record."""

    record: InboundRecord
    """The record as it shall be."""
    expected: InboundState | None = field(kw_only=True)
    """The state that must be stored now; None: there must be no record yet."""


@dataclass(frozen=True, slots=True)
class PutReceipt:
    """Keep a receipt; the same one twice is kept once, with its first time."""

    record: ReceiptRecord
    """The receipt."""


@dataclass(frozen=True, slots=True)
class PutStatus:
    """Keep a business status; the same one twice is kept once."""

    record: StatusRecord
    """The status."""


@dataclass(frozen=True, slots=True)
class AddTimeline:
    """Write one more entry into the timeline; nothing is ever taken out of it."""

    entry: TimelineEntry
    """The entry."""


@dataclass(frozen=True, slots=True)
class AddAudit:
    """Put something into the audit log that no other change tells of: what an operator does."""

    note: AuditNote
    """Who did what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepBytes:
    """Keep the bytes of a small payload until its file is on the disk: one flush for all."""

    sha256: str
    """Its name."""
    data: bytes
    """All of it."""
    at: datetime
    """When it was laid down."""


_MAKES_WAY: Final = (InboundState.REFUSED, InboundState.RETURNING)

Change = (
    PutOutbound
    | PutInbound
    | PutReceipt
    | PutStatus
    | AddTimeline
    | AddAudit
    | KeepBytes
    | EnterInBook
)
"""Everything that `Store.apply` understands."""


def check_outbound(
    change: PutOutbound, known: OutboundRecord | None, key_holder: MessageId | None
) -> None:
    """Refuse a change that rests on a stale belief.

    Args:
        change: what is to be written.
        known: what is stored under its key.
        key_holder: the message that holds the change's submit key, if any.

    Raises:
        DeliveryError: code ``store.stale``; another state, other bytes or another key is there.
    """
    record = change.record
    _check_state(change, known)
    if known and known.payload != record.payload:
        raise _other_bytes(change, known)
    if known and known.submit_key != record.submit_key:
        raise _stale(
            change, f"submit key {known.submit_key!r}", f"submit key {record.submit_key!r}"
        )
    if key_holder and key_holder != record.message_id:
        raise _stale(
            change,
            f"submit key {record.submit_key!r} to be free",
            f"message {key_holder} holding it",
        )


def check_inbound(change: PutInbound, known: InboundRecord | None) -> None:
    """Refuse a change that rests on a stale belief.

    Args:
        change: what is to be written.
        known: what is stored under its key.

    Raises:
        DeliveryError: code ``store.stale``; another state is there, or other bytes and these have
            neither been refused nor given up.
    """
    _check_state(change, known)
    if known and known.payload != change.record.payload and known.state not in _MAKES_WAY:
        raise _other_bytes(change, known)


def check_past(change: PutOutbound | PutInbound) -> None:
    """Refuse to take up again what was purged: its bytes are gone.

    Raises:
        DeliveryError: code ``store.purged``; the record would not be at its end.
    """
    record = change.record
    if not record.state.is_terminal:
        raise DeliveryError(
            f"message {record.message_id} for {record.recipient}: expected one that is still kept, "
            f"found one that was purged and cannot become {record.state}",
            code="store.purged",
            advice="Send it anew, under another id.",
        )


def receipt_identity(record: ReceiptRecord) -> tuple[str, str, str, bool, str]:
    """What makes two receipts the same one: all but the time at which we had it."""
    digest = sha256(record.xml).hexdigest()
    message_id, recipient, issuer = record.message_id, record.recipient, record.issuer
    return message_id.value, recipient.value, issuer.value, record.given, digest


def _check_state(
    change: PutOutbound | PutInbound, known: OutboundRecord | InboundRecord | None
) -> None:
    found = known.state if known else None
    if change.expected != found:
        raise _stale(change, _state(change.expected), _state(found))


def _state(state: OutboundState | InboundState | None) -> str:
    return f"state {state}" if state else "no record"


def _other_bytes(
    change: PutOutbound | PutInbound, known: OutboundRecord | InboundRecord
) -> DeliveryError:
    payload = change.record.payload
    return _stale(change, f"the same bytes ({known.payload})", f"other bytes ({payload})")


def _stale(change: PutOutbound | PutInbound, expected: str, found: str) -> DeliveryError:
    record, is_sent = change.record, isinstance(change, PutOutbound)
    where = f"{'outbound' if is_sent else 'inbound'} message {record.message_id}"
    return DeliveryError(
        f"{where} {'to' if is_sent else 'for'} {record.recipient}: expected {expected}, "
        f"found {found}",
        code="store.stale",
        advice="Read the record again and decide anew: someone else was faster.",
    )
