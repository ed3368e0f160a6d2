"""What is old and at rest may go; nothing else goes, and nothing comes in twice by it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from docexchange.delivery import (
    AddTimeline,
    Book,
    EnterInBook,
    InboundState,
    OutboundState,
    PutInbound,
    PutOutbound,
    PutReceipt,
    judge_chain,
)
from docexchange.errors import DeliveryError
from docexchange.identifiers import MessageId
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import (
    BYTES,
    COMMUNE,
    LETTER,
    OTHER_BYTES,
    PROVINCE,
    RELAYED,
    at,
    ended,
    entry,
    inbound,
    outbound,
    purge,
    receipt,
    row,
)

if TYPE_CHECKING:
    from docexchange.delivery import Change, Store

__all__ = ["PurgingPromises"]


class PurgingPromises(StorePromises):
    """What is old and at rest may go; nothing else goes, and nothing comes in twice by it."""

    def test_what_is_old_and_at_rest_is_purged(self, store: Store) -> None:
        """Its records, timeline and statuses leave all lists; its receipts stay."""
        store.apply([*ended(submit_key="k"), PutInbound(RELAYED, expected=None)])
        report = store.purge(purge())
        assert (report.messages, report.receipts, bool(report)) == (1, 0, True)
        assert not store.purge(purge())
        assert store.messages() == store.timeline(LETTER) == store.statuses("m-letter") == []
        assert store.outbound_of(LETTER) == store.inbound_of(LETTER) == []
        assert store.in_state(OutboundState.ACKNOWLEDGED) == store.by_submit_key("k") == []
        assert store.inbound_in_state(InboundState.RELAYED) == []
        assert store.receipts(LETTER) == [receipt()]

    @pytest.mark.parametrize(
        "more",
        [
            *(
                PutOutbound(outbound(state=state, recipient=PROVINCE), expected=None)
                for state in OutboundState
                if not state.is_terminal
            ),
            *(
                PutInbound(inbound(state=state), expected=None)
                for state in InboundState
                if not state.is_terminal
            ),
            PutInbound(replace(RELAYED, received_at=at(3600)), expected=None),
            PutOutbound(
                outbound(state=OutboundState.EXPIRED, recipient=PROVINCE, created_at=at(3600)),
                expected=None,
            ),
            AddTimeline(entry(at=at(3600))),
            PutReceipt(receipt(at=at(3600), xml=b"<late/>")),
        ],
        ids=lambda change: type(change).__name__,
    )
    def test_what_is_under_way_or_of_late_is_never_purged(self, store: Store, more: Change) -> None:
        """One recipient, arrival, event or receipt that is not old keeps the whole message."""
        store.apply([*ended(), more])
        before = (store.outbound_of(LETTER), store.inbound_of(LETTER), store.timeline(LETTER))
        log = store.audit_head()
        early = purge(evidence_before=at(3600))
        assert not store.purge(early)
        assert before == (
            store.outbound_of(LETTER),
            store.inbound_of(LETTER),
            store.timeline(LETTER),
        )
        assert store.audit_head() == log
        assert store.receipts(LETTER)

    def test_a_purge_is_done_in_batches(self, store: Store) -> None:
        """No more than asked for at once, each batch complete, until nothing is left."""
        for number in range(7):
            store.apply(ended(f"m-{number}", submit_key=f"k-{number}"))
        done = [store.purge(purge(limit=3)).messages for _ in range(4)]
        assert done == [3, 3, 1, 0]
        assert store.messages() == []
        purged = [line for line in store.audit() if line.what == "message.purged"]
        assert [line.about for line in purged] == [f"m-{number}" for number in range(7)]
        assert {(line.who, line.at) for line in purged} == {("hoa", at(86400))}
        assert judge_chain(store.audit()).fault is None

    def test_evidence_is_purged_after_its_own_time(self, store: Store) -> None:
        """Receipts of purged messages go when they are older than evidence has to be."""
        late = receipt(xml=b"<late/>", at=at(100))
        store.apply([*ended(), PutReceipt(late)])
        assert store.purge(purge(evidence_before=at(-1))).receipts == 0
        report = store.purge(purge(evidence_before=at(100)))
        assert (report.messages, report.receipts) == (0, 1)
        assert store.receipts(LETTER) == [late]
        said = store.audit()[-1]
        assert (said.what, said.about) == ("receipt.purged", f"{LETTER} {COMMUNE}")
        assert said.sha256 == sha256(receipt().xml).hexdigest()
        assert store.purge(purge(evidence_before=at(101), limit=1)).receipts == 1
        assert store.receipts(LETTER) == []

    def test_a_purged_message_is_not_taken_twice(self, store: Store) -> None:
        """Id, recipient and submit key stay taken; the record is found, without its problem."""
        store.apply([*ended(submit_key="k"), PutInbound(RELAYED, expected=None)])
        store.purge(purge(evidence_before=at(3600)))
        done = outbound(state=OutboundState.ACKNOWLEDGED, submit_key="k")
        assert store.outbound(LETTER, COMMUNE) == done
        assert store.inbound(LETTER, COMMUNE) == RELAYED
        for change in (
            PutOutbound(outbound(submit_key="k"), expected=None),
            PutOutbound(outbound(submit_key="k", message_id=MessageId("m-new")), expected=None),
            PutInbound(inbound(), expected=None),
        ):
            with pytest.raises(DeliveryError) as caught:
                store.apply([change])
            assert caught.value.code == "store.stale"
        assert store.messages() == []

    def test_a_purged_message_ends_otherwise_but_never_begins_again(self, store: Store) -> None:
        """A receipt that comes late is taken; sending again is refused, the bytes are gone."""
        dead = outbound(state=OutboundState.DEAD_LETTER)
        store.apply([PutOutbound(dead, expected=None)])
        store.purge(purge())
        with pytest.raises(DeliveryError, match="was purged") as caught:
            store.apply([PutOutbound(outbound(), expected=OutboundState.DEAD_LETTER)])
        assert caught.value.code == "store.purged"
        late = replace(dead, state=OutboundState.ACKNOWLEDGED)
        store.apply([PutOutbound(late, expected=OutboundState.DEAD_LETTER)])
        assert store.outbound(LETTER, COMMUNE) == late
        assert store.outbound_of(LETTER) == []

    def test_what_was_refused_and_purged_may_come_again(self, store: Store) -> None:
        """A refused message has no claim to its id, purged or not."""
        refused = inbound(state=InboundState.REFUSED)
        store.apply([PutInbound(refused, expected=None), PutReceipt(receipt(accepted=False))])
        assert store.purge(purge()).messages == 1
        assert store.inbound(LETTER, COMMUNE) is None
        store.apply([PutInbound(inbound(), expected=None)])
        assert store.inbound(LETTER, COMMUNE) == inbound()

    def test_bytes_are_needed_until_their_message_is_purged(self, store: Store) -> None:
        """Of messages either way, and of receipts about other bytes of a message that is kept."""
        evil = sha256(b"evil").hexdigest()
        assert not store.refers_to(BYTES)
        store.apply([*ended(), PutInbound(replace(RELAYED, payload=OTHER_BYTES), expected=None)])
        store.apply([PutReceipt(receipt(payload=evil, accepted=False, given=True))])
        assert all(store.refers_to(payload) for payload in (BYTES, OTHER_BYTES, evil))
        store.purge(purge())
        assert not any(store.refers_to(payload) for payload in (BYTES, OTHER_BYTES, evil))

    def test_what_was_never_read_is_purged_too(self, store: Store) -> None:
        """Bytes that were no message leave a timeline, which goes, and a refusal, which stays."""
        store.apply([AddTimeline(entry(event="unreadable")), PutReceipt(receipt(accepted=False))])
        assert store.refers_to(BYTES)
        assert store.purge(purge()).messages == 1
        assert store.timeline(LETTER) == []
        assert len(store.receipts(LETTER)) == 1
        assert not store.refers_to(BYTES)

    def test_books_and_their_statuses_are_not_purged(self, store: Store) -> None:
        """The row stays, and what was reported about its document; other statuses go."""
        came = row(book=Book.INCOMING, message_id=LETTER, document_id="m-letter")
        store.apply([*ended(), *ended("m-other"), EnterInBook(came)])
        assert store.purge(purge()).messages == 2
        assert store.book(Book.INCOMING) == [replace(came, number=1)]
        assert [item.document_id for item in store.statuses("m-letter")] == ["m-letter"]
        assert store.statuses("m-other") == []
