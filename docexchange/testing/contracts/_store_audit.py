"""Every change is in the audit log, which is a chain."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from docexchange.delivery import (
    AddAudit,
    AddTimeline,
    OutboundState,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    judge_chain,
)
from docexchange.delivery.audit import BEGINNING
from docexchange.errors import DeliveryError
from docexchange.identifiers import MessageId
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import (
    BYTES,
    COMMUNE,
    LETTER,
    PROVINCE,
    at,
    entry,
    inbound,
    note,
    outbound,
    receipt,
    status,
)

if TYPE_CHECKING:
    from docexchange.delivery import Store

__all__ = ["AuditPromises"]


class AuditPromises(StorePromises):
    """Every change is in the audit log, which is a chain."""

    def test_every_change_is_in_the_audit_log(self, store: Store) -> None:
        """Timeline entries, receipts and notes as such; records where nothing else tells of it."""
        other = MessageId("m-other")
        store.apply(
            [
                PutOutbound(outbound(), expected=None),
                AddTimeline(entry(at=at(1), detail=(("recipient", "x"), ("sha256", BYTES)))),
                PutReceipt(receipt(at=at(2))),
                PutReceipt(receipt(at=at(2), given=True, accepted=False)),
                AddAudit(note()),
            ]
        )
        store.apply([PutInbound(inbound(message_id=other), expected=None)])
        store.apply([PutOutbound(outbound(message_id=other), expected=None), AddTimeline(entry())])
        store.apply([PutStatus(status())])
        said = [(line.what, line.about, line.who) for line in store.audit()]
        assert said == [
            ("outbound.queued", f"{LETTER} x", "node"),
            ("receipt.obtained", f"{LETTER} {COMMUNE}", str(PROVINCE)),
            ("refusal.given", f"{LETTER} {COMMUNE}", str(PROVINCE)),
            ("store.backup", "/backup", "hoa"),
            ("inbound.is-received", f"{other} {COMMUNE}", "node"),
            ("outbound.is-queued", f"{other} {COMMUNE}", "node"),
            ("outbound.queued", str(LETTER), "node"),
            ("status.is-03", f"m-status {COMMUNE}", "node"),
        ]
        digests = [line.sha256 for line in store.audit(limit=3)]
        assert digests[:2] == [BYTES, sha256(receipt().xml).hexdigest()]
        assert [line.at for line in store.audit(limit=3)] == [at(1), at(2), at(2)]

    def test_the_audit_log_is_a_chain(self, store: Store) -> None:
        """Entries follow each other from the beginning; the head is that of the last."""
        assert store.audit_head() == BEGINNING
        for number in range(5):
            store.apply([AddTimeline(entry(event=f"e{number}")), AddAudit(note())])
        verdict = judge_chain(store.audit())
        assert (verdict.entries, verdict.fault, verdict.head) == (10, None, store.audit_head())
        assert [line.number for line in store.audit(after=3, limit=2)] == [4, 5]
        assert store.audit(after=10) == store.audit(limit=0) == store.audit(limit=-1) == []
        assert len(store.audit(after=-5)) == 10

    def test_what_is_refused_is_not_in_the_audit_log(self, store: Store) -> None:
        """A stale apply leaves no entry behind, and a gap neither."""
        with pytest.raises(DeliveryError):
            store.apply(
                [
                    AddAudit(note()),
                    PutOutbound(outbound(), expected=OutboundState.SENDING),
                ]
            )
        assert store.audit_head() == BEGINNING
        store.apply([AddTimeline(entry(detail=(("sha256", "none"),)))])
        assert [(line.number, line.sha256) for line in store.audit()] == [(1, "")]
