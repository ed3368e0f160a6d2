"""Transports that break one promise each: run by `test_contracts_catch`, never on their own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, ClassVar

import pytest

from docexchange.errors import TransportError
from docexchange.testing.contracts import TransportContract
from docexchange.transport import Arrival, MemoryNetwork, MemoryTransport, SetAside

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.transport import Transport


class Around(Arrival):
    """An arrival around another, which does the work."""

    def __init__(self, inner):
        self.inner = inner

    @property
    def parcel(self):
        return self.inner.parcel

    def open(self):
        return self.inner.open()

    def settle(self):
        self.inner.settle()

    def reject(self, reason):
        self.inner.reject(reason)


class Broken(TransportContract):
    """Two ends of a network in memory, both of the class that is broken."""

    kind: ClassVar[type[MemoryTransport]]
    breaks: ClassVar[str]

    @pytest.fixture(autouse=True)
    def network(self):
        self.net = MemoryNetwork()

    def end(self, name: str) -> Transport:
        sound = self.net.transport(name)
        return self.kind(self.net, sound._mailbox, sound._lock)

    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        del folder
        return self.end("first"), self.end("second"), "memory:second"

    def restart(self, transport: Transport) -> Transport:
        del transport
        return self.end("second")


class Arriving(MemoryTransport):
    """Gives out arrivals of a class of its own."""

    arrival = Around

    def receive(self, limit):
        return (self.arrival(item) for item in super().receive(limit))


class OtherNote(Around):
    @property
    def parcel(self):
        from dataclasses import replace

        return replace(super().parcel, message_kind="document")


class CutsNote(Arriving):
    arrival = OtherNote


class TestNoteIsNotKept(Broken):
    kind, breaks = CutsNote, "test_a_parcel_arrives_as_it_was_sent"


class NeverUnreachable(MemoryTransport):
    def probe(self, to):
        del to


class TestProbeAlwaysSucceeds(Broken):
    kind, breaks = NeverUnreachable, "test_an_endpoint_can_be_tried"


class TextOnly(Around):
    def open(self):
        return io.BytesIO(super().open().read().replace(b"\r\n", b"\n").replace(b"\0", b""))


class Translating(Arriving):
    arrival = TextOnly


class TestBytesAreTranslated(Broken):
    kind, breaks = Translating, "test_any_bytes_can_be_carried"


class GivesOnce(MemoryTransport):
    def receive(self, limit):
        for item in list(super().receive(limit)):
            item_bytes = self._mailbox.new.pop(item._number)
            del item_bytes
            yield item


class TestUnsettledIsGivenOnce(Broken):
    kind, breaks = GivesOnce, "test_what_is_not_settled_comes_again"


class Forgetful(Around):
    def settle(self):
        pass


class SettleForgets(Arriving):
    arrival = Forgetful


class TestSettleForgets(Broken):
    kind, breaks = SettleForgets, "test_what_is_not_settled_comes_again"


class Dropping(Around):
    def reject(self, reason):
        del reason
        self.inner.settle()


class RejectDrops(Arriving):
    arrival = Dropping


class TestRejectedIsDropped(Broken):
    kind, breaks = RejectDrops, "test_a_rejected_parcel_is_kept_and_never_comes_again"


class ShortReasons(MemoryTransport):
    def set_aside(self):
        return [
            SetAside(name=item.name, reason=item.reason.split("\n")[0])
            for item in super().set_aside()
        ]


class TestReasonIsCut(Broken):
    kind, breaks = ShortReasons, "test_a_rejected_parcel_is_kept_and_never_comes_again"


class Insisting(Around):
    def settle(self):
        self.open()
        super().settle()


class SettleInsists(Arriving):
    arrival = Insisting


class TestSettlingTwiceFails(Broken):
    kind, breaks = SettleInsists, "test_deciding_twice_is_harmless"


class Empty(Around):
    def open(self):
        try:
            return super().open()
        except TransportError:
            return io.BytesIO(b"")


class OpensNothing(Arriving):
    arrival = Empty


class TestSettledOpensAsNothing(Broken):
    kind, breaks = OpensNothing, "test_a_settled_parcel_cannot_be_opened"


class Listing(MemoryTransport):
    def receive(self, limit):
        return iter(list(super().receive(limit)))


class TestListIsMadeAtOnce(Broken):
    kind, breaks = Listing, "test_what_someone_else_settles_is_not_given_out"


class Generous(MemoryTransport):
    def receive(self, limit):
        return super().receive(limit + 1)


class TestOneTooMany(Broken):
    kind, breaks = Generous, "test_no_more_than_asked_for"


class ByDigest(MemoryTransport):
    def send(self, parcel, payload, *, to):
        held = self._network._mailbox(to).new.values()
        data = payload.read()
        if all(note.sha256 != parcel.sha256 for note, _ in held):
            super().send(parcel, io.BytesIO(data), to=to)


class TestDuplicatesAreEliminated(Broken):
    kind, breaks = ByDigest, "test_the_same_parcel_sent_twice_arrives_twice"


class Trusting(MemoryTransport):
    def send(self, parcel, payload, *, to):
        self._network.deliver(to, parcel, payload.read())


class TestTruncatedIsAccepted(Broken):
    kind, breaks = Trusting, "test_bytes_that_are_not_the_notes_are_not_sent"


class Early(MemoryTransport):
    def send(self, parcel, payload, *, to):
        self._network.deliver(to, parcel, b"")
        super().send(parcel, payload, to=to)
        self._network._mailbox(to).new.popitem()


class TestNoteGoesAheadOfThePayload(Broken):
    kind, breaks = Early, "test_a_failing_stream_leaves_nothing"


class Closing(MemoryTransport):
    def send(self, parcel, payload, *, to):
        with payload:
            super().send(parcel, payload, to=to)


class TestStreamIsClosed(Broken):
    kind, breaks = Closing, "test_the_stream_is_left_open"


class Final(MemoryTransport):
    def send(self, parcel, payload, *, to):
        try:
            super().send(parcel, payload, to=to)
        except TransportError as error:
            if error.code == "transport.peer-missing":
                raise TransportError(
                    "no such mailbox", retryable=False, advice="Look at the directory."
                ) from error
            raise


class TestUnknownPeerIsFinal(Broken):
    kind, breaks = Final, "test_an_unknown_peer_may_come_later"


class AnyScheme(MemoryTransport):
    def send(self, parcel, payload, *, to):
        super().send(parcel, payload, to=f"memory:{to.partition(':')[2]}-absent")


class TestAnySchemeWillDo(Broken):
    kind, breaks = AnyScheme, "test_a_url_of_another_kind_is_refused"


class Overwriting(MemoryTransport):
    def send(self, parcel, payload, *, to):
        data = payload.read()
        super().send(parcel, io.BytesIO(data), to=to)
        box = self._network._mailbox(to).new
        for number in sorted(box)[:-10]:
            box.pop(number, None)


class TestOnlyTheLatestTenStay(Broken):
    kind, breaks = Overwriting, "test_many_threads_send_at_once"


class ClosesOnce(MemoryTransport):
    done = False

    def close(self):
        if self.done:
            raise RuntimeError("closed already")
        self.done = True


class TestClosingTwiceFails(Broken):
    kind, breaks = ClosesOnce, "test_closing_twice_is_harmless"
