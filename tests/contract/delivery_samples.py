"""Records for tests: every field has a plain value, a test names the ones it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from docexchange.delivery import (
    AuditNote,
    Book,
    BookRow,
    InboundRecord,
    InboundState,
    OutboundRecord,
    OutboundState,
    ReceiptRecord,
    StatusRecord,
    TimelineEntry,
)
from docexchange.identifiers import MessageId, OrganId

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
