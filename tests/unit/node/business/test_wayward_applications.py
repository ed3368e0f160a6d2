"""Applications that do what nobody asked of them: the node goes on, and loses and doubles nothing.

They end the thread, fork, let the node work while it hands over to them, send, and close it.
"""

from __future__ import annotations

import os
import threading
from asyncio import CancelledError

import pytest
from exchange_help import (
    CENTRAL,
    COMMUNE,
    LETTER,
    PROVINCE,
    World,
    letter,
    signed,
    travelled,
)

from docexchange.delivery import OutboundState, SQLiteStore
from docexchange.errors import StoreFailure
from docexchange.identifiers import MessageId

OTHER = MessageId("m-other")
PATIENCE = 30.0


@pytest.fixture
def world(world: World) -> World:
    """Stores on the disk, as a node in earnest has them."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    return world


class Acting:
    """An application that does something with each letter it is offered."""

    def __init__(self, act):
        self.act = act
        self.offers = []

    def take(self, letter):
        """Note it, and do that."""
        self.offers.append(letter.message_id)
        return self.act(letter)


def opened(world, act, **changes):
    """The central office's node in front of such an application."""
    application = Acting(act)
    return world.open("central", application=application, **changes), application


def bring(world, *message_ids):
    """Letters for the central office arrive."""
    for message_id in message_ids or (LETTER,):
        data = signed(letter(message_id=message_id), world.pki.agency("commune"))
        note = {"from_node": PROVINCE, "message_id": message_id}
        world.deliver("central", travelled(data, COMMUNE, PROVINCE), **note)


def leave(error):
    """An act that ends the thread over one letter, and takes the other."""

    def act(letter):
        if letter.message_id == LETTER:
            raise error

    return act


@pytest.mark.parametrize("error", [SystemExit(1), CancelledError(), GeneratorExit()])
def test_who_ends_the_thread_over_one_letter_does_not_hold_up_the_next(world, error):
    """It is not swallowed; the letter waits for its pause, and the one behind it has its turn."""
    node, application = opened(world, leave(error))
    bring(world, LETTER, OTHER)
    for _ in range(2):
        with pytest.raises(type(error)):
            node.run_once()
    assert node.run_once()
    assert application.offers == [LETTER, LETTER, OTHER]
    world.clock.sleep(5)
    with pytest.raises(type(error)):
        node.run_once()
    assert world.handed_over("central") == 0


def test_who_ends_a_thread_of_the_crew_ends_nothing(world, caplog):
    """It is told and logged; the thread goes on with the next letter."""
    stop, taken = threading.Event(), threading.Event()

    def act(letter):
        leave(SystemExit("enough"))(letter)
        taken.set()

    node, _ = opened(world, act, poll_seconds=0.01)
    bring(world, LETTER, OTHER)
    # Its clock stands still: the pause of the first letter does not end.
    running = threading.Thread(target=node.run, args=(stop,), kwargs={"workers": 1})
    running.start()
    try:
        assert taken.wait(PATIENCE)
    finally:
        stop.set()
        running.join()
    told = [str(item.fields["reason"]) for item in world.events if item.name == "node.error"]
    assert told == ["node: SystemExit: enough"] * 2
    assert "a duty of the node failed" in caplog.text


def test_a_letter_is_not_offered_within_its_own_offer(world):
    """An application may let its node work: what it holds, and what waits, is not offered to it."""
    node, application = opened(world, lambda _: node.run_until_idle() and None)
    bring(world, LETTER, OTHER)
    node.run_until_idle()
    assert application.offers == [LETTER, OTHER]
    assert [world.handed_over("central", name) for name in (LETTER, OTHER)] == [1, 1]


def test_an_application_may_send_while_it_takes(world):
    """Its answer is in the queue, and goes out in the same pass."""
    answer = letter(COMMUNE, sender=CENTRAL, message_id=OTHER)
    node, application = opened(world, lambda _: node.send(answer) and None)
    bring(world)
    node.run_once()
    assert application.offers == [LETTER]
    assert world.outbound("central", OTHER) == [OutboundState.AWAITING_RECEIPT]


def test_an_application_that_closes_the_node_gets_the_letter_again(world):
    """What it did is not written down: that is said, and the next node offers the letter again."""
    node, application = opened(world, lambda _: node.close())
    bring(world)
    with pytest.raises(StoreFailure) as caught:
        node.run_once()
    assert caught.value.code == "store.closed"
    application.act = lambda _: None
    world.restart("central", application=application).run_until_idle()
    assert application.offers == [LETTER, LETTER]
    assert world.handed_over("central") == 1


def test_a_child_of_the_application_does_not_hold_up_the_node(world):
    """As ``multiprocessing`` makes them: it lives on; the node works, and others after it may."""
    reading, writing = os.pipe()
    children = []

    def act(_):
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
        children.append(child)

    node, _ = opened(world, act)
    bring(world)
    try:
        node.run_once()
        assert node.run_until_idle() == 0
        world.restart("central").run_until_idle()
    finally:
        os.close(writing)
        for child in children:
            os.waitpid(child, 0)
        os.close(reading)
    assert world.handed_over("central") == 1


def test_what_was_accepted_before_the_node_was_closed_is_kept(world):
    """Threads send until they are refused: all they were told is true, and nobody waits."""
    node, accepted, refused = world["commune"], [], []
    begun = threading.Semaphore(0)

    def send(number):
        for count in range(10_000):
            message_id = MessageId(f"m-{number}-{count}")
            try:
                node.send(letter(message_id=message_id))
            except StoreFailure as error:
                refused.append(error.code)
                return
            accepted.append(message_id)
            begun.release()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(6):
        assert begun.acquire(timeout=PATIENCE)
    node.close()
    for thread in threads:
        thread.join(PATIENCE)
    assert refused == ["store.closed"] * 3
    world.restart("commune")
    for message_id in accepted:
        assert world.outbound("commune", message_id) == [OutboundState.QUEUED]
