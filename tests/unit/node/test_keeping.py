"""Small letters are durable with their records; what a power cut does to their files is mended."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from exchange_help import (
    CENTRAL,
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    World,
    letter,
    signed,
    travelled,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import (
    SMALL_BYTES,
    InboundState,
    PayloadStore,
    PutInbound,
    SQLiteStore,
    back_up,
    check_store,
    read_backup,
)
from docexchange.envelope import Envelope
from docexchange.errors import StoreFailure
from docexchange.node import Node
from docexchange.node.keeping import Keeping
from docexchange.testing import write_nodes

LATER = timedelta(minutes=2)


@pytest.fixture
def world(pki, tmp_path):
    """Nodes with stores on disk."""
    world = World(pki, tmp_path, new_store=lambda folder: SQLiteStore(folder / "store.db"))
    yield world
    world.close()


def taken(world, pki, octets=b"small"):
    """The bytes of a letter that the district was brought and has taken in; and their file."""
    message = letter(DISTRICT, octets=octets)
    data = travelled(signed(message, pki.agency("commune")), COMMUNE)
    world.deliver("district", data, recipient=DISTRICT)
    assert world["district"].run_once() > 0
    return data, world["district"].point.payloads.path(sha256(data).hexdigest())


def kept(world):
    """The octets that the district's store keeps."""
    store = world["district"].store
    return [store.kept_data(item) for item in store.kept(limit=100)]


def test_the_bytes_of_a_small_letter_come_with_its_record(world, pki):
    """What the receipt promises is in the database, whatever becomes of the file."""
    data, path = taken(world, pki)
    assert data in kept(world)
    assert path.read_bytes() == data


def test_after_a_while_the_file_alone_has_them(world, pki):
    """The store lets go of them ten seconds after it last did, not before."""
    data, path = taken(world, pki)
    world.clock.advance(timedelta(seconds=9))
    world["district"].run_once()
    assert data in kept(world)
    world.clock.advance(timedelta(seconds=1))
    world["district"].run_once()
    assert kept(world) == []
    assert path.read_bytes() == data


class HandSet(VirtualClock):
    """A clock that somebody sets."""

    def set(self, moment):
        self._now = moment


def test_a_clock_that_was_set_back_keeps_nothing_for_longer(world, pki):
    """Then the next pass makes the file durable, whatever the clock said at the last one."""
    clock = HandSet(world.clock.now())
    keeping = Keeping(replace(world["district"].point, clock=clock))
    taken(world, pki)
    assert keeping.work() == 0
    clock.set(clock.now() - timedelta(hours=1))
    assert keeping.work() > 0
    assert kept(world) == []


class Unreliable(PayloadStore):
    """Payloads on a disk that loses what it is to flush, the first time."""

    has_failed = False

    def flush(self, names):
        if not self.has_failed:
            self.has_failed = True
            for name in names:
                self.path(name).write_bytes(b"")
            raise StoreFailure("the disk could not write", code="store.failure")
        super().flush(names)


def test_what_could_not_be_flushed_is_written_anew(world, pki):
    """The store lets go of nothing until it was, and relies on no file that it wrote before."""
    data, path = taken(world, pki)
    payloads = Unreliable(path.parents[1])
    keeping = Keeping(replace(world["district"].point, payloads=payloads))
    world.clock.advance(LATER)
    with pytest.raises(StoreFailure):
        keeping.work()
    assert data in kept(world)
    assert path.read_bytes() == b""
    world.clock.advance(LATER)
    assert keeping.work() > 0
    assert path.read_bytes() == data
    assert kept(world) == []


class Filling(SQLiteStore):
    """A store on a disk that is full once, when bytes are to be let go."""

    is_full = True

    def let_go(self, kept):
        if self.is_full:
            self.is_full = False
            raise StoreFailure("no space", code="store.full")
        super().let_go(kept)


def test_bytes_are_kept_until_the_store_could_let_go_of_them(pki, tmp_path):
    """What fails after the flush is done again, and harms no file."""
    world = World(pki, tmp_path, new_store=lambda folder: Filling(folder / "store.db"))
    data, path = taken(world, pki)
    keeping = Keeping(world["district"].point)
    world.clock.advance(LATER)
    with pytest.raises(StoreFailure):
        keeping.work()
    assert data in kept(world)
    world.clock.advance(LATER)
    assert keeping.work() > 0
    assert kept(world) == []
    assert path.read_bytes() == data
    world.close()


@pytest.mark.parametrize("count", [31, 32, 500, 501])
def test_however_many_there_are_one_pass_flushes_them(world, count):
    """Few or many, whole batches or more: nothing is kept, and all of it is in files."""
    point = world["district"].point
    stored = [point.store_stream(io.BytesIO(b"%d" % number)) for number in range(count)]
    point.store.apply([change for _, changes in stored for change in changes])
    keeping = Keeping(point)
    world.clock.advance(LATER)
    assert keeping.work() == count
    assert point.store.kept(limit=1) == []
    assert [point.payloads.verify(payload.sha256) for payload, _ in stored] == [
        payload for payload, _ in stored
    ]


def test_a_file_that_somebody_removed_is_written_anew(world, pki):
    """What the store keeps is still needed, or collected once more."""
    data, path = taken(world, pki)
    keeping = Keeping(world["district"].point)
    path.unlink()
    world.clock.advance(LATER)
    assert keeping.work() > 0
    assert path.read_bytes() == data
    assert kept(world) == []


class Counting(SQLiteStore):
    """A store that counts whose bytes it was asked for."""

    read = ()

    def kept_data(self, item):
        self.read = (*self.read, item.sha256)
        return super().kept_data(item)


def test_bytes_are_read_only_where_a_file_is_missing(pki, tmp_path):
    """However much is kept, a pass holds one letter in memory, and none where all files stand."""
    world = World(pki, tmp_path, new_store=lambda folder: Counting(folder / "store.db"))
    point = world["district"].point
    stored = [point.store_stream(io.BytesIO(b"%d" % number)) for number in range(40)]
    point.store.apply([change for _, changes in stored for change in changes])
    keeping, lost = Keeping(point), stored[33][0].sha256
    point.payloads.path(lost).unlink()
    world.clock.advance(LATER)
    assert keeping.work() == 40
    assert point.store.read == (lost,)
    assert point.payloads.verify(lost) == stored[33][0]
    world.close()


def test_a_large_letter_is_a_file_from_the_beginning(world, pki):
    """It would only swell the log of the database."""
    data, path = taken(world, pki, octets=b"x" * SMALL_BYTES)
    assert data not in kept(world)
    assert path.read_bytes() == data


@pytest.mark.parametrize("left", [None, b"", b"only a part", b"\0" * 8000])
def test_a_file_that_a_power_cut_took_is_written_again(world, pki, left):
    """Missing, empty, cut short or full of zeros: the node that starts again has the letter."""
    data, path = taken(world, pki)
    if left is None:
        path.unlink()
    else:
        path.write_bytes(left)
    world.restart("district")
    assert path.read_bytes() == data
    assert kept(world) == []


def test_a_letter_is_passed_on_although_a_power_cut_took_its_file(world, pki):
    """What stands in the queue of a hub is kept as well: the next node gets the very bytes."""
    data = travelled(signed(letter(), pki.agency("commune")), COMMUNE)
    world.deliver("district", data)
    world["district"].run_once()
    onward = world["district"].store.outbound(LETTER, CENTRAL)
    path = world["district"].point.payloads.path(onward.payload)
    path.write_bytes(b"")
    world.restart("district")
    assert len(Envelope.read(path).traces) == 2
    assert sha256(path.read_bytes()).hexdigest() == onward.payload


def test_a_check_counts_what_the_store_keeps(world, pki):
    """After a power cut nothing is wrong as long as the bytes are there; once let go, it is."""
    _, path = taken(world, pki)
    district = world["district"]
    database = world.folder / "district" / "store.db"
    path.write_bytes(b"")
    assert check_store(database, district.point.payloads).problems == ()
    district.store.let_go(district.store.kept(limit=100))
    (problem, *_) = check_store(database, district.point.payloads).problems
    assert problem.code == "store.payload-damaged"


def test_a_backup_holds_what_was_taken_in_a_moment_ago(world, pki, tmp_path):
    """As a payload like any other."""
    data, _ = taken(world, pki)
    database, payloads = world.folder / "district" / "store.db", world["district"].point.payloads
    made = back_up(database, payloads, tmp_path / "backup", at=world.clock.now())
    assert made.problems == ()
    digest = sha256(data).hexdigest()
    copy = tmp_path / "backup" / "payloads" / digest[:2] / digest[2:]
    assert copy.read_bytes() == data
    assert read_backup(tmp_path / "backup") == made


def test_a_letter_that_is_brought_again_unjudged_is_durable_at_once(world, pki):
    """Its name is taken, so that it is put as a file, flushed, and not kept twice."""
    data, path = taken(world, pki)
    district = world["district"]
    record = district.store.inbound(LETTER, DISTRICT)
    assert record.state is not InboundState.RECEIVED
    world.deliver("district", data, recipient=DISTRICT)
    district.run_once()
    assert kept(world).count(data) == 1
    assert path.read_bytes() == data
    district.store.apply([PutInbound(record, expected=record.state)])


@pytest.fixture
def place(pki, tmp_path):
    """The folder of a node."""
    write_nodes(tmp_path / "folder", pki)
    return tmp_path / "folder" / "nodes" / "commune"


@pytest.mark.parametrize("left", [None, b"", bytes(9000)])
def test_who_opens_a_node_after_a_power_cut_finds_what_was_sent(place, left):
    """Sent again under its key it is the same letter, though no node has been at work since."""
    clock = VirtualClock(NOW)
    with Node.from_config(place, clock=clock) as node:
        first = node.send(letter(), key="k-1")
        [record] = node.store.outbound_of(first.message_id)
        path = node.point.payloads.path(record.payload)
    whole = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    with Node.from_config(place, clock=clock) as node:
        again = node.send(letter(), key="k-1")
    assert (again.message_id, again.repeated) == (first.message_id, True)
    assert path.read_bytes() == whole


def test_beside_a_node_at_work_nobody_mends(place):
    """It has done so when it began; whoever opens the node besides is not held up by it."""
    clock = VirtualClock(NOW)
    with Node.from_config(place, clock=clock) as node:
        node.send(letter(), key="k-1")
        with node.at_work(), Node.from_config(place, clock=clock) as other:
            assert other.send(letter(), key="k-1").repeated
            assert other.store.kept(limit=1)
