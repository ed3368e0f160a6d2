"""``docexchange store``: whatever is done to a store is found, and a backup makes it good."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, apart

from docexchange.cli._vietnamese import ADVICE
from docexchange.clock import SystemClock
from docexchange.delivery import OutboundState
from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from network_help import Cli, Network

LETTER = MessageId("m-letter")
NO_GUARD = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;"


def change(network: Network, script: str, name: str = "central") -> None:
    """Reach into the database of a node."""
    with closing(sqlite3.connect(network[name] / "store" / "store.db")) as connection:
        connection.executescript(script)


def payload_of(network: Network, name: str = "central") -> Path:
    """The file of the letter's bytes at a node."""
    with network.storage(name) as storage:
        [record] = storage.store.inbound_of(LETTER)
        return storage.payloads.path(record.payload)


def test_a_sound_store_has_no_problems(cli: Cli, delivered: Network) -> None:
    """At every node of a delivery; all records, payloads and entries were looked at."""
    for name in ("commune", "district", "province", "central"):
        ran = cli("store", "check", "--node", delivered[name], "--json")
        answer = ran.answer("store-check")
        assert (ran.code, answer["problems"]) == (0, [])
        assert answer["records"] > 10
        assert answer["payloads"] >= 2
        assert answer["audit"]["entries"] == answer["audit"]["number"] > 5


def test_the_log_says_whose_it_is(cli: Cli, delivered: Network) -> None:
    """What a node does by itself is under the code of its agency."""
    entries = cli("audit", "list", "--node", delivered["central"], "--json").answer("audit-list")
    assert {entry["who"] for entry in entries if entry["what"] == "received"} == {str(CENTRAL)}


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("UPDATE inbound SET state = 'lost'", "store.record"),
        ("UPDATE timeline SET at = 'soon' WHERE number = 1", "store.record"),
        ("UPDATE status SET reporter = ''", "store.record"),
        ("UPDATE inbound SET size = size + 1", "store.payload-damaged"),
        ("UPDATE receipt SET xml = CAST('<x/>' AS BLOB) WHERE number = 1", "store.receipt"),
        ("UPDATE receipt SET xml = 'text' WHERE number = 1", "store.receipt"),
        ("UPDATE receipt SET accepted = 0 WHERE number = 1", "store.receipt"),
        ("DELETE FROM receipt WHERE number = 1", "store.receipt"),
        (f"{NO_GUARD} UPDATE audit SET who = 'x' WHERE number = 2", "audit.hash"),
        (f"{NO_GUARD} UPDATE audit SET at = 'x' WHERE number = 2", "store.record"),
        (f"{NO_GUARD} DELETE FROM audit WHERE number = 2", "audit.number"),
        (f"{NO_GUARD} DELETE FROM audit WHERE number > 1", "audit.missing"),
        ("DELETE FROM inbound", "store.missing"),
        ("UPDATE inbound SET payload = (SELECT payload FROM outbound)", "store.missing"),
        ("UPDATE outbound SET payload = (SELECT payload FROM inbound)", "store.missing"),
        ("DELETE FROM outbound", "store.missing"),
        ("DELETE FROM status", "store.missing"),
        ("DELETE FROM timeline WHERE number = 1", "store.missing"),
        ("DELETE FROM book WHERE place = 1", "store.missing"),
        (f"{NO_GUARD} DELETE FROM audit WHERE what = 'outbound.receipt'", "audit.missing"),
        ("DROP INDEX inbound_state; CREATE INDEX inbound_state ON inbound (size)", ""),
    ],
)
def test_what_was_changed_in_the_database_is_found(
    cli: Cli, delivered: Network, script: str, code: str
) -> None:
    """Each change that makes a difference has its code, words and advice in both languages."""
    change(delivered, script)
    ran = cli("store", "check", "--node", delivered["central"], "--json")
    found = {problem["code"] for problem in ran.answer("store-check")["problems"]}
    assert (ran.code, found >= {code}) == ((1, True) if code else (0, False))
    assert all(problem["advice"] for problem in ran.answer("store-check")["problems"])
    assert found <= {*ADVICE, *(item for item in found if item.partition(".")[0] in ADVICE)}
    told = cli("--lang", "vi", "store", "check", "--node", delivered["central"]).out
    assert not re.search(r"\b(expected|found|for|table|entry)\b", told)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda path: path.unlink(), "store.payload-missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "store.payload-damaged"),
    ],
)
def test_a_payload_that_is_not_as_it_was_is_found(
    cli: Cli, delivered: Network, damage: Callable[[Path], object], code: str
) -> None:
    """Missing or changed: the exit code is 1, in Vietnamese with Vietnamese advice."""
    path = payload_of(delivered)
    damage(path)
    ran = cli("--lang", "vi", "store", "check", "--node", delivered["central"])
    assert ran.code == 1
    assert f"[{code}]" in ran.out
    assert str(path) in ran.out
    assert ADVICE[code] in ran.out
    assert "1 lỗi" in ran.out
    assert "expected" not in ran.out


def overwrite(at: int, noise: bytes = b"\xff" * 512) -> Callable[[Path], None]:
    """Damage in the midst of a file."""

    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(at)
            file.write(noise)

    return damage


DAMAGES = {
    "header": overwrite(0),
    "schema": overwrite(100, b"\xff" * 900),
    "pages": lambda path: [
        overwrite(at)(path) for at in range(4096, path.stat().st_size - 512, 4096)
    ],
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "noise": lambda path: path.write_bytes(os.urandom(50_000)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_corrupt_store_is_told_and_a_backup_makes_it_good(
    cli: Cli, network: Network, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """Whatever was done to the file: a code, no traceback; then it goes on from a backup."""
    assert cli("send", network.letter(), "--node", network["commune"]).code == 0
    backup, store = tmp_path / "backup", network["commune"] / "store"
    ran = cli("store", "backup", backup, "--node", network["commune"], "--json")
    assert (ran.code, ran.answer("store-backup")["problems"]) == (0, [])
    damage(store / "store.db")
    ran = cli("store", "check", "--node", network["commune"])
    assert ran.code in {1, 5}
    assert "[store.damaged]" in ran.out + ran.err or "[store.foreign]" in ran.out + ran.err
    assert "Traceback" not in ran.err
    cli("store", "restore", backup, "--node", network["commune"]).refused(2, "store.target-exists")
    store.rename(network["commune"] / "store-damaged")
    ran = cli("store", "restore", backup, "--node", network["commune"], "--json")
    restored = ran.answer("store-restore")
    ran = cli("store", "check", "--node", network["commune"], "--head", restored["audit"]["hash"])
    assert ran.code == 0
    network.settle()
    with network.storage("commune") as storage:
        [record] = storage.store.outbound_of(LETTER)
        assert record.state is OutboundState.ACKNOWLEDGED
        log = storage.store.audit(limit=10_000)
    assert [entry.what for entry in log if entry.who != "000.21.31.H53"][:2] == [
        "store.backup",
        "store.restored",
    ]


def test_a_backup_without_a_payload_says_so(cli: Cli, delivered: Network, tmp_path: Path) -> None:
    """The exit code is 1, the problem is told; the rest is there."""
    payload_of(delivered).unlink()
    ran = cli("store", "backup", tmp_path / "b", "--node", delivered["central"])
    assert ran.code == 1
    assert "[store.payload-missing]" in ran.out
    assert (tmp_path / "b" / "manifest.json").exists()


def test_a_damaged_backup_is_refused(cli: Cli, delivered: Network, tmp_path: Path) -> None:
    """One line with the file in it, and that trying again will not help; no store is put there."""
    cli("store", "backup", tmp_path / "b", "--node", delivered["central"])
    (tmp_path / "b" / "manifest.json").write_text("{}", encoding="utf-8")
    shutil.rmtree(delivered["central"] / "store")
    ran = cli("store", "restore", tmp_path / "b", "--node", delivered["central"])
    ran.refused(4, "backup.damaged")
    assert not (delivered["central"] / "store").exists()


def test_a_node_without_a_store_is_not_given_one(cli: Cli, network: Network) -> None:
    """Looking after a store that is not there makes none, which would look like a loss."""
    shutil.rmtree(network["central"] / "store")
    for words in (["store", "check"], ["audit", "verify"], ["store", "purge", "--keep-days", "1"]):
        cli(*words, "--node", network["central"]).refused(5, "store.none")
    assert not (network["central"] / "store").exists()


def test_what_is_old_is_purged_and_its_payload_goes(cli: Cli, delivered: Network) -> None:
    """Nothing of today leaves; what is made two years old does, but for its receipts."""
    words = ["store", "purge", "--keep-days", "365", "--node", delivered["central"], "--json"]
    assert cli(*words).answer("store-purge")["messages"] == 0
    path = payload_of(delivered)
    old = SystemClock().now() - timedelta(days=730)
    text = old.isoformat(timespec="microseconds")
    for table, column in (("inbound", "received_at"), ("timeline", "at"), ("receipt", "at")):
        change(delivered, f"UPDATE {table} SET {column} = '{text}' WHERE message_id = 'm-letter'")
    os.utime(path, (old.timestamp(), old.timestamp()))
    answer = cli(*words).answer("store-purge")
    assert (answer["messages"], answer["receipts"], answer["payloads"]) == (1, 0, 1)
    assert not path.exists()
    assert cli("store", "check", "--node", delivered["central"]).code == 0
    ran = cli(*words[:-1], "--keep-evidence-days", "400")
    assert "1 receipts purged" in ran.out
    assert cli("store", "check", "--node", delivered["central"]).code == 0
    ran = cli(*words[:-1], "--keep-evidence-days", "10")
    ran.refused(2, "store.purge")


def test_a_full_disk_is_told_by_a_backup(delivered: Network, tmp_path: Path) -> None:
    """One line, a code, and nothing left of the backup."""
    words = ["store", "backup", tmp_path / "b", "--node", delivered["central"]]
    ran = apart(words, before="ulimit -f 60")
    assert ran.code == 5
    assert "[store." in ran.err
    assert "Traceback" not in ran.err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".b", "b"))]
