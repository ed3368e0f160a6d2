"""The timeline of one message, as one node or several remember it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from docexchange.delivery import Store
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["TimelineRow", "timeline"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """One thing that happened at one node."""

    at: datetime
    """When, UTC."""
    node: OrganId
    """Whose store it is from."""
    event: str
    """What."""
    detail: dict[str, str]
    """Names and values."""


def timeline(
    message_id: MessageId, stores: Iterable[tuple[OrganId, Store]]
) -> tuple[TimelineRow, ...]:
    """Everything that the given nodes remember of a message, in order of time.

    Args:
        message_id: the message.
        stores: each node's code and store, in the order of the route; it decides between events of
            the same moment.
    """
    rows = [
        TimelineRow(at=entry.at, node=node, event=entry.event, detail=dict(entry.detail))
        for node, store in stores
        for entry in store.timeline(message_id)
    ]
    return tuple(sorted(rows, key=lambda row: row.at))
