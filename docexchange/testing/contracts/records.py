"""Records for tests: every field has a plain value, a test names the ones it is about.

>>> record = outbound(recipient=PROVINCE, submit_key="k")
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from docexchange.delivery import (
    AddTimeline,
    AuditNote,
    Book,
    BookRow,
    Change,
    InboundRecord,
    InboundState,
    KeepBytes,
    OutboundRecord,
    OutboundState,
    Purge,
    PutOutbound,
    PutReceipt,
    PutStatus,
    ReceiptRecord,
    StatusRecord,
    TimelineEntry,
)
from docexchange.identifiers import MessageId, OrganId

__all__ = [
    "BYTES",
    "COMMUNE",
    "LETTER",
    "MINISTRY",
    "NOON",
    "ODD_TEXT",
    "OTHER_BYTES",
    "PROVINCE",
    "RELAYED",
    "at",
    "ended",
    "entry",
    "inbound",
    "keep",
    "note",
    "outbound",
    "purge",
    "receipt",
    "row",
    "status",
]

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
MINISTRY = OrganId("000.00.00.G22")
PROVINCE = OrganId("000.00.00.H53")
COMMUNE = OrganId("000.21.31.H53")
LETTER = MessageId("m-letter")
BYTES = sha256(b"letter").hexdigest()
OTHER_BYTES = sha256(b"forged").hexdigest()


def at(seconds: float) -> datetime:
    """A time some seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def outbound(**values: Any) -> OutboundRecord:
    """A letter from the ministry to the commune, queued at noon."""
    plain: dict[str, Any] = {
        "message_id": LETTER,
        "recipient": COMMUNE,
        "origin": MINISTRY,
        "next_hop": PROVINCE,
        "kind": "document",
        "payload": BYTES,
        "size": 6,
        "state": OutboundState.QUEUED,
        "attempts": 0,
        "due_at": NOON,
        "created_at": NOON,
        "expires_at": at(86400),
    }
    return OutboundRecord(**(plain | values))


def inbound(**values: Any) -> InboundRecord:
    """The same letter as it came in at noon."""
    plain: dict[str, Any] = {
        "message_id": LETTER,
        "recipient": COMMUNE,
        "origin": MINISTRY,
        "from_node": PROVINCE,
        "kind": "document",
        "payload": BYTES,
        "size": 6,
        "state": InboundState.RECEIVED,
        "received_at": NOON,
    }
    return InboundRecord(**(plain | values))


def receipt(**values: Any) -> ReceiptRecord:
    """The receipt that the province gave for it."""
    plain: dict[str, Any] = {
        "message_id": LETTER,
        "recipient": COMMUNE,
        "issuer": PROVINCE,
        "given": False,
        "payload": BYTES,
        "at": NOON,
        "xml": b"<receipt/>",
        "accepted": True,
    }
    return ReceiptRecord(**(plain | values))


def status(**values: Any) -> StatusRecord:
    """The commune's report that it is working on the document."""
    plain: dict[str, Any] = {
        "message_id": MessageId("m-status"),
        "document_id": "000.00.00.G22,2026/03/02,1/QĐ",
        "code": "03",
        "reporter": COMMUNE,
        "about_recipient": COMMUNE,
        "at": NOON,
        "description": "đang xử lý",
        "outgoing": False,
    }
    return StatusRecord(**(plain | values))


def entry(**values: Any) -> TimelineEntry:
    """A line of the letter's timeline."""
    plain: dict[str, Any] = {"at": NOON, "message_id": LETTER, "event": "outbound.queued"}
    return TimelineEntry(**(plain | values))


def note(**values: Any) -> AuditNote:
    """What the audit log says about an operator's backup at noon."""
    plain: dict[str, Any] = {"at": NOON, "who": "hoa", "what": "store.backup", "about": "/backup"}
    return AuditNote(**(plain | values))


def row(**values: Any) -> BookRow:
    """A number that the ministry reserves at noon."""
    plain: dict[str, Any] = {
        "book": Book.OUTGOING,
        "agency": MINISTRY,
        "series": "general",
        "year": 2026,
        "number": None,
        "automatic": True,
        "entered_at": NOON,
    }
    return BookRow(**(plain | values))


RELAYED = inbound(state=InboundState.RELAYED)
"""The letter as a hub has it that has passed it on."""
ODD_TEXT = "Tệp\x00 bị hỏng 💥 \ud83d ' \" ; DROP TABLE outbound -- \n"
"""Text that no column, log or page may stumble over."""


def keep(data: bytes, *, seconds: int) -> KeepBytes:
    """A change that keeps bytes."""
    return KeepBytes(sha256=sha256(data).hexdigest(), data=data, at=at(seconds))


def purge(**values: Any) -> Purge:
    """Everything that was at rest an hour after noon, a day after noon."""
    plain: dict[str, Any] = {"before": at(3600), "at": at(86400), "who": "hoa"}
    return Purge(**(plain | values))


def ended(message_id: str = "m-letter", **values: Any) -> list[Change]:
    """A letter that was acknowledged at noon, with all that belongs to it."""
    key = MessageId(message_id)
    record = {"message_id": key, "state": OutboundState.ACKNOWLEDGED, "problem": "slow"}
    return [
        PutOutbound(outbound(**(record | values)), expected=None),
        AddTimeline(entry(message_id=key)),
        PutReceipt(receipt(message_id=key)),
        PutStatus(status(message_id=key, document_id=message_id)),
    ]
