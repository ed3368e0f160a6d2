"""Changes, written through a connection: each guard looks at what the transaction has so far.

>>> write(rows, [PutOutbound(queued, expected=None), AddTimeline(entry)], who="000.21.31.H53")
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar, assert_never

from docexchange.delivery._booking import enter
from docexchange.delivery._keeping import keep
from docexchange.delivery._sealing import seal
from docexchange.delivery._tables import (
    INBOUND_PAST,
    INBOUND_TABLE,
    OUTBOUND_PAST,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    STATUS_TABLE,
    TIMELINE_TABLE,
)
from docexchange.delivery.audit import notes_of
from docexchange.delivery.books import EnterInBook
from docexchange.delivery.changes import (
    AddAudit,
    AddTimeline,
    KeepBytes,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    check_inbound,
    check_outbound,
    check_past,
    receipt_identity,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.delivery._rows import Rows
    from docexchange.delivery._tables import Table
    from docexchange.delivery.changes import Change
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["find", "write"]

Record = TypeVar("Record")


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
        case PutOutbound():
            _put_outbound(rows, change)
        case PutInbound():
            _put_inbound(rows, change)
        case PutReceipt(record=receipt):
            digest = {"digest": receipt_identity(receipt)[-1]}
            rows.insert("INSERT OR IGNORE", RECEIPT_TABLE, receipt, digest)
        case PutStatus(record=status):
            rows.insert("INSERT OR IGNORE", STATUS_TABLE, status)
        case AddTimeline(entry=entry):
            rows.insert("INSERT", TIMELINE_TABLE, entry)
        case KeepBytes():
            keep(rows, change)
        case EnterInBook(row=row):
            enter(rows, row)
        case AddAudit():
            pass  # the log alone
        case _:
            assert_never(change)


def _put_outbound(rows: Rows, change: PutOutbound) -> None:
    sent = change.record
    known, table = find(rows, OUTBOUND_TABLE, OUTBOUND_PAST, sent.message_id, sent.recipient)
    check_outbound(change, known, _holder(rows, sent.submit_key))
    if table is OUTBOUND_PAST:
        check_past(change)
    rows.insert("REPLACE", table, sent)


def _put_inbound(rows: Rows, change: PutInbound) -> None:
    came = change.record
    known, table = find(rows, INBOUND_TABLE, INBOUND_PAST, came.message_id, came.recipient)
    check_inbound(change, known)
    if table is INBOUND_PAST:
        check_past(change)
    rows.insert("REPLACE", table, came)


def find(
    rows: Rows, live: Table[Record], past: Table[Record], message_id: MessageId, recipient: OrganId
) -> tuple[Record | None, Table[Record]]:
    """A record, purged or not, and the table that it is in; the first one when it is in none.

    One query, so that a record which is purged at this moment is seen in one place.
    """
    key = (str(message_id), str(recipient))
    row = rows.connection.execute(_find_sql(live, past), key * 2).fetchone()
    if row is None:
        return None, live
    table = past if row[0] else live
    return rows.record(table, row[1:]), table


@cache
def _find_sql(live: Table[Record], past: Table[Record]) -> str:
    where = "WHERE message_id = ? AND recipient = ?"
    return (
        f"SELECT 0, {live.columns} FROM {live.name} {where} "  # noqa: S608
        f"UNION ALL SELECT 1, {past.columns} FROM {past.name} {where}"
    )


def _holder(rows: Rows, submit_key: str | None) -> MessageId | None:
    if submit_key is None:
        return None
    for table in (OUTBOUND_TABLE, OUTBOUND_PAST):
        holders = rows.select(table, "WHERE submit_key = ? LIMIT 1", submit_key)
        if holders:
            return holders[0].message_id
    return None
