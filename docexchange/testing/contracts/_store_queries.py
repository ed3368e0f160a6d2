"""What is asked for comes complete, in its order, and no more than asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.delivery import (
    WAITING,
    AddTimeline,
    InboundState,
    OutboundState,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
)
from docexchange.identifiers import MessageId
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import (
    COMMUNE,
    LETTER,
    MINISTRY,
    PROVINCE,
    at,
    entry,
    inbound,
    outbound,
    receipt,
    status,
)

if TYPE_CHECKING:
    from docexchange.delivery import Store

__all__ = ["QueryPromises"]


class QueryPromises(StorePromises):
    """What is asked for comes complete, in its order, and no more than asked for."""

    def test_due_gives_what_waits_and_nothing_else(self, store: Store) -> None:
        """Queued, retrying and unacknowledged messages are due; the others never are."""
        for number, state in enumerate(OutboundState):
            record = outbound(message_id=MessageId(f"m-{number}"), state=state)
            store.apply([PutOutbound(record, expected=None)])
        assert {record.state for record in store.due(at(0), 100)} == set(WAITING)
        assert store.due(at(-0.001), 100) == []

    def test_due_is_oldest_first_and_bounded(self, store: Store) -> None:
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

    def test_due_after_gives_what_is_to_be_sent_later(self, store: Store) -> None:
        """Queued and retrying messages, by due time, after the moment and not at it."""
        for number, state in enumerate(OutboundState):
            record = outbound(message_id=MessageId(f"m-{number}"), state=state, due_at=at(2))
            store.apply([PutOutbound(record, expected=None)])
        first = outbound(message_id=MessageId("m-z"), due_at=at(1))
        store.apply([PutOutbound(first, expected=None)])
        late = store.due_after(at(0), 10)
        assert late[0] == first
        assert {record.state for record in late} == {OutboundState.QUEUED, OutboundState.RETRY_WAIT}
        assert store.due_after(at(0), 1) == [first]
        assert store.due_after(at(2), 10) == store.due_after(at(0), -1) == []

    def test_due_peers_are_those_that_something_is_due_for(self, store: Store) -> None:
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

    def test_due_for_a_peer_is_bounded_lane_by_lane(self, store: Store) -> None:
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

    def test_receipts_are_found_by_recipient(self, store: Store) -> None:
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

    def test_next_due_follows_the_states(self, store: Store) -> None:
        """When the last waiting message comes to an end, nothing is due any more."""
        store.apply([PutOutbound(outbound(), expected=None)])
        done = outbound(state=OutboundState.ACKNOWLEDGED)
        store.apply([PutOutbound(done, expected=OutboundState.QUEUED)])
        assert store.next_due() is None
        assert store.in_state(OutboundState.QUEUED) == []
        assert store.in_state(OutboundState.ACKNOWLEDGED) == [done]

    def test_states_are_listed_oldest_first(self, store: Store) -> None:
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

    def test_messages_are_found_by_recipient_order(self, store: Store) -> None:
        """All recipients of one message are listed in the order of their codes."""
        recipients = [MINISTRY, PROVINCE, COMMUNE]
        for recipient in reversed(recipients):
            store.apply([PutOutbound(outbound(recipient=recipient), expected=None)])
            store.apply([PutInbound(inbound(recipient=recipient), expected=None)])
        assert [record.recipient for record in store.outbound_of(LETTER)] == recipients
        assert [record.recipient for record in store.inbound_of(LETTER)] == recipients
        assert store.outbound_of(MessageId("m-none")) == []

    def test_the_same_receipt_is_kept_once(self, store: Store) -> None:
        """A receipt obtained again later is not evidence twice; the first time stands."""
        store.apply([PutReceipt(receipt()), PutReceipt(receipt(at=at(60)))])
        store.apply([PutReceipt(receipt(at=at(120)))])
        assert store.receipts(LETTER) == [receipt()]

    def test_receipts_never_replace_each_other(self, store: Store) -> None:
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

    def test_statuses_come_by_time_and_once(self, store: Store) -> None:
        """Statuses of a document are ordered by time; a repeated one is kept once."""
        late, early = status(code="06", at=at(60)), status(code="01", at=at(1))
        store.apply([PutStatus(late), PutStatus(early), PutStatus(late)])
        store.apply([PutStatus(early), PutStatus(status(document_id="another"))])
        assert store.statuses(late.document_id) == [early, late]

    def test_the_timeline_keeps_every_entry(self, store: Store) -> None:
        """Entries come by time, then as they were written; equal ones all stay."""
        first, second = entry(event="b", at=at(1)), entry(event="a", at=at(1))
        store.apply([AddTimeline(first), AddTimeline(second), AddTimeline(first)])
        store.apply([AddTimeline(entry(event="z", at=at(0)))])
        assert [line.event for line in store.timeline(LETTER)] == ["z", "b", "a", "b"]

    def test_messages_are_counted_by_state(self, store: Store) -> None:
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

    def test_messages_sum_up_both_directions(self, store: Store) -> None:
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
