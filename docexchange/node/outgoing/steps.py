"""Take deliveries one step further: what the table says, written down with all that follows."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
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
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from docexchange.delivery import OutboundRecord
    from docexchange.node.outgoing.returning import Returning
    from docexchange.node.point import AccessPoint

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
        taken = self.take_all([record], event, now, why=why, also=also, each=lambda _: values)
        return taken[0]

    def take_all(
        self,
        records: Sequence[OutboundRecord],
        event: OutboundEvent,
        now: datetime,
        *,
        why: str = "",
        also: Sequence[Change] = (),
        each: Callable[[OutboundRecord], Mapping[str, object]] = lambda _: {},
        **values: object,
    ) -> list[OutboundRecord]:
        """Take the same step for several deliveries, in one transaction; as ``take``.

        Args:
            records: the deliveries; none is no step.
            event: what happened to all of them.
            now: when.
            why: the reason for the timeline; the problem of each when left out.
            also: what belongs into the same transaction.
            each: fields of a record that change in its own way.
            values: fields that change in all.
        """
        taken: list[OutboundRecord] = []
        puts: list[Change] = []
        told: list[Change] = []
        ended: list[tuple[OutboundRecord, list[Change]]] = []
        for old in records:
            new = _moved(old, event, {**values, **each(old)})
            taken.append(new)
            puts.append(PutOutbound(new, expected=old.state))
            told.append(_entry(new, event, now, why or new.problem))
            if new.state.is_terminal and new.state is not old.state:
                ended.append((new, self._returning.changes(new, now)))
        if taken:
            back = chain.from_iterable(follows for _, follows in ended)
            self._point.store.apply([*puts, *also, *told, *back])
        for record, follows in ended:
            self._tell_end(record)
            if follows:
                self._returning.tell(record)
        return taken

    def _tell_end(self, record: OutboundRecord) -> None:
        self._point.emit(
            EventName.OUTBOUND_ENDED,
            message_id=str(record.message_id),
            recipient=str(record.recipient),
            state=record.state,
            reason=record.problem,
        )


def _moved(
    record: OutboundRecord, event: OutboundEvent, values: Mapping[str, object]
) -> OutboundRecord:
    return replace(record, state=step(record.state, event), **values)  # type: ignore[arg-type]


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
