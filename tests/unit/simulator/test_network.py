"""A network of real nodes: what the first page of the documentation promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docexchange.delivery import OutboundState
from docexchange.envelope import StatusCode
from docexchange.errors import UsageError
from docexchange.instrumentation import EventName
from docexchange.node.point import AccessPoint
from docexchange.simulator import USUAL, Fault, Link, SimulatedNetwork


@pytest.fixture
def network():
    """Four tiers, one seed."""
    with SimulatedNetwork.create(tiers=(1, 3, 9, 27), seed=7) as network:
        yield network


def test_a_dead_hub_holds_a_letter_up_and_loses_nothing(network):
    """The letter waits at its origin, arrives once the hub is back, and leaves a whole trace."""
    commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
    with network.faults.down(network.hub_of(commune), minutes=90):
        delivery = commune.send(network.letters.plain(to=ministry))
        network.run(minutes=30)
        assert len(ministry.inbox) == 0
    network.run_until_quiet(limit_hours=6)
    assert len(ministry.inbox) == 1
    assert [hop.tier for hop in delivery.trace] == [4, 3, 2, 1]
    assert delivery.has_arrived
    assert [status.code for status in commune.statuses] == [StatusCode.ARRIVED]


def test_one_seed_has_one_history_byte_for_byte():
    """Two runs of a seed have the same log, in which the digest of all that is carried stands."""
    digests = [_run(seed) for seed in (3, 3, 4)]
    assert digests[0] == digests[1] != digests[2]


def test_nodes_are_made_when_they_are_wanted():
    """In a country most have nothing to do at most times; those that work have one node each."""
    made = []

    def new_point(**values):
        made.append(values["own"])
        return AccessPoint(**values)

    setting = replace(USUAL, new_point=new_point)
    with SimulatedNetwork.create(tiers=(1, 3, 9, 27), setting=setting) as network:
        commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
        network.revoke(network.agency(tier=4, n=26).host)
        assert made == []
        delivery = commune.send(network.letters.plain(to=ministry))
        network.run_until_quiet(limit_hours=1)
        assert made == [hop.agency.organ_id for hop in delivery.trace]
        assert network.agency(tier=4, n=26).node is not None


def test_a_document_of_ones_own_is_sent(network):
    """What ``letters.document`` wrote out, or anybody else, goes the same way."""
    commune, district = network.agency(tier=4, n=5), network.agency(tier=3, n=8)
    delivery = commune.send(network.letters.document(sender=commune, to=district, size=1000))
    network.run_until_quiet(limit_hours=1)
    assert [letter.message_id for letter in district.inbox] == [delivery.message_id]
    assert district.inbox[0].path.read_bytes().startswith(b"<?xml")


def test_there_is_nobody_above_the_highest(network):
    """Asking for the hub of the highest agency is refused, and so is a place that is not there."""
    with pytest.raises(UsageError, match="below another"):
        network.hub_of(network.agency(tier=1))
    with pytest.raises(UsageError, match="tier 4, number 27"):
        network.agency(tier=4, n=27)


def test_what_does_not_become_so_is_told(network):
    """Waiting for what never happens ends with the letters that are under way."""
    commune, ministry = network.agency(tier=4), network.agency(tier=1)
    with network.faults.down(ministry):
        commune.send(network.letters.plain(to=ministry))
        with pytest.raises(AssertionError, match="m-7-1"):
            network.run_until(lambda: bool(ministry.inbox), limit_hours=2)


def _run(seed):
    with SimulatedNetwork.create(tiers=(1, 2, 4), seed=seed) as network:
        network.faults.loss(0.3)
        network.faults.jitter(5)
        for n in range(4):
            letter = network.letters.plain(to=[network.agency(tier=1), network.agency(tier=2)])
            network.agency(tier=3, n=n).send(letter)
        network.run_until_quiet()
        return network.log.digest


def test_news_that_is_lost_on_its_way_back_is_told_again():
    """Nobody asks for it, and the hub cannot know; until the line is back it is owed, not lost."""
    with SimulatedNetwork.create(tiers=(1, 1, 1), seed=1) as network:
        top, hub, commune = (network.agency(tier=tier) for tier in (1, 2, 3))
        with network.faults.down(top):
            delivery = commune.send(network.letters.plain(to=top))
            network.run(minutes=10)
            with network.faults.half_open(commune):
                hub.host.act(lambda node: node.cancel(delivery.message_id, reason="no way"))
                network.run(minutes=10)
                assert delivery.state is OutboundState.ACKNOWLEDGED
                network.check_invariants()
            network.run_until_quiet()
            assert delivery.state is OutboundState.RETURNED
            network.check_invariants()


def test_time_does_not_run_backwards():
    """Not by a second; no time at all may pass."""
    with SimulatedNetwork.create(tiers=(1, 2), seed=1) as network:
        network.run(minutes=0)
        with pytest.raises(UsageError, match=r"0 seconds or more, found -300$"):
            network.run(minutes=-5)


def test_whoever_waits_in_vain_is_told_for_what():
    """The letters that are late; or else whose nodes still have something to do."""
    taken = []

    def take(letter):
        if taken:
            raise RuntimeError(f"{letter.message_id} is in the archive already")
        taken.append(letter)

    with SimulatedNetwork.create(tiers=(1, 2), seed=1) as network:
        ministry = network.agency(tier=1)
        ministry.on_document(take)
        network.faults.crash(ministry, step=EventName.HANDOVER_TAKEN)
        network.agency(tier=2, n=0).send(network.letters.plain(to=ministry))
        with pytest.raises(AssertionError, match=r"all letters arrived, and work.* due at G22$"):
            network.run_until_quiet(limit_hours=2)


@pytest.mark.parametrize("tiers", [(2, 2), (1, 0), (), (1, 2.5), "12"])
def test_tiers_that_make_no_network_are_refused(tiers):
    """With an example of some that do."""
    with pytest.raises(UsageError, match="one agency at the top") as caught:
        SimulatedNetwork.create(tiers=tiers)
    assert caught.value.advice == "Say for example tiers=(1, 3, 9, 27)."


def test_a_letter_is_for_agencies():
    """Not for their names."""
    with (
        SimulatedNetwork.create(tiers=(1, 2), seed=1) as network,
        pytest.raises(UsageError, match="an agency of the network, found 'ministry'"),
    ):
        network.letters.plain(to="ministry")


def test_what_a_folder_holds_waits_for_a_node_that_does_not_run():
    """It is there when the node starts; over a line nobody would have taken it."""
    setting = replace(USUAL, link_of=lambda _sender, _receiver: Link(keeps=True))
    with SimulatedNetwork.create(tiers=(1, 1), setting=setting) as network:
        commune, ministry = network.agency(tier=2), network.agency(tier=1)
        with network.faults.down(ministry, minutes=90):
            delivery = commune.send(network.letters.plain(to=ministry))
            network.run(minutes=80)
            assert len(ministry.host.mailbox.new) >= 1
        network.run(minutes=11)
        assert len(ministry.inbox) == 1
        network.run_until_quiet()
        assert delivery.state is OutboundState.ACKNOWLEDGED
        network.check_invariants()


def test_a_closed_network_says_so():
    """A letter that was taken out of it has its attachments there; no new one can be sent."""
    with SimulatedNetwork.create(tiers=(1, 20), seed=7) as network:
        top, others = network.agency(tier=1), [network.agency(tier=2, n=n) for n in range(20)]
        deliveries = [agency.send(network.letters.plain(to=top)) for agency in others]
        network.run_until_quiet()
        (attachment,) = top.inbox[0].verified.message.attachments
        with attachment.open() as given, deliveries[0].document.attachments[0].open() as sent:
            assert given.read() == sent.read()
    network.close()
    with pytest.raises(UsageError, match="found a closed one") as found:
        attachment.open()
    assert (found.value.code, "before" in found.value.advice) == ("simulator.closed", True)
    with pytest.raises(UsageError, match="found a closed one"):
        top.send(network.letters.plain(to=others[0]))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda network: network.agency(tier="3"), "found tier '3', number 0"),
        (lambda network: network.agency(tier=3, n=None), "found tier 3, number None"),
        (lambda network: network.run(minutes="5"), "expected numbers, found '5'"),
        (lambda network: network.faults.bring("loss"), "expected a Fault, found 'loss'"),
        (lambda _: Fault("loss", chance=1), "expected a FaultKind, found 'loss'"),
        (lambda network: network.letters.plain(to=[]), "found 0 recipients"),
        (
            lambda network: network.letters.plain(to=network.agency(tier=1), size=-1),
            "found 1 recipients and size -1",
        ),
        (
            lambda network: network.letters.plain(to=network.agency(tier=1), size="2 MB"),
            "found 1 recipients and size '2 MB'",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_is_said(network, wrong, told):
    """Whoever writes a test is told what was expected, at the line with the mistake."""
    with pytest.raises(UsageError, match=told) as caught:
        wrong(network)
    assert caught.value.code.startswith("simulator.")


def test_a_letter_that_was_refused_takes_no_number(network):
    """The letters behind a mistake are those that there would be without it."""
    ministry = network.agency(tier=1)
    with pytest.raises(UsageError):
        network.letters.plain(to=[])
    assert network.letters.plain(to=ministry).name == 1


def test_a_timeline_can_be_read_by_people(network):
    """Moments to the millisecond, of digests the first digits; no line is as long as a digest."""
    commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1)
    delivery = commune.send(network.letters.plain(to=ministry))
    network.run_until_quiet()
    lines = delivery.timeline.splitlines()
    assert lines[0].startswith("2026-03-02 09:00:00.000 ")
    [record] = commune.host.store.outbound_of(delivery.message_id)
    digest = record.payload
    assert f"sha256={digest[:12]} " in f"{lines[0]} "
    assert digest not in delivery.timeline
    assert max(map(len, lines)) < 130
