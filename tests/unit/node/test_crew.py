"""A crew: its threads do what is to do, wake each other, survive mistakes, and end in time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from exchange_help import DISTRICT, PROVINCE, entries, letter, short, signed

from docexchange.delivery import OutboundState
from docexchange.directory import Directory
from docexchange.errors import TransportError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.node.crew import Crew

PATIENCE = 30.0


def crew(**values):
    """One that hardly rests and tells nobody."""
    return Crew(**{"poll_seconds": PATIENCE, "complain": lambda _: None, **values})


def test_what_one_duty_has_done_wakes_the_others():
    """Nobody waits for the end of the rest, which would be half a minute."""
    stop, turn = threading.Event(), threading.Semaphore(0)
    done = []

    def first():
        if done:
            return 0
        done.append("first")
        turn.release()
        return 1

    def second():
        if not turn.acquire(blocking=False):
            return 0
        done.append("second")
        stop.set()
        return 1

    crew().work(stop, [second, first])
    assert done == ["first", "second"]


def test_a_duty_that_fails_goes_on():
    """Errors of ours and mistakes are told; the thread is not lost."""
    stop, told = threading.Event(), []
    failures = iter([TransportError("no line"), ValueError("a mistake")])

    def duty():
        failure = next(failures, None)
        if failure:
            raise failure
        stop.set()
        return 0

    crew(poll_seconds=0.001, complain=told.append).work(stop, [duty])
    assert [error.code for error in told] == ["transport", "node"]


def test_work_from_outside_wakes_a_resting_crew():
    """A letter that is sent by the program does not wait for the next look."""
    stop, resting, work = threading.Event(), threading.Event(), []

    def duty():
        if work:
            stop.set()
            return 0
        resting.set()
        return 0

    one = crew()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(one.work, stop, [duty])
        assert resting.wait(PATIENCE)
        work.append("letter")
        # A signal that comes before the thread rests is not lost either.
        one.wake()
        running.result(PATIENCE)


def test_a_duty_without_end_does_not_keep_the_node_from_stopping():
    """What is in hand is waited for, and not for ever."""
    stop, begun, forever = threading.Event(), threading.Event(), threading.Event()

    def duty():
        begun.set()
        stop.set()
        forever.wait(PATIENCE)
        return 0

    crew(grace_seconds=0.01).work(stop, [duty])
    assert begun.is_set()
    forever.set()


def test_what_is_brought_to_the_door_is_sent_on_at_once(world, pki):
    """Nobody waits for the next look, which would be half a minute later."""
    node, stop, carried = world["district"], threading.Event(), threading.Event()
    resting = threading.Event()

    def note(event):
        if event.name is EventName.OUTBOUND_CARRIED:
            carried.set()

    object.__setattr__(node.point, "hooks", (*node.point.hooks, note))
    node._working._poll_seconds = PATIENCE
    data = signed(letter(), pki.agency("commune"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(node.run, stop, workers=1)
        while node._working._crew is None:
            resting.wait(0.001)
        world.deliver("district", data)
        (arrival,) = world.network.transport("district").receive(1)
        assert node.take(arrival)
        assert carried.wait(PATIENCE / 2)
        stop.set()
        node._working.wake()
        running.result(2 * PATIENCE)


class Slow:
    """A line to the district that takes until it is let go; others are fast."""

    def __init__(self, inner):
        self.inner, self.reached, self.free = inner, threading.Event(), threading.Event()

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def send(self, parcel, payload, *, to):
        if to == "memory:district":
            self.reached.set()
            assert self.free.wait(PATIENCE)
        return self.inner.send(parcel, payload, to=to)


@pytest.fixture
def lines(world):
    """The province reaches district and centre; the line to the district is slow."""
    lines = {}

    def wrap(name, transport):
        if name != "province":
            return transport
        lines["slow"] = Slow(transport)
        return lines["slow"]

    world.wrap = wrap
    assert world["province"]
    return lines


def test_a_slow_neighbour_holds_up_nobody_else(world, lines):
    """While one letter crawls to the district, another reaches the centre; then both are there."""
    node, stop = world["province"], threading.Event()
    other = MessageId("m-other")
    node.send(letter(DISTRICT, sender=PROVINCE))
    arrived = threading.Event()

    def note(event):
        if event.name is EventName.OUTBOUND_CARRIED and event.fields["message_id"] == str(other):
            arrived.set()

    object.__setattr__(node.point, "hooks", (*node.point.hooks, note))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(node.run, stop, workers=2)
        assert lines["slow"].reached.wait(PATIENCE)
        node.send(letter(sender=PROVINCE, message_id=other))
        assert arrived.wait(PATIENCE)
        assert world.outbound("province") == [OutboundState.SENDING]
        lines["slow"].free.set()
        stop.set()
        running.result(PATIENCE)
    assert world.outbound("province") == [OutboundState.AWAITING_RECEIPT]
    assert len(world.waiting("district")) == 1


def test_an_attempt_in_hand_is_not_taken_for_one_that_was_cut_short(world, lines):
    """The other threads look for such attempts all the time; the letter is carried once."""
    node, stop = world["province"], threading.Event()
    node.send(letter(DISTRICT, sender=PROVINCE))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(node.run, stop, workers=4)
        assert lines["slow"].reached.wait(PATIENCE)
        for _ in range(20):
            assert node._working._send() == 0
        lines["slow"].free.set()
        stop.set()
        running.result(PATIENCE)
    assert EventName.NODE_RECOVERED not in world.told("province")
    assert world.history("province").count("outbound.started") == 1
    assert len(world.waiting("district")) == 1


def test_letters_to_one_endpoint_go_one_after_another(world, lines):
    """Only one thread serves an endpoint, however many there are and are due."""
    node = world["province"]
    for number in range(5):
        node.send(letter(DISTRICT, sender=PROVINCE, message_id=MessageId(f"m-{number}")))
    sending = node._working._sending
    with ThreadPoolExecutor(4) as pool, node.at_work():
        first = pool.submit(sending.serve_next)
        assert lines["slow"].reached.wait(PATIENCE)
        assert [pool.submit(sending.serve_next).result(PATIENCE) for _ in range(3)] == [0, 0, 0]
        lines["slow"].free.set()
        assert first.result(PATIENCE) == 5


def test_a_dead_neighbour_costs_one_attempt_and_no_thread(world):
    """Its letters are put off in one go; the same as without a crew."""
    world.schedule = short()
    gone = Directory(entries(world.pki, district={"endpoint": "memory:nowhere"}))
    world.directories["commune"] = gone
    node = world["commune"]
    for number in range(30):
        node.send(letter(message_id=MessageId(f"m-{number}")))
    sending = node._working._sending
    with node.at_work():
        while sending.serve_next():
            pass
    failed = world.told("commune").count(EventName.OUTBOUND_FAILED)
    assert 1 <= failed <= 5
