"""Who goes first? Three lanes, and a claim that grows with waiting; pure.

    lane_of(letter, size=20_000_000)    # Lane.URGENT if it says so, else Lane.BULK
    in_turn(records, limit=100)         # fair to every peer

A letter stands behind one of the lane before it that fell due up to `AGEING` later, and before all
that came after that. So waiting lifts it lane by lane, and whatever pours into the urgent lane, a
bulk letter is overtaken for two steps of `AGEING` and no longer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from docexchange.envelope import Document, Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docexchange.delivery.records import OutboundRecord
    from docexchange.envelope import Message
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["AGEING", "BULK_BYTES", "Lane", "in_turn", "lane_of", "next_peers", "share_of"]

AGEING: Final = timedelta(minutes=10)
"""So long in one lane weighs as much as being in the lane before it."""
BULK_BYTES: Final = 10 * 1024 * 1024
"""Letters from this size on let others pass."""

Claim = tuple[datetime, datetime, "MessageId", "OrganId"]


class Lane(IntEnum):
    """How much of a hurry there is."""

    URGENT = 0
    """Statuses, and letters marked urgent or more."""
    NORMAL = 1
    """Other letters."""
    BULK = 2
    """Large letters."""


def lane_of(message: Message, *, size: int) -> Lane:
    """The lane of a message.

    Args:
        message: a status, or a document that says how urgent it is.
        size: the length of its envelope in bytes.
    """
    if not isinstance(message, Document) or _priority(message) >= Priority.URGENT:
        return Lane.URGENT
    return Lane.BULK if size >= BULK_BYTES else Lane.NORMAL


def _priority(document: Document) -> Priority:
    return document.other_info.priority or Priority.NORMAL


def share_of(limit: int, peers: int) -> int:
    """How many letters each of so many peers may have in a pass of ``limit``; at least one."""
    return max(1, limit // max(1, peers))


def next_peers(peers: Sequence[OrganId], *, after: OrganId | None, limit: int) -> list[OrganId]:
    """Whose turn it is when there are more peers than letters in a pass.

    Args:
        peers: all that something is due for, by code.
        after: the last one that had its turn; None before the first pass.
        limit: at most so many.

    Returns:
        Those that follow ``after``, and then those from the beginning: nobody is passed over.
    """
    start = bisect_right(peers, after) if after else 0
    return [*peers[start:], *peers[:start]][: max(limit, 0)]


def in_turn(records: Iterable[OutboundRecord], *, limit: int) -> list[OutboundRecord]:
    """Choose what goes now, and in which order.

    Args:
        records: what is due; of each peer at least its first claims.
        limit: at most so many.

    Returns:
        Of each peer its fair share, the strongest claim first; the order does not depend on that
        of ``records``.
    """
    by_peer: defaultdict[OrganId, list[OutboundRecord]] = defaultdict(list)
    for record in records:
        by_peer[record.next_hop].append(record)
    share = share_of(limit, len(by_peer))
    fair = [one for waiting in by_peer.values() for one in sorted(waiting, key=_claim)[:share]]
    return sorted(fair, key=_claim)[: max(limit, 0)]


def _claim(record: OutboundRecord) -> Claim:
    due = record.due_at + record.lane * AGEING
    return due, record.created_at, record.message_id, record.recipient
