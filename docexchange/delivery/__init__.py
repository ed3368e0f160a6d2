"""Whether it arrived: one transition table, one retry schedule, one store.

    step(OutboundState.QUEUED, OutboundEvent.STARTED)        # what follows, as data
    RetrySchedule().next_attempt(1, now=now, key="m-1")      # when again
    with SQLiteStore(path) as store: ...                     # what is remembered

Decisions (`table`, `schedule`, `breaker`, `lanes`, `duplicates`, `changes`) are pure; only `sqlite`
and `payloads` touch the disk. The node puts them together.
"""

from __future__ import annotations

from docexchange.delivery.breaker import CLOSED, BreakerPolicy, Circuit, CircuitState
from docexchange.delivery.changes import (
    AddTimeline,
    Change,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
)
from docexchange.delivery.duplicates import Arrival, judge
from docexchange.delivery.lanes import Lane, in_turn, lane_of, next_peers, share_of
from docexchange.delivery.memory import MemoryStore
from docexchange.delivery.payloads import Payload, PayloadStore
from docexchange.delivery.records import (
    InboundRecord,
    MessageKind,
    MessageSummary,
    OutboundRecord,
    ReceiptRecord,
    StatusRecord,
    TimelineEntry,
)
from docexchange.delivery.schedule import RetrySchedule
from docexchange.delivery.sqlite import SQLiteStore
from docexchange.delivery.store import Store
from docexchange.delivery.table import (
    INBOUND,
    OUTBOUND,
    WAITING,
    Action,
    InboundEvent,
    InboundState,
    OutboundEvent,
    OutboundState,
    Step,
    diagram,
    step,
)

__all__ = [
    "CLOSED",
    "INBOUND",
    "OUTBOUND",
    "WAITING",
    "Action",
    "AddTimeline",
    "Arrival",
    "BreakerPolicy",
    "Change",
    "Circuit",
    "CircuitState",
    "InboundEvent",
    "InboundRecord",
    "InboundState",
    "Lane",
    "MemoryStore",
    "MessageKind",
    "MessageSummary",
    "OutboundEvent",
    "OutboundRecord",
    "OutboundState",
    "Payload",
    "PayloadStore",
    "PutInbound",
    "PutOutbound",
    "PutReceipt",
    "PutStatus",
    "ReceiptRecord",
    "RetrySchedule",
    "SQLiteStore",
    "StatusRecord",
    "Step",
    "Store",
    "TimelineEntry",
    "diagram",
    "in_turn",
    "judge",
    "lane_of",
    "next_peers",
    "share_of",
    "step",
]
