"""Receipts are judged for the network as a whole, not as the node that took them did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from docexchange.envelope.receipt import read_receipt
from docexchange.simulator import SimulatedNetwork


@pytest.fixture
def network():
    """A commune, its province and the top, which have exchanged a letter."""
    with SimulatedNetwork.create(tiers=(1, 1, 1), seed=1) as network:
        sender = network.agency(tier=3)
        sender.send(network.letters.plain(to=network.agency(tier=1)))
        network.run_until_quiet()
        yield network


def obtained(network):
    """The receipt that the commune has."""
    (delivery,) = network.deliveries.values()
    kept = delivery.sender.store.receipts(delivery.message_id)
    return next(receipt for receipt in kept if not receipt.given)


def test_a_receipt_is_good_and_stays_so_after_its_certificate_was_revoked(network):
    """What counts is the time at which it was written down."""
    receipt = obtained(network)
    assert network.fault_in(receipt) == ""
    network.faults.certificate_revoked(network.agency(tier=2), minutes=10)
    network.run(minutes=30)
    assert network.fault_in(receipt) == ""
    assert "revoked" in network.fault_in(replace(receipt, at=network.now))


def test_a_clock_that_was_wrong_excuses_the_node(network):
    """By its own it may have been earlier."""
    receipt = obtained(network)
    network.faults.certificate_revoked(network.agency(tier=2), minutes=10)
    network.faults.clock_skew(600, network.agency(tier=3), minutes=10)
    network.run(minutes=5)
    assert network.fault_in(replace(receipt, at=network.now)) == ""


def test_a_changed_receipt_is_found(network):
    """A refusal made of a receipt bears the signature of neither."""
    receipt = obtained(network)
    xml = receipt.xml.replace(b">true<", b">false<")
    assert not read_receipt(xml)[0].accepted
    assert "HASH_FAILURE" in network.fault_in(replace(receipt, xml=xml))
