"""Stores of older versions are brought up to date whole, once, and lose nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from contract.delivery_samples import COMMUNE, LETTER, at, entry, inbound, outbound, receipt
from contract.hardship import without_privileges
from contract.killing import ROOT, run

from docexchange.delivery import PutOutbound, SQLiteStore, judge_chain
from docexchange.delivery._migrations import SCHEMA_VERSION
from docexchange.delivery._tables import (
    INBOUND_TABLE,
    IS_WAITING,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    TIMELINE_TABLE,
)
from docexchange.errors import StoreFailure

SCHEMA_1 = (Path(__file__).parent / "schema_1.sql").read_text(encoding="utf-8")

OPENER = """
import sys
from pathlib import Path
from docexchange.delivery import SQLiteStore

sys.stdin.readline()
with SQLiteStore(Path(sys.argv[1])) as store:
    print(len(store.audit()), store.audit_head().hash)
"""

MIGRATION = """
import shutil, sys
from pathlib import Path
from docexchange.delivery import SQLiteStore

def prepare(number):
    path = Path(sys.argv[1]) / f"{number}.db"
    shutil.copyfile(sys.argv[2], path)
    return lambda: SQLiteStore(path)
"""


def make_version_1(path, *, receipts=2500):
    """A store as version 1 wrote it, with receipts on more than two pages."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA_1)
        connection.execute("BEGIN")
        for table, record in (
            (OUTBOUND_TABLE, outbound(submit_key="k")),
            (INBOUND_TABLE, inbound()),
            (TIMELINE_TABLE, entry()),
        ):
            put(connection, table, record)
        for number in range(receipts):
            kept = receipt(xml=b"%d" % number, at=at(number))
            put(connection, RECEIPT_TABLE, kept, digest=sha256(kept.xml).hexdigest())
        connection.execute("COMMIT")
    return path


def put(connection, table, record, **more):
    values = {**table.values(record), **more}
    values.pop("lane", None)
    marks = ", ".join("?" * len(values))
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({marks})", tuple(values.values())
    )


def version_in(path):
    """The version of a file, asked without us."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def schema_in(path):
    """All tables, indexes and triggers of a file."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
        columns = {
            name: connection.execute(f"PRAGMA table_info({name})").fetchall()
            for kind, name, _ in found
            if kind == "table"
        }
    return sorted(found), columns


def test_a_version_1_store_keeps_everything(tmp_path):
    """Records come over with their lane, and each receipt is in the audit log from now on."""
    path = make_version_1(tmp_path / "store.db")
    with SQLiteStore(path) as store:
        assert store.outbound(LETTER, COMMUNE) == outbound(submit_key="k", lane=1)
        assert store.inbound(LETTER, COMMUNE) == inbound()
        assert store.timeline(LETTER) == [entry()]
        log = store.audit(limit=10_000)
        assert [line.sha256 for line in log] == [
            sha256(kept.xml).hexdigest() for kept in store.receipts(LETTER)
        ]
        assert len(log) == 2500
        assert judge_chain(log).fault is None
    assert version_in(path) == SCHEMA_VERSION


def test_the_first_version_is_made_as_it_was_released():
    """The words of the index are those that the queries of today use."""
    assert f"WHERE {IS_WAITING}" in SCHEMA_1


def test_an_old_store_and_a_new_one_have_one_schema(tmp_path):
    """Whether migrated or made anew, tables, columns, indexes and triggers are the same."""
    SQLiteStore(make_version_1(tmp_path / "old.db")).close()
    SQLiteStore(tmp_path / "new.db").close()
    assert schema_in(tmp_path / "old.db") == schema_in(tmp_path / "new.db")


def test_processes_that_open_an_old_store_at_once_migrate_it_once(tmp_path):
    """All of them find the same log, with each receipt in it once."""
    path = make_version_1(tmp_path / "store.db")
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = {opener.communicate("go\n")[0] for opener in openers}
    with SQLiteStore(path) as store:
        assert answers == {f"1000 {store.audit_head().hash}\n"}
        assert store.audit_head().number == 2500


def test_a_migration_killed_at_any_line_has_happened_or_not(tmp_path):
    """After each kill the file is of the old version or the new one, and opens."""
    make_version_1(tmp_path / "old.db", receipts=2)
    lines = run(MIGRATION, tmp_path, tmp_path / "old.db", paths=("_migrations.py", "_sealing.py"))
    assert lines > 30
    versions = [version_in(tmp_path / f"{number}.db") for number in range(1, lines + 2)]
    assert (versions[0], versions[-1]) == (1, SCHEMA_VERSION)
    assert versions == sorted(versions)
    for number in range(1, lines + 2):
        with SQLiteStore(tmp_path / f"{number}.db") as store:
            assert store.audit_head().number == 2


def test_an_old_store_that_cannot_be_written_says_so():
    """A read-only file of an older version is refused with both versions, and left as it is."""
    with without_privileges() as folder:
        path = make_version_1(folder / "store.db", receipts=1)
        path.chmod(0o400)
        with pytest.raises(StoreFailure, match=f"version {SCHEMA_VERSION}, found 1") as caught:
            SQLiteStore(path)
        assert version_in(path) == 1
    assert caught.value.code == "store.schema-older"
    assert "writable" in caught.value.advice


def test_an_old_store_with_a_damaged_receipt_is_left_alone(tmp_path):
    """A row that is no receipt stops the migration; nothing has changed then."""
    path = make_version_1(tmp_path / "store.db", receipts=3)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE receipt SET at = 'soon' WHERE number = 2")
    before = schema_in(path)
    with pytest.raises(StoreFailure, match="legal records in table receipt"):
        SQLiteStore(path)
    assert (version_in(path), schema_in(path)) == (1, before)


@pytest.mark.parametrize("statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_audit_table_refuses_to_be_changed(tmp_path, statement):
    """Whoever reaches into the database has to remove a guard first."""
    path = tmp_path / "store.db"
    with SQLiteStore(path) as store:
        store.apply([PutOutbound(outbound(), expected=None)])
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
