"""The SQLite store beyond the contract: files, versions, other processes, damage."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from contract.delivery_samples import (
    COMMUNE,
    LETTER,
    PROVINCE,
    at,
    entry,
    inbound,
    outbound,
    receipt,
)
from contract.hardship import file_size_limit, without_privileges
from contract.killing import ROOT
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import (
    AddTimeline,
    InboundState,
    OutboundState,
    Purge,
    PutInbound,
    PutOutbound,
    PutReceipt,
    SQLiteStore,
    judge_chain,
)
from docexchange.delivery._failures import from_sqlite
from docexchange.delivery._purging import purge
from docexchange.delivery._rows import Rows
from docexchange.errors import DeliveryError, StoreFailure
from docexchange.identifiers import MessageId
from docexchange.testing.contracts.records import keep

PUT = [PutOutbound(outbound(), expected=None)]

CLAIMER = """
import sys
from dataclasses import replace
from pathlib import Path
from contract.delivery_samples import *
from docexchange.identifiers import MessageId
from docexchange.delivery import *
from docexchange.errors import DeliveryError

won = 0
with SQLiteStore(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    for record in store.in_state(OutboundState.QUEUED):
        claim = PutOutbound(replace(record, state=OutboundState.SENDING), expected=record.state)
        try:
            store.apply([claim, AddTimeline(entry(message_id=record.message_id))])
            won += 1
        except DeliveryError as error:
            assert error.code == "store.stale", error
print(won)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store.db"


def raw(path, *statements):
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(statement).fetchall() for statement in statements]


def on_writer(store, statement):
    """Run a statement on the connection that writes."""
    return store._writer.run(lambda connection: connection.execute(statement).fetchall())


def test_what_was_applied_is_there_after_reopening(path):
    """A store that is opened again finds all records, receipts and entries."""
    changes = [
        *PUT,
        PutReceipt(receipt()),
        AddTimeline(entry()),
        PutInbound(inbound(), expected=None),
    ]
    with SQLiteStore(path) as store:
        store.apply(changes)
    with SQLiteStore(path) as store:
        assert store.outbound(LETTER, COMMUNE) == outbound()
        assert store.inbound(LETTER, COMMUNE) == inbound()
        assert store.receipts(LETTER) == [receipt()]
        assert store.timeline(LETTER) == [entry()]


def test_every_commit_is_flushed_to_a_log(path):
    """The database uses a write-ahead log, and whoever writes flushes it at each commit."""
    with SQLiteStore(path) as store:
        assert on_writer(store, "PRAGMA journal_mode") == [("wal",)]
        assert on_writer(store, "PRAGMA synchronous") == [(2,)]


def test_nothing_but_the_database_remains(path, tmp_path):
    """Making and closing a store leaves one file: no draft, no log."""
    with SQLiteStore(path) as store:
        store.apply(PUT)
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize("name", ["kho văn bản.db", "a?mode=memory#%41.db", "-.db", "x" * 250])
def test_any_file_name_will_do(tmp_path, name):
    """Characters with a meaning in URLs, spaces and long names make no difference."""
    with SQLiteStore(tmp_path / name) as store:
        store.apply(PUT)
    with SQLiteStore(tmp_path / name) as store:
        assert store.outbound(LETTER, COMMUNE) == outbound()
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_queries_use_indexes(path):
    """What is due, a state, a submit key or a message is found without reading whole tables."""
    asked = []
    with SQLiteStore(path) as store:
        reading = store._reader._rows.connection
        reading.set_trace_callback(asked.append)
        store.due(at(0), 10)
        store.next_due()
        store.in_state(OutboundState.QUEUED)
        store.inbound_in_state(InboundState.RECEIVED)
        store.by_submit_key("k")
        store.outbound_of(LETTER)
        store.inbound(LETTER, COMMUNE)
        store.receipts(LETTER)
        store.statuses("x")
        store.timeline(LETTER)
        store.audit(after=5)
        store.audit_head()
        store.refers_to(outbound().payload)
        reading.set_trace_callback(None)
        plans = [reading.execute(f"EXPLAIN QUERY PLAN {sql}") for sql in asked if "SELECT" in sql]
        texts = ["; ".join(row[3] for row in plan) for plan in plans]
    assert len(texts) == 13
    assert texts.pop(0) == "SEARCH outbound USING INDEX outbound_due (due_at<?)"
    # The next due record is the first of its index: a scan that stops at once.
    assert texts.pop(0) == "SCAN outbound USING INDEX outbound_due"
    # So is the end of the audit log.
    assert texts.pop(-2) == "SCAN audit"
    assert all("SCAN " not in text.replace("SCAN CONSTANT", "") for text in texts)
    assert all("INDEX" in text or "PRIMARY KEY" in text for text in texts)


def test_a_purge_uses_indexes(path):
    """What is old is found by its age; no table is read from end to end."""
    wanted = Purge(before=at(0), evidence_before=at(0), at=at(1), who="hoa")

    def explain(connection):
        asked = []
        connection.set_trace_callback(asked.append)
        purge(Rows(connection, path), wanted)
        connection.set_trace_callback(None)
        selects = [sql for sql in asked if sql.startswith(("SELECT", "DELETE"))]
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in selects]
        return [row[3] for plan in plans for row in plan]

    with SQLiteStore(path) as store:
        steps = store._writer.run(explain)
    assert len(steps) > 15
    assert [step for step in steps if step.startswith("SCAN") and step != "SCAN audit"] == []
    assert all("INDEX" in step for step in steps if step.startswith("SEARCH old"))


def test_peers_and_lanes_are_found_without_reading_what_waits_for_them(path):
    """However many letters wait for a dead peer, finding the others costs some look-ups."""
    asked = []
    with SQLiteStore(path) as store:
        with store._reader.rows() as rows:
            rows.connection.set_trace_callback(asked.append)
        store.due_peers(at(0))
        store.due_for(COMMUNE, at(0), 10)
        store.receipts_for(LETTER, COMMUNE)
        with store._reader.rows() as rows:
            rows.connection.set_trace_callback(None)
            # Queries of one moment are held together by a transaction.
            queries = [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]
            steps = [
                row[3]
                for sql in queries
                for row in rows.connection.execute(f"EXPLAIN QUERY PLAN {sql}")
                if "outbound" in row[3] or "receipt" in row[3]
            ]
    assert len(steps) == 7
    assert all(step.startswith("SEARCH") and "INDEX" in step for step in steps), steps
    assert steps[-2].endswith("outbound_peer (next_hop=? AND lane=? AND due_at<?)")


def test_random_bytes_are_no_store(path):
    """A file of noise is refused as damaged, with the path, and left as it is."""
    noise = random.Random(7).randbytes(100_000)
    path.write_bytes(noise)
    with pytest.raises(StoreFailure, match=str(path)) as caught:
        SQLiteStore(path)
    assert caught.value.code == "store.damaged"
    assert "backup" in caught.value.advice
    assert path.read_bytes() == noise


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"\0" * 4096])
def test_other_files_are_not_taken_over(path, content):
    """An empty file, a bare header or zeros are refused and not turned into a store."""
    path.write_bytes(content)
    with pytest.raises(StoreFailure) as caught:
        SQLiteStore(path)
    assert caught.value.code in {"store.foreign", "store.damaged"}
    assert path.read_bytes() == content


def test_another_programs_database_is_not_taken_over(path):
    """A SQLite file of someone else keeps its tables and gets none of ours."""
    raw(path, "CREATE TABLE theirs (x)")
    with pytest.raises(StoreFailure, match="another SQLite file") as caught:
        SQLiteStore(path)
    assert caught.value.code == "store.foreign"
    assert raw(path, "SELECT name FROM sqlite_master") == [[("theirs",)]]


def test_a_newer_schema_is_not_touched(path):
    """A store written by a later version says which one it is and what to do."""
    SQLiteStore(path).close()
    raw(path, "PRAGMA user_version = 99")
    with pytest.raises(StoreFailure, match="or older, found 99") as caught:
        SQLiteStore(path)
    assert caught.value.code == "store.schema-newer"
    assert "newer" in caught.value.advice


def test_a_missing_folder_is_named(tmp_path):
    """The store does not make folders: a mistyped path is an error."""
    with pytest.raises(StoreFailure, match="no-such") as caught:
        SQLiteStore(tmp_path / "no-such" / "store.db")
    assert caught.value.code == "store.cannot-open"


def test_a_dangling_link_is_not_followed(path, tmp_path):
    """A link to a file that is not there makes no file at the other end."""
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StoreFailure):
        SQLiteStore(path)
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_disk_too_full_for_the_shared_file_is_said_to_be_full(path):
    """SQLite calls it an error of the disk; people look for space, not for a broken disk."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    told = from_sqlite(error, path)
    assert (told.code, "is full" in str(told)) == ("store.full", True)


def test_a_full_disk_changes_nothing(path):
    """When the database cannot grow, the apply fails whole and the store still answers."""
    with SQLiteStore(path) as store:
        store.apply(PUT)
        [(pages,)] = on_writer(store, "PRAGMA page_count")
        on_writer(store, f"PRAGMA max_page_count = {pages}")
        kept = [PutReceipt(receipt(xml=b"%d" % number * 30_000)) for number in range(9)]
        with pytest.raises(StoreFailure) as caught:
            store.apply([AddTimeline(entry()), *kept])
        assert caught.value.code == "store.full"
        assert "space" in caught.value.advice
        assert store.timeline(LETTER) == store.receipts(LETTER) == []
        on_writer(store, "PRAGMA max_page_count = 1000000")
        store.apply([AddTimeline(entry()), *kept])
        assert len(store.receipts(LETTER)) == 9


def test_letting_go_of_letters_writes_little(path):
    """Their pages are free for the next ones, and not written once more to be empty."""
    with SQLiteStore(path) as store:
        store.apply([keep(b"%d" % number * 9_999, seconds=1) for number in range(9)])
    with SQLiteStore(path) as store:  # its log is empty again
        store.let_go(store.kept(limit=9))
        assert store.kept(limit=9) == []
        assert path.with_name(f"{path.name}-wal").stat().st_size < 9 * 9_999 // 3


def test_what_a_savepoint_would_take_back_is_in_memory(path):
    """A file of its own would be written page by page, on whatever disk has ``/var/tmp``."""
    with SQLiteStore(path) as store:
        assert on_writer(store, "PRAGMA temp_store") == [(2,)]


def test_a_disk_that_takes_no_more_fails_everybody_and_spoils_nothing(path):
    """When files cannot grow all callers are told, no apply is there in part, and it goes on."""
    kept = receipt(xml=bytes(30_000))
    failed, codes = [], set()

    def work(number):
        message_id = MessageId(f"m-{number}")
        changes = [AddTimeline(entry(message_id=message_id)),
                   PutReceipt(replace(kept, message_id=message_id))]  # fmt: skip
        try:
            store.apply(changes)
        except StoreFailure as error:
            failed.append(number)
            codes.add(error.code)

    with SQLiteStore(path) as store:
        store.apply(PUT)
        with file_size_limit(400_000), ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(40)))
        for number in range(40):
            there = (number not in failed) * 1
            message_id = MessageId(f"m-{number}")
            assert len(store.timeline(message_id)) == len(store.receipts(message_id)) == there
        assert 0 < len(failed) < 40
        assert codes <= {"store.full", "store.io"}
        for number in failed[:]:
            work(number)
        assert len(failed) == len(set(failed))
        assert judge_chain(store.audit(limit=1000)).fault is None
        assert len(store.audit(limit=1000)) == 1 + 2 * 40


def test_a_store_held_by_another_process_says_so(path):
    """After the waiting time a writer that finds the store locked fails, and can try again."""
    with (
        SQLiteStore(path, busy_seconds=0.01) as store,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailure) as caught:
            store.apply(PUT)
        assert caught.value.code == "store.busy"
        assert store.outbound(LETTER, COMMUNE) is None
        other.execute("ROLLBACK")
        store.apply(PUT)
        assert store.outbound(LETTER, COMMUNE) == outbound()


def test_a_read_only_store_says_so():
    """A database that may be read but not written is refused at the first write, with advice."""
    with without_privileges() as folder:
        path = folder / "store.db"
        with SQLiteStore(path) as store:
            store.apply(PUT)
        path.chmod(0o400)
        with pytest.raises(StoreFailure) as caught, SQLiteStore(path) as store:
            store.apply([AddTimeline(entry())])
    assert caught.value.code == "store.read-only"
    assert "writable" in caught.value.advice


def test_a_folder_without_rights_is_named():
    """A new store in a folder that may not be written to is refused with advice."""
    with without_privileges() as folder:
        folder.chmod(0o500)
        with pytest.raises(StoreFailure) as caught:
            SQLiteStore(folder / "store.db")
        folder.chmod(0o700)
    assert caught.value.code == "store.read-only"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE outbound SET state = 'lost'",
        "UPDATE outbound SET payload = 'x'",
        "UPDATE outbound SET due_at = 'soon'",
        "UPDATE outbound SET size = 'many'",
        "UPDATE outbound SET origin = ''",
        "UPDATE outbound SET recipient = x'ff', due_at = x'00'",
        "UPDATE outbound SET problem = x'ff'",
    ],
)
def test_an_illegal_row_is_damage(path, damage):
    """A value that no record can have is reported as a damaged store, not handed on."""
    with SQLiteStore(path) as store:
        store.apply(PUT)
        raw(path, damage)
        with pytest.raises(StoreFailure, match="legal records in table outbound") as caught:
            store.outbound_of(LETTER)
        assert caught.value.code == "store.damaged"


def test_undecodable_text_is_damage(path):
    """Text that is no UTF-8 is reported as a damaged store."""
    with SQLiteStore(path) as store:
        store.apply(PUT)
        raw(path, "UPDATE outbound SET problem = CAST(x'ff' AS TEXT)")
        with pytest.raises(StoreFailure) as caught:
            store.outbound_of(LETTER)
        assert caught.value.code == "store.damaged"


def use(path):
    """Ask and write a little; what the store says against it, if anything."""
    try:
        with SQLiteStore(path) as store:
            store.messages()
            store.due(at(0), 10)
            store.receipts(LETTER)
            store.apply([PutOutbound(outbound(recipient=PROVINCE), expected=None)])
    except DeliveryError as error:
        return error
    return None


@given(st.integers(1, 11), st.binary(min_size=1, max_size=300), st.randoms())
def test_a_damaged_page_never_gives_another_error(tmp_path_factory, page, noise, chance):
    """Whatever bytes are overwritten, what comes out is an answer or a store failure."""
    path = tmp_path_factory.mktemp("damaged") / "store.db"
    with SQLiteStore(path) as store:
        store.apply(
            [PutOutbound(outbound(problem="x" * 6000), expected=None), PutReceipt(receipt())]
        )
    with path.open("r+b") as file:
        file.seek(page * 4096 - chance.randrange(1, 4096))
        file.write(noise)
    error = use(path)
    assert error is None or isinstance(error, StoreFailure) or error.code == "store.stale"


def test_many_processes_share_a_new_store(path):
    """Processes that open a store at once, even while it is made, claim each message once."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, str(path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    ids = [MessageId(f"m-{number}") for number in range(40)]
    for claimer in claimers:
        assert claimer.stdout.readline() == "ready\n"
    with SQLiteStore(path) as store:
        store.apply([PutOutbound(outbound(message_id=i), expected=None) for i in ids])
        for claimer in claimers:
            claimer.stdin.write("go\n")
            claimer.stdin.flush()
        won = [int(claimer.communicate()[0]) for claimer in claimers]
        assert sum(won) == 40
        assert len(store.in_state(OutboundState.SENDING)) == 40
        assert all(len(store.timeline(message_id)) == 1 for message_id in ids)
