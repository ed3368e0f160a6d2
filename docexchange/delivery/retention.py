"""How long a node remembers: what is old leaves in batches, and what must not be forgotten stays.

    store.purge(Purge(before=a_year_ago, evidence_before=ten_years_ago, at=now, who="hoa"))
    payloads.collect(store.refers_to, before=an_hour_ago)

1. A message leaves as a whole: when nothing of it is under way any more, towards any recipient, and
   nothing has happened to it since ``before``.
2. Receipts and refusals are evidence: they stay until ``evidence_before``, which is earlier, and
   where it is not given, for good.
3. Of every message that was sent, accepted or passed on, its record remains: it is found by id and
   recipient, so that a late duplicate gets its receipt and is not handed over or sent again.
4. The audit log names each message and receipt that left, and is itself never purged.
5. Bytes that no message refers to any more are removed afterwards (`PayloadStore.collect`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from docexchange.delivery.records import AuditNote
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docexchange.delivery.records import ReceiptRecord
    from docexchange.identifiers import MessageId

__all__ = ["Purge", "PurgeReport", "notes_of_purge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What is to leave a store."""

    before: datetime
    """Messages to which nothing has happened since, timezone-aware."""
    at: datetime
    """The present, for the audit log; not before ``before``."""
    who: str
    """Who purges, for the audit log."""
    evidence_before: datetime | None = None
    """Receipts and refusals that are older; not later than ``before``. None: they stay."""
    limit: int = 500
    """At most so many messages, and as many receipts, in one transaction."""

    def __post_init__(self) -> None:
        moments = [self.evidence_before or self.before, self.before, self.at]
        if any(moment.tzinfo is None for moment in moments):
            raise _illegal("timezone-aware times", "one without a zone")
        if moments != sorted(moments):
            found = ", ".join(moment.isoformat() for moment in moments)
            raise _illegal("evidence to stay at least as long as messages, and both a past", found)
        if self.limit < 1:
            raise _illegal("a limit of at least 1", self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What one batch took out."""

    messages: int
    """So many messages."""
    receipts: int
    """So many receipts and refusals."""

    def __bool__(self) -> bool:
        """Whether there may be more to purge."""
        return bool(self.messages or self.receipts)


def notes_of_purge(
    wanted: Purge, messages: Sequence[MessageId], receipts: Sequence[ReceiptRecord]
) -> Iterator[AuditNote]:
    """What the audit log says about a batch: each message and each receipt by name."""
    for message_id in messages:
        yield AuditNote(at=wanted.at, who=wanted.who, what="message.purged", about=str(message_id))
    for receipt in receipts:
        yield AuditNote(
            at=wanted.at,
            who=wanted.who,
            what="receipt.purged",
            about=f"{receipt.message_id} {receipt.recipient}",
            sha256=sha256(receipt.xml).hexdigest(),
        )


def _illegal(expected: str, found: object) -> UsageError:
    return UsageError(
        f"purge: expected {expected}, found {found}",
        code="store.purge",
        advice="Give retention periods in whole days, the longer one for evidence.",
    )
