"""A node goes on from its backup: what comes again is known, what it forgot others still prove.

Each row of the table in ``docs/how-to/back-up-a-store.md``, on nodes with stores on the disk.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from exchange_help import (
    CENTRAL,
    LETTER,
    NAMES,
    PROVINCE,
    Desk,
    World,
    hours,
    letter,
    signed,
)

from docexchange.delivery import (
    OutboundState,
    PayloadStore,
    SQLiteStore,
    back_up,
    check_store,
    restore,
)
from docexchange.envelope import Envelope, StatusCode
from docexchange.identifiers import MessageId
from docexchange.node import Later
from docexchange.transport import ParcelKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.node import Decision, Letter, Node
    from docexchange.testing import DemoPki


class Reluctant:
    """An application that takes nothing until it is ready."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.is_ready = False

    def take(self, letter: Letter) -> Decision:
        """Take it, or not yet."""
        return self.desk.take(letter) if self.is_ready else Later()


@pytest.fixture
def world(pki: DemoPki, tmp_path: Path) -> Iterator[World]:
    """Four nodes, with stores on the disk."""
    world = World(pki, tmp_path)
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    yield world
    world.close()


def saved(world: World, name: str) -> Path:
    """Back up the store of a node, which is at work."""
    folder, target = world.folder / name, world.folder / f"{name}-backup"
    world[name]
    back_up(folder / "store.db", PayloadStore(folder / "payloads"), target, at=world.clock.now())
    return target


def put_back(world: World, name: str, backup: Path) -> Node:
    """Stop a node, put its backup in the place of its store, and start it some time later."""
    folder = world.folder / name
    application = world.desks[name]
    world.nodes.pop(name)
    world.stores.pop(name).close()
    folder.rename(world.folder / f"{name}-damaged")
    restore(backup, folder)
    world.clock.advance(hours(1))
    node = world.open(name, application=application)
    node.recover()
    return node


def evidence(world: World, name: str, message_id: MessageId) -> set[bytes]:
    """The receipts that a node has of a message."""
    return {kept.xml for kept in world[name].store.receipts(message_id)}


def codes_at(world: World, name: str) -> list[str]:
    """What a node was told about the document, in its order."""
    return [kept.code for kept in world[name].store.statuses(str(letter().document_id))]


def offers(world: World) -> list[MessageId]:
    """What the application of the central office was offered."""
    return world.desks["central"].offers


@pytest.mark.parametrize("name", ["commune", "district", "province"])
def test_what_waited_in_the_backup_is_sent_again_and_known(world: World, name: str) -> None:
    """By its bytes: the same receipt comes back, nobody is given the letter twice."""
    world["commune"].send(letter())
    for before in NAMES[: NAMES.index(name)]:
        world[before].run_once()
    with world[name].at_work():
        for arrival in world.network.transport(name).receive(1):
            world[name].take(arrival)  # in, and not yet out again
    assert world.outbound(name) == [OutboundState.QUEUED]
    backup = saved(world, name)
    world.run()
    receipts, told = evidence(world, name, LETTER), codes_at(world, "commune")
    node = put_back(world, name, backup)
    assert world.outbound(name) == [OutboundState.QUEUED]
    world.run()
    assert world.outbound(name) == [OutboundState.ACKNOWLEDGED]
    assert evidence(world, name, LETTER) == receipts
    assert offers(world) == [LETTER]
    if name != "commune":
        assert codes_at(world, "commune") == told == ["01"]
    assert node.next_due() is None


def test_what_the_sender_forgot_it_may_send_again_under_the_same_signature(world: World) -> None:
    """It is known there; signed anew it is another message under its id, and refused by name."""
    commune, backup = world["commune"], saved(world, "commune")
    envelope = Envelope.from_bytes(signed(letter(), world.pki.agency("commune")))
    commune.send(envelope)
    world.run()
    commune = put_back(world, "commune", backup)
    assert commune.store.messages() == []
    assert not commune.send(envelope).repeated
    world.run()
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert offers(world) == [LETTER]
    shutil.rmtree(world.folder / "commune-damaged")
    commune = put_back(world, "commune", backup)
    commune.send(letter())
    world.run()
    assert world.outbound("commune") == [OutboundState.REJECTED]
    assert "expected the message received before" in commune.store.outbound_of(LETTER)[0].problem
    assert offers(world) == [LETTER]


def test_what_waited_for_the_application_is_offered_again(world: World) -> None:
    """Under its id; its status goes out anew and is known, and the sender's do not go back."""
    desk = world.desks["central"] = Desk()
    slow = Reluctant(desk)
    world.open("central", application=slow)
    world["commune"].send(letter())
    world.run()
    backup = saved(world, "central")
    slow.is_ready = True
    world.clock.advance(hours(1))
    world.run()
    central = world["central"]
    central.report_status(LETTER, StatusCode.FINISHED)
    world.run()
    told = codes_at(world, "commune")
    assert told == ["01", "06"]
    put_back(world, "central", backup)
    world.run()
    assert desk.offers == [LETTER, LETTER]
    assert codes_at(world, "commune") == told
    assert codes_at(world, "central") == ["01"]
    assert world.set_aside("province") == world.set_aside("commune") == []


def test_what_came_since_the_backup_is_gone_here_and_proved_there(world: World) -> None:
    """Its sender let go of it; a copy it brings is taken, and gets a receipt of its own."""
    world["central"].run_once()
    backup = saved(world, "central")
    world["commune"].send(letter())
    world.run()
    (kept,) = evidence(world, "commune", LETTER)
    data = world["central"].store.inbound(LETTER, CENTRAL).payload
    central = put_back(world, "central", backup)
    lost = PayloadStore(world.folder / "central-damaged" / "payloads")
    world.run()
    assert central.store.messages() == []
    assert evidence(world, "commune", LETTER) == {kept}
    assert offers(world) == [LETTER]
    with lost.open(data) as stream:
        world.deliver("central", stream.read(), from_node=PROVINCE)
    central.run_until_idle()
    assert offers(world) == [LETTER, LETTER]
    (receipt,) = [item for item, _ in world.empty("province") if item.kind is ParcelKind.RECEIPT]
    assert receipt.message_id == LETTER


def test_the_audit_log_says_that_it_is_an_older_one(world: World) -> None:
    """By the head that was noted since; that of the backup is in it, however it goes on."""
    commune, backup = world["commune"], saved(world, "commune")
    before = commune.store.audit_head()
    commune.send(letter())
    world.run()
    since = commune.store.audit_head()
    commune = put_back(world, "commune", backup)
    commune.send(letter(message_id=MessageId("m-later")))
    world.run()
    folder = world.folder / "commune"
    payloads = PayloadStore(folder / "payloads")
    path = folder / "store.db"
    assert check_store(path, payloads, noted=before.hash).problems == ()
    (problem,) = check_store(path, payloads, noted=since.hash).problems
    assert problem.code == "audit.head"
