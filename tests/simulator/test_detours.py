"""Letters go around a dead hub where a rule allows it, and by no other way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docexchange.identifiers import OrganId
from docexchange.routing import Agencies, Rule, Rules, Way
from docexchange.simulator import USUAL, SimulatedNetwork, play, storm

TIERS = (1, 2, 4, 8)


def around():
    """If nothing else goes: communes over the axis, and provinces straight to communes."""
    with SimulatedNetwork.create(tiers=TIERS) as network:
        axis = OrganId(str(network.agency(tier=1).organ_id))
    lowest = Agencies(tiers=(4,))
    return replace(
        USUAL,
        rules=Rules(
            axis=axis,
            rules=(
                Rule(name="usual", way=Way.PARENTS),
                Rule(name="over the axis", way=Way.AXIS, senders=lowest, because="decision 7"),
                Rule(
                    name="straight", way=Way.DIRECT, senders=Agencies(tiers=(2,)), recipients=lowest
                ),
            ),
        ),
    )


def tiers_of(delivery):
    """The tiers of the agencies that a letter has passed."""
    return [hop.tier for hop in delivery.trace]


@pytest.fixture
def network():
    """A network with ways around districts."""
    with SimulatedNetwork.create(tiers=TIERS, seed=3, setting=around()) as network:
        yield network


def test_a_letter_goes_around_a_dead_hub_in_minutes_and_later_ones_do_not(network):
    """Half an hour into a day's outage it is there; after the return the usual way counts again."""
    commune, far = network.agency(tier=4, n=0), network.agency(tier=4, n=7)
    hub = network.hub_of(commune)
    with network.faults.down(hub, minutes=24 * 60):
        first = commune.send(network.letters.plain(to=far))
        network.run(minutes=30)
        assert len(far.inbox) == 1
        assert tiers_of(first) == [4, 1, 2, 3, 4]
        second = commune.send(network.letters.plain(to=far))
        network.run(minutes=30)
        assert len(far.inbox) == 2
        assert tiers_of(second) == [4, 1, 2, 3, 4]
        network.check_invariants()
    network.run(hours=1)
    third = commune.send(network.letters.plain(to=far))
    network.run_until_quiet()
    assert len(far.inbox) == 3
    assert tiers_of(third) == [4, 3, 2, 1, 2, 3, 4]
    network.check_invariants()


def test_the_timeline_says_which_link_since_when_and_by_which_rule(network):
    """And the outage is in it that was seen, with the words of the transport."""
    commune, far = network.agency(tier=4, n=0), network.agency(tier=4, n=7)
    hub = network.hub_of(commune)
    began = network.now
    with network.faults.down(hub, minutes=600):
        delivery = commune.send(network.letters.plain(to=far))
        network.run(minutes=30)
    entries = commune.store.timeline(delivery.message_id)
    (entry,) = [dict(item.detail) for item in entries if item.event == "outbound.rerouted"]
    assert entry["to"] == str(network.agency(tier=1).organ_id)
    assert entry["reason"].startswith(f"{hub.organ_id} is out of reach since {began.date()}")
    assert "no connection" in entry["reason"]
    assert entry["reason"].endswith("rule: over the axis (decision 7)")


def test_a_hub_goes_around_another_hub_on_the_way_down(network):
    """The province has a rule for it, and the letter is where it should be while the hub sleeps."""
    commune, far = network.agency(tier=4, n=0), network.agency(tier=4, n=7)
    with network.faults.down(network.hub_of(far), minutes=600):
        delivery = commune.send(network.letters.plain(to=far))
        network.run(minutes=45)
        assert len(far.inbox) == 1
        assert tiers_of(delivery) == [4, 3, 2, 1, 2, 4]
    network.run_until_quiet()
    network.check_invariants()


def test_without_a_rule_a_letter_waits_for_its_hub():
    """No letter leaves the tree because something failed."""
    with SimulatedNetwork.create(tiers=TIERS, seed=3) as network:
        commune, far = network.agency(tier=4, n=0), network.agency(tier=4, n=7)
        with network.faults.down(network.hub_of(commune), minutes=600):
            delivery = commune.send(network.letters.plain(to=far))
            network.run(minutes=590)
            assert len(far.inbox) == 0
        network.run_until_quiet()
        assert tiers_of(delivery) == [4, 3, 2, 1, 2, 3, 4]
        network.check_invariants()


def test_a_letter_that_went_both_ways_is_handed_over_once(network):
    """The hub has it, dies before it can say so, and carries it on the next day."""
    commune, far = network.agency(tier=4, n=0), network.agency(tier=4, n=7)
    hub = network.hub_of(commune)
    with network.faults.lost_receipt(1.0, commune, hub, minutes=600):
        with network.faults.partition(hub, minutes=0.01):
            commune.send(network.letters.plain(to=far))
        network.run(minutes=2)
        with network.faults.down(hub, minutes=300):
            network.run(minutes=60)
    network.run_until_quiet()
    assert len(far.inbox) == 1
    network.check_invariants()


@pytest.mark.parametrize("seed", [2, 11])
def test_promises_hold_in_a_storm_with_ways_around(seed):
    """Every fault at some time, and every link with a way around it."""
    with play(storm(seed, tiers=TIERS, letters=20), setting=around()) as network:
        network.check_invariants()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(10))
def test_promises_hold_in_many_storms_with_ways_around(part):
    """As above, a hundred times."""
    for seed in range(part, 100, 10):
        with play(storm(seed, tiers=TIERS, letters=20), setting=around()) as network:
            network.check_invariants()
