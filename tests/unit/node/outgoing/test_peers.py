"""A peer that is down costs next to nothing, and holds up nobody else's letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, PROVINCE, entries, letter

from docexchange.delivery import OutboundState, PutOutbound
from docexchange.directory import Directory
from docexchange.errors import TransportError
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.transport import MemoryTransport

S = OutboundState
FIRST = MessageId("m-first")


@pytest.fixture
def province(world, pki):
    """A province that cannot reach its district, with one letter for the commune behind it."""
    directory = Directory(entries(pki, district={"endpoint": "memory:gone"}))
    node = world.open("province", directory=directory)
    node.send(letter(COMMUNE, sender=PROVINCE, message_id=FIRST))
    return node


def pile_up(node, number, **changes):
    """So many more letters like the first one."""
    (record,) = node.store.outbound_of(FIRST)
    copies = [replace(record, message_id=MessageId(f"m-{n}"), **changes) for n in range(number)]
    copies = [replace(copy, submit_key=None) for copy in copies]
    node.store.apply([PutOutbound(copy, expected=None) for copy in copies])


def to_central(node, message_id="m-central"):
    """A letter by another way."""
    node.send(letter(CENTRAL, sender=PROVINCE, message_id=MessageId(message_id)))


def attempts(node):
    """How many attempts there were at letters for the district."""
    states = [record for state in S for record in node.store.in_state(state)]
    return sum(record.attempts for record in states if record.next_hop == DISTRICT)


def told(world, name):
    """Events of a name."""
    return [event.fields for event in world.events if event.name is name]


def test_a_dead_peer_costs_three_attempts_and_then_one_for_each_probe(province, world):
    """Not one per letter, however many wait; the others spend nothing of their own."""
    pile_up(province, 250)
    province.run_until_idle()
    assert attempts(province) == 3
    assert len(province.store.in_state(S.QUEUED)) == 248
    for probes in range(1, 5):
        until = max(record.due_at for record in province.store.in_state(S.QUEUED))
        world.clock.advance(until - world.clock.now())
        province.run_until_idle()
        assert attempts(province) == 3 + probes
    assert {record.attempts for record in province.store.in_state(S.QUEUED)} == {0}


def test_letters_for_others_are_never_held_up_behind_a_dead_peer(province, world):
    """Ten thousand letters that were due before it, and it leaves in the first pass."""
    pile_up(province, 10_000)
    world.clock.advance(timedelta(seconds=1))
    to_central(province)
    province.run_once()
    assert [str(parcel.message_id) for parcel, _ in world.waiting("central")] == ["m-central"]


def test_once_the_probe_succeeds_everything_goes_at_once(province, world):
    """No letter waits for a back-off that it has not earned, and hooks are told of both."""
    pile_up(province, 40)
    province.run_until_idle()
    world.network.transport("gone")
    until = max(record.due_at for record in province.store.in_state(S.QUEUED))
    world.clock.advance(until - world.clock.now())
    province.run_until_idle()
    gone = {str(parcel.message_id) for parcel, _ in world.waiting("gone")}
    assert len(gone) >= 38
    assert province.store.in_state(S.QUEUED) == []
    world.clock.advance(timedelta(minutes=1))
    province.run_until_idle()
    assert {str(parcel.message_id) for parcel, _ in world.waiting("gone")} >= {"m-first", "m-39"}
    (opened,), (closed,) = told(world, EventName.PEER_OPENED), told(world, EventName.PEER_CLOSED)
    assert opened["peer"] == closed["peer"] == "memory:gone"
    assert opened["failures"] == closed["failures"] == 3
    assert "memory:gone" in opened["reason"]


def test_what_is_put_off_says_why_and_when(province):
    """For the person who looks at it meanwhile."""
    pile_up(province, 5)
    province.run_until_idle()
    (record, *_) = province.store.in_state(S.QUEUED)
    assert record.problem.startswith("000.00.31.H53 is out of reach")
    assert record.due_at.isoformat() in record.problem
    assert "memory:gone" in record.problem


def test_a_letter_that_is_put_off_still_expires(province, world):
    """Waiting for a peer does not make it live longer."""
    pile_up(province, 5, expires_at=world.clock.now() + timedelta(seconds=5))
    province.run_until_idle()
    assert len(province.store.in_state(S.EXPIRED)) == 0
    world.clock.advance(timedelta(seconds=5))
    province.run_until_idle()
    assert len(province.store.in_state(S.EXPIRED)) + attempts(province) >= 5
    assert all(
        record.expires_at > world.clock.now() for record in province.store.in_state(S.QUEUED)
    )


def test_a_receipt_that_is_overdue_is_noticed_while_its_peer_is_out_of_reach(province, world):
    """The wait for it ends as if nothing were wrong."""
    awaited = {"state": S.AWAITING_RECEIPT, "attempts": 1}
    pile_up(province, 5)
    province.run_until_idle()
    (record,) = province.store.outbound_of(MessageId("m-4"))
    other = replace(record, message_id=MessageId("m-awaited"), due_at=world.clock.now(), **awaited)
    province.store.apply([PutOutbound(other, expected=None)])
    province.run_until_idle()
    (found,) = province.store.outbound_of(MessageId("m-awaited"))
    assert found.state is S.RETRY_WAIT


def test_a_node_that_starts_anew_goes_on_where_it_was(province, world, pki):
    """What is known of peers is in the store: the next attempt is the probe that is due."""
    pile_up(province, 50)
    province.run_until_idle()
    directory = Directory(entries(pki, district={"endpoint": "memory:gone"}))
    again = world.restart("province", directory=directory)
    world.clock.advance(timedelta(seconds=31))
    again.run_until_idle()
    assert attempts(again) == 4


class Grumbling(MemoryTransport):
    """A transport whose other side turns letters down, one by one."""

    error = TransportError("peer: this letter is too large", retryable=False)

    def send(self, *_, **__):
        """Say no."""
        raise self.error


def grumbling(world):
    """The province's transport, as one that turns everything down."""
    inner = world.network.transport("province")
    return Grumbling(inner._network, inner._mailbox, inner._lock)


def test_what_a_peer_says_about_one_letter_says_nothing_about_the_next(world):
    """Ten letters that will never pass: each has its own attempt, the peer stays in reach."""
    node = world.open("province", transport=grumbling(world))
    node.send(letter(COMMUNE, sender=PROVINCE, message_id=FIRST))
    pile_up(node, 9)
    node.run_until_idle()
    assert attempts(node) == 10
    assert told(world, EventName.PEER_OPENED) == []


def test_bytes_that_cannot_be_read_here_say_nothing_about_the_peer(province, world):
    """Our own disk is no reason to call a peer dead."""
    pile_up(province, 9)
    (record,) = province.store.outbound_of(FIRST)
    province.store.let_go(province.store.kept(limit=9))
    province.point.payloads.path(record.payload).unlink()
    province.run_until_idle()
    assert attempts(province) == 10
    assert told(world, EventName.PEER_OPENED) == []


def test_urgent_letters_leave_before_bulk_ones(province, world):
    """Of what is due for one peer at the same time."""
    world.network.transport("gone")
    pile_up(province, 3, lane=2)
    (record,) = province.store.outbound_of(FIRST)
    urgent = replace(record, message_id=MessageId("m-urgent"), lane=0, submit_key=None)
    province.store.apply([PutOutbound(urgent, expected=None)])
    province.run_until_idle()
    order = [event["message_id"] for event in told(world, EventName.OUTBOUND_STARTED)]
    assert order[:2] == ["m-urgent", "m-first"]
    assert len(order) == 5
