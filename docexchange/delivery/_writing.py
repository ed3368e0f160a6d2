"""Changes, written through a connection: each guard looks at what the transaction has so far.

>>> write(rows, [PutOutbound(queued, expected=None), AddTimeline(entry)], who="000.21.31.H53")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from docexchange.delivery._sealing import seal
from docexchange.delivery._tables import (
    INBOUND_TABLE,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    STATUS_TABLE,
    TIMELINE_TABLE,
)
from docexchange.delivery.audit import notes_of
from docexchange.delivery.changes import (
    AddAudit,
    AddTimeline,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    check_inbound,
    check_outbound,
    receipt_identity,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.delivery._rows import Rows
    from docexchange.delivery.changes import Change
    from docexchange.identifiers import MessageId

__all__ = ["write"]


def write(rows: Rows, changes: Sequence[Change], who: str) -> None:
    """Write ``changes`` in order, and tell the audit log.

    Args:
        rows: a connection inside a transaction that writes.
        changes: what to write.
        who: the agency whose store it is.

    Raises:
        DeliveryError: a guard does not hold; the caller takes back what was written.
    """
    for change in changes:
        _write(rows, change)
    seal(rows, notes_of(changes, who=who))


def _write(rows: Rows, change: Change) -> None:
    match change:
        case PutOutbound(record=sent):
            known = rows.one(OUTBOUND_TABLE, sent.message_id, sent.recipient)
            check_outbound(change, known, _holder(rows, sent.submit_key))
            rows.insert("REPLACE", OUTBOUND_TABLE, sent)
        case PutInbound(record=came):
            check_inbound(change, rows.one(INBOUND_TABLE, came.message_id, came.recipient))
            rows.insert("REPLACE", INBOUND_TABLE, came)
        case PutReceipt(record=receipt):
            digest = {"digest": receipt_identity(receipt)[-1]}
            rows.insert("INSERT OR IGNORE", RECEIPT_TABLE, receipt, digest)
        case PutStatus(record=status):
            rows.insert("INSERT OR IGNORE", STATUS_TABLE, status)
        case AddTimeline(entry=entry):
            rows.insert("INSERT", TIMELINE_TABLE, entry)
        case AddAudit():
            pass  # the log alone
        case _:
            assert_never(change)


def _holder(rows: Rows, submit_key: str | None) -> MessageId | None:
    if submit_key is None:
        return None
    holders = rows.select(OUTBOUND_TABLE, "WHERE submit_key = ? LIMIT 1", submit_key)
    return holders[0].message_id if holders else None
