"""Books: rows that check themselves, and numbers that several processes ask for at once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from contract.delivery_samples import LETTER, row
from contract.killing import ROOT

from docexchange.delivery import Book, EnterInBook, PayloadStore, SQLiteStore, check_store
from docexchange.errors import UsageError

ASKER = """
import sys
from pathlib import Path
from contract.delivery_samples import row
from docexchange.delivery import SQLiteStore

with SQLiteStore(Path(sys.argv[1])) as store:
    sys.stdin.readline()
    print(*(store.enter(row()).number for _ in range(25)))
"""


def test_processes_never_get_the_same_number(tmp_path):
    """Four processes of 25 numbers each: 1 to 100, each once, none left out; the store is sound."""
    path = tmp_path / "store.db"
    SQLiteStore(path).close()
    search = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", ASKER, str(path)],
            env={**os.environ, "PYTHONPATH": search},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for asker in askers:
        asker.stdin.write("go\n")
        asker.stdin.flush()
    given = [int(number) for asker in askers for number in asker.communicate()[0].split()]
    assert sorted(given) == list(range(1, 101))
    report = check_store(path, PayloadStore(tmp_path / "payloads"))
    assert (report.problems, report.entries) == ((), 100)


def test_rows_are_there_after_the_store_was_closed(tmp_path):
    """What was entered is durable."""
    with SQLiteStore(tmp_path / "store.db") as store:
        store.apply([EnterInBook(row(book=Book.INCOMING, message_id=LETTER))])
    with SQLiteStore(tmp_path / "store.db") as store:
        assert [item.number for item in store.book(Book.INCOMING)] == [1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", -1), ("number", 10**10), ("copies", -1), ("series", " "), ("year", 0)],
)
def test_an_illegal_row_cannot_be_made(field, value):
    """It is refused with the field that is wrong."""
    with pytest.raises(UsageError, match=field):
        replace(row(), **{field: value})


def test_a_time_without_a_zone_is_no_time():
    """Neither of entry nor of arrival."""
    for field in ("entered_at", "received_at"):
        naive = row().entered_at.replace(tzinfo=None)
        with pytest.raises(UsageError, match=field):
            replace(row(), **{field: naive})
