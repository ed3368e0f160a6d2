"""Parcels that are brought to a node: from any thread, answered on the way they came."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, LETTER, Brought, letter, signed

from docexchange.delivery import InboundState, MemoryStore, OutboundState, SQLiteStore
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import StoreFailure
from docexchange.transport import ParcelKind


@pytest.fixture
def data(pki):
    """A letter from the commune to the central office."""
    return signed(letter(), pki.agency(COMMUNE))


def test_who_brings_a_letter_takes_the_receipt_home(world, data):
    """The receipt goes the way the letter came, and no second one is sent."""
    node, brought = world["district"], Brought(data)
    with node.at_work():
        assert node.take(brought)
    (xml,) = brought.receipts
    assert read_receipt(xml)[0].accepted
    assert brought.ends == ["settled"]
    assert world.waiting("commune") == []
    assert world.outbound("district") == [OutboundState.QUEUED]


def test_what_cannot_be_read_is_refused_to_its_bearer(world):
    """With a signed refusal."""
    node, brought = world["district"], Brought(b"<letter/>")
    with node.at_work():
        assert node.take(brought)
    assert not read_receipt(brought.receipts[0])[0].accepted
    assert len(brought.ends) == 1
    assert world.waiting("commune") == []


class Meanwhile(MemoryStore):
    """A store in which something happens right after the first question about what was sent."""

    happens = None

    def outbound(self, message_id, recipient):
        found = super().outbound(message_id, recipient)
        if happens := self.happens:
            self.happens = None
            happens()
        return found


def test_a_letter_that_is_accepted_meanwhile_is_not_taken_for_one_of_ours(world, data):
    """Whoever comes second gets the receipt of the first, and no refusal for going in circles."""
    world.new_store = lambda _: Meanwhile()
    node, first, second = world["district"], Brought(data), Brought(data)
    with node.at_work():
        node.store.happens = lambda: node.take(first)
        assert node.take(second)
    assert first.receipts == second.receipts
    assert read_receipt(second.receipts[0])[0].accepted


@pytest.mark.parametrize("on_disk", [False, True])
def test_one_letter_brought_by_many_at_once_is_taken_once(world, data, on_disk):
    """Everybody gets the same receipt, byte for byte, whoever was first."""
    if on_disk:
        world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node = world["district"]
    letters = [Brought(data) for _ in range(8)]
    start = threading.Barrier(8)

    def bring(brought):
        start.wait()
        return node.take(brought)

    with node.at_work(), ThreadPoolExecutor(8) as pool:
        assert all(pool.map(bring, letters))
    assert len({brought.receipts[0] for brought in letters}) == 1
    assert all(len(brought.receipts) == 1 for brought in letters)
    (record,) = node.store.inbound_of(LETTER)
    assert record.state is InboundState.RELAYED
    assert world.history("district").count("relayed") == 1


def test_letters_are_taken_while_another_thread_makes_passes(world, data):
    """A pass and a letter at the door do not exclude each other; two passes do."""
    node, brought, refused = world["district"], Brought(data), []

    def beside():
        node.take(brought)
        try:
            node.run_once()
        except StoreFailure as error:
            refused.append(error.code)

    def meanwhile():
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()

    with node.at_work():
        node._working._alone(meanwhile)
    assert brought.ends == ["settled"]
    assert refused == ["store.in-use"]


def test_a_receipt_brought_ends_the_delivery(world):
    """Receipts come in by the same door."""
    commune, district = world["commune"], world["district"]
    commune.send(letter())
    commune.run_once()
    ((parcel, octets),) = world.empty("district")
    brought = Brought(octets)
    with district.at_work():
        district.take(brought)
    receipt = Brought(
        brought.receipts[0],
        kind=ParcelKind.RECEIPT,
        from_node=DISTRICT,
        to_node=COMMUNE,
        recipient=CENTRAL,
    )
    with commune.at_work():
        assert commune.take(receipt)
    assert parcel.to_node == DISTRICT
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
