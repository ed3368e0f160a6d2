"""Whether it arrived: one transition table, one retry schedule, one store.

    step(OutboundState.QUEUED, OutboundEvent.STARTED)        # what follows, as data
    RetrySchedule().next_attempt(1, now=now, key="m-1")      # when again
    with SQLiteStore(path) as store: ...                     # what is remembered

Decisions (`table`, `schedule`, `breaker`, `lanes`, `duplicates`, `changes`) are pure; only `sqlite`
and `payloads` touch the disk. The node puts them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange._facade import lazily

if TYPE_CHECKING:
    from docexchange.delivery.audit import AuditHead, AuditVerdict, judge_chain
    from docexchange.delivery.backup import BackupReport, back_up, read_backup, restore
    from docexchange.delivery.books import Book, BookRow, EnterInBook, is_about
    from docexchange.delivery.breaker import CLOSED, BreakerPolicy, Circuit, CircuitState
    from docexchange.delivery.changes import (
        AddAudit,
        AddTimeline,
        Change,
        KeepBytes,
        PutInbound,
        PutOutbound,
        PutReceipt,
        PutStatus,
    )
    from docexchange.delivery.checking import (
        CheckReport,
        Problem,
        check_audit,
        check_store,
        work_in,
    )
    from docexchange.delivery.duplicates import Arrival, judge
    from docexchange.delivery.lanes import Lane, in_turn, lane_of, next_peers, share_of
    from docexchange.delivery.memory import MemoryStore
    from docexchange.delivery.outages import Outage
    from docexchange.delivery.payload_base import Payload, Payloads
    from docexchange.delivery.payloads import SMALL_BYTES, Collected, PayloadStore
    from docexchange.delivery.records import (
        AuditEntry,
        AuditNote,
        InboundRecord,
        KeptBytes,
        MessageKind,
        MessageSummary,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.delivery.retention import Purge, PurgeReport
    from docexchange.delivery.schedule import RetrySchedule
    from docexchange.delivery.sqlite import SQLiteStore
    from docexchange.delivery.store import Store
    from docexchange.delivery.table import (
        INBOUND,
        OUTBOUND,
        WAITING,
        InboundEvent,
        InboundState,
        OutboundEvent,
        OutboundState,
        diagram,
        step,
    )

__all__ = [
    "CLOSED",
    "INBOUND",
    "OUTBOUND",
    "SMALL_BYTES",
    "WAITING",
    "AddAudit",
    "AddTimeline",
    "Arrival",
    "AuditEntry",
    "AuditHead",
    "AuditNote",
    "AuditVerdict",
    "BackupReport",
    "Book",
    "BookRow",
    "BreakerPolicy",
    "Change",
    "CheckReport",
    "Circuit",
    "CircuitState",
    "Collected",
    "EnterInBook",
    "InboundEvent",
    "InboundRecord",
    "InboundState",
    "KeepBytes",
    "KeptBytes",
    "Lane",
    "MemoryStore",
    "MessageKind",
    "MessageSummary",
    "Outage",
    "OutboundEvent",
    "OutboundRecord",
    "OutboundState",
    "Payload",
    "PayloadStore",
    "Payloads",
    "Problem",
    "Purge",
    "PurgeReport",
    "PutInbound",
    "PutOutbound",
    "PutReceipt",
    "PutStatus",
    "ReceiptRecord",
    "RetrySchedule",
    "SQLiteStore",
    "StatusRecord",
    "Store",
    "TimelineEntry",
    "back_up",
    "check_audit",
    "check_store",
    "diagram",
    "in_turn",
    "is_about",
    "judge",
    "judge_chain",
    "lane_of",
    "next_peers",
    "read_backup",
    "restore",
    "share_of",
    "step",
    "work_in",
]

__getattr__ = lazily(
    __name__,
    {
        "audit": (
            "AuditHead",
            "AuditVerdict",
            "judge_chain",
        ),
        "backup": (
            "BackupReport",
            "back_up",
            "read_backup",
            "restore",
        ),
        "books": (
            "Book",
            "BookRow",
            "EnterInBook",
            "is_about",
        ),
        "breaker": (
            "CLOSED",
            "BreakerPolicy",
            "Circuit",
            "CircuitState",
        ),
        "changes": (
            "AddAudit",
            "AddTimeline",
            "Change",
            "KeepBytes",
            "PutInbound",
            "PutOutbound",
            "PutReceipt",
            "PutStatus",
        ),
        "checking": (
            "CheckReport",
            "Problem",
            "check_audit",
            "check_store",
            "work_in",
        ),
        "duplicates": (
            "Arrival",
            "judge",
        ),
        "lanes": (
            "Lane",
            "in_turn",
            "lane_of",
            "next_peers",
            "share_of",
        ),
        "memory": ("MemoryStore",),
        "outages": ("Outage",),
        "payload_base": (
            "Payload",
            "Payloads",
        ),
        "payloads": (
            "SMALL_BYTES",
            "Collected",
            "PayloadStore",
        ),
        "records": (
            "AuditEntry",
            "AuditNote",
            "InboundRecord",
            "KeptBytes",
            "MessageKind",
            "MessageSummary",
            "OutboundRecord",
            "ReceiptRecord",
            "StatusRecord",
            "TimelineEntry",
        ),
        "retention": (
            "Purge",
            "PurgeReport",
        ),
        "schedule": ("RetrySchedule",),
        "sqlite": ("SQLiteStore",),
        "store": ("Store",),
        "table": (
            "INBOUND",
            "OUTBOUND",
            "WAITING",
            "InboundEvent",
            "InboundState",
            "OutboundEvent",
            "OutboundState",
            "diagram",
            "step",
        ),
    },
)
