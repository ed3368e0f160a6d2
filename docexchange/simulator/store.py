"""The memory of a simulated node: it survives the node, and its disk may be full.

>>> store = SimulatedStore(who, disk)

Planted defects and other stores are subclasses, given to ``SimulatedNetwork.create``.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from docexchange.delivery import (
    AddTimeline,
    MemoryStore,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from docexchange.delivery import (
        BookRow,
        Change,
        InboundRecord,
        KeptBytes,
        Outage,
        OutboundRecord,
        Purge,
        PurgeReport,
    )
    from docexchange.identifiers import MessageId

__all__ = ["SimulatedStore"]


class SimulatedStore(MemoryStore):
    """A store in memory.

    Args:
        who: the agency whose store it is.
        check: raises `StoreFailure` while nothing can be written.
    """

    def __init__(self, who: str, check: Callable[[], None]) -> None:
        super().__init__(who=who)
        self._check_disk: Final = check

    def apply(self, changes: Sequence[Change]) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().apply(changes)

    def enter(self, row: BookRow) -> BookRow:
        """Write, if the disk takes it."""
        self._check_disk()
        return super().enter(row)

    def let_go(self, kept: Sequence[KeptBytes]) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().let_go(kept)

    def put_outage(self, outage: Outage) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().put_outage(outage)

    def end_outage(self, endpoint: str) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().end_outage(endpoint)

    def purge(self, wanted: Purge) -> PurgeReport:
        """Write, if the disk takes it."""
        self._check_disk()
        return super().purge(wanted)

    def sent(self) -> list[OutboundRecord]:
        """All that goes or went out, oldest first."""
        return sorted(self._outbound.records.values(), key=lambda record: record.created_at)

    def came(self) -> list[InboundRecord]:
        """All that came in, oldest first."""
        return sorted(self._inbound.records.values(), key=lambda record: record.received_at)

    def forget(self, messages: Collection[MessageId], document_id: str) -> set[str]:
        """Have never heard of messages and a document; the audit log begins anew.

        Returns:
            The payloads that belonged to them.
        """
        payloads: set[str] = set()
        for message_id in messages:
            for shelf in (self._outbound, self._inbound):
                payloads |= {record.payload for record in shelf.of(message_id)}
                shelf.forget(message_id)
            self._receipts.pop(message_id.value, None)
            self._timeline.pop(message_id.value, None)
            self._holders.pop(message_id.value, None)
        for number in [n for n, item in self._kept.items() if item.sha256 in payloads]:
            del self._kept[number]
        self._statuses.pop(document_id, None)
        self._books.forget(messages)
        self._audit.clear()
        self._untold.clear()
        return payloads

    def excerpt(self, wanted: Callable[[OutboundRecord | InboundRecord], bool]) -> list[Change]:
        """Everything about some messages, as changes that write it down in an empty store.

        Args:
            wanted: which messages, by their records.
        """
        sent = list(filter(wanted, self._outbound.records.values()))
        came = list(filter(wanted, self._inbound.records.values()))
        named = [record.message_id for record in sent] + [record.message_id for record in came]
        messages = dict.fromkeys(named)
        receipts = chain.from_iterable(map(self.receipts, messages))
        entries = chain.from_iterable(map(self.timeline, messages))
        statuses = chain.from_iterable(self._statuses.values())
        return [
            *(PutOutbound(record, expected=None) for record in sent),
            *(PutInbound(record, expected=None) for record in came),
            *map(PutReceipt, receipts),
            *map(AddTimeline, entries),
            *(PutStatus(status) for status in statuses if status.message_id in messages),
        ]

    def adopt(self, changes: Sequence[Change]) -> None:
        """Write down an excerpt of another store."""
        for change in changes:
            self._write(change)

    def after_crash(self) -> SimulatedStore:
        """What is there when the node that used it has died: everything that was applied."""
        return self
