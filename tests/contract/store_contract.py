"""The promises of `Store`, one test each: subclass it and say how your store is opened.

class TestMyStore(StoreContract):
    def open(self, folder): return MyStore(folder / "x")
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date
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
    row,
    status,
)

from docexchange.clock import VIETNAM
from docexchange.delivery import (
    WAITING,
    AddAudit,
    AddTimeline,
    Book,
    EnterInBook,
    InboundState,
    KeepBytes,
    OutboundState,
    Purge,
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

    from docexchange.delivery import Change

RELAYED = inbound(state=InboundState.RELAYED)
ODD_TEXT = "Tệp\x00 bị hỏng 💥 \ud83d ' \" ; DROP TABLE outbound -- \n"


def keep(data: bytes, *, seconds: int) -> KeepBytes:
    """A change that keeps bytes."""
    return KeepBytes(sha256=sha256(data).hexdigest(), data=data, at=at(seconds))


def purge(**values: object) -> Purge:
    """Everything that was at rest an hour after noon, a day after noon."""
    return Purge(**{"before": at(3600), "at": at(86400), "who": "hoa"} | values)


def ended(message_id: str = "m-letter", **values: object) -> list[Change]:
    """A letter that was acknowledged at noon, with all that belongs to it."""
    key = MessageId(message_id)
    record = {"message_id": key, "state": OutboundState.ACKNOWLEDGED, "problem": "slow"}
    return [
        PutOutbound(outbound(**(record | values)), expected=None),
        AddTimeline(entry(message_id=key)),
        PutReceipt(receipt(message_id=key)),
        PutStatus(status(message_id=key, document_id=message_id)),
    ]


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

    def test_due_peers_are_those_that_something_is_due_for(self, store):
        """Each once, by code; neither what is not due yet nor what has ended counts."""
        ended = outbound(message_id=MessageId("m-x"), state=OutboundState.SENDING)
        later = outbound(message_id=MessageId("m-y"), next_hop=COMMUNE, due_at=at(1))
        wanted = [
            outbound(message_id=MessageId(f"m-{number}"), next_hop=hop, lane=lane)
            for number, hop in enumerate((PROVINCE, MINISTRY, PROVINCE))
            for lane in [number]
        ]
        records = [replace(ended, next_hop=COMMUNE), later, *wanted]
        store.apply([PutOutbound(record, expected=None) for record in records])
        assert store.due_peers(at(0)) == [MINISTRY, PROVINCE]
        assert store.due_peers(at(1)) == sorted([COMMUNE, MINISTRY, PROVINCE])
        assert store.due_peers(at(-0.001)) == []

    def test_due_for_a_peer_is_bounded_lane_by_lane(self, store):
        """No crowd in one lane, and none for another peer, hides a letter in another lane."""
        urgent, normal, bulk = (
            [
                outbound(message_id=MessageId(f"m-{lane}-z"), lane=lane, due_at=at(-3)),
                outbound(message_id=MessageId(f"m-{lane}-y"), lane=lane, created_at=at(-9)),
                outbound(message_id=MessageId(f"m-{lane}-a"), lane=lane),
                outbound(message_id=MessageId(f"m-{lane}-a"), lane=lane, recipient=PROVINCE),
            ]
            for lane in range(3)
        )
        for lane in (urgent, normal, bulk):
            lane[2:] = sorted(lane[2:], key=lambda record: record.recipient)
        crowd = [outbound(message_id=MessageId(f"c-{n}"), next_hop=COMMUNE) for n in range(30)]
        later = outbound(message_id=MessageId("m-later"), due_at=at(1))
        everything = [*crowd, *bulk[::-1], later, *normal[::-1], *urgent]
        store.apply([PutOutbound(record, expected=None) for record in everything])
        assert store.due_for(PROVINCE, at(0), 9) == [*urgent, *normal, *bulk]
        assert store.due_for(PROVINCE, at(0), 2) == [*urgent[:2], *normal[:2], *bulk[:2]]
        assert len(store.due_for(COMMUNE, at(0), 20)) == 20
        assert store.due_for(PROVINCE, at(0), 0) == store.due_for(MINISTRY, at(0), 5) == []

    def test_receipts_are_found_by_recipient(self, store):
        """Those for one recipient, in the order they were stored; none of another message."""
        other = receipt(message_id=MessageId("m-other"))
        kept = [
            receipt(recipient=recipient, xml=xml, given=bool(number % 2))
            for number, xml in enumerate((b"<z/>", b"<a/>", b"<b/>"))
            for recipient in (COMMUNE, MINISTRY)
        ]
        store.apply([PutReceipt(item) for item in (other, *kept)])
        assert store.receipts_for(LETTER, COMMUNE) == kept[::2]
        assert store.receipts_for(LETTER, MINISTRY) == kept[1::2]
        assert store.receipts_for(LETTER, PROVINCE) == []

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

    def test_messages_are_counted_by_state(self, store):
        """Both directions; a record that moved on counts where it is now."""
        assert store.counts() == {}
        other = MessageId("m-other")
        store.apply(
            [
                PutOutbound(outbound(), expected=None),
                PutOutbound(outbound(message_id=other), expected=None),
                PutInbound(inbound(state=InboundState.RELAYED), expected=None),
            ]
        )
        moved = outbound(state=OutboundState.SENDING)
        store.apply([PutOutbound(moved, expected=OutboundState.QUEUED)])
        assert store.counts() == {"queued": 1, "sending": 1, "relayed": 1}

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

    def test_what_is_old_and_at_rest_is_purged(self, store):
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
    def test_what_is_under_way_or_of_late_is_never_purged(self, store, more):
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

    def test_a_purge_is_done_in_batches(self, store):
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

    def test_evidence_is_purged_after_its_own_time(self, store):
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

    def test_a_purged_message_is_not_taken_twice(self, store):
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

    def test_a_purged_message_ends_otherwise_but_never_begins_again(self, store):
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

    def test_what_was_refused_and_purged_may_come_again(self, store):
        """A refused message has no claim to its id, purged or not."""
        refused = inbound(state=InboundState.REFUSED)
        store.apply([PutInbound(refused, expected=None), PutReceipt(receipt(accepted=False))])
        assert store.purge(purge()).messages == 1
        assert store.inbound(LETTER, COMMUNE) is None
        store.apply([PutInbound(inbound(), expected=None)])
        assert store.inbound(LETTER, COMMUNE) == inbound()

    def test_bytes_are_needed_until_their_message_is_purged(self, store):
        """Of messages either way, and of receipts about other bytes of a message that is kept."""
        evil = sha256(b"evil").hexdigest()
        assert not store.refers_to(BYTES)
        store.apply([*ended(), PutInbound(replace(RELAYED, payload=OTHER_BYTES), expected=None)])
        store.apply([PutReceipt(receipt(payload=evil, accepted=False, given=True))])
        assert all(store.refers_to(payload) for payload in (BYTES, OTHER_BYTES, evil))
        store.purge(purge())
        assert not any(store.refers_to(payload) for payload in (BYTES, OTHER_BYTES, evil))

    def test_what_was_never_read_is_purged_too(self, store):
        """Bytes that were no message leave a timeline, which goes, and a refusal, which stays."""
        store.apply([AddTimeline(entry(event="unreadable")), PutReceipt(receipt(accepted=False))])
        assert store.refers_to(BYTES)
        assert store.purge(purge()).messages == 1
        assert store.timeline(LETTER) == []
        assert len(store.receipts(LETTER)) == 1
        assert not store.refers_to(BYTES)

    def test_a_row_of_a_book_comes_back_as_it_was_entered(self, store):
        """Every field, odd text included, and times to the microsecond."""
        full = row(
            book=Book.INCOMING,
            number=7,
            automatic=False,
            entered_at=at(0.000001),
            received_at=at(-5),
            message_id=LETTER,
            document_id="d-1",
            code="12/UBND-VX",
            mark="m",
            issued=date(2026, 3, 2),
            type_name="Công văn",
            subject=ODD_TEXT,
            signer="Hoa",
            issuer=PROVINCE,
            issuer_name=ODD_TEXT,
            recipients=((str(COMMUNE), ODD_TEXT), ("", "b")),
            copies=3,
            priority=2,
            due=date(2026, 3, 9),
            answers=(("d-0", "m0"),),
            asks=(("d-0", "recall", str(COMMUNE)), (ODD_TEXT, "update", "")),
            stated_at=at(-60),
            business=3,
            electronic=True,
            paper=False,
            roles=("agency", "leader"),
            refusal="no",
            note=ODD_TEXT,
        )
        store.apply([EnterInBook(full)])
        bare = store.enter(row())
        assert (store.book(Book.INCOMING), store.book(Book.OUTGOING)) == ([full], [bare])
        assert store.book(Book.OUTGOING, year=2025) == []

    def test_numbers_count_by_agency_series_and_year(self, store):
        """Each has its own 1, 2, 3; a number that came from outside is never given again."""
        assert [store.enter(row()).number for _ in range(3)] == [1, 2, 3]
        for other in ({"series": "legal"}, {"year": 2027}, {"agency": COMMUNE}):
            assert [store.enter(row(**other)).number for _ in range(2)] == [1, 2]
        store.enter(row(number=9, automatic=False, message_id=LETTER, issued=date(2026, 3, 2)))
        assert store.enter(row()).number == 10
        assert store.enter(row(book=Book.INCOMING)).number == 1

    def test_numbers_are_given_once_to_many_threads(self, store):
        """Eight threads that ask at the same time get 1 to 80, each once, with none left out."""
        line, given = threading.Barrier(8), []

        def take() -> None:
            line.wait()
            given.extend([store.enter(row()).number for _ in range(10)])

        threads = [threading.Thread(target=take) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given) == list(range(1, 81))
        assert [item.number for item in store.book(Book.OUTGOING)] == list(range(1, 81))

    def test_a_document_takes_the_place_of_its_number(self, store):
        """By series, or by the notation it was reserved with; anything else leaves it reserved."""
        store.enter(row())
        store.enter(row(series="staff", code="QĐ-TC"))
        sent = row(automatic=False, issued=date(2026, 3, 2))
        document = {"message_id": LETTER, "number": 1, "code": "01/UBND"}
        store.apply([EnterInBook(replace(sent, **document))])
        store.apply([EnterInBook(replace(sent, message_id=MessageId("m-b"), number=1, code="1/X"))])
        named = {"message_id": MessageId("m-c"), "number": 1, "code": "01/QĐ-TC"}
        store.apply([EnterInBook(replace(sent, **named))])
        found = [(item.code, item.series, item.automatic) for item in store.book(Book.OUTGOING)]
        assert found == [
            ("01/UBND", "general", True),
            ("1/X", "general", False),
            ("01/QĐ-TC", "staff", True),
        ]

    def test_a_message_is_entered_once_in_each_book(self, store):
        """However often it is offered, and with one number."""
        came = row(book=Book.INCOMING, message_id=LETTER, issued=date(2026, 3, 2))
        store.apply([EnterInBook(came), EnterInBook(replace(came, entered_at=at(9)))])
        store.apply([EnterInBook(came), AddTimeline(entry())])
        assert store.book(Book.INCOMING) == [replace(came, number=1)]
        store.apply([EnterInBook(replace(came, book=Book.OUTGOING))])
        assert len(store.book(Book.OUTGOING)) == 1

    def test_a_stale_guard_takes_its_number_back(self, store):
        """What is refused leaves no row and no gap."""
        came = row(book=Book.INCOMING, message_id=LETTER)
        stale = PutOutbound(outbound(), expected=OutboundState.SENDING)
        with pytest.raises(DeliveryError):
            store.apply([EnterInBook(came), stale])
        assert store.book(Book.INCOMING) == []
        assert store.enter(row(book=Book.INCOMING)).number == 1

    def test_doubles_are_other_documents_under_the_same_mark(self, store):
        """Neither the message itself, nor a reserved number, nor the other book."""
        first = row(message_id=LETTER, mark="m", number=1, automatic=False)
        store.apply([EnterInBook(first), EnterInBook(replace(first, book=Book.INCOMING))])
        store.enter(row(mark="m"))
        again = replace(first, message_id=MessageId("m-again"))
        assert store.doubles(again) == [first]
        assert store.doubles(first) == []
        assert store.doubles(replace(again, mark="")) == []

    def test_a_document_is_found_with_what_is_asked_about_it(self, store):
        """Its own rows in both books, and those of letters that ask; no other, in no other way."""
        odd = 'd-1"%, \\'
        own = row(message_id=LETTER, document_id=odd, number=1, automatic=False)
        came = replace(own, book=Book.INCOMING)
        asking = replace(
            own,
            message_id=MessageId("m-recall"),
            document_id="d-2",
            asks=(("d-0", "recall", ""), (odd, "recall", "")),
        )
        others = [
            replace(own, message_id=MessageId(f"m-{place}"), document_id="d-3", asks=asks)
            for place, asks in enumerate([(), (("d-1", odd, odd),), ((odd + "2", "update", ""),)])
        ]
        store.apply([EnterInBook(item) for item in (own, came, asking, *others)])
        assert [item.message_id for item in store.concerning(odd)] == [
            LETTER,
            LETTER,
            MessageId("m-recall"),
        ]
        assert store.concerning("d-9") == store.concerning("") == []

    def test_entries_without_a_message_are_in_the_audit_log(self, store):
        """A reserved number and a document on paper, with their numbers."""
        store.enter(row())
        store.enter(row(number=1, automatic=False, issued=date(2026, 3, 2)))
        assert [(item.what, item.about) for item in store.audit()] == [
            ("book.reserved", "outgoing general 2026/1"),
            ("book.entered", "outgoing general 2026/1"),
        ]
        assert judge_chain(store.audit()).fault is None

    def test_books_and_their_statuses_are_not_purged(self, store):
        """The row stays, and what was reported about its document; other statuses go."""
        came = row(book=Book.INCOMING, message_id=LETTER, document_id="m-letter")
        store.apply([*ended(), *ended("m-other"), EnterInBook(came)])
        assert store.purge(purge()).messages == 2
        assert store.book(Book.INCOMING) == [replace(came, number=1)]
        assert [item.document_id for item in store.statuses("m-letter")] == ["m-letter"]
        assert store.statuses("m-other") == []

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

    def test_bytes_are_kept_with_a_record_until_they_are_let_go(self, store):
        """Oldest first, by age and number; one that is let go is gone, and twice is harmless."""
        first, second = keep(b"first", seconds=1), keep(b"second", seconds=2)
        store.apply([first, PutInbound(inbound(), expected=None)])
        store.apply([second])
        assert store.kept(before=at(1), limit=9) == []
        assert [item.data for item in store.kept(before=at(2), limit=9)] == [b"first"]
        oldest, _ = found = store.kept(before=at(9), limit=9)
        assert [(item.sha256, item.data) for item in found] == [
            (first.sha256, b"first"),
            (second.sha256, b"second"),
        ]
        assert store.kept(before=at(9), limit=1) == [oldest]
        store.let_go([oldest])
        store.let_go([oldest])
        assert [item.data for item in store.kept(before=at(9), limit=9)] == [b"second"]
        assert [item.about for item in store.audit()] == [f"{LETTER} {inbound().recipient}"]

    def test_bytes_are_not_kept_for_a_record_that_was_not_written(self, store):
        """A stale guard takes them back too."""
        stale = PutInbound(inbound(), expected=InboundState.VERIFIED)
        with pytest.raises(DeliveryError):
            store.apply([keep(b"x", seconds=1), stale])
        assert store.kept(before=at(9), limit=9) == []

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
