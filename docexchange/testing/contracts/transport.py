"""The promises of `docexchange.transport.Transport`, one test each: say how two ends are connected.

::

    class TestMyTransport(TransportContract):
        def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
            return MyTransport(folder / "a"), MyTransport(folder / "b"), f"mine:{folder / 'b'}"

        def restart(self, transport: Transport) -> Transport:
            return MyTransport(transport.place)
"""

from __future__ import annotations

import io
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

import pytest

from docexchange.envelope.receipt import read_receipt
from docexchange.errors import TransportError
from docexchange.identifiers import OrganId
from docexchange.limits import MIB
from docexchange.testing.contracts.parcels import parcel_for
from docexchange.transport import Parcel, ParcelKind, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.transport import Arrival

__all__ = ["LETTER", "TransportContract"]

LETTER = "Kính gửi Ủy ban nhân dân xã".encode()
"""What is carried where the test does not care."""

Ends: TypeAlias = tuple[Transport, Transport, str]


class _Broken(io.RawIOBase):
    """A stream whose disk fails after the first piece."""

    def __init__(self) -> None:
        self._pieces = [LETTER]

    def read(self, size: int = -1) -> bytes:
        del size
        if self._pieces:
            return self._pieces.pop()
        raise OSError(5, "Input/output error")


class TransportContract(ABC):
    """Subclass it, name it Test..., write ``connect`` and ``restart``: pytest does the rest.

    The docstring of each test is the promise that it holds a transport to.
    """

    @abstractmethod
    def connect(self, folder: Path) -> tuple[Transport, Transport, str]:
        """Two transports and the endpoint at which the first reaches the second.

        Args:
            folder: empty, of one test alone; for whatever the transports keep.
        """

    @abstractmethod
    def restart(self, transport: Transport) -> Transport:
        """The transport that a restarted node opens on the same mailbox.

        Args:
            transport: the second of the two; it is not closed, as after a crash.
        """

    @pytest.fixture
    def ends(self, tmp_path: Path) -> Iterator[Ends]:
        """Two ends that are connected, and the way from the first to the second."""
        first, second, url = self.connect(tmp_path)
        with first, second:
            yield first, second, url

    def carry(self, ends: Ends, content: bytes = LETTER, **values: Any) -> Parcel:
        """Send a parcel from the first to the second."""
        first, _, url = ends
        note = parcel_for(content, **values)
        answer = first.send(note, io.BytesIO(content), to=url)
        assert answer == () or first.capabilities.answers_at_once
        return note

    def read(self, arrival: Arrival) -> bytes:
        """All bytes of a payload."""
        with arrival.open() as file:
            return file.read()

    def test_a_parcel_arrives_as_it_was_sent(self, ends: Ends) -> None:
        """Note and bytes are the same at the other end, and only there."""
        first, second, _ = ends
        note = self.carry(ends, kind=ParcelKind.RECEIPT, message_kind="status")
        (arrival,) = second.receive(10)
        assert arrival.parcel == note
        assert self.read(arrival) == self.read(arrival) == LETTER
        assert list(first.receive(10)) == []

    def test_a_parcel_for_several_recipients_arrives_as_one(self, ends: Ends) -> None:
        """With all of them in its note; what comes back at once is a receipt for each."""
        first, second, url = ends
        codes = tuple(OrganId(f"000.{number}1.31.H53") for number in range(1, 6))
        note = parcel_for(LETTER, recipients=codes)
        answers = first.send(note, io.BytesIO(LETTER), to=url)
        (arrival,) = second.receive(10)
        assert arrival.parcel == note
        assert self.read(arrival) == LETTER
        told = {read_receipt(xml)[0].recipient for xml in answers}
        assert told == (set(codes) if first.capabilities.answers_at_once else set())
        arrival.settle()
        assert list(second.receive(10)) == []

    def test_an_endpoint_can_be_tried(self, ends: Ends) -> None:
        """A peer that is there, and one that is not; nothing arrives by it."""
        first, second, url = ends
        first.probe(url)
        assert list(second.receive(10)) == second.set_aside() == []
        with pytest.raises(TransportError):
            first.probe(f"{url}-that-is-not-there")

    @pytest.mark.parametrize("content", [b"", b"\0", bytes(range(256)), b"x" * (2 * MIB + 1)])
    def test_any_bytes_can_be_carried(self, ends: Ends, content: bytes) -> None:
        """Nothing, zeros, all octets, and more than two pieces."""
        self.carry(ends, content)
        (arrival,) = ends[1].receive(1)
        assert self.read(arrival) == content

    def test_what_is_not_settled_comes_again(self, ends: Ends) -> None:
        """A parcel is given out until it is settled, to a restarted node too; then never."""
        self.carry(ends)
        _, second, _ = ends
        assert [arrival.parcel for arrival in second.receive(1)] == [parcel_for(LETTER)]
        (arrival,) = self.restart(second).receive(1)
        arrival.settle()
        assert list(second.receive(1)) == list(self.restart(second).receive(1)) == []
        assert second.set_aside() == []

    def test_a_rejected_parcel_is_kept_and_never_comes_again(self, ends: Ends) -> None:
        """The reason stands beside what was set aside, whatever text it is."""
        self.carry(ends)
        _, second, _ = ends
        (arrival,) = second.receive(1)
        arrival.reject("chữ ký sai 💥\nline two")
        assert list(second.receive(1)) == []
        (kept,) = self.restart(second).set_aside()
        assert kept.reason == "chữ ký sai 💥\nline two"
        assert "m-letter" in kept.name

    @pytest.mark.parametrize("first_verb", ["settle", "reject"])
    @pytest.mark.parametrize("second_verb", ["settle", "reject"])
    def test_deciding_twice_is_harmless(
        self, ends: Ends, first_verb: str, second_verb: str
    ) -> None:
        """When two hands decide about one parcel the first one stands, and neither fails."""
        self.carry(ends)
        _, second, _ = ends
        (one,), (other,) = second.receive(1), self.restart(second).receive(1)
        reasons: dict[str, tuple[str, ...]] = {"settle": (), "reject": ("odd",)}
        getattr(one, first_verb)(*reasons[first_verb])
        getattr(other, second_verb)(*reasons[second_verb])
        getattr(one, second_verb)(*reasons[second_verb])
        assert list(second.receive(1)) == []
        assert len(second.set_aside()) == (first_verb == "reject")

    def test_a_settled_parcel_cannot_be_opened(self, ends: Ends) -> None:
        """What is gone says so as a transport error."""
        self.carry(ends)
        (arrival,) = ends[1].receive(1)
        arrival.settle()
        with pytest.raises(TransportError) as caught:
            arrival.open()
        assert caught.value.advice

    def test_what_someone_else_settles_is_not_given_out(self, ends: Ends) -> None:
        """While one hand walks through the parcels another may settle those ahead of it."""
        for number in range(3):
            self.carry(ends, message_id=f"m-{number}")
        _, second, _ = ends
        walk = second.receive(10)
        next(walk)
        for arrival in list(self.restart(second).receive(10)):
            arrival.settle()
        assert list(walk) == []

    def test_no_more_than_asked_for(self, ends: Ends) -> None:
        """The limit holds; what was left over comes with the next call."""
        for number in range(5):
            self.carry(ends, message_id=f"m-{number}")
        _, second, _ = ends
        assert list(second.receive(0)) == list(second.receive(-1)) == []
        first_two = list(second.receive(2))
        assert len(first_two) == 2
        for arrival in first_two:
            arrival.settle()
        assert len(list(second.receive(10))) == 3

    def test_the_same_parcel_sent_twice_arrives_twice(self, ends: Ends) -> None:
        """A transport does not eliminate duplicates, and they never disturb each other."""
        self.carry(ends)
        self.carry(ends)
        arrivals = list(ends[1].receive(10))
        assert len(arrivals) == 2
        arrivals[0].settle()
        assert self.read(arrivals[1]) == LETTER

    @pytest.mark.parametrize(
        "note",
        [
            parcel_for(LETTER, size=len(LETTER) - 1),
            parcel_for(LETTER, size=len(LETTER) + 1),
            parcel_for(LETTER, size=0),
            parcel_for(LETTER, sha256="0" * 64),
        ],
        ids=["longer", "shorter", "not empty", "other bytes"],
    )
    def test_bytes_that_are_not_the_notes_are_not_sent(self, ends: Ends, note: Parcel) -> None:
        """A payload that differs from its note is refused for good, and nothing arrives."""
        first, second, url = ends
        with pytest.raises(TransportError) as caught:
            first.send(note, io.BytesIO(LETTER), to=url)
        assert caught.value.code == "transport.payload-mismatch"
        assert not caught.value.retryable
        assert list(second.receive(1)) == second.set_aside() == []

    def test_a_failing_stream_leaves_nothing(self, ends: Ends) -> None:
        """When our own disk fails in the middle, nothing arrives and trying again can help."""
        first, second, url = ends
        with pytest.raises(TransportError) as caught:
            first.send(parcel_for(LETTER * 2), cast("BinaryIO", _Broken()), to=url)
        assert caught.value.retryable
        assert list(second.receive(1)) == second.set_aside() == []

    def test_the_stream_is_left_open(self, ends: Ends) -> None:
        """The payload belongs to the caller, who closes it."""
        first, _, url = ends
        stream = io.BytesIO(LETTER)
        first.send(parcel_for(LETTER), stream, to=url)
        assert not stream.closed

    def test_an_unknown_peer_may_come_later(self, ends: Ends) -> None:
        """A peer that is not there is worth another try, and the error says what to look at."""
        first, _, url = ends
        with pytest.raises(TransportError) as caught:
            first.send(parcel_for(LETTER), io.BytesIO(LETTER), to=url + "-absent")
        assert caught.value.retryable
        assert caught.value.advice

    @pytest.mark.parametrize("url", ["", "x", ":", "carrier-pigeon:home"])
    def test_a_url_of_another_kind_is_refused(self, ends: Ends, url: str) -> None:
        """What is no endpoint of this transport will not become one by trying again."""
        with pytest.raises(TransportError) as caught:
            ends[0].send(parcel_for(LETTER), io.BytesIO(LETTER), to=url)
        assert not caught.value.retryable
        assert caught.value.code == "transport.bad-url"

    def test_many_threads_send_at_once(self, ends: Ends) -> None:
        """Twenty parcels from four threads all arrive whole."""

        def send(start: int) -> None:
            for number in range(start, start + 5):
                self.carry(ends, b"%d" % number * 1000, message_id=f"m-{number}")

        threads = [threading.Thread(target=send, args=(n * 5,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        arrived = {a.parcel.message_id.value: self.read(a) for a in ends[1].receive(100)}
        assert arrived == {f"m-{n}": b"%d" % n * 1000 for n in range(20)}

    def test_closing_twice_is_harmless(self, ends: Ends) -> None:
        """Close may be called by the owner and by the context manager."""
        for transport in ends[:2]:
            transport.close()
            transport.close()
        assert isinstance(ends[0].capabilities.durable, bool)
