"""Which deliveries go together: one parcel for all recipients behind one neighbour.

>>> together(record, store.outbound_of(record.message_id), now=now)

A letter for many is queued once for each recipient. What has the same bytes and the same next hop,
and is due for the same reason, goes over that link in one parcel; each delivery keeps a state, and
gets a receipt, of its own.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from docexchange.delivery import WAITING, OutboundState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.identifiers import MessageId, OrganId

    Key = tuple[MessageId, OrganId]

__all__ = ["Due", "due_for", "key_of", "one_parcel", "together"]


class Due(Enum):
    """Why a delivery is due."""

    LIFETIME_OVER = auto()
    """It is no longer worth sending."""
    RECEIPT_OVERDUE = auto()
    """No receipt came in time."""
    ATTEMPT = auto()
    """It is to be sent."""


def key_of(record: OutboundRecord) -> Key:
    """What a delivery is known by."""
    return record.message_id, record.recipient


def due_for(record: OutboundRecord, now: datetime) -> Due | None:
    """Why a delivery is due at a moment; None where it is not.

    Args:
        record: the delivery.
        now: the moment.
    """
    if record.state not in WAITING or record.due_at > now:
        return None
    if now >= record.expires_at:
        return Due.LIFETIME_OVER
    is_awaiting = record.state is OutboundState.AWAITING_RECEIPT
    return Due.RECEIPT_OVERDUE if is_awaiting else Due.ATTEMPT


def together(
    record: OutboundRecord, siblings: Iterable[OutboundRecord], *, now: datetime
) -> list[OutboundRecord]:
    """Those deliveries of a letter whose turn is that of one of them.

    Args:
        record: one that was due.
        siblings: all of the same letter, as they are stored now.
        now: the present.

    Returns:
        What is due for the same reason, with the same bytes for the same neighbour. Nothing where
        that one is not due any more: it went together with another.
    """
    due = [(item, due_for(item, now)) for item in siblings]
    reason = next((why for item, why in due if item.recipient == record.recipient), None)
    if reason is None:
        return []
    return [
        item
        for item, why in due
        if why is reason and item.payload == record.payload and item.next_hop == record.next_hop
    ]


def one_parcel(
    record: OutboundRecord, group: Sequence[OutboundRecord], *, most: int
) -> list[OutboundRecord]:
    """As many as one parcel may name, and no agency twice; among them the one whose turn it is.

    Args:
        record: whose turn it is.
        group: those that go together with it.
        most: recipients of one parcel.
    """
    here = [item for item in group if item.recipient == record.recipient]
    if len(here) == len(group):
        return here
    others = {item.recipient.as_decision_20: item for item in reversed(group)}
    others.pop(record.recipient.as_decision_20, None)
    rest = [item for item in group if others.get(item.recipient.as_decision_20) is item]
    return sorted([*here, *rest[: most - 1]], key=lambda item: item.recipient)
