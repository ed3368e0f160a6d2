"""A store with a past: so many messages, taken in and handed over before, through the store itself.

Each has what the node writes for it: record, receipt, timeline, audit log. The receipts are copies
of real ones in length, not in signature: nobody judges them again, and signing 100,000 takes
minutes. Their payloads are gone, as after a collection.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from docexchange import OrganId, SystemClock
from docexchange.delivery import (
    AddTimeline,
    InboundRecord,
    InboundState,
    PutInbound,
    PutReceipt,
    ReceiptRecord,
    SQLiteStore,
    TimelineEntry,
)
from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from datetime import datetime

    from premises import Premises

    from docexchange.delivery import Change

_BATCH = 500
_RECEIPT_BYTES = 4_200
_SENDER, _RECEIVER = OrganId("000.21.31.H53"), OrganId("000.00.31.H53")


def fill(premises: Premises, messages: int) -> None:
    """Write so many messages into the store of a node that does not run."""
    if not messages:
        return
    folder = premises.node / "store"
    folder.mkdir(exist_ok=True)
    now = SystemClock().now() - timedelta(days=1)
    with SQLiteStore(folder / "store.db", who=str(_RECEIVER)) as store:
        for start in range(0, messages, _BATCH):
            numbers = range(start, min(start + _BATCH, messages))
            store.apply([change for number in numbers for change in _changes(number, now)])


def _changes(number: int, now: datetime) -> list[Change]:
    name = sha256(str(number).encode()).hexdigest()
    message_id = MessageId(f"m-{name[:32]}")
    record = InboundRecord(
        message_id=message_id,
        recipient=_RECEIVER,
        origin=_SENDER,
        from_node=_SENDER,
        kind="document",
        payload=name,
        size=10_000,
        state=InboundState.HANDED_OVER,
        received_at=now,
        verdict="TOTAL-PASSED",
    )
    receipt = ReceiptRecord(
        message_id=message_id,
        recipient=_RECEIVER,
        issuer=_RECEIVER,
        given=True,
        payload=name,
        at=now,
        xml=name.encode().ljust(_RECEIPT_BYTES),
        accepted=True,
    )
    entries = [TimelineEntry.of(now, message_id, what) for what in ("received", "handed-over")]
    return [PutInbound(record, expected=None), PutReceipt(receipt), *map(AddTimeline, entries)]
