"""What a store must do: the docstrings here are its promises, the contract tests hold it to them.

    with SQLiteStore(path) as store:
        store.apply([PutOutbound(record, expected=None)])
        for record in store.due(clock.now(), 100): ...

Several threads and several processes may use one store at the same time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from docexchange.delivery.table import OutboundState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.delivery.audit import AuditHead
    from docexchange.delivery.books import Book, BookRow
    from docexchange.delivery.changes import Change
    from docexchange.delivery.outages import Outage
    from docexchange.delivery.records import (
        AuditEntry,
        InboundRecord,
        KeptBytes,
        MessageSummary,
        OutboundRecord,
        ReceiptRecord,
        StatusRecord,
        TimelineEntry,
    )
    from docexchange.delivery.retention import Purge, PurgeReport
    from docexchange.delivery.table import InboundState
    from docexchange.identifiers import MessageId, OrganId

__all__ = ["Store"]


class Store(ABC):
    """The memory of a node.

    Every method raises `StoreFailure` when the store is damaged, full, closed or out of reach, and
    then has changed nothing. A query shows all of every earlier `apply` and nothing of a later one.
    """

    @abstractmethod
    def apply(self, changes: Sequence[Change]) -> None:
        """Write all of ``changes``, in order, or none of them; durable when this returns.

        A later change sees the earlier ones. A receipt or status that is stored already is not
        stored again. All messages with one submit key have one message id.

        Args:
            changes: what to write; nothing happens when empty.

        Raises:
            DeliveryError: code ``store.stale``; a guard does not hold, nothing was written.
        """

    @abstractmethod
    def outbound(self, message_id: MessageId, recipient: OrganId) -> OutboundRecord | None:
        """The message on its way to ``recipient``, if known; also when it was purged."""

    @abstractmethod
    def inbound(self, message_id: MessageId, recipient: OrganId) -> InboundRecord | None:
        """The message that came in for ``recipient``, if known; also when it was purged."""

    @abstractmethod
    def due(self, now: datetime, limit: int) -> list[OutboundRecord]:
        """What wants attention: in a state of `WAITING` and due at or before ``now``.

        Args:
            now: the present.
            limit: at most so many records.

        Returns:
            The longest due first; then by message id and recipient.
        """

    @abstractmethod
    def due_peers(self, now: datetime) -> list[OrganId]:
        """The next hops that something is due for (see `due`), by code."""

    @abstractmethod
    def due_for(self, peer: OrganId, now: datetime, limit: int) -> list[OutboundRecord]:
        """What is due (see `due`) for one next hop.

        Args:
            peer: the next hop.
            now: the present.
            limit: at most so many of each lane.

        Returns:
            By lane; then the longest due first, the oldest, by message id and recipient.
        """

    @abstractmethod
    def next_due(self) -> datetime | None:
        """When `due` will next have something to show; None when nothing is waiting."""

    def due_after(self, moment: datetime, limit: int) -> list[OutboundRecord]:
        """What waits to be sent, the first time or again, at a time after ``moment``.

        Args:
            moment: exclusive.
            limit: at most so many.

        Returns:
            By due time, message id and recipient.
        """
        waiting = (OutboundState.QUEUED, OutboundState.RETRY_WAIT)
        late = [each for state in waiting for each in self.in_state(state) if each.due_at > moment]
        late.sort(key=lambda record: (record.due_at, record.message_id, record.recipient))
        return late[: max(limit, 0)]

    @abstractmethod
    def in_state(self, state: OutboundState) -> list[OutboundRecord]:
        """All outbound records in ``state``, oldest first; then by message id and recipient."""

    @abstractmethod
    def inbound_in_state(self, state: InboundState) -> list[InboundRecord]:
        """All inbound records in ``state``, oldest first; then by message id and recipient."""

    @abstractmethod
    def by_submit_key(self, key: str) -> list[OutboundRecord]:
        """What was submitted under the caller's ``key``, by recipient."""

    @abstractmethod
    def outbound_of(self, message_id: MessageId) -> list[OutboundRecord]:
        """The message on its way to each of its recipients, by recipient."""

    @abstractmethod
    def inbound_of(self, message_id: MessageId) -> list[InboundRecord]:
        """The message as it came in for each recipient, by recipient."""

    @abstractmethod
    def receipts(self, message_id: MessageId) -> list[ReceiptRecord]:
        """Receipts and refusals about the message, in the order they were stored."""

    @abstractmethod
    def receipts_for(self, message_id: MessageId, recipient: OrganId) -> list[ReceiptRecord]:
        """Of those about the message (see `receipts`) the ones for one recipient."""

    @abstractmethod
    def statuses(self, document_id: str) -> list[StatusRecord]:
        """Business statuses of the document by time; then in the order they were stored."""

    @abstractmethod
    def timeline(self, message_id: MessageId) -> list[TimelineEntry]:
        """What happened to the message by time; then in the order it was stored."""

    @abstractmethod
    def enter(self, row: BookRow) -> BookRow:
        """Enter in a book what no message tells of, a reserved number or a document on paper.

        Args:
            row: with ``automatic`` and without a number it is given the next of its series.

        Returns:
            The row as it now stands in the book; durable.
        """

    @abstractmethod
    def book(self, book: Book, *, year: int | None = None) -> list[BookRow]:
        """The rows of a book in the order of their entry; of one year's series, or of all."""

    @abstractmethod
    def doubles(self, row: BookRow) -> list[BookRow]:
        """Documents in the same book under the same mark, other than that of the same message."""

    @abstractmethod
    def concerning(self, document_id: str) -> list[BookRow]:
        """The rows of a document, in both books, and of those that recall, update or replace it.

        Args:
            document_id: the document; nothing is found for an empty id.
        """

    @abstractmethod
    def messages(self, *, limit: int | None = None) -> list[MessageSummary]:
        """All message ids with their states.

        Args:
            limit: only the latest so many; None for all.

        Returns:
            The latest first, by when they were first seen; then by message id.
        """

    @abstractmethod
    def purge(self, wanted: Purge) -> PurgeReport:
        """Take one batch of what is old out of the store, in a short transaction.

        Repeat it until there is no more. What was purged is found by `outbound` and `inbound`
        alone, without its problem; it cannot be taken up again (code ``store.purged``), and its id
        and submit key stay taken.

        Args:
            wanted: what is to leave; the rules are those of `retention`.
        """

    @abstractmethod
    def kept(self, *, limit: int) -> list[KeptBytes]:
        """What bytes of payloads came with a `KeepBytes`, oldest first.

        Args:
            limit: at most so many.
        """

    @abstractmethod
    def kept_data(self, item: KeptBytes) -> bytes | None:
        """The bytes that `kept` told of; None when the store has let go of them."""

    @abstractmethod
    def let_go(self, kept: Sequence[KeptBytes]) -> None:
        """Forget bytes; their files are on the disk now."""

    @abstractmethod
    def refers_to(self, payload: str) -> bool:
        """Whether bytes are still needed, by a message or by a receipt about one that is kept.

        Args:
            payload: their SHA-256, lower-case hexadecimal.
        """

    @abstractmethod
    def outages(self) -> list[Outage]:
        """The peers that are out of reach, by endpoint."""

    @abstractmethod
    def put_outage(self, outage: Outage) -> None:
        """Note that a peer is out of reach, in place of what was known of its endpoint."""

    @abstractmethod
    def end_outage(self, endpoint: str) -> None:
        """Note that a peer is in reach; nothing happens where nothing else was known."""

    @abstractmethod
    def audit(self, *, after: int = 0, limit: int = 1000) -> list[AuditEntry]:
        """The audit log, piece by piece; every `apply` has written into it what it did.

        Args:
            after: only entries behind the one with this number.
            limit: at most so many.

        Returns:
            Entries by number.
        """

    @abstractmethod
    def audit_head(self) -> AuditHead:
        """The end of the audit log."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """How many messages are in each state, going out and come in; none are left out."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
