"""Running nodes over HTTPS in hard times: no room, no rights, a store that is damaged.

Nothing is acknowledged that was not kept, and when the trouble is over everything goes on.
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from contract.hardship import file_size_limit_of, without_privileges, write_protected
from crash_runs import folder_in_memory
from exchange_help import LETTER, World, trust_in
from network_help import apart
from served_pair import HASTE, LARGE, SMALL, Pair
from web_help import Site, letter_from, on_disk, push_headers

from docexchange.clock import SystemClock, VirtualClock
from docexchange.delivery import OutboundState
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.envelope import Document


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Commune and district, not yet started."""
    with folder_in_memory() as folder, Pair(folder, more=HASTE) as pair:
        yield pair


def pushed(pair: Pair, data: bytes) -> httpx.Response:
    """Bring a letter to the district as the commune, by hand."""
    pki = pair.folder / "pki"
    context = ssl.create_default_context(cafile=str(pki / "trust" / "root.pem"))
    keys = pki / "agencies" / "commune"
    context.load_cert_chain(keys / "agency.pem", keys / "agency.key.pem")
    with httpx.Client(verify=context, timeout=30) as client:
        url = f"{pair.endpoint('district')}v1/messages"
        return client.post(url, content=data, headers=push_headers(data))


def is_exchanged(pair: Pair, sender: str, *texts: Document) -> None:
    """Wait until letters are exchanged, and find nothing wrong with them."""
    pair.until(lambda: pair.exchanged(sender, *texts), "exchanged")
    assert [fault for text in texts for fault in pair.faults(sender, text)] == []


def test_a_full_disk_refuses_with_507_and_goes_on_when_there_is_room(pair):
    """By push and by delivery: no receipt, nothing kept; later the same letters arrive, once."""
    pair.run()
    with file_size_limit_of(pair.lives["district"].pid, 1000):
        answer = pushed(pair, letter_from(pair.pki, LETTER, size=5000))
        text = pair.send("commune", 1)
        pair.until(lambda: pair.said("commune", "outbound.failed"), "the delivery fails")
    assert (answer.status_code, answer.json()["code"]) == (507, "store.full")
    assert answer.headers["retry-after"] == "5"
    is_exchanged(pair, "commune", text)
    with pair.storage("district") as storage:
        assert storage.store.inbound_of(LETTER) == []
        assert storage.store.receipts(LETTER) == []
    assert list(pair.leftovers()) == []


def test_a_letter_for_which_there_is_no_room_holds_up_no_other(pair):
    """A large one waits, small ones are exchanged; with room the large one arrives, once."""
    pair.run()
    with file_size_limit_of(pair.lives["district"].pid, 100_000):
        large = pair.send("commune", 1, LARGE)
        pair.until(lambda: pair.said("commune", "outbound.failed"), "the large one fails")
        small = pair.send("commune", 2, SMALL)
        pair.until(lambda: arrived(pair, small, "commune"), "the small one arrives")
        assert not arrived(pair, large, "commune")
    is_exchanged(pair, "commune", large, small)
    assert list(pair.leftovers()) == []


def arrived(pair: Pair, text: Document, sender: str) -> bool:
    """Whether the sender of a letter has a receipt for it."""
    with pair.storage(sender) as storage:
        states = [item.state for item in storage.store.outbound_of(text.message_id)]
    return states == [OutboundState.ACKNOWLEDGED]


def test_a_write_protected_folder_refuses_with_503_and_goes_on_afterwards(tmp_path):
    """No receipt, not ready, nothing kept; the same letter is taken when it may be written."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    with served(pki, tmp_path) as (_, client):
        # Code that is imported late may be out of reach without privileges.
        client.get("/v1/messages/m-1/receipts")
    with without_privileges() as folder, served(pki, folder) as (site, client):
        data = letter_from(pki, LETTER, size=5000)
        with write_protected(site.node.folder):
            refused = client.post("/v1/messages", content=data, headers=push_headers(data))
            ready = client.get("/v1/ready")
            assert site.node.store.inbound_of(LETTER) == []
        taken = client.post("/v1/messages", content=data, headers=push_headers(data))
    assert (refused.status_code, refused.json()["code"]) == (503, "store.read-only")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert taken.status_code == 200


@contextmanager
def served(pki: DemoPki, folder: Path) -> Iterator[tuple[Site, httpx.Client]]:
    """A node of today, and the commune as its client."""
    world = on_disk(World(pki, folder, clock=VirtualClock(pki.at), trust=trust_in(pki)))
    with Site(world) as site, site.client(pki.agency("commune")) as client:
        yield site, client
    world.close()


# --- a damaged store ---------------------------------------------------------------------------


def test_a_damaged_store_is_refused_and_a_backup_brings_the_exchange_back(pair):
    """One line with code and advice; restored, what waits arrives, and nothing comes twice.

    A letter that was queued in the backup and has been delivered since is sent again, and known at
    the commune by its bytes; the status that came for it meanwhile is not in the backup.
    """
    pair.run("district")
    before = pair.send("district", 1)  # the commune is not there: it waits
    folder, backup = pair.folders["district"], pair.folder / "backup"
    assert apart(["store", "backup", backup, "--node", folder]).code == 0
    pair.run("commune")
    is_exchanged(pair, "district", before)
    pair.kill("district")
    damage(folder / "store" / "store.db")
    waiting = pair.send("commune", 2)
    apart(["node", "run", "--node", folder]).refused(5, "store.damaged")
    refused = apart(["node", "run", "--node", folder])
    assert "restore the store from a backup" in refused.err

    (folder / "store").rename(folder / "store-damaged")
    assert apart(["store", "restore", backup, "--node", folder]).code == 0
    pair.run("district")
    is_exchanged(pair, "commune", waiting)
    assert pair.said("commune", "inbound.repeated", str(before.message_id))
    with pair.storage("commune") as storage:
        events = [item.event for item in storage.store.timeline(before.message_id)]
    assert events.count("handed-over") == 1
    assert arrived(pair, before, "district")
    assert list(pair.leftovers()) == []


@pytest.mark.parametrize("size", [0, 100, 4096])
def test_a_store_that_was_cut_off_or_emptied_is_damaged_and_not_begun_anew(pair, size):
    """A file of no length too: a new store in its place would forget what was promised."""
    folder = pair.folders["district"]
    assert apart(["node", "run", "--once", "--node", folder]).code == 0
    store = folder / "store" / "store.db"
    store.write_bytes(store.read_bytes()[:size])
    refused = apart(["node", "run", "--node", folder])
    refused.refused(5, "store.damaged")
    assert store.stat().st_size == size


def damage(store: Path) -> None:
    """Write over all of a database but its first hundred bytes."""
    for extra in ("-wal", "-shm"):
        store.with_name(store.name + extra).unlink(missing_ok=True)
    data = store.read_bytes()
    store.write_bytes(data[:100] + bytes(range(256)) * (len(data) // 256))
