"""A clock that ran ahead and was set back holds up no letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange_help import COMMUNE, PROVINCE, entries, letter

from docexchange.clock import VirtualClock
from docexchange.delivery import Outage, OutboundState, PutOutbound
from docexchange.directory import Directory
from docexchange.identifiers import MessageId
from docexchange.node.outgoing.setting_back import SettingBack

S = OutboundState
FIRST = MessageId("m-first")
AHEAD = timedelta(days=3)


class HandSet(VirtualClock):
    """A clock that somebody sets."""

    def set(self, moment):
        self._now = moment


def province(world, pki):
    """A node whose district is at an endpoint of its own."""
    directory = Directory(entries(pki, district={"endpoint": "memory:gone"}))
    return world.open("province", directory=directory)


def planned(node, state, due_at):
    """Another letter like the first one, planned for some time."""
    (record,) = node.store.outbound_of(FIRST)
    message_id = MessageId(f"m-{state}")
    other = replace(record, message_id=message_id, state=state, due_at=due_at, submit_key=None)
    node.store.apply([PutOutbound(other, expected=None)])


def test_what_a_clock_that_ran_ahead_has_planned_goes_once_it_is_set_back(world, pki):
    """New letters, those that are tried again and the pause of their neighbour: none waits days."""
    late = world.clock.now() + AHEAD
    node = province(world, pki)
    node.send(letter(COMMUNE, sender=PROVINCE, message_id=FIRST))
    planned(node, S.QUEUED, late)
    planned(node, S.RETRY_WAIT, late)
    pause = Outage(endpoint="memory:gone", failures=5, since=late, until=late, reason="broken")
    node.store.put_outage(pause)
    world.network.transport("gone")
    province(world, pki).run_until_idle()
    gone = {str(parcel.message_id) for parcel, _ in world.waiting("gone")}
    assert gone == {"m-first", "m-queued", "m-retry_wait"}


def test_a_clock_that_is_set_back_under_a_running_node_is_noticed(world, pki):
    """By the next pass; what may rightly wait so long, and threads that overlap, change nothing."""
    node, clock = province(world, pki), HandSet(world.clock.now())
    node.send(letter(COMMUNE, sender=PROVINCE, message_id=FIRST))
    planned(node, S.QUEUED, clock.now() + AHEAD)
    planned(node, S.RETRY_WAIT, clock.now() + timedelta(hours=20))
    watch = SettingBack(replace(node.point, clock=clock))
    assert (watch.work(), watch.work()) == (1, 0)
    planned(node, S.AWAITING_RECEIPT, clock.now() + AHEAD)
    (first,) = node.store.outbound_of(FIRST)
    late = replace(first, due_at=clock.now() + AHEAD)
    node.store.apply([PutOutbound(late, expected=first.state)])
    assert watch.work() == 0
    clock.set(clock.now() - timedelta(seconds=1))
    assert watch.work() == 0
    clock.set(clock.now() - timedelta(hours=1))
    assert watch.work() == 1
