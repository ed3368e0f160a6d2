"""`kill -9` at every step: what is on the disk afterwards is whole, or not there at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from hashlib import sha256

import pytest
from contract.delivery_samples import outbound
from contract.killing import ROOT, run

from docexchange.delivery import (
    InboundState,
    OutboundState,
    PayloadStore,
    SQLiteStore,
    judge_chain,
)
from docexchange.identifiers import MessageId
from docexchange.transport import FolderTransport

WRITING = tuple(f"delivery/{name}.py" for name in ("sqlite", "_writer", "_writing", "changes"))
FLUSHING = ("envelope/files.py",)
OPENING = ("delivery/sqlite.py", "delivery/_opening.py", *FLUSHING)

STORE = """
import sys
from dataclasses import replace
from pathlib import Path
from contract.delivery_samples import *
from docexchange.identifiers import MessageId
from docexchange.delivery import *

def prepare(number):
    message_id = MessageId(f"m-{number}")
    first = outbound(message_id=message_id)
    with SQLiteStore(Path(sys.argv[1])) as store:
        store.apply([PutOutbound(first, expected=None)])
    store = SQLiteStore(Path(sys.argv[1]))  # its thread begins in the action, under observation
    later = replace(first, state=OutboundState.SENDING, attempts=1)
    changes = [
        PutOutbound(later, expected=OutboundState.QUEUED),
        PutReceipt(receipt(message_id=message_id)),
        PutInbound(inbound(message_id=message_id), expected=None),
        AddTimeline(entry(message_id=message_id)),
    ]
    return lambda: store.apply(changes)
"""

NEW_STORE = """
import sys
from pathlib import Path
from docexchange.delivery import SQLiteStore

def prepare(number):
    folder = Path(sys.argv[1]) / str(number)
    folder.mkdir()
    return lambda: SQLiteStore(folder / "store.db")
"""

PAYLOADS = """
import io, sys
from pathlib import Path
from docexchange.delivery import PayloadStore

def prepare(number):
    store = PayloadStore(Path(sys.argv[1]))
    return lambda: store.put(io.BytesIO(b"%d;" % number * 500_000))
"""

FOLDER = """
import io, sys
from pathlib import Path
from contract.parcel_samples import parcel_for
from docexchange.transport import FolderTransport

def prepare(number):
    folder = Path(sys.argv[1])
    sender = FolderTransport(folder / "sender")
    content = b"%d;" % number * 500_000
    note = parcel_for(content, message_id=f"m-{number}")
    return lambda: sender.send(note, io.BytesIO(content), to=f"folder:{folder / 'peer'}")
"""

SETTLE = """
import io, sys
from pathlib import Path
from contract.parcel_samples import parcel_for
from docexchange.transport import FolderTransport

def prepare(number):
    mailbox = Path(sys.argv[1]) / str(number)
    transport = FolderTransport(mailbox)
    transport.send(parcel_for(b"letter"), io.BytesIO(b"letter"), to=f"folder:{mailbox}")
    arrival, = transport.receive(1)
    return lambda: getattr(arrival, sys.argv[2])(*sys.argv[3:])
"""

ENDLESS = """
import sys
from pathlib import Path
from contract.delivery_samples import *
from docexchange.identifiers import MessageId
from docexchange.delivery import *

with SQLiteStore(Path(sys.argv[1])) as store:
    for number in range(100_000):
        ids = [MessageId(f"m-{number}-{part}") for part in range(20)]
        store.apply([PutOutbound(outbound(message_id=i), expected=None) for i in ids])
        print(number, flush=True)
"""

CROWD = """
import sys, threading
from pathlib import Path
from contract.delivery_samples import *
from docexchange.identifiers import MessageId
from docexchange.delivery import *

store, told = SQLiteStore(Path(sys.argv[1])), threading.Lock()

def work(thread):
    for number in range(100_000):
        message_id = MessageId(f"m-{thread}-{number}")
        changes = [PutInbound(inbound(message_id=message_id), expected=None)]
        changes.append(AddTimeline(entry(message_id=message_id)))
        changes.append(PutReceipt(receipt(message_id=message_id)))
        store.apply(changes)
        with told:
            print(message_id, flush=True)

for thread in range(16):
    threading.Thread(target=work, args=(thread,)).start()
"""


def test_an_apply_killed_at_any_line_is_whole_or_absent(tmp_path):
    """After each kill the store opens, and the four changes are all there or all missing."""
    path = tmp_path / "store.db"
    lines = run(STORE, path, paths=WRITING)
    assert lines > 40
    with SQLiteStore(path) as store:
        states = [
            (
                store.outbound_of(message_id)[0].state is OutboundState.SENDING,
                len(store.receipts(message_id)) == 1,
                len(store.inbound_of(message_id)) == 1,
                len(store.timeline(message_id)) == 1,
            )
            for message_id in (MessageId(f"m-{number}") for number in range(1, lines + 2))
        ]
    assert set(states) == {(True,) * 4, (False,) * 4}
    assert states[0] == (False,) * 4
    assert states[-1] == (True,) * 4
    assert states == sorted(states)


def test_a_store_killed_while_it_is_made_is_whole_or_absent(tmp_path):
    """A crash while the database is being made never leaves one that cannot be opened."""
    lines = run(NEW_STORE, tmp_path, paths=OPENING)
    assert lines > 20
    for number in range(1, lines + 2):
        with SQLiteStore(tmp_path / str(number) / "store.db") as store:
            assert store.messages() == []


@pytest.mark.parametrize("reported", [0, 1, 7, 40])
def test_what_apply_returned_from_survives_a_kill(tmp_path, reported):
    """Killed from outside at a random moment: reported batches are there, the last is whole."""
    path = tmp_path / "store.db"
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for _ in range(reported + 1):
            last = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with SQLiteStore(path) as store:
        found = len(store.in_state(OutboundState.QUEUED))
        assert found % 20 == 0
        assert found >= (last + 1) * 20
        assert store.outbound(MessageId(f"m-{last}-19"), outbound().recipient) is not None


@pytest.mark.parametrize("reported", [1, 100, 1000])
def test_a_crowd_killed_in_its_commits_keeps_what_it_was_told(tmp_path, reported):
    """Sixteen threads share commits; what returned is there, and nothing is there in part."""
    path = tmp_path / "store.db"
    with subprocess.Popen(
        [sys.executable, "-c", CROWD, str(path)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        told = [process.stdout.readline().strip() for _ in range(reported)]
        process.send_signal(signal.SIGKILL)
        # The last line may have been cut off in the middle.
        told += [line for line in process.communicate()[0].split("\n")[:-1] if line]
    with SQLiteStore(path) as store:
        found = {record.message_id for record in store.inbound_in_state(InboundState.RECEIVED)}
        assert {MessageId(text) for text in told} <= found
        assert all(len(store.timeline(message_id)) == 1 for message_id in found)
        assert all(len(store.receipts(message_id)) == 1 for message_id in found)
        log = store.audit(limit=10**6)
        assert judge_chain(log).fault is None
        assert len(log) == 2 * len(found)


def test_a_payload_killed_at_any_line_is_whole_or_absent(tmp_path):
    """Under a final name stand all bytes or nothing, and what is left over can be cleaned up."""
    folder = tmp_path / "payloads"
    lines = run(PAYLOADS, folder, paths=("delivery/payloads.py", *FLUSHING))
    assert lines > 30
    store = PayloadStore(folder)
    digests = [sha256(b"%d;" % number * 500_000).hexdigest() for number in range(1, lines + 2)]
    there = [store.contains(digest) for digest in digests]
    assert there == sorted(there)
    assert (there[0], there[-1]) == (False, True)
    for digest in (digest for digest, found in zip(digests, there, strict=True) if found):
        assert store.verify(digest).sha256 == digest
    assert store.clean_up() > 0
    assert list((folder / "tmp").iterdir()) == []


def test_a_sender_killed_at_any_line_leaves_a_whole_parcel_or_none(tmp_path):
    """What the receiver is given out is whole, nothing is set aside, and leftovers vanish."""
    peer = FolderTransport(tmp_path / "peer")
    lines = run(
        FOLDER,
        tmp_path,
        paths=("transport/folder.py", "transport/_files.py", "transport/_payload.py", *FLUSHING),
    )
    assert lines > 40
    assert any((tmp_path / "peer" / "tmp").iterdir())
    arrived = {}
    for arrival in peer.receive(10_000):
        with arrival.open() as file:
            arrived[arrival.parcel.message_id.value] = file.read()
    assert arrived[f"m-{lines + 1}"] == b"%d;" % (lines + 1) * 500_000
    assert 1 < len(arrived) < lines
    assert peer.set_aside() == []
    FolderTransport(tmp_path / "peer")
    assert list((tmp_path / "peer" / "tmp").iterdir()) == []


@pytest.mark.parametrize("verb", [("settle",), ("reject", "odd")])
def test_a_receiver_killed_at_any_line_loses_nothing(tmp_path, verb):
    """A parcel whose settling was cut off comes again whole, or is gone for good."""
    paths = ("transport/_mailbox.py", "transport/_files.py", *FLUSHING)
    lines = run(SETTLE, tmp_path, *verb, paths=paths)
    assert lines > 8
    given = []
    for number in range(1, lines + 2):
        transport = FolderTransport(tmp_path / str(number))
        arrivals = list(transport.receive(10))
        kept = transport.set_aside()
        given.append(len(arrivals))
        assert len(kept) == (verb[0] == "reject" and not arrivals)
    assert given == sorted(given, reverse=True)
    assert (given[0], given[-1]) == (1, 0)
