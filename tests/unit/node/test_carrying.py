"""Letters in a bag: they arrive once, with receipts, whatever happens to the bag on its way."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from contract.hardship import file_size_limit
from exchange_help import CENTRAL, COMMUNE, DISTRICT, LETTER, World, entries, letter
from many_help import SERVED

from docexchange.delivery import OutboundState
from docexchange.directory import Directory, DirectoryEntry
from docexchange.errors import TransportError
from docexchange.identifiers import MessageId
from docexchange.node.carrying import pack_shipment, unpack_shipments
from docexchange.transport import Medium, Mounts, ParcelKind, PullBoxes

NAMES = iter(range(10**6))


class Kept(Mounts):
    """A transport that keeps what it has accepted, as those of real nodes do."""

    @property
    def capabilities(self):
        """Nothing is lost, but for bags."""
        return replace(super().capabilities, durable=True)


class Bag:
    """A district and a commune without a line between them, and a disk."""

    def __init__(self, pki, folder):
        self.boxes = {}
        self.world = World(pki, folder / "world", wrap=self.wrapped)
        (folder / "world").mkdir()
        self.disk = folder / "disk"
        self.disk.mkdir()
        carried = {
            "commune": {
                "commune": {"endpoint": "memory:commune"},
                "district": {"endpoint": "pull:"},
            },
            "district": {"commune": {"endpoint": "pull:"}},
        }
        for name, changes in carried.items():
            self.world.directories[name] = Directory(entries(pki, **changes))

    def wrapped(self, name, transport):
        """The network in memory, and boxes beside it."""
        (self.world.folder / name).mkdir(exist_ok=True)
        self.boxes[name] = PullBoxes(self.world.folder / name / "boxes")
        return Kept({f"memory:{name}": transport}, ways={"pull:": lambda: self.boxes[name]})

    def pack(self, name, to):
        """Pack the disk at a node."""
        node = self.world[name]
        node.run_until_idle()
        number = f"{next(NAMES):032x}"
        return pack_shipment(
            node, self.boxes[name], Medium(self.disk), to=to, shipment_id=f"shipment-{number}"
        )

    def unpack(self, name):
        """Unpack the disk at a node."""
        found = list(unpack_shipments(self.world[name], self.boxes[name], Medium(self.disk)))
        self.world[name].run_until_idle()
        return found

    def waiting(self, name, agency):
        """Kinds of what waits in a box."""
        self.world[name]
        return [item.parcel.kind for item in self.boxes[name].waiting(agency)]


@pytest.fixture
def bag(pki, tmp_path):
    """The disk lies on the district's table."""
    bag = Bag(pki, tmp_path)
    yield bag
    bag.world.close()


def test_a_letter_and_its_receipt_travel_by_disk(bag):
    """Out with one bag, back with the next; then nothing is owed any more."""
    bag.world["commune"].send(letter(DISTRICT))
    shipment = bag.pack("commune", DISTRICT)
    assert [item.kind for item in shipment.items] == ["message"]
    assert bag.world.outbound("commune") == [OutboundState.AWAITING_RECEIPT]
    (found,) = bag.unpack("district")
    assert (found.taken, found.problems) == (1, ())
    assert bag.world.handed_over("district") == 1
    bag.pack("district", COMMUNE)
    (back,) = bag.unpack("commune")
    assert (back.taken, back.problems) == (2, ())  # the receipt, and status 01
    assert bag.world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert bag.waiting("commune", DISTRICT) == [ParcelKind.RECEIPT]  # for the status
    document = str(letter(DISTRICT).document_id)
    assert [item.code for item in bag.world["commune"].store.statuses(document)] == ["01"]


def test_a_letter_in_its_box_waits_in_peace(bag):
    """It is not sent again for want of a receipt: whoever comes for it may take days."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.world["commune"].run_until_idle()
    bag.world.clock.advance(timedelta(days=4))
    bag.world.restart("commune").run_until_idle()
    (record,) = bag.world["commune"].store.outbound_of(LETTER)
    assert (record.state, record.attempts) == (OutboundState.AWAITING_RECEIPT, 1)
    bag.world.clock.advance(timedelta(days=2))
    bag.world["commune"].run_until_idle()
    assert bag.world.outbound("commune") == [OutboundState.EXPIRED]


def test_unpacking_twice_changes_nothing(bag):
    """The same disk again: the letter is known, and its receipt waits once."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    before = bag.waiting("district", COMMUNE)
    (again,) = bag.unpack("district")
    assert again.taken == 1
    assert bag.waiting("district", COMMUNE) == before
    assert bag.world.handed_over("district") == 1


def test_a_lost_bag_is_packed_again(bag):
    """Letters stay in the box until their receipts are here."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    shutil.rmtree(bag.disk / "docexchange")
    assert bag.unpack("district") == []
    assert bag.pack("commune", DISTRICT)
    assert bag.unpack("district")[0].taken == 1
    assert bag.world.handed_over("district") == 1


def test_a_lost_receipt_is_given_again(bag):
    """The bag on its way back is lost: the next bag out brings it again."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    bag.pack("district", COMMUNE)
    shutil.rmtree(bag.disk / "docexchange")
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    bag.pack("district", COMMUNE)
    bag.unpack("commune")
    assert bag.world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert bag.world.handed_over("district") == 1


def test_the_news_that_a_letter_was_given_up_is_not_lost_with_a_bag(bag):
    """Nobody asks for it, as its sender has a receipt: it goes with every bag for some days."""
    bag.world["commune"].send(letter())
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    bag.pack("district", COMMUNE)
    bag.unpack("commune")
    assert bag.world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    bag.world["district"].cancel(LETTER, reason="nhầm nơi nhận")
    bag.pack("district", COMMUNE)
    shutil.rmtree(bag.disk / "docexchange")
    bag.world.clock.advance(timedelta(days=3))
    bag.pack("district", COMMUNE)
    bag.unpack("commune")
    assert bag.world.outbound("commune") == [OutboundState.RETURNED]
    bag.world.clock.advance(timedelta(days=3))
    assert bag.pack("district", COMMUNE)
    assert bag.waiting("district", COMMUNE) == []


def test_what_came_by_the_line_meanwhile_is_not_packed(bag):
    """A receipt that came by another way takes the letter out of the box."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    bag.pack("district", COMMUNE)
    bag.unpack("commune")
    assert bag.waiting("commune", DISTRICT) == [ParcelKind.RECEIPT]
    shipment = bag.pack("commune", DISTRICT)
    assert [item.kind for item in shipment.items] == ["receipt"]
    assert bag.pack("commune", DISTRICT) is None


def test_a_disk_for_somebody_else_is_not_unpacked(bag):
    """Neither what lies in another folder, nor a shipment moved into ours."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    assert bag.unpack("central") == []
    place = bag.disk / "docexchange"
    (place / DISTRICT.as_decision_20).rename(place / CENTRAL.as_decision_20)
    (found,) = bag.unpack("central")
    assert found.shipment is None
    assert "expected a shipment for" in found.problems[0]


@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "gone", "link", "pipe", "folder"])
def test_a_damaged_file_is_told_and_the_rest_taken(bag, damage, tmp_path):
    """No receipt is given for it: it will be packed again. Links are not followed."""
    other = MessageId("m-other")
    bag.world["commune"].send(letter(DISTRICT))
    bag.world["commune"].send(letter(DISTRICT, message_id=other))
    shipment = bag.pack("commune", DISTRICT)
    item = next(item for item in shipment.items if item.message_id == LETTER)
    (file,) = bag.disk.glob(f"docexchange/*/*/{item.sha256}")
    data = file.read_bytes()
    file.unlink()
    if damage in {"flipped", "cut", "longer"}:
        changes = {"flipped": data[:-9] + b"!" + data[-8:], "cut": data[:-1], "longer": data + b"x"}
        file.write_bytes(changes[damage])
    elif damage == "link":
        (tmp_path / "genuine").write_bytes(data)
        file.symlink_to(tmp_path / "genuine")
    elif damage == "pipe":
        os.mkfifo(file)
    elif damage == "folder":
        file.mkdir()
    (found,) = bag.unpack("district")
    assert found.taken == 1
    assert len(found.problems) == 1
    assert "m-letter" in found.problems[0]
    assert bag.world.handed_over("district", other) == 1
    shutil.rmtree(bag.disk / "docexchange")
    bag.pack("commune", DISTRICT)
    assert bag.unpack("district")[0].problems == ()
    assert bag.world.handed_over("district") == bag.world.handed_over("district", other) == 1


def test_a_forged_list_is_told_and_nothing_taken(bag):
    """Other shipments on the same disk are taken."""
    bag.world["commune"].send(letter(DISTRICT))
    bag.pack("commune", DISTRICT)
    (signed,) = bag.disk.glob("docexchange/*/*/shipment.xml")
    forged = signed.parent.with_name("shipment-" + "f" * 32)
    shutil.copytree(signed.parent, forged)
    text = (forged / "shipment.xml").read_bytes()
    (forged / "shipment.xml").write_bytes(text.replace(b'MessageId="m-letter"', b'MessageId="m-x"'))
    good, bad = bag.unpack("district")
    assert (good.taken, good.problems) == (1, ())
    assert bad.shipment is None
    assert bad.problems


def test_a_disk_that_is_full_keeps_no_half_shipment(bag):
    """The letter stays in the box; with room it is packed whole."""
    bag.world["commune"].send(letter(DISTRICT, octets=b"x" * 300_000))
    bag.world["commune"].run_until_idle()
    with file_size_limit(100_000), pytest.raises(TransportError):
        bag.pack("commune", DISTRICT)
    assert bag.unpack("district") == []
    assert list(bag.disk.glob("docexchange/*/.*")) == []
    bag.pack("commune", DISTRICT)
    assert bag.unpack("district")[0].taken == 1


def test_no_disk_is_said(tmp_path):
    """With advice."""
    with pytest.raises(TransportError) as caught:
        Medium(tmp_path / "nowhere")
    assert caught.value.advice


# --- several recipients ------------------------------------------------------------------------


@pytest.fixture
def behind(bag):
    """The district serves four agencies that have no node."""
    for name in ("commune", "district"):
        served = [
            DirectoryEntry(organ_id=code, name=f"Xã {code}", tier=4, parent=DISTRICT)
            for code in SERVED["district"]
        ]
        bag.world.directories[name] = Directory([*bag.world.directories[name], *served])
    return SERVED["district"]


def test_a_letter_for_several_lies_in_the_bag_once(bag, behind):
    """One file, a line for each recipient; each has a receipt in the next bag."""
    bag.world["commune"].send(letter(*behind))
    shipment = bag.pack("commune", DISTRICT)
    assert {item.recipient for item in shipment.items} == set(behind)
    assert len({item.sha256 for item in shipment.items}) == 1
    files = [path for path in bag.disk.rglob("*") if path.is_file()]
    assert len(files) == 2
    (found,) = bag.unpack("district")
    assert (found.taken, found.problems) == (4, ())
    assert bag.world.history("district").count("received") == 4
    assert bag.world.handed_over("district") == 1
    bag.pack("district", COMMUNE)
    bag.unpack("commune")
    assert bag.world.outbound("commune") == [OutboundState.ACKNOWLEDGED] * 4
    assert ParcelKind.MESSAGE not in bag.waiting("commune", DISTRICT)


def test_unpacking_a_letter_for_several_twice_changes_nothing(bag, behind):
    """Four lines are dealt with again, and nothing is new."""
    bag.world["commune"].send(letter(*behind))
    bag.pack("commune", DISTRICT)
    bag.unpack("district")
    before = bag.waiting("district", COMMUNE)
    (again,) = bag.unpack("district")
    assert again.taken == 4
    assert bag.waiting("district", COMMUNE) == before
    assert bag.world.handed_over("district") == 1
