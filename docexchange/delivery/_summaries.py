"""Outbound and inbound records of many messages, folded into one line each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from docexchange.delivery.records import InboundRecord, MessageSummary, OutboundRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from docexchange.identifiers import MessageId

__all__ = ["summarise"]


def summarise(
    records: Iterable[OutboundRecord | InboundRecord], limit: int | None
) -> list[MessageSummary]:
    """Fold records into summaries, the latest first, at most ``limit``."""
    grouped: dict[MessageId, list[OutboundRecord | InboundRecord]] = defaultdict(list)
    for record in records:
        grouped[record.message_id].append(record)
    summaries = [_summary(group) for group in grouped.values()]
    summaries.sort(key=lambda summary: summary.message_id)
    summaries.sort(key=lambda summary: summary.first_seen, reverse=True)
    return summaries if limit is None else summaries[: max(limit, 0)]


def _summary(group: list[OutboundRecord | InboundRecord]) -> MessageSummary:
    first = min(group, key=_seen)
    outbound = (record for record in group if isinstance(record, OutboundRecord))
    inbound = (record for record in group if isinstance(record, InboundRecord))
    return MessageSummary(
        message_id=first.message_id,
        kind=first.kind,
        origin=first.origin,
        first_seen=_seen(first),
        outbound=tuple(sorted((record.recipient, record.state) for record in outbound)),
        inbound=tuple(sorted((record.recipient, record.state) for record in inbound)),
    )


def _seen(record: OutboundRecord | InboundRecord) -> datetime:
    return record.created_at if isinstance(record, OutboundRecord) else record.received_at
