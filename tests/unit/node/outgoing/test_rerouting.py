"""Letters whose way changes while they are on it: two provinces become one at midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from merger_help import HEIR, MIDNIGHT, OFFICE, OLD_PROVINCE, commune, district, provinces

from docexchange.delivery import OutboundState
from docexchange.simulator import USUAL

EVE = replace(USUAL, start=MIDNIGHT - timedelta(hours=1))
OLD_DISTRICT = district(OLD_PROVINCE, 1)


@pytest.fixture
def network():
    """An hour before midnight."""
    with provinces(EVE) as network:
        yield network


def sent(network, sender, to):
    """A letter that leaves at once."""
    to = network.agencies[to]
    return network.agencies[sender].send(network.letters.plain(to=to))


def arrived(network, delivery):
    """Who has the letter, once all is quiet and every promise was kept."""
    network.run_until_quiet()
    network.check_invariants()
    return [
        agency.organ_id
        for agency in network.agencies.values()
        if any(letter.message_id == delivery.message_id for letter in agency.inbox)
    ]


def told(network, delivery, code):
    """What the node of an agency noted about it."""
    return [entry.event for entry in network.agencies[code].store.timeline(delivery.message_id)]


def test_a_letter_that_waits_for_the_centre_stays_at_home(network):
    """Queued in June for the office, it is for the province itself in July."""
    with network.faults.down(network.agencies[OFFICE]):
        delivery = sent(network, HEIR, OLD_DISTRICT)
        network.run(minutes=90)
    assert arrived(network, delivery) == [HEIR]
    assert delivery.states == {OLD_DISTRICT: OutboundState.ACKNOWLEDGED}


def test_a_letter_that_came_from_the_heir_goes_back_and_down(network):
    """The office has it for a province that is gone; the heir, who sent it up, sends it down."""
    recipient = commune(OLD_PROVINCE, 1, 2)
    network.faults.down(network.agencies[OLD_PROVINCE])
    delivery = sent(network, commune(HEIR, 1, 1), recipient)
    assert arrived(network, delivery) == [recipient]
    assert "given-up" in told(network, delivery, OFFICE)
    assert "outbound.rerouted" in told(network, delivery, HEIR)


def test_what_the_old_agency_has_is_not_given_to_its_heir_as_well(network):
    """Only the receipt was lost: the old agency is asked again, and says so."""
    old = network.agencies[OLD_PROVINCE]
    with network.faults.lost_receipt(1, old):
        delivery = sent(network, OFFICE, OLD_PROVINCE)
        network.run(minutes=70)
    assert arrived(network, delivery) == [OLD_PROVINCE]


def test_an_agency_that_does_not_answer_is_asked_for_a_day(network):
    """Nobody knows whether it has the letter; after the first of July its heir gets it."""
    network.faults.half_open(network.agencies[OLD_PROVINCE])
    delivery = sent(network, OFFICE, OLD_PROVINCE)
    network.run(hours=24)
    assert not network.agencies[HEIR].inbox
    assert arrived(network, delivery) == [HEIR]


def test_what_was_cancelled_is_not_sent_another_way(network):
    """Its origin had stopped it in June; the office, which had it, gives it back in July."""
    heir = network.agencies[HEIR]
    network.faults.down(network.agencies[OLD_PROVINCE])
    with network.faults.lost_receipt(1, heir):
        delivery = sent(network, HEIR, OLD_DISTRICT)
        network.run(minutes=1)
        heir.host.act(lambda node: node.cancel(delivery.message_id))
    assert delivery.state is OutboundState.CANCELLED
    assert arrived(network, delivery) == []
    assert delivery.state is OutboundState.REJECTED
    assert "outbound.refusal" in told(network, delivery, HEIR)


def test_a_refusal_counts_where_there_is_no_other_way(network):
    """The recipient cannot be reached for as long as a letter lives: the sender is told."""
    recipient = commune(OLD_PROVINCE, 1, 2)
    network.faults.down(network.agencies[recipient])
    delivery = sent(network, commune(HEIR, 1, 1), recipient)
    assert arrived(network, delivery) == []
    assert delivery.state in {OutboundState.EXPIRED, OutboundState.RETURNED}
