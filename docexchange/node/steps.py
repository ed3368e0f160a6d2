"""Take a delivery one step further: what the table says, written down with all that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.delivery import (
    AddTimeline,
    Change,
    OutboundEvent,
    PutOutbound,
    TimelineEntry,
    step,
)
from docexchange.instrumentation import EventName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.node.point import AccessPoint
    from docexchange.node.returning import Returning

__all__ = ["Steps"]


class Steps:
    """Steps of one access point."""

    def __init__(self, point: AccessPoint, returning: Returning) -> None:
        self._point = point
        self._returning = returning

    def take(
        self,
        record: OutboundRecord,
        event: OutboundEvent,
        now: datetime,
        *,
        why: str = "",
        also: Sequence[Change] = (),
        **values: object,
    ) -> OutboundRecord:
        """Take one step of the table and write it down, with what it means for the bearer.

        Args:
            record: the delivery as it is stored.
            event: what happened.
            now: when.
            why: the reason for the timeline; the problem when left out.
            also: what belongs into the same transaction.
            values: fields of the record that change.

        Returns:
            The delivery as it is stored now.

        Raises:
            IllegalTransition: the table has no such step.
            DeliveryError: code ``store.stale``; someone else was faster, nothing was written.
        """
        moved = replace(record, state=step(record.state, event).state, **values)  # type: ignore[arg-type]
        has_turned = moved.state is not record.state
        back = self._returning.changes(moved, now) if has_turned else []
        entry = _entry(moved, event, now, why or moved.problem)
        self._point.store.apply([PutOutbound(moved, expected=record.state), *also, entry, *back])
        if has_turned and moved.state.is_terminal:
            self._tell_end(moved)
        if back:
            self._returning.tell(moved)
        return moved

    def _tell_end(self, record: OutboundRecord) -> None:
        self._point.emit(
            EventName.OUTBOUND_ENDED,
            message_id=str(record.message_id),
            recipient=str(record.recipient),
            state=record.state,
            reason=record.problem,
        )


def _entry(record: OutboundRecord, event: OutboundEvent, now: datetime, why: str) -> AddTimeline:
    return AddTimeline(
        TimelineEntry.of(
            now,
            record.message_id,
            f"outbound.{event}",
            to=record.next_hop,
            recipient=record.recipient,
            sha256=record.payload,
            attempt=record.attempts,
            reason=why,
        )
    )
