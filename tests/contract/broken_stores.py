"""Stores that break one promise each: run by `test_contracts_catch`, never on their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from docexchange.delivery import (
    AddTimeline,
    KeepBytes,
    MemoryStore,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
    Store,
)
from docexchange.errors import DeliveryError
from docexchange.testing.contracts import StoreContract

if TYPE_CHECKING:
    from pathlib import Path


class Broken(StoreContract):
    """A store in memory, of the class that is broken."""

    kind: ClassVar[type[MemoryStore]]
    breaks: ClassVar[str]

    def open(self, folder: Path) -> Store:
        del folder
        return self.kind()


class OneByOne(MemoryStore):
    def apply(self, changes):
        for change in changes:
            super().apply([change])


class TestApplyIsNotAtomic(Broken):
    kind, breaks = OneByOne, "test_a_stale_change_takes_all_others_with_it"


class Backwards(MemoryStore):
    def apply(self, changes):
        super().apply(list(changes)[::-1])


class TestApplyIsBackwards(Broken):
    kind, breaks = Backwards, "test_a_later_change_sees_the_earlier_ones"


class Unguarded(MemoryStore):
    def apply(self, changes):
        super().apply([self.guessed(change) for change in changes])

    def guessed(self, change):
        if isinstance(change, PutOutbound):
            now = self.outbound(change.record.message_id, change.record.recipient)
            return replace(change, expected=now.state if now else None)
        return change


class TestGuardIsIgnored(Broken):
    kind, breaks = Unguarded, "test_a_stale_outbound_guard_holds"


class UnguardedInbound(MemoryStore):
    def apply(self, changes):
        super().apply([self.guessed(change) for change in changes])

    def guessed(self, change):
        if isinstance(change, PutInbound):
            now = self.inbound(change.record.message_id, change.record.recipient)
            return replace(change, expected=now.state if now else None)
        return change


class TestInboundGuardIsIgnored(Broken):
    kind, breaks = UnguardedInbound, "test_a_stale_inbound_guard_holds"


class WholeSeconds(MemoryStore):
    def apply(self, changes):
        super().apply([self.cut(change) for change in changes])

    def cut(self, change):
        if isinstance(change, PutOutbound):
            due = change.record.due_at.replace(microsecond=0)
            return replace(change, record=replace(change.record, due_at=due))
        return change


class TestTimesLoseTheirMicroseconds(Broken):
    kind, breaks = WholeSeconds, "test_times_keep_their_microseconds"


class Ascii(MemoryStore):
    def apply(self, changes):
        super().apply([self.cut(change) for change in changes])

    def cut(self, change):
        if isinstance(change, PutStatus):
            text = change.record.description.encode("ascii", "ignore").decode()
            return replace(change, record=replace(change.record, description=text))
        return change


class TestTextIsCut(Broken):
    kind, breaks = Ascii, "test_everything_comes_back_as_it_was_put"


class ForgetsKeys(MemoryStore):
    def by_submit_key(self, key):
        del key
        return []


class TestSubmitKeysAreForgotten(Broken):
    kind, breaks = ForgetsKeys, "test_a_submit_key_belongs_to_one_message"


class EarlyDue(MemoryStore):
    def due(self, now, limit):
        from datetime import timedelta

        return super().due(now + timedelta(seconds=1), limit)


class TestDueTooEarly(Broken):
    kind, breaks = EarlyDue, "test_due_gives_what_waits_and_nothing_else"


class Unbounded(MemoryStore):
    def due(self, now, limit):
        del limit
        return super().due(now, 10_000)


class TestDueIsUnbounded(Broken):
    kind, breaks = Unbounded, "test_due_is_oldest_first_and_bounded"


class OneLane(MemoryStore):
    def due_for(self, peer, now, limit):
        return super().due_for(peer, now, limit)[: max(limit, 0)]


class TestLanesShareTheBound(Broken):
    kind, breaks = OneLane, "test_due_for_a_peer_is_bounded_lane_by_lane"


class LastReceipt(MemoryStore):
    def receipts(self, message_id):
        return super().receipts(message_id)[-1:]


class TestReceiptsReplaceEachOther(Broken):
    kind, breaks = LastReceipt, "test_receipts_never_replace_each_other"


class EveryReceipt(MemoryStore):
    count = 0

    def apply(self, changes):
        super().apply([self.other(change) for change in changes])

    def other(self, change):
        if isinstance(change, PutReceipt):
            self.count += 1
            return PutReceipt(replace(change.record, xml=change.record.xml + b" " * self.count))
        return change

    def receipts(self, message_id):
        return [self.plain(item) for item in super().receipts(message_id)]

    def plain(self, item):
        return replace(item, xml=item.xml.rstrip(b" "))


class TestSameReceiptIsKeptTwice(Broken):
    kind, breaks = EveryReceipt, "test_the_same_receipt_is_kept_once"


class ShortTimeline(MemoryStore):
    def timeline(self, message_id):
        return list(dict.fromkeys(super().timeline(message_id)))


class TestEqualEntriesAreMerged(Broken):
    kind, breaks = ShortTimeline, "test_the_timeline_keeps_every_entry"


class Unsorted(MemoryStore):
    def statuses(self, document_id):
        return super().statuses(document_id)[::-1]


class TestStatusesComeBackwards(Broken):
    kind, breaks = Unsorted, "test_statuses_come_by_time_and_once"


class NoLog(MemoryStore):
    def audit(self, *, after=0, limit=1000):
        return super().audit(after=after, limit=limit)[1:]


class TestAuditLogHasAGap(Broken):
    kind, breaks = NoLog, "test_the_audit_log_is_a_chain"


class PurgesAll(MemoryStore):
    def purge(self, wanted):
        return super().purge(replace(wanted, before=wanted.at))


class TestLateIsPurged(Broken):
    kind, breaks = PurgesAll, "test_what_is_under_way_or_of_late_is_never_purged"


class PurgesOne(MemoryStore):
    def purge(self, wanted):
        return super().purge(replace(wanted, limit=1))


class TestPurgeStopsAtOne(Broken):
    kind, breaks = PurgesOne, "test_a_purge_is_done_in_batches"


class SameNumber(MemoryStore):
    def enter(self, row):
        if row.number is None and (held := self.book(row.book)):
            return held[-1]
        return super().enter(row)


class TestNumberIsGivenTwice(Broken):
    kind, breaks = SameNumber, "test_numbers_are_given_once_to_many_threads"


class ForgetsBytes(MemoryStore):
    def apply(self, changes):
        super().apply([change for change in changes if not isinstance(change, KeepBytes)])


class TestBytesAreNotKept(Broken):
    kind, breaks = ForgetsBytes, "test_bytes_are_kept_with_a_record_until_they_are_let_go"


class Racing(MemoryStore):
    def apply(self, changes):
        try:
            super().apply(changes)
        except DeliveryError:
            super().apply([change for change in changes if isinstance(change, AddTimeline)])


class TestLosersLeaveTraces(Broken):
    kind, breaks = Racing, "test_one_of_many_threads_wins"


class StaysOpen(MemoryStore):
    def close(self):
        pass


class TestClosedStoreAnswers(Broken):
    kind, breaks = StaysOpen, "test_a_closed_store_says_so"


class Repeating(MemoryStore):
    def due_peers(self, now):
        return [record.next_hop for record in self.due(now, 1000)]


class TestPeersAreRepeated(Broken):
    kind, breaks = Repeating, "test_due_peers_are_those_that_something_is_due_for"


class NeverCounts(MemoryStore):
    seen = 0

    def apply(self, changes):
        super().apply(changes)
        self.seen += len(changes)

    def counts(self):
        return {"queued": self.seen} if self.seen else {}


class TestCountsAreOfChanges(Broken):
    kind, breaks = NeverCounts, "test_messages_are_counted_by_state"


class AsWritten(MemoryStore):
    def outbound_of(self, message_id):
        return super().outbound_of(message_id)[::-1]


class TestRecipientsComeAsWritten(Broken):
    kind, breaks = AsWritten, "test_messages_are_found_by_recipient_order"


class OldestFirst(MemoryStore):
    def messages(self, *, limit=None):
        return super().messages(limit=limit)[::-1]


class TestOldestMessageComesFirst(Broken):
    kind, breaks = OldestFirst, "test_messages_sum_up_both_directions"


class Alarmed(MemoryStore):
    first = None

    def next_due(self):
        self.first = super().next_due() or self.first
        return self.first

    def apply(self, changes):
        super().apply(changes)
        self.next_due()


class TestNextDueStays(Broken):
    kind, breaks = Alarmed, "test_next_due_follows_the_states"


class NewestFirst(MemoryStore):
    def in_state(self, state):
        return super().in_state(state)[::-1]


class TestNewestOfAStateComesFirst(Broken):
    kind, breaks = NewestFirst, "test_states_are_listed_oldest_first"


class KeepsAll(MemoryStore):
    def purge(self, wanted):
        from docexchange.delivery import PurgeReport

        del wanted
        return PurgeReport(messages=0, receipts=0)


class TestNothingIsPurged(Broken):
    kind, breaks = KeepsAll, "test_what_is_old_and_at_rest_is_purged"


class TestWhatWasNeverReadStays(Broken):
    kind, breaks = KeepsAll, "test_what_was_never_read_is_purged_too"


class TestRefusedStays(Broken):
    kind, breaks = KeepsAll, "test_what_was_refused_and_purged_may_come_again"


class RefersToNothing(MemoryStore):
    def refers_to(self, payload):
        del payload
        return False


class TestBytesAreThrownAway(Broken):
    kind, breaks = RefersToNothing, "test_bytes_are_needed_until_their_message_is_purged"


class Doubling(MemoryStore):
    def doubles(self, row):
        return [item for item in self.book(row.book) if item.mark == row.mark]


class TestMessageIsItsOwnDouble(Broken):
    kind, breaks = Doubling, "test_doubles_are_other_documents_under_the_same_mark"


class OneYear(MemoryStore):
    def book(self, book, *, year=None):
        del year
        return super().book(book)


class TestYearIsIgnored(Broken):
    kind, breaks = OneYear, "test_a_row_of_a_book_comes_back_as_it_was_entered"
