"""The events of a node: fixed dotted names, and the fields that belong to them.

The names in ``DURABLE`` mark the steps after which something is on disk that was not there before.
Crash tests kill the process at each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

__all__ = ["DURABLE", "Event", "EventName", "Hook"]


class EventName(StrEnum):
    """What happened."""

    __hash__ = str.__hash__  # hooks look names up all the time

    SUBMIT_STARTED = "submit.started"
    SUBMIT_STORED = "submit.stored"
    SUBMIT_QUEUED = "submit.queued"
    OUTBOUND_STARTED = "outbound.started"
    OUTBOUND_CARRIED = "outbound.carried"
    OUTBOUND_AWAITING = "outbound.awaiting-receipt"
    OUTBOUND_REROUTED = "outbound.rerouted"
    OUTBOUND_FAILED = "outbound.failed"
    OUTBOUND_ENDED = "outbound.ended"
    INBOUND_STARTED = "inbound.started"
    PEER_OPENED = "peer.opened"
    PEER_CLOSED = "peer.closed"
    INBOUND_STORED = "inbound.stored"
    INBOUND_ACCEPTED = "inbound.accepted"
    INBOUND_REFUSED = "inbound.refused"
    INBOUND_REPEATED = "inbound.repeated"
    INBOUND_POSTPONED = "inbound.postponed"
    RECEIPT_SENT = "receipt.sent"
    RECEIPT_NOT_SENT = "receipt.not-sent"
    RECEIPT_RECORDED = "receipt.recorded"
    PARCEL_SETTLED = "parcel.settled"
    PARCEL_REJECTED = "parcel.rejected"
    HANDOVER_STARTED = "handover.started"
    RETURN_ISSUED = "return.issued"
    RETURN_CARRIED = "return.carried"
    RETURN_NOT_CARRIED = "return.not-carried"
    HANDOVER_TAKEN = "handover.taken"
    HANDOVER_RECORDED = "handover.recorded"
    HANDOVER_DEFERRED = "handover.deferred"
    DIRECTORY_UPDATED = "directory.updated"
    DIRECTORY_REFUSED = "directory.refused"
    DIRECTORY_EXPIRED = "directory.expired"
    HTTP_SERVING = "http.serving"
    HTTP_REFUSED = "http.refused"
    NODE_RECOVERED = "node.recovered"
    NODE_ERROR = "node.error"


DURABLE: Final = (
    EventName.SUBMIT_STORED,
    EventName.SUBMIT_QUEUED,
    EventName.OUTBOUND_STARTED,
    EventName.OUTBOUND_CARRIED,
    EventName.OUTBOUND_AWAITING,
    EventName.INBOUND_STORED,
    EventName.INBOUND_ACCEPTED,
    EventName.RECEIPT_SENT,
    EventName.RECEIPT_RECORDED,
    EventName.PARCEL_SETTLED,
    EventName.HANDOVER_TAKEN,
    EventName.HANDOVER_RECORDED,
    EventName.RETURN_ISSUED,
    EventName.RETURN_CARRIED,
)
"""Steps after which something is on disk that was not there before."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    name: EventName
    """What."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Details: ``message_id``, ``node``, ``peer``, ``reason``."""


Hook = Callable[[Event], None]
"""Listens to events; must be quick."""
