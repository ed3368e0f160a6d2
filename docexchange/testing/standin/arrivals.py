"""What a node has in hand and in its books, as plain JSON: what arrived, what it sent, what became.

    with open_storage(read_config(folder)) as storage:
        for letter in letters_in(storage): ...
        told = letter_in(storage, message_id)

It reads the store and changes nothing, also while the node is down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docexchange.envelope import Document, Envelope
from docexchange.errors import UnreadableInput

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import (
        InboundRecord,
        MessageSummary,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.identifiers import MessageId
    from docexchange.node import Storage

__all__ = ["content_in", "letter_in", "letters_in"]


def letters_in(storage: Storage) -> list[dict[str, Any]]:
    """Every message that a node knows, the oldest first, without its evidence.

    Args:
        storage: of the node.
    """
    found = sorted(storage.store.messages(), key=lambda item: item.first_seen)
    return [_brief(storage, item) for item in found]


def letter_in(storage: Storage, message_id: MessageId) -> dict[str, Any] | None:
    """One message with receipts, statuses and timeline; None when the node does not know it.

    Args:
        storage: of the node.
        message_id: which.
    """
    store = storage.store
    arrived, sent = store.inbound_of(message_id), store.outbound_of(message_id)
    if not (arrived or sent):
        return None
    subject, document_id = _read(content_in(storage, message_id))
    statuses = store.statuses(document_id) if document_id else []
    return {
        "id": str(message_id),
        "kind": (arrived or sent)[0].kind,
        "from": str((arrived or sent)[0].origin),
        "subject": subject,
        "document_id": document_id,
        "settled": _settled(arrived, sent),
        "arrived": [_arrival(item) for item in arrived],
        "sent": [_sending(item) for item in sent],
        "receipts": [_receipt(item) for item in store.receipts(message_id)],
        "statuses": [_status(item) for item in statuses],
        "timeline": [_event(item) for item in store.timeline(message_id)],
    }


def content_in(storage: Storage, message_id: MessageId) -> Path | None:
    """The file of a message: as it arrived, or else as it was sent.

    Args:
        storage: of the node.
        message_id: which.
    """
    store = storage.store
    known = [item.payload for item in store.inbound_of(message_id)]
    known += [item.payload for item in store.outbound_of(message_id)]
    kept = filter(storage.payloads.contains, known)
    return next(map(storage.payloads.path, kept), None)


def _brief(storage: Storage, summary: MessageSummary) -> dict[str, Any]:
    arrived = storage.store.inbound_of(summary.message_id)
    sent = storage.store.outbound_of(summary.message_id)
    return {
        "id": str(summary.message_id),
        "kind": summary.kind,
        "from": str(summary.origin),
        "settled": _settled(arrived, sent),
        "arrived": [_arrival(item) for item in arrived],
        "sent": [_sending(item) for item in sent],
    }


def _settled(arrived: list[InboundRecord], sent: list[OutboundRecord]) -> bool:
    """Whether the node does nothing more about it by itself."""
    ended = [item.state.is_terminal for item in arrived]
    return all([*ended, *(item.state.is_terminal for item in sent)])


def _read(path: Path | None) -> tuple[str, str]:
    """Subject and id of a document; nothing of what is none, or cannot be read."""
    try:
        message = Envelope.read(path).message if path else None
    except UnreadableInput:
        return "", ""
    if not isinstance(message, Document):
        return "", ""
    return message.subject, str(message.document_id or "")


def _arrival(item: InboundRecord) -> dict[str, Any]:
    return {
        "to": str(item.recipient),
        "from_node": str(item.from_node),
        "state": str(item.state),
        "size": item.size,
        "sha256": item.payload,
        "verdict": item.verdict,
        "problem": item.problem,
        "at": item.received_at.isoformat(),
    }


def _sending(item: OutboundRecord) -> dict[str, Any]:
    return {
        "to": str(item.recipient),
        "next_hop": str(item.next_hop),
        "state": str(item.state),
        "attempts": item.attempts,
        "size": item.size,
        "sha256": item.payload,
        "problem": item.problem,
        "at": item.created_at.isoformat(),
    }


def _receipt(item: ReceiptRecord) -> dict[str, Any]:
    return {
        "issuer": str(item.issuer),
        "to": str(item.recipient),
        "given": item.given,
        "accepted": item.accepted,
        "sha256": item.payload,
        "at": item.at.isoformat(),
        "xml": item.xml.decode("utf-8", "replace"),
    }


def _status(item: StatusRecord) -> dict[str, Any]:
    return {
        "code": item.code,
        "reporter": str(item.reporter),
        "about": str(item.about_recipient),
        "outgoing": item.outgoing,
        "description": item.description,
        "at": item.at.isoformat(),
    }


def _event(item: TimelineEntry) -> dict[str, Any]:
    return {"at": item.at.isoformat(), "event": item.event, "detail": dict(item.detail)}
