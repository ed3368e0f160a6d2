"""The promises of `Store`, one test each: subclass it and say how your store is opened.

class TestMyStore(StoreContract):
    def open(self, folder): return MyStore(folder / "x")
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from contract.delivery_samples import (
    BYTES,
    COMMUNE,
    LETTER,
    MINISTRY,
    OTHER_BYTES,
    PROVINCE,
    at,
    entry,
    inbound,
    note,
    outbound,
    receipt,
    status,
)

from docexchange.clock import VIETNAM
from docexchange.delivery import (
    WAITING,
    AddAudit,
    AddTimeline,
    InboundState,
    OutboundState,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    Store,
    judge_chain,
)
from docexchange.delivery.audit import BEGINNING
from docexchange.errors import DeliveryError, StoreFailure
from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from pathlib import Path

ODD_TEXT = "Tệp\x00 bị hỏng 💥 \ud83d ' \" ; DROP TABLE outbound -- \n"


class StoreContract(ABC):
    """Run by pytest in subclasses only: its own name does not begin with Test."""

    @abstractmethod
    def open(self, folder: Path) -> Store:
        """Open a store that keeps its files in ``folder``."""

    @pytest.fixture
    def store(self, tmp_path):
        with self.open(tmp_path) as store:
            yield store

    def test_a_new_store_is_empty(self, store):
        """Every query of a new store answers with nothing."""
        assert store.outbound(LETTER, COMMUNE) is None
        assert store.inbound(LETTER, COMMUNE) is None
        assert store.next_due() is None
        assert store.due(at(0), 10) == store.messages() == store.timeline(LETTER) == []
        assert store.receipts(LETTER) == store.statuses("x") == store.by_submit_key("k") == []

    def test_everything_comes_back_as_it_was_put(self, store):
        """Records, receipts, statuses and entries are equal to what was put, field by field."""
        sent = outbound(submit_key="đơn-1", problem=ODD_TEXT, attempts=2**40, size=2**62)
        came = inbound(verdict="TOTAL-PASSED", problem=ODD_TEXT, kind="status")
        kept, said = receipt(xml=bytes(range(256))), status(description=ODD_TEXT, outgoing=True)
        line = entry(detail=(("b", "2"), ("a", ODD_TEXT), ("a", "")))
        store.apply(
            [
                PutOutbound(sent, expected=None),
                PutInbound(came, expected=None),
                PutReceipt(kept),
                PutStatus(said),
                AddTimeline(line),
            ]
        )
        assert store.outbound(LETTER, COMMUNE) == sent
        assert store.inbound(LETTER, COMMUNE) == came
        assert store.receipts(LETTER) == [kept]
        assert store.statuses(said.document_id) == [said]
        assert store.timeline(LETTER) == [line]

    def test_times_keep_their_microseconds(self, store):
        """A time given with another zone comes back as the same instant, to the microsecond."""
        due = at(0.000001).astimezone(VIETNAM)
        store.apply([PutOutbound(outbound(due_at=due), expected=None)])
        assert store.next_due() == due
        assert store.due(at(0), 1) == []
        assert len(store.due(due, 1)) == 1

    @pytest.mark.parametrize(
        ("stored", "expected"),
        [
            (None, OutboundState.QUEUED),
            (OutboundState.QUEUED, None),
            (OutboundState.QUEUED, OutboundState.SENDING),
            (OutboundState.ACKNOWLEDGED, OutboundState.SENDING),
        ],
    )
    def test_a_stale_outbound_guard_holds(self, store, stored, expected):
        """An outbound record is written only over the state that the writer expects."""
        if stored:
            store.apply([PutOutbound(outbound(state=stored), expected=None)])
        with pytest.raises(DeliveryError) as caught:
            store.apply([PutOutbound(outbound(state=OutboundState.RETRY_WAIT), expected=expected)])
        assert caught.value.code == "store.stale"
        assert str(expected or "no record") in str(caught.value)
        assert str(stored or "no record") in str(caught.value)
        now = store.outbound(LETTER, COMMUNE)
        assert (now.state if now else None) == stored

    @pytest.mark.parametrize(
        ("stored", "expected"),
        [(None, InboundState.RECEIVED), (InboundState.HANDED_OVER, InboundState.VERIFIED)],
    )
    def test_a_stale_inbound_guard_holds(self, store, stored, expected):
        """An inbound record is written only over the state that the writer expects."""
        if stored:
            store.apply([PutInbound(inbound(state=stored), expected=None)])
        with pytest.raises(DeliveryError, match="expected state") as caught:
            store.apply([PutInbound(inbound(state=InboundState.HANDED_OVER), expected=expected)])
        assert caught.value.code == "store.stale"

    def test_a_stale_change_takes_all_others_with_it(self, store):
        """When the last of many changes is stale, none of the others can be seen."""
        before = outbound(recipient=PROVINCE)
        store.apply([PutOutbound(before, expected=None)])
        changes = [
            PutOutbound(outbound(submit_key="k"), expected=None),
            PutOutbound(
                replace(before, state=OutboundState.SENDING), expected=OutboundState.QUEUED
            ),
            PutInbound(inbound(), expected=None),
            PutReceipt(receipt()),
            PutStatus(status()),
            AddTimeline(entry()),
            PutOutbound(outbound(recipient=MINISTRY), expected=OutboundState.SENDING),
        ]
        with pytest.raises(DeliveryError, match=r"expected state sending, found no record"):
            store.apply(changes)
        assert store.outbound_of(LETTER) == [before]
        assert store.in_state(OutboundState.QUEUED) == [before]
        assert store.inbound_of(LETTER) == store.receipts(LETTER) == store.timeline(LETTER) == []
        assert store.statuses(status().document_id) == store.by_submit_key("k") == []
        store.apply(changes[:-1])
        assert len(store.outbound_of(LETTER)) == 2

    def test_a_later_change_sees_the_earlier_ones(self, store):
        """One apply may take a record through several states, or create it twice in vain."""
        first = outbound()
        second = replace(first, state=OutboundState.SENDING, attempts=1)
        store.apply([PutOutbound(first, expected=None), PutOutbound(second, expected=first.state)])
        assert store.outbound(LETTER, COMMUNE) == second
        twice = PutOutbound(outbound(recipient=MINISTRY), expected=None)
        with pytest.raises(DeliveryError, match="expected no record"):
            store.apply([twice, twice])
        assert store.outbound(LETTER, MINISTRY) is None

    def test_outbound_bytes_never_change(self, store):
        """A message under way cannot be given other bytes, nor another submit key."""
        store.apply([PutOutbound(outbound(submit_key="k"), expected=None)])
        for other in (
            outbound(submit_key="k", payload=OTHER_BYTES),
            outbound(submit_key="l"),
            outbound(submit_key=None),
        ):
            with pytest.raises(DeliveryError) as caught:
                store.apply([PutOutbound(other, expected=OutboundState.QUEUED)])
            assert caught.value.code == "store.stale"
        assert store.outbound(LETTER, COMMUNE) == outbound(submit_key="k")

    def test_inbound_bytes_change_only_after_a_refusal(self, store):
        """Other bytes may take the place of refused ones, and of no others."""
        store.apply([PutInbound(inbound(), expected=None)])
        genuine = inbound(payload=OTHER_BYTES)
        with pytest.raises(DeliveryError, match="same bytes"):
            store.apply([PutInbound(genuine, expected=InboundState.RECEIVED)])
        refused = inbound(state=InboundState.REFUSED)
        store.apply([PutInbound(refused, expected=InboundState.RECEIVED)])
        store.apply([PutInbound(genuine, expected=InboundState.REFUSED)])
        assert store.inbound(LETTER, COMMUNE) == genuine

    def test_a_submit_key_belongs_to_one_message(self, store):
        """A second message under a taken key is stale, in one apply or in two."""
        other = MessageId("m-other")
        mine = [PutOutbound(outbound(submit_key="k", recipient=r), expected=None)
                for r in (PROVINCE, COMMUNE)]  # fmt: skip
        theirs = PutOutbound(outbound(submit_key="k", message_id=other), expected=None)
        with pytest.raises(DeliveryError, match="holding it"):
            store.apply([*mine, theirs])
        assert store.messages() == []
        store.apply(mine)
        with pytest.raises(DeliveryError, match="holding it") as caught:
            store.apply([theirs])
        assert caught.value.code == "store.stale"
        assert [record.recipient for record in store.by_submit_key("k")] == [PROVINCE, COMMUNE]

    def test_due_gives_what_waits_and_nothing_else(self, store):
        """Queued, retrying and unacknowledged messages are due; the others never are."""
        for number, state in enumerate(OutboundState):
            record = outbound(message_id=MessageId(f"m-{number}"), state=state)
            store.apply([PutOutbound(record, expected=None)])
        assert {record.state for record in store.due(at(0), 100)} == set(WAITING)
        assert store.due(at(-0.001), 100) == []

    def test_due_is_oldest_first_and_bounded(self, store):
        """Records come by due time, then id, then recipient; no more than asked for."""
        wanted = [
            outbound(message_id=MessageId("m-z"), due_at=at(-2)),
            outbound(message_id=MessageId("m-a"), due_at=at(-1), recipient=PROVINCE),
            outbound(message_id=MessageId("m-a"), due_at=at(-1)),
            outbound(message_id=MessageId("m-b"), due_at=at(-1)),
            outbound(message_id=MessageId("m-c"), due_at=at(1)),
        ]
        store.apply([PutOutbound(record, expected=None) for record in reversed(wanted)])
        assert store.due(at(0), 10) == wanted[:4]
        assert store.due(at(0), 2) == wanted[:2]
        assert store.due(at(0), 0) == store.due(at(0), -1) == []
        assert store.next_due() == at(-2)

    def test_next_due_follows_the_states(self, store):
        """When the last waiting message comes to an end, nothing is due any more."""
        store.apply([PutOutbound(outbound(), expected=None)])
        done = outbound(state=OutboundState.ACKNOWLEDGED)
        store.apply([PutOutbound(done, expected=OutboundState.QUEUED)])
        assert store.next_due() is None
        assert store.in_state(OutboundState.QUEUED) == []
        assert store.in_state(OutboundState.ACKNOWLEDGED) == [done]

    def test_states_are_listed_oldest_first(self, store):
        """Both directions list a state by age, then id, then recipient."""
        ids = [MessageId("m-b"), MessageId("m-a"), MessageId("m-c")]
        times = [at(1), at(2), at(2)]
        sent = [outbound(message_id=i, created_at=t) for i, t in zip(ids, times, strict=True)]
        came = [inbound(message_id=i, received_at=t) for i, t in zip(ids, times, strict=True)]
        store.apply([PutOutbound(record, expected=None) for record in sent[::-1]])
        store.apply([PutInbound(record, expected=None) for record in came[::-1]])
        assert store.in_state(OutboundState.QUEUED) == sent
        assert store.inbound_in_state(InboundState.RECEIVED) == came
        assert store.inbound_in_state(InboundState.REFUSED) == []

    def test_messages_are_found_by_recipient_order(self, store):
        """All recipients of one message are listed in the order of their codes."""
        recipients = [MINISTRY, PROVINCE, COMMUNE]
        for recipient in reversed(recipients):
            store.apply([PutOutbound(outbound(recipient=recipient), expected=None)])
            store.apply([PutInbound(inbound(recipient=recipient), expected=None)])
        assert [record.recipient for record in store.outbound_of(LETTER)] == recipients
        assert [record.recipient for record in store.inbound_of(LETTER)] == recipients
        assert store.outbound_of(MessageId("m-none")) == []

    def test_the_same_receipt_is_kept_once(self, store):
        """A receipt obtained again later is not evidence twice; the first time stands."""
        store.apply([PutReceipt(receipt()), PutReceipt(receipt(at=at(60)))])
        store.apply([PutReceipt(receipt(at=at(120)))])
        assert store.receipts(LETTER) == [receipt()]

    def test_receipts_never_replace_each_other(self, store):
        """A refusal, a later receipt, another issuer and our own copy all stay, in order."""
        kept = [
            receipt(accepted=False, xml=b"<refusal/>", at=at(9)),
            receipt(),
            receipt(issuer=COMMUNE),
            receipt(given=True),
            receipt(recipient=PROVINCE),
        ]
        store.apply([PutReceipt(record) for record in kept])
        assert store.receipts(LETTER) == kept

    def test_statuses_come_by_time_and_once(self, store):
        """Statuses of a document are ordered by time; a repeated one is kept once."""
        late, early = status(code="06", at=at(60)), status(code="01", at=at(1))
        store.apply([PutStatus(late), PutStatus(early), PutStatus(late)])
        store.apply([PutStatus(early), PutStatus(status(document_id="another"))])
        assert store.statuses(late.document_id) == [early, late]

    def test_the_timeline_keeps_every_entry(self, store):
        """Entries come by time, then as they were written; equal ones all stay."""
        first, second = entry(event="b", at=at(1)), entry(event="a", at=at(1))
        store.apply([AddTimeline(first), AddTimeline(second), AddTimeline(first)])
        store.apply([AddTimeline(entry(event="z", at=at(0)))])
        assert [line.event for line in store.timeline(LETTER)] == ["z", "b", "a", "b"]

    def test_messages_sum_up_both_directions(self, store):
        """One line a message id, the latest first, with the state for each recipient."""
        hub, late = MessageId("m-hub"), MessageId("m-late")
        store.apply(
            [
                PutInbound(inbound(message_id=hub, state=InboundState.RELAYED), expected=None),
                PutOutbound(outbound(message_id=hub, created_at=at(5)), expected=None),
                PutOutbound(
                    outbound(message_id=hub, recipient=PROVINCE, created_at=at(5)), expected=None
                ),
                PutOutbound(
                    outbound(message_id=late, created_at=at(1), kind="status"), expected=None
                ),
            ]
        )
        newest, oldest = store.messages()
        assert (newest.message_id, newest.kind, newest.first_seen) == (late, "status", at(1))
        assert newest.inbound == ()
        assert (oldest.message_id, oldest.origin, oldest.first_seen) == (hub, MINISTRY, at(0))
        assert oldest.inbound == ((COMMUNE, InboundState.RELAYED),)
        assert [recipient for recipient, _ in oldest.outbound] == [PROVINCE, COMMUNE]
        assert store.messages(limit=1) == [newest]
        assert store.messages(limit=0) == []

    def test_every_change_is_in_the_audit_log(self, store):
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

    def test_the_audit_log_is_a_chain(self, store):
        """Entries follow each other from the beginning; the head is that of the last."""
        assert store.audit_head() == BEGINNING
        for number in range(5):
            store.apply([AddTimeline(entry(event=f"e{number}")), AddAudit(note())])
        verdict = judge_chain(store.audit())
        assert (verdict.entries, verdict.fault, verdict.head) == (10, None, store.audit_head())
        assert [line.number for line in store.audit(after=3, limit=2)] == [4, 5]
        assert store.audit(after=10) == store.audit(limit=0) == store.audit(limit=-1) == []
        assert len(store.audit(after=-5)) == 10

    def test_what_is_refused_is_not_in_the_audit_log(self, store):
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

    def test_an_empty_apply_is_nothing(self, store):
        """No changes: no error, nothing written."""
        store.apply([])
        assert store.messages() == []

    def test_one_of_many_threads_wins(self, store):
        """When eight threads claim the same queued message, exactly one gets it."""
        store.apply([PutOutbound(outbound(), expected=None)])
        claim = PutOutbound(outbound(state=OutboundState.SENDING), expected=OutboundState.QUEUED)
        line, outcomes = threading.Barrier(8), []

        def race() -> None:
            line.wait()
            try:
                store.apply([claim, AddTimeline(entry())])
            except DeliveryError as error:
                outcomes.append(error.code)
            else:
                outcomes.append("won")

        threads = [threading.Thread(target=race) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["store.stale"] * 7 + ["won"]
        assert len(store.timeline(LETTER)) == 1

    def test_a_closed_store_says_so(self, tmp_path):
        """After close every use fails as a store failure; closing twice is harmless."""
        store = self.open(tmp_path)
        store.close()
        store.close()
        for use in (
            lambda: store.apply([AddTimeline(entry())]),
            lambda: store.outbound(LETTER, COMMUNE),
            store.messages,
            store.next_due,
        ):
            with pytest.raises(StoreFailure) as caught:
                use()
            assert caught.value.code == "store.closed"
            assert caught.value.advice
