"""What is written stands, all of it or none, and only over what the writer expected."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docexchange.clock import VIETNAM
from docexchange.delivery import (
    AddTimeline,
    InboundState,
    OutboundState,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
)
from docexchange.errors import DeliveryError, StoreFailure
from docexchange.identifiers import MessageId
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import (
    COMMUNE,
    LETTER,
    MINISTRY,
    ODD_TEXT,
    OTHER_BYTES,
    PROVINCE,
    at,
    entry,
    inbound,
    keep,
    outbound,
    receipt,
    status,
)

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import Change, Store

__all__ = ["WritingPromises"]


class WritingPromises(StorePromises):
    """What is written stands, all of it or none, and only over what the writer expected."""

    def test_a_new_store_is_empty(self, store: Store) -> None:
        """Every query of a new store answers with nothing."""
        assert store.outbound(LETTER, COMMUNE) is None
        assert store.inbound(LETTER, COMMUNE) is None
        assert store.next_due() is None
        assert store.due(at(0), 10) == store.messages() == store.timeline(LETTER) == []
        assert store.receipts(LETTER) == store.statuses("x") == store.by_submit_key("k") == []

    def test_everything_comes_back_as_it_was_put(self, store: Store) -> None:
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

    def test_times_keep_their_microseconds(self, store: Store) -> None:
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
    def test_a_stale_outbound_guard_holds(
        self, store: Store, stored: OutboundState | None, expected: OutboundState | None
    ) -> None:
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
    def test_a_stale_inbound_guard_holds(
        self, store: Store, stored: InboundState | None, expected: InboundState | None
    ) -> None:
        """An inbound record is written only over the state that the writer expects."""
        if stored:
            store.apply([PutInbound(inbound(state=stored), expected=None)])
        with pytest.raises(DeliveryError, match="expected state") as caught:
            store.apply([PutInbound(inbound(state=InboundState.HANDED_OVER), expected=expected)])
        assert caught.value.code == "store.stale"

    def test_a_stale_change_takes_all_others_with_it(self, store: Store) -> None:
        """When the last of many changes is stale, none of the others can be seen."""
        before = outbound(recipient=PROVINCE)
        store.apply([PutOutbound(before, expected=None)])
        changes: list[Change] = [
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

    def test_a_later_change_sees_the_earlier_ones(self, store: Store) -> None:
        """One apply may take a record through several states, or create it twice in vain."""
        first = outbound()
        second = replace(first, state=OutboundState.SENDING, attempts=1)
        store.apply([PutOutbound(first, expected=None), PutOutbound(second, expected=first.state)])
        assert store.outbound(LETTER, COMMUNE) == second
        twice = PutOutbound(outbound(recipient=MINISTRY), expected=None)
        with pytest.raises(DeliveryError, match="expected no record"):
            store.apply([twice, twice])
        assert store.outbound(LETTER, MINISTRY) is None

    def test_outbound_bytes_never_change(self, store: Store) -> None:
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

    def test_inbound_bytes_change_only_after_a_refusal(self, store: Store) -> None:
        """Other bytes may take the place of refused ones, and of no others."""
        store.apply([PutInbound(inbound(), expected=None)])
        genuine = inbound(payload=OTHER_BYTES)
        with pytest.raises(DeliveryError, match="same bytes"):
            store.apply([PutInbound(genuine, expected=InboundState.RECEIVED)])
        refused = inbound(state=InboundState.REFUSED)
        store.apply([PutInbound(refused, expected=InboundState.RECEIVED)])
        store.apply([PutInbound(genuine, expected=InboundState.REFUSED)])
        assert store.inbound(LETTER, COMMUNE) == genuine

    def test_a_submit_key_belongs_to_one_message(self, store: Store) -> None:
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

    def test_an_empty_apply_is_nothing(self, store: Store) -> None:
        """No changes: no error, nothing written."""
        store.apply([])
        assert store.messages() == []

    def test_one_of_many_threads_wins(self, store: Store) -> None:
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

    def test_bytes_are_kept_with_a_record_until_they_are_let_go(self, store: Store) -> None:
        """Oldest first, so many as are asked for; what is let go is gone, and twice is harmless."""
        first, second = keep(b"first", seconds=1), keep(b"second", seconds=2)
        store.apply([first, PutInbound(inbound(), expected=None)])
        store.apply([second])
        oldest, _ = found = store.kept(limit=9)
        assert [item.sha256 for item in found] == [first.sha256, second.sha256]
        assert [store.kept_data(item) for item in found] == [b"first", b"second"]
        assert store.kept(limit=1) == [oldest]
        assert store.kept(limit=0) == []
        store.let_go([oldest])
        store.let_go([oldest])
        assert [store.kept_data(item) for item in store.kept(limit=9)] == [b"second"]
        assert store.kept_data(oldest) is None
        assert [item.about for item in store.audit()] == [f"{LETTER} {inbound().recipient}"]

    def test_bytes_are_not_kept_for_a_record_that_was_not_written(self, store: Store) -> None:
        """A stale guard takes them back too."""
        stale = PutInbound(inbound(), expected=InboundState.VERIFIED)
        with pytest.raises(DeliveryError):
            store.apply([keep(b"x", seconds=1), stale])
        assert store.kept(limit=9) == []

    def test_a_closed_store_says_so(self, tmp_path: Path) -> None:
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
