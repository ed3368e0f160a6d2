"""What a node has purged it still knows: late duplicates get their receipt and change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from exchange_help import (
    COMMUNE,
    DISTRICT,
    LETTER,
    NOW,
    PROVINCE,
    World,
    hours,
    letter,
    signed,
    travelled,
)

from docexchange.clock import SystemClock
from docexchange.delivery import MemoryStore, OutboundState, Purge, SQLiteStore
from docexchange.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.testing import DemoPki


@pytest.fixture(params=[MemoryStore, SQLiteStore])
def world(request: pytest.FixtureRequest, pki: DemoPki, tmp_path: Path) -> Iterator[World]:
    """Four nodes, with stores in memory and on the disk."""
    world = World(pki, tmp_path)
    if request.param is SQLiteStore:
        world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    yield world
    world.close()


@pytest.fixture
def data(pki: DemoPki) -> bytes:
    """The commune's letter to the central office as it leaves the province."""
    return travelled(signed(letter(), pki.agency("commune")), COMMUNE, DISTRICT, PROVINCE)


FUTURE = SystemClock().now() + timedelta(days=1)


def purge(world: World, name: str) -> None:
    """Let an hour pass at a node, and clear out everything that is at rest."""
    now = world.clock.advance(hours(1))
    world[name].run_until_idle()  # what the store keeps of small letters goes into files
    point = world[name].point
    former = point.store.inbound_of(LETTER) + point.store.outbound_of(LETTER)
    assert point.store.purge(Purge(before=now - hours(0.5), at=now, who="hoa")).messages
    known = point.store.inbound_of(LETTER) + point.store.outbound_of(LETTER)
    assert known == []
    # The files are of the real present, in which this exchange is long ago.
    payloads = {record.payload for record in former}
    assert all(map(point.payloads.contains, payloads))
    assert point.payloads.collect(point.store.refers_to, before=FUTURE).files >= len(payloads)
    assert not any(map(point.payloads.contains, payloads))


def take_in(world: World, data: bytes) -> list[bytes]:
    """Bring a letter to the central office; the receipts that the province gets."""
    world.deliver("central", data, from_node=PROVINCE)
    world["central"].run_until_idle()
    return [xml for _, xml in world.empty("province")]


def test_a_late_duplicate_gets_its_stored_receipt(world: World, data: bytes) -> None:
    """Byte for byte the receipt of long ago; the letter is not handed over again."""
    first = take_in(world, data)[0]
    world.empty("commune")
    purge(world, "central")
    assert take_in(world, data) == [first]
    assert world.handed_over("central") == 0  # the old timeline is gone, and there is no new one
    assert world["central"].store.inbound_of(LETTER) == []
    assert world.waiting("central") == []


def test_another_letter_under_a_purged_id_is_refused(
    world: World, pki: DemoPki, data: bytes
) -> None:
    """The id stays taken, even by the same letter that came by another way."""
    take_in(world, data)
    purge(world, "central")
    other = travelled(signed(letter(subject="V/v khác"), pki.agency("commune")), COMMUNE)
    again = travelled(signed(letter(), pki.agency("commune")), COMMUNE, at=NOW + hours(1))
    for content in (other, again):
        [refusal] = take_in(world, content)
        assert b"another" in refusal
    assert world.handed_over("central") == 0


def test_a_purged_letter_is_not_sent_again(world: World) -> None:
    """Submitting it once more under its id is refused, and nothing is queued."""
    commune = world["commune"]
    commune.send(letter())
    world.run()
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    purge(world, "commune")
    with pytest.raises(DeliveryError) as caught:
        commune.send(letter())
    assert caught.value.code == "store.stale"
    assert commune.store.outbound_of(LETTER) == []
    assert commune.store.next_due() is None
