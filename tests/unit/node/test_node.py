"""The node as a whole: passes, running, stopping, and living beside other processes."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from contract.hardship import file_size_limit, without_privileges
from exchange_help import (
    CENTRAL,
    CODES,
    COMMUNE,
    LETTER,
    NAMES,
    NOW,
    World,
    letter,
    parcel_of,
    signed,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import InboundState, OutboundState, SQLiteStore
from docexchange.errors import (
    ConfigurationError,
    InputNotFound,
    InvalidIdentifier,
    StoreFailure,
    TransportError,
    UnusableKey,
)
from docexchange.identifiers import MessageId
from docexchange.instrumentation import EventName
from docexchange.node import Node
from docexchange.testing.nodes import write_nodes
from docexchange.transport import FolderTransport, MemoryTransport

ROOT = Path(__file__).parents[3]


def run_all(nodes, rounds=8):
    """Let nodes work until none has anything to do."""
    for _ in range(rounds):
        if not sum(node.run_until_idle() for node in nodes):
            return


# --- the whole way -----------------------------------------------------------------------------


def test_a_letter_climbs_four_tiers_and_its_arrival_comes_back(folders, clock):
    """Nodes as their configuration describes them, with folders between them."""
    nodes = {name: Node.from_config(folder, clock=clock) for name, folder in folders.items()}
    nodes["commune"].send(letter())
    run_all(nodes.values())
    assert [path.name for path in (folders["central"] / "inbox").iterdir()] == ["m-letter.edxml"]
    (status,) = nodes["commune"].store.statuses(str(letter().document_id))
    assert (status.code, status.reporter) == ("01", CENTRAL)
    for name, node in nodes.items():
        assert node.agency == CODES[name]
        assert list((folders[name] / "mailbox" / "new").iterdir()) == []
        node.close()


def test_every_acknowledged_delivery_has_a_receipt_for_its_very_bytes(world):
    """At all four nodes, for the letter and its status."""
    world["commune"].send(letter())
    world.run()
    for name in NAMES:
        store = world[name].store
        for item in store.messages():
            for record in store.outbound_of(item.message_id):
                assert record.state is OutboundState.ACKNOWLEDGED
                obtained = [kept for kept in store.receipts(item.message_id) if not kept.given]
                assert [kept.payload for kept in obtained] == [record.payload]


def test_a_pass_counts_what_was_done_and_ends_at_nothing(world):
    """An idle node does nothing."""
    assert world["commune"].run_once() == 0
    assert world["commune"].run_until_idle() == 0
    world["commune"].send(letter())
    assert world["commune"].run_once() == 1
    assert world["commune"].run_once() == 0


def test_passes_can_be_bounded(world):
    """For callers that cannot wait."""
    world.deliver("district", b"junk")
    assert world["district"].run_until_idle(passes=0) == 0
    assert len(world.waiting("district")) == 1


# --- recovery ----------------------------------------------------------------------------------


def test_recovery_takes_up_attempts_and_removes_leftovers(world):
    """What a crash left under way is queued again, and half a payload is gone."""

    def die(event):
        if event.name is EventName.OUTBOUND_STARTED:
            raise SystemExit

    world.open("commune", hooks=(die,)).send(letter())
    with pytest.raises(SystemExit):
        world["commune"].run_once()
    assert world.outbound("commune") == [OutboundState.SENDING]
    draft = world.folder / "commune" / "payloads" / "tmp" / "half"
    draft.write_bytes(b"ha")
    node = world.open("commune")
    assert node.recover() == 1
    assert node.recover() == 0
    assert not draft.exists()
    assert world.outbound("commune") == [OutboundState.QUEUED]
    assert EventName.NODE_RECOVERED in world.told("commune")


def test_a_pass_takes_up_attempts_by_itself(world):
    """Nobody has to remember to recover."""

    def die(event):
        if event.name is EventName.OUTBOUND_CARRIED:
            raise SystemExit

    world.open("commune", hooks=(die,)).send(letter())
    with pytest.raises(SystemExit):
        world["commune"].run_once()
    world.open("commune")
    world.run()
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert world.handed_over("central") == 1


# --- running and stopping ----------------------------------------------------------------------


class Patience:
    """A flag that is set after some rests, and does something before each."""

    def __init__(self, *acts):
        self.acts = list(acts)
        self.rests = []

    def is_set(self):
        """Whether all is done."""
        return not self.acts

    def wait(self, timeout):
        """Do the next thing instead of resting."""
        self.rests.append(timeout)
        self.acts.pop(0)()


def test_a_running_node_works_rests_and_stops_on_its_flag(world):
    """It rests only when there is nothing to do."""
    node = world["commune"]
    flag = Patience(lambda: node.send(letter()), lambda: None)
    node.run(flag)
    assert flag.rests == [2.0, 2.0]
    assert world.outbound("commune") == [OutboundState.AWAITING_RECEIPT]


def test_a_running_node_stops_on_an_event_of_the_standard_library(world):
    """One that is set already: not a single pass is made."""
    stop = threading.Event()
    stop.set()
    world["commune"].send(letter())
    world["commune"].run(stop)
    assert world.outbound("commune") == [OutboundState.QUEUED]


def test_a_running_node_survives_a_store_that_fails_for_a_while(world):
    """The failure is told with advice, and the work goes on afterwards."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node = world["commune"]
    # Whatever ends this test, no later one of this process finds the disk full.
    with ExitStack() as trouble:

        def fill():
            node.send(letter())
            trouble.enter_context(file_size_limit(0))

        node.run(Patience(fill, trouble.close, lambda: None))
    errors = [event for event in world.events if event.name is EventName.NODE_ERROR]
    assert errors
    assert all(event.fields["advice"] for event in errors)
    world.run()
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert world.handed_over("central") == 1


# --- one node per store ------------------------------------------------------------------------


def test_two_nodes_on_one_store_do_not_work_at_the_same_time(folders, clock):
    """The second is told so, and can work when the first is done."""
    with (
        Node.from_config(folders["commune"], clock=clock) as first,
        Node.from_config(folders["commune"], clock=clock) as second,
    ):

        def try_second():
            for work in (second.run_once, second.recover, second.run_until_idle):
                with pytest.raises(StoreFailure) as caught:
                    work()
                assert caught.value.code == "store.in-use"
                assert caught.value.advice

        first.run(Patience(try_second))
        assert second.run_once() == 0


RUNNER = """
import sys
from exchange_help import NOW
from docexchange.clock import VirtualClock
from docexchange.node import Node
class Flag:
    def is_set(self): return False
    def wait(self, timeout):
        print("resting", flush=True)
        sys.stdin.readline()
with Node.from_config(sys.argv[1], clock=VirtualClock(NOW)) as node:
    node.run(Flag())
"""


def test_letters_can_be_submitted_while_another_process_runs_the_node(folders):
    """The running process sends them; none works beside it until it is killed."""
    clock = VirtualClock(NOW)
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(folders["commune"])],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "resting\n"
        with Node.from_config(folders["commune"], clock=clock) as node:
            node.send(letter())
            with pytest.raises(StoreFailure, match="no other node at work"):
                node.run_once()
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.stdout.readline() == "resting\n"
            (record,) = node.store.outbound_of(LETTER)
            assert record.attempts == 1
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert node.run_once() == 0


# --- trouble -----------------------------------------------------------------------------------


class Torn(io.RawIOBase):
    """A payload on a share that goes away while it is read."""

    def readable(self):
        """It was, a moment ago."""
        return True

    def read(self, _=-1):
        """Fail as a share does."""
        raise OSError(5, "Input/output error")


class Mistake(Torn):
    """A payload that brings a mistake of ours to light."""

    def read(self, _=-1):
        """Fail as no one expected."""
        raise ZeroDivisionError


class Share(MemoryTransport):
    """A mailbox on a share: some parcels cannot be read, or all are out of reach."""

    torn = Torn
    gone = False

    def receive(self, limit):
        """Give out parcels, or fail."""
        if self.gone:
            raise TransportError("mailbox: expected to read it, found: no such share")
        for arrival in super().receive(limit):
            if self.torn and arrival.parcel.message_id.value == "m-torn":
                arrival.open = self.torn
            yield arrival


@pytest.fixture
def share(world):
    """The mailbox of the district on a share."""
    inner = world.network.transport("district")
    transport = Share(inner._network, inner._mailbox, inner._lock)
    world.open("district", transport=transport)
    return transport


def test_a_parcel_that_cannot_be_read_stops_neither_the_others_nor_the_node(world, share, pki):
    """It stays where it is and is read when the share is back."""
    data = signed(letter(), pki.agency("commune"))
    torn = signed(letter(message_id=MessageId("m-torn")), pki.agency("commune"))
    world.deliver("district", torn, message_id=MessageId("m-torn"))
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert [parcel.message_id for parcel, _ in world.waiting("province")] == [LETTER]
    assert EventName.NODE_ERROR in world.told("district")
    share.torn = None
    world["district"].run_until_idle()
    assert len(world.waiting("province")) == 2


def test_a_mistake_of_ours_over_one_parcel_does_not_stop_the_others(world, share, pki, caplog):
    """Whatever goes wrong with it, it is told, and the parcel is kept."""
    share.torn = Mistake
    data = signed(letter(), pki.agency("commune"))
    world.deliver("district", data, message_id=MessageId("m-torn"))
    world.deliver("district", data)
    world["district"].run_until_idle()
    assert [parcel.message_id for parcel, _ in world.waiting("province")] == [LETTER]
    share.torn = None
    assert len(world.waiting("district")) == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_mailbox_out_of_reach_does_not_stop_what_is_here_already(world, share):
    """Sending goes on."""
    share.gone = True
    world["district"].send(letter(sender=CODES["district"]))
    world["district"].run_until_idle()
    assert len(world.waiting("province")) == 1
    assert EventName.NODE_ERROR in world.told("district")


def test_a_read_only_store_fails_with_advice_and_loses_nothing(pki):
    """As an ordinary user: nothing is accepted while the folder cannot be written to."""
    with without_privileges() as folder:
        folders = write_nodes(folder, pki)
        clock = VirtualClock(NOW)
        data = signed(letter(), pki.agency("commune"))
        with FolderTransport(folders["district"] / "mailbox", base=folder / "nodes") as peer:
            peer.send(parcel_of(data), io.BytesIO(data), to="folder:district/mailbox")
        Node.from_config(folders["district"], clock=clock).close()
        store = folders["district"] / "store"
        frozen = [store, *store.rglob("*")]
        modes = {path: path.stat().st_mode for path in frozen}
        for path in frozen:
            path.chmod(0o500 if path.is_dir() else 0o400)
        with pytest.raises(StoreFailure) as caught:  # noqa: PT012
            with Node.from_config(folders["district"], clock=clock) as node:
                node.run_once()
            raise AssertionError
        assert caught.value.advice
        for path, mode in modes.items():
            path.chmod(mode)
        with Node.from_config(folders["district"], clock=clock) as node:
            node.run_until_idle()
            assert node.store.inbound(LETTER, CENTRAL).state is InboundState.RELAYED


def test_a_disk_without_room_keeps_letters_in_the_mailbox(pki, world):
    """No room for the payload: no receipt, no record, and the letter is taken in later."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node = world["district"]
    world.deliver("district", signed(letter(), pki.agency("commune")))
    with file_size_limit(100):
        node.run_once()
    assert world.waiting("commune") == []
    assert len(world.waiting("district")) == 1
    (error,) = [event for event in world.events if event.name is EventName.NODE_ERROR]
    assert error.fields["code"] == "store.full"
    assert "space" in error.fields["advice"]
    world.run("district", "province", "central")
    assert world.handed_over("central") == 1


def test_a_disk_without_room_accepts_nothing_for_sending(world):
    """The caller is told, nothing is half accepted, and the same call works later."""
    world.new_store = lambda folder: SQLiteStore(folder / "store.db")
    node = world["commune"]
    with file_size_limit(100), pytest.raises(StoreFailure) as caught:
        node.send(letter())
    assert "space" in caught.value.advice
    assert node.store.messages() == []
    assert not node.send(letter()).repeated


# --- hooks -------------------------------------------------------------------------------------


def test_hooks_are_told_what_happens_where(world):
    """Each event names its node."""
    world["commune"].send(letter())
    world.run()
    assert {event.fields["node"] for event in world.events} == set(map(str, CODES.values()))
    assert world.told("commune")[:6] == [
        EventName.SUBMIT_STARTED,
        EventName.SUBMIT_STORED,
        EventName.SUBMIT_QUEUED,
        EventName.OUTBOUND_STARTED,
        EventName.OUTBOUND_CARRIED,
        EventName.OUTBOUND_AWAITING,
    ]


def test_a_hook_that_fails_does_not_stop_a_letter(world, caplog):
    """It is logged; the other hooks are still told."""

    def broken(event):
        raise RuntimeError(f"cannot count {event.name}")

    world.open("commune", hooks=(broken, world.events.append))
    world["commune"].send(letter())
    world.run()
    assert world.handed_over("central") == 1
    assert EventName.SUBMIT_QUEUED in world.told("commune")
    assert "cannot count submit.queued" in caplog.text


# --- configuration -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("000.21.31.H53", "?", InvalidIdentifier, "agency code"),
        ("../../pki/directory.toml", "gone.toml", InputNotFound, "gone.toml"),
        ("../../pki/trust", "gone", InputNotFound, "gone"),
        ("agency.p12", "gone.p12", (InputNotFound, UnusableKey), "gone.p12"),
        ("password.txt", "gone.txt", ConfigurationError, "gone.txt"),
        ("folder:commune/mailbox", "pigeon:x", ConfigurationError, "pigeon"),
        ("folder:commune/mailbox", "folder:no/such/mailbox", TransportError, "no/such/mailbox"),
        ("folder:commune/mailbox", "nonsense", ConfigurationError, "nonsense"),
        ("[trust]", "[retry]\nfirst_second = 3\n[trust]", ConfigurationError, "first_second"),
        ("[trust]", "[retry]\nattempts = 0\n[trust]", ConfigurationError, "attempts"),
        ('store = "store"', 'store = "node.toml"', StoreFailure, "node.toml"),
        ("pkcs12:", "carved-in-stone:", InputNotFound, "carved-in-stone"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_by_name(folders, clock, old, new, error, said):
    """What is wrong is named, and nothing stays open."""
    path = folders["commune"] / "node.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(error, match=said):
        Node.from_config(folders["commune"], clock=clock)


def test_a_wrong_password_is_an_unusable_key(folders, clock):
    """Said as such."""
    (folders["commune"].parents[1] / "pki" / "password.txt").write_text("wrong\n")
    with pytest.raises(UnusableKey):
        Node.from_config(folders["commune"], clock=clock)


def test_another_retry_schedule_is_obeyed(folders, clock):
    """The first wait of a node that is told to wait ten seconds."""
    path = folders["commune"] / "node.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + "\n[retry]\nfirst_seconds = 10\nattempts = 2\n",
        encoding="utf-8",
    )
    shutil.rmtree(folders["district"] / "mailbox")
    with Node.from_config(path, clock=clock) as node:
        node.send(letter())
        node.run_until_idle()
        (record,) = node.store.outbound_of(LETTER)
        assert record.state is OutboundState.RETRY_WAIT
        assert 5 <= (record.due_at - clock.now()).total_seconds() <= 10
        clock.sleep(10)
        node.run_until_idle()
        (record,) = node.store.outbound_of(LETTER)
        assert record.state is OutboundState.DEAD_LETTER
        assert "mailbox" in record.problem


def test_a_node_with_the_key_of_another_agency_does_not_open(folders, clock):
    """Noticed at the start, by name, and not by peers that refuse its receipts."""
    path = folders["commune"] / "node.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("agencies/commune", "agencies/district"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="expected a certificate of") as caught:
        Node.from_config(path, clock=clock)
    assert caught.value.code == "configuration.key"


def test_nothing_of_the_above_depends_on_the_order_of_opening(pki, tmp_path):
    """A receiver that starts a week later than the sender still gets the letter."""
    world = World(pki, tmp_path)
    world["commune"].send(letter())
    world.run_on("commune", hours=24, step=3600)
    world.run_on(hours=2)
    assert world.outbound("commune") == [OutboundState.ACKNOWLEDGED]
    assert world.handed_over("central") == 1
    assert world.desks["central"].letters[LETTER].verified.message.sender.organ_id == COMMUNE
