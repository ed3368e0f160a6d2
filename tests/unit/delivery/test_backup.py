"""Backups: whole, of one moment, checked before use; and what a cut log can still be told by."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from contract.delivery_samples import COMMUNE, NOON, entry, inbound, outbound, receipt
from contract.hardship import file_size_limit

from docexchange.delivery import (
    AddTimeline,
    PayloadStore,
    PutInbound,
    PutOutbound,
    PutReceipt,
    SQLiteStore,
    back_up,
    check_audit,
    judge_chain,
    read_backup,
    restore,
)
from docexchange.errors import InputNotFound, StoreFailure, UnreadableInput
from docexchange.identifiers import MessageId

CONTENTS = [b"%d;" % number * 2000 for number in range(12)]


class Node:
    """A store and its payloads."""

    def __init__(self, folder):
        folder.mkdir()
        self.folder, self.path = folder, folder / "store.db"
        self.store, self.payloads = SQLiteStore(self.path), PayloadStore(folder / "payloads")

    def accept(self, number, content):
        """What a node does with a letter: bytes first, then the record."""
        payload = self.payloads.put(io.BytesIO(content))
        values = {"message_id": MessageId(f"m-{number}"), "payload": payload.sha256}
        values["size"] = payload.size
        self.store.apply(
            [
                PutInbound(inbound(**values), expected=None),
                PutOutbound(outbound(**values), expected=None),
                AddTimeline(entry(message_id=values["message_id"])),
            ]
        )
        return payload.sha256

    def back_up(self, target):
        """A backup of noon."""
        return back_up(self.path, self.payloads, target, at=NOON)


@pytest.fixture
def node(tmp_path):
    node = Node(tmp_path / "node")
    for number, content in enumerate(CONTENTS):
        node.accept(number, content)
    yield node
    node.store.close()


def test_what_is_restored_is_what_was_there(node, tmp_path):
    """Records, payloads and the audit log come back; the manifest knows the head of the log."""
    report = node.back_up(tmp_path / "backup")
    assert (report.payloads, report.problems) == (12, ())
    assert report.bytes == sum(map(len, CONTENTS))
    assert report.head == node.store.audit_head()
    assert read_backup(tmp_path / "backup") == report
    assert restore(tmp_path / "backup", tmp_path / "again") == report
    with SQLiteStore(tmp_path / "again" / "store.db") as store:
        assert store.messages() == node.store.messages()
        assert store.audit() == node.store.audit()
    payloads = PayloadStore(tmp_path / "again" / "payloads")
    assert set(payloads.names()) == set(node.payloads.names())
    assert all(payloads.verify(name) for name in payloads.names())


def test_a_backup_is_of_one_moment_while_letters_come_in(node, tmp_path):
    """With four threads accepting letters all the time it ends, and lacks no payload."""
    done = threading.Event()

    def work(thread):
        number = 0
        while not done.is_set():
            node.accept(f"{thread}-{number}", b"%d-%d" % (thread, number))
            number += 1
        return number

    with ThreadPoolExecutor(4) as pool:
        accepted = [pool.submit(work, thread) for thread in range(4)]
        try:
            report = node.back_up(tmp_path / "backup")
        finally:
            done.set()
        assert sum(future.result() for future in accepted) > 0
    assert report.problems == ()
    with SQLiteStore(tmp_path / "backup" / "store.db") as store:
        log = store.audit(limit=10**6)
        assert judge_chain(log).head == report.head
        records = [store.inbound_of(item.message_id)[0] for item in store.messages()]
    assert len(log) == len(records)
    copies = PayloadStore(tmp_path / "backup" / "payloads")
    assert all(copies.verify(record.payload).size == record.size for record in records)


def test_other_programs_can_check_the_payloads(node, tmp_path):
    """``sha256sum -c`` is content with the list, and finds what was changed."""
    node.back_up(tmp_path / "backup")
    command = ["sha256sum", "--check", "--strict", "--quiet", "payloads.sha256"]
    assert subprocess.run(command, cwd=tmp_path / "backup", check=False).returncode == 0
    name = next(iter(node.payloads.names()))
    copy = PayloadStore(tmp_path / "backup" / "payloads").path(name)
    copy.unlink()
    copy.write_bytes(b"other")
    ended = subprocess.run(command, cwd=tmp_path / "backup", check=False, capture_output=True)
    assert ended.returncode == 1


def test_a_missing_payload_is_told_and_the_rest_is_saved(node, tmp_path):
    """One payload gone, one damaged: both are named, the others are in the backup."""
    gone, changed, *others = sorted(node.payloads.names())
    node.payloads.path(gone).unlink()
    node.payloads.path(changed).write_bytes(b"other")
    report = node.back_up(tmp_path / "backup")
    assert [problem.code for problem in report.problems] == [
        "store.payload-missing",
        "store.payload-damaged",
    ]
    restored = restore(tmp_path / "backup", tmp_path / "again")
    assert restored.problems == report.problems
    assert set(PayloadStore(tmp_path / "again" / "payloads").names()) == set(others)


def test_bytes_of_a_conflict_are_in_the_backup(node, tmp_path):
    """What only a refusal speaks of is evidence too."""
    evil = node.payloads.put(io.BytesIO(b"evil")).sha256
    refusal = receipt(message_id=MessageId("m-1"), payload=evil, accepted=False, given=True)
    node.store.apply([PutReceipt(refusal)])
    assert node.back_up(tmp_path / "backup").payloads == 13
    assert PayloadStore(tmp_path / "backup" / "payloads").contains(evil)


@pytest.mark.parametrize("name", ["manifest.json", "store.db", "payloads.sha256", "payload"])
@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_damaged_backup_is_not_restored(node, tmp_path, name, damage):
    """Whatever is changed, cut off or missing: it is named, and nothing is put in place."""
    backup = tmp_path / "backup"
    node.back_up(backup)
    payload = node.payloads.path(next(iter(node.payloads.names())))
    path = backup / name if name != "payload" else backup / payload.relative_to(node.folder)
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(b"#" + content[1:] if damage == "changed" else content[:-20])
    with pytest.raises(UnreadableInput, match="backup, ") as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "backup.damaged"
    assert str(path) in str(caught.value)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["store.db", "payload"])
def test_a_backup_that_the_system_does_not_let_us_read_is_not_called_damaged(node, tmp_path, name):
    """Its files may be in order: that is a failure of the disk, and may pass."""
    backup = tmp_path / "backup"
    node.back_up(backup)
    payload = node.payloads.path(next(iter(node.payloads.names())))
    path = backup / name if name != "payload" else backup / payload.relative_to(node.folder)
    path.unlink()
    path.symlink_to(path)
    with pytest.raises(StoreFailure) as caught:
        restore(backup, tmp_path / "again")
    assert caught.value.code == "store.failure"
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "empty file", "empty folder"])
def test_what_is_no_backup_at_all_is_not_called_damaged(tmp_path, kind):
    """The name is wrong, in words and with what to give instead."""
    place = tmp_path / "place"
    if kind == "empty file":
        place.write_bytes(b"")
    elif kind == "empty folder":
        place.mkdir()
    with pytest.raises(InputNotFound, match="expected the manifest of a backup") as caught:
        restore(place, tmp_path / "again")
    assert "Errno" not in str(caught.value)
    assert "store backup" in caught.value.advice


def test_nothing_is_overwritten(node, tmp_path):
    """A folder with something in it is neither a target nor a place to restore to."""
    node.back_up(tmp_path / "backup")
    for use in (lambda: node.back_up(tmp_path / "backup"), lambda: restore(tmp_path / "backup", node.folder)):  # fmt: skip  # noqa: E501
        with pytest.raises(StoreFailure, match="found something") as caught:
            use()
        assert caught.value.code == "store.target-exists"
    (tmp_path / "empty").mkdir()
    assert restore(tmp_path / "backup", tmp_path / "empty").payloads == 12


def test_a_disk_too_full_for_a_backup_leaves_nothing(node, tmp_path):
    """The target does not appear, and no draft of it stays."""
    with file_size_limit(20_000), pytest.raises(StoreFailure) as caught:
        node.back_up(tmp_path / "backup")
    assert str(node.path) not in str(caught.value)  # it is not the disk of the store that is full
    assert caught.value.code in {"store.full", "store.io"}
    assert [path.name for path in tmp_path.iterdir()] == ["node"]
    assert node.store.outbound(MessageId("m-1"), COMMUNE) is not None


@pytest.mark.parametrize("cut", [0, 100, 5000, 20_000])
def test_a_store_whose_log_was_cut_is_older_and_the_head_tells(node, tmp_path, cut):
    """Without the end of its write-ahead log a store opens at an earlier moment, and is whole.

    SQLite cannot know what is missing; a head of the audit log that was noted elsewhere can.
    """
    head = node.store.audit_head()
    wal = node.path.with_name("store.db-wal").read_bytes()
    assert len(wal) > 20_000
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copyfile(node.path, copy / "store.db")
    (copy / "store.db-wal").write_bytes(wal[: max(0, len(wal) - 30_000 + cut)] if cut else b"")
    report = check_audit(copy / "store.db", noted=head.hash)
    assert [problem.code for problem in report.problems] == ["audit.head"]
    assert report.entries < head.number
    assert check_audit(copy / "store.db").problems == ()


def test_a_backup_interrupted_leaves_nothing(node, tmp_path):
    """Ctrl-C between two payloads takes the half of a backup away."""

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(node.path, node.payloads, tmp_path / "b", at=NOON, tick=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["node"]


def test_payloads_are_not_doubled_on_one_disk(node, tmp_path):
    """On the same file system the backup shares the files of payloads, which never change."""
    node.back_up(tmp_path / "backup")
    copies = PayloadStore(tmp_path / "backup" / "payloads")
    name = next(iter(node.payloads.names()))
    assert os.path.samefile(copies.path(name), node.payloads.path(name))  # noqa: PTH121
