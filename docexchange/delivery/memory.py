"""A store that forgets everything when the process ends: for tests and the simulator.

    store = MemoryStore()

It keeps every promise of `Store` but durability. All guards of one apply are checked before its
first change is written, so that a stale one leaves no trace.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from itertools import chain, count, groupby, islice
from typing import TYPE_CHECKING, Final, NoReturn, assert_never

from docexchange.delivery._failures import closed_store
from docexchange.delivery._memory_books import MemoryBooks
from docexchange.delivery._memory_shelf import Key, Shelf, key_of
from docexchange.delivery._summaries import summarise
from docexchange.delivery.audit import BEGINNING, follow, head_of, notes_of
from docexchange.delivery.books import EnterInBook
from docexchange.delivery.changes import (
    AddAudit,
    AddTimeline,
    KeepBytes,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    check_inbound,
    check_outbound,
    check_past,
    receipt_identity,
)
from docexchange.delivery.records import InboundRecord, KeptBytes, OutboundRecord, storable
from docexchange.delivery.retention import PurgeReport, notes_of_purge
from docexchange.delivery.store import Store
from docexchange.delivery.table import WAITING, InboundState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.delivery.audit import AuditHead
    from docexchange.delivery.books import Book, BookRow
    from docexchange.delivery.changes import Change
    from docexchange.delivery.outages import Outage
    from docexchange.delivery.records import (
        AuditEntry,
        MessageSummary,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.delivery.retention import Purge
    from docexchange.delivery.table import OutboundState
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["MemoryStore"]


class _Closed(AbstractContextManager[None]):
    """The lock of a store that was closed: nobody gets in."""

    def __enter__(self) -> NoReturn:
        raise closed_store("memory")

    def __exit__(self, *_error: object) -> None:
        """Nobody was in."""


class MemoryStore(Store):
    """A store in the memory of this process.

    Args:
        who: the agency whose store it is, for the audit log.
    """

    def __init__(self, *, who: str = "node") -> None:
        self._who: Final = who
        self._audit: Final[list[AuditEntry]] = []
        self._untold: Final[list[list[Change]]] = []
        """What was written since the audit log was asked for; it is made when somebody reads it."""
        self._lock: AbstractContextManager[object] = threading.Lock()
        self._outbound: Shelf[OutboundRecord] = Shelf()
        self._inbound: Shelf[InboundRecord] = Shelf()
        self._holders: dict[str, MessageId] = {}
        self._receipts: dict[str, dict[tuple[object, ...], ReceiptRecord]] = {}
        self._statuses: dict[str, dict[StatusRecord, None]] = {}
        self._timeline: dict[str, list[TimelineEntry]] = {}
        self._kept: dict[int, KeepBytes] = {}
        self._numbers: Final = count(1)
        self._books: Final = MemoryBooks()
        self._outages: Final[dict[str, Outage]] = {}

    def apply(self, changes: Sequence[Change]) -> None:
        """Check all guards first, on a layer over the records; then write."""
        with self._lock:
            self._check(changes)
            for change in changes:
                self._write(change)
            self._untold.append([item for item in changes if not isinstance(item, KeepBytes)])

    def outbound(self, message_id: MessageId, recipient: OrganId) -> OutboundRecord | None:
        """One look-up."""
        with self._lock:
            return self._outbound.find(message_id, recipient)

    def inbound(self, message_id: MessageId, recipient: OrganId) -> InboundRecord | None:
        """One look-up."""
        with self._lock:
            return self._inbound.find(message_id, recipient)

    def due(self, now: datetime, limit: int) -> list[OutboundRecord]:
        """Sort what is waiting; records that have come to an end cost nothing."""
        with self._lock:
            due = [record for record in self._waiting() if record.due_at <= now]
        return sorted(due, key=lambda record: (record.due_at, *key_of(record)))[: max(limit, 0)]

    def due_peers(self, now: datetime) -> list[OrganId]:
        """Look through what is waiting."""
        with self._lock:
            return sorted({item.next_hop for item in self._waiting() if item.due_at <= now})

    def due_for(self, peer: OrganId, now: datetime, limit: int) -> list[OutboundRecord]:
        """Sort what is waiting for the peer, lane by lane."""
        with self._lock:
            due = [item for item in self._waiting() if item.next_hop == peer and item.due_at <= now]
        due.sort(key=lambda item: (item.lane, item.due_at, item.created_at, *key_of(item)))
        lanes = groupby(due, key=lambda item: item.lane)
        return [item for _, lane in lanes for item in islice(lane, max(limit, 0))]

    def next_due(self) -> datetime | None:
        """The earliest of what is waiting."""
        with self._lock:
            return min((record.due_at for record in self._waiting()), default=None)

    def in_state(self, state: OutboundState) -> list[OutboundRecord]:
        """Keys are kept by state."""
        with self._lock:
            found = self._outbound.in_state(state)
        return sorted(found, key=lambda record: (record.created_at, *key_of(record)))

    def inbound_in_state(self, state: InboundState) -> list[InboundRecord]:
        """Keys are kept by state."""
        with self._lock:
            found = self._inbound.in_state(state)
        return sorted(found, key=lambda record: (record.received_at, *key_of(record)))

    def by_submit_key(self, key: str) -> list[OutboundRecord]:
        """One key has one message."""
        with self._lock:
            holder = self._holders.get(key)
            found = self._outbound.of(holder) if holder else []
        return [record for record in found if record.submit_key == key]

    def outbound_of(self, message_id: MessageId) -> list[OutboundRecord]:
        """Keys are kept by message."""
        with self._lock:
            return self._outbound.of(message_id)

    def inbound_of(self, message_id: MessageId) -> list[InboundRecord]:
        """Keys are kept by message."""
        with self._lock:
            return self._inbound.of(message_id)

    def receipts(self, message_id: MessageId) -> list[ReceiptRecord]:
        """Kept by message."""
        with self._lock:
            return list(self._receipts.get(message_id.value, {}).values())

    def receipts_for(self, message_id: MessageId, recipient: OrganId) -> list[ReceiptRecord]:
        """Look through those of the message."""
        return [kept for kept in self.receipts(message_id) if kept.recipient == recipient]

    def statuses(self, document_id: str) -> list[StatusRecord]:
        """Kept by document."""
        with self._lock:
            return sorted(self._statuses.get(document_id, ()), key=lambda status: status.at)

    def timeline(self, message_id: MessageId) -> list[TimelineEntry]:
        """Kept by message."""
        with self._lock:
            return sorted(self._timeline.get(message_id.value, ()), key=lambda entry: entry.at)

    def enter(self, row: BookRow) -> BookRow:
        """Look at everything; a store in memory is small."""
        with self._lock:
            entered = self._books.enter(row)
            self._untold.append([EnterInBook(entered)])
        return entered

    def book(self, book: Book, *, year: int | None = None) -> list[BookRow]:
        """Look at everything."""
        with self._lock:
            return self._books.of(book, year)

    def doubles(self, row: BookRow) -> list[BookRow]:
        """Look at everything."""
        with self._lock:
            return self._books.doubles(row)

    def concerning(self, document_id: str) -> list[BookRow]:
        """Look at everything."""
        with self._lock:
            return self._books.concerning(document_id)

    def messages(self, *, limit: int | None = None) -> list[MessageSummary]:
        """Fold all records."""
        with self._lock:
            sent, came = self._outbound.records.values(), self._inbound.records.values()
            return summarise(chain(sent, came), limit)

    def purge(self, wanted: Purge) -> PurgeReport:
        """Look at everything; a store in memory is small."""
        with self._lock:
            messages = [key for key in self._known_ids() if self._is_at_rest(key, wanted.before)]
            for message_id in messages[: wanted.limit]:
                self._take_out(message_id)
            receipts = self._take_out_receipts(wanted)
            notes = notes_of_purge(wanted, messages[: wanted.limit], receipts)
            self._untold.append([AddAudit(note) for note in notes])
            self._told()  # nothing else holds on to what was taken out
        return PurgeReport(messages=len(messages[: wanted.limit]), receipts=len(receipts))

    def kept(self, *, limit: int) -> list[KeptBytes]:
        """In the order in which they came."""
        with self._lock:
            found = islice(self._kept.items(), max(limit, 0))
            return [KeptBytes(number=number, sha256=item.sha256) for number, item in found]

    def kept_data(self, item: KeptBytes) -> bytes | None:
        """One look-up."""
        with self._lock:
            known = self._kept.get(item.number)
            return known.data if known else None

    def let_go(self, kept: Sequence[KeptBytes]) -> None:
        """By number."""
        with self._lock:
            for item in kept:
                self._kept.pop(item.number, None)

    def refers_to(self, payload: str) -> bool:
        """Look at everything."""
        with self._lock:
            needed = {record.payload for record in self._outbound.records.values()}
            needed |= {record.payload for record in self._inbound.records.values()}
            for message in self._timeline:
                evidence = self._receipts.get(message, {}).values()
                needed |= {receipt.payload for receipt in evidence}
        return payload in needed

    def outages(self) -> list[Outage]:
        """Kept by endpoint."""
        with self._lock:
            return [self._outages[endpoint] for endpoint in sorted(self._outages)]

    def put_outage(self, outage: Outage) -> None:
        """By endpoint."""
        with self._lock:
            self._outages[outage.endpoint] = outage

    def end_outage(self, endpoint: str) -> None:
        """By endpoint."""
        with self._lock:
            self._outages.pop(storable(endpoint), None)

    def audit(self, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """Numbers are places in a list."""
        with self._lock:
            return self._told()[max(after, 0) :][: max(limit, 0)]

    def audit_head(self) -> AuditHead:
        """The last of the list."""
        with self._lock:
            told = self._told()
            return head_of(told[-1]) if told else BEGINNING

    def counts(self) -> dict[str, int]:
        """Keys are kept by state."""
        with self._lock:
            return self._outbound.counts() | self._inbound.counts()

    def close(self) -> None:
        """From now on every other method fails, as with any other store."""
        self._lock = _Closed()

    def _told(self) -> list[AuditEntry]:
        head = head_of(self._audit[-1]) if self._audit else BEGINNING
        for changes in self._untold:
            for note in notes_of(changes, who=self._who):
                self._audit.append(follow(head, note))
                head = head_of(self._audit[-1])
        self._untold.clear()
        return self._audit

    def _known_ids(self) -> list[MessageId]:
        sent = (record.message_id for record in self._outbound.records.values())
        came = (record.message_id for record in self._inbound.records.values())
        told = (entries[0].message_id for entries in self._timeline.values())
        return sorted({*sent, *came, *told})

    def _is_at_rest(self, message_id: MessageId, before: datetime) -> bool:
        sent, came = self._outbound.of(message_id), self._inbound.of(message_id)
        times = [record.created_at for record in sent] + [record.received_at for record in came]
        times += [entry.at for entry in self._timeline.get(message_id.value, ())]
        times += [receipt.at for receipt in self._receipts.get(message_id.value, {}).values()]
        return max(times) < before and not any(
            [not record.state.is_terminal for record in sent]
            + [not record.state.is_terminal for record in came]
        )

    def _take_out(self, message_id: MessageId) -> None:
        self._outbound.take_out(message_id)
        self._inbound.take_out(message_id)
        self._timeline.pop(message_id.value, None)
        in_books = {row.document_id for row in self._books.rows}
        for document_id, kept in self._statuses.items():
            if document_id in in_books and document_id:
                continue  # reports ask for them long after
            for status in [item for item in kept if item.message_id == message_id]:
                del kept[status]

    def _take_out_receipts(self, wanted: Purge) -> list[ReceiptRecord]:
        before, kept = wanted.evidence_before, set(self._known_ids())
        old = [
            (records, key, receipt)
            for records in self._receipts.values()
            for key, receipt in records.items()
            if before and receipt.at < before and receipt.message_id not in kept
        ]
        for records, key, _ in old[: wanted.limit]:
            del records[key]
        return [receipt for _, _, receipt in old[: wanted.limit]]

    def _waiting(self) -> list[OutboundRecord]:
        return self._outbound.in_state(*WAITING)

    def _check(self, changes: Sequence[Change]) -> None:
        outbound: dict[Key, OutboundRecord] = {}
        inbound: dict[Key, InboundRecord] = {}
        holders: dict[str, MessageId] = {}
        for change in changes:
            if isinstance(change, PutOutbound):
                record, key = change.record, key_of(change.record)
                submit_key, holder = record.submit_key, None
                if submit_key is not None:
                    holder = self._holders.get(submit_key) or holders.setdefault(
                        submit_key, record.message_id
                    )
                check_outbound(change, outbound.get(key) or self._outbound.known(key), holder)
                if key in self._outbound.past:
                    check_past(change)
                outbound[key] = record
            elif isinstance(change, PutInbound):
                key = key_of(change.record)
                check_inbound(change, inbound.get(key) or self._inbound.known(key))
                if key in self._inbound.past:
                    check_past(change)
                inbound[key] = change.record

    def _write(self, change: Change) -> None:
        match change:
            case PutOutbound(record=sent):
                self._outbound.put(sent)
                if sent.submit_key is not None:
                    self._holders[sent.submit_key] = sent.message_id
            case PutInbound(record=came):
                self._inbound.put(came)
            case PutReceipt(record=receipt):
                known = self._receipts.setdefault(receipt.message_id.value, {})
                known.setdefault(receipt_identity(receipt), receipt)
            case PutStatus(record=status):
                self._statuses.setdefault(status.document_id, {}).setdefault(status)
            case AddTimeline(entry=entry):
                self._timeline.setdefault(entry.message_id.value, []).append(entry)
            case KeepBytes():
                self._kept[next(self._numbers)] = change
            case EnterInBook(row=row):
                self._books.enter(row)
            case AddAudit():
                pass  # the log alone
            case _:
                assert_never(change)
