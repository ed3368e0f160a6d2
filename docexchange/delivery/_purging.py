"""Purging in SQLite: old messages leave, a record of each remains, receipts stay for longer.

>>> purge(rows, Purge(before=..., at=..., who="operator"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from docexchange.delivery._sealing import seal
from docexchange.delivery._tables import (
    INBOUND_PAST,
    INBOUND_TABLE,
    OUTBOUND_PAST,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    to_sql,
)
from docexchange.delivery.retention import PurgeReport, notes_of_purge
from docexchange.delivery.table import InboundState, OutboundState
from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from docexchange.delivery._rows import Rows
    from docexchange.delivery._tables import Table
    from docexchange.delivery.records import ReceiptRecord
    from docexchange.delivery.retention import Purge

__all__ = ["purge", "refers_to"]

Record = TypeVar("Record")


def _ends(states: type[OutboundState | InboundState]) -> str:
    return ", ".join(f"'{state}'" for state in states if state.is_terminal)


_OUT_ENDS: Final = _ends(OutboundState)
_IN_ENDS: Final = _ends(InboundState)
# Every part of these texts is written here. Nothing may be under way, and nothing may have
# happened to the message since.
_AT_REST: Final = f"""
    NOT EXISTS (SELECT 1 FROM outbound WHERE message_id = old.message_id
                AND (state NOT IN ({_OUT_ENDS}) OR created_at >= :before))
    AND NOT EXISTS (SELECT 1 FROM inbound WHERE message_id = old.message_id
                    AND (state NOT IN ({_IN_ENDS}) OR received_at >= :before))
    AND NOT EXISTS (SELECT 1 FROM timeline WHERE message_id = old.message_id AND at >= :before)
    AND NOT EXISTS (SELECT 1 FROM receipt WHERE message_id = old.message_id AND at >= :before)"""  # noqa: S608
_SOURCES: Final = (
    f"outbound AS old WHERE state IN ({_OUT_ENDS}) AND created_at < :before",
    f"inbound AS old WHERE state IN ({_IN_ENDS}) AND received_at < :before",
    "timeline AS old WHERE at < :before",
)
_OLD_RECEIPTS: Final = """WHERE at < ?
    AND NOT EXISTS (SELECT 1 FROM outbound WHERE message_id = receipt.message_id)
    AND NOT EXISTS (SELECT 1 FROM inbound WHERE message_id = receipt.message_id)
    AND NOT EXISTS (SELECT 1 FROM timeline WHERE message_id = receipt.message_id)
    ORDER BY at, number LIMIT ?"""
# What became of a document that stands in a book is asked for long after: in reports.
_FORGET_STATUSES: Final = """DELETE FROM status WHERE message_id = ?
    AND (document_id = '' OR document_id NOT IN (
        SELECT document_id FROM book WHERE document_id = status.document_id))"""
_REFERENCES: Final = """SELECT EXISTS (SELECT 1 FROM outbound WHERE payload = :payload)
    OR EXISTS (SELECT 1 FROM inbound WHERE payload = :payload)
    OR EXISTS (SELECT 1 FROM receipt WHERE payload = :payload
               AND EXISTS (SELECT 1 FROM timeline WHERE message_id = receipt.message_id))"""


def purge(rows: Rows, wanted: Purge) -> PurgeReport:
    """Take one batch out, in the transaction at hand."""
    messages = _old_messages(rows, wanted)
    for message_id in messages:
        _take_out(rows, message_id)
    receipts = _take_out_receipts(rows, wanted) if wanted.evidence_before else []
    seal(rows, notes_of_purge(wanted, messages, receipts))
    return PurgeReport(messages=len(messages), receipts=len(receipts))


def refers_to(rows: Rows, payload: str) -> bool:
    """Whether a message that is kept, or a receipt of one, speaks of these bytes."""
    found: int = rows.connection.execute(_REFERENCES, {"payload": payload}).fetchone()[0]
    return bool(found)


def _old_messages(rows: Rows, wanted: Purge) -> list[MessageId]:
    found: dict[str, None] = {}
    for source in _SOURCES:
        sql = f"SELECT message_id FROM {source} AND {_AT_REST} LIMIT :limit"  # noqa: S608
        values = {"before": to_sql(wanted.before), "limit": wanted.limit}
        found.update((row[0], None) for row in rows.connection.execute(sql, values))
    return [MessageId(text) for text in found][: wanted.limit]


def _take_out(rows: Rows, message_id: MessageId) -> None:
    _keep_in(rows, OUTBOUND_TABLE, OUTBOUND_PAST, message_id, "1")
    _keep_in(rows, INBOUND_TABLE, INBOUND_PAST, message_id, f"state <> '{InboundState.REFUSED}'")
    for table in ("outbound", "inbound", "timeline"):
        rows.connection.execute(f"DELETE FROM {table} WHERE message_id = ?", (str(message_id),))  # noqa: S608
    rows.connection.execute(_FORGET_STATUSES, (str(message_id),))


def _keep_in(
    rows: Rows, live: Table[Record], past: Table[Record], message_id: MessageId, which: str
) -> None:
    values = live.columns.replace("problem", "''")
    rows.connection.execute(
        f"REPLACE INTO {past.name} ({past.columns}) SELECT {values} FROM {live.name} "  # noqa: S608
        f"WHERE message_id = ? AND {which}",
        (str(message_id),),
    )


def _take_out_receipts(rows: Rows, wanted: Purge) -> list[ReceiptRecord]:
    values = (wanted.evidence_before, wanted.limit)
    found = rows.select(RECEIPT_TABLE, _OLD_RECEIPTS, *values)
    sql = f"DELETE FROM receipt WHERE number IN (SELECT number FROM receipt {_OLD_RECEIPTS})"  # noqa: S608
    rows.connection.execute(sql, tuple(map(to_sql, values)))
    return found
