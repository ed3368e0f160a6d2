"""Group commit: what waits shares one flush, and nobody pays for the mistakes of another."""

from __future__ import annotations

import gc
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from contract.delivery_samples import LETTER, entry

from docexchange.delivery import AddTimeline, SQLiteStore
from docexchange.delivery._writer import Writer
from docexchange.errors import StoreFailure

CALLERS = 20


class Database:
    """A table of numbers behind a writer, and how often it was committed."""

    def __init__(self, path, *, pages=1_000_000):
        self.path, self.commits, self.pages = path, [], pages
        self.writer = Writer(self.connect, path)

    def connect(self):
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        connection.execute("CREATE TABLE IF NOT EXISTS number (n INTEGER PRIMARY KEY, more BLOB)")
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
        connection.set_trace_callback(
            lambda sql: self.commits.append(sql) if sql == "COMMIT" else 0
        )
        return connection

    def put(self, number, more=b""):
        def work(connection):
            connection.execute("INSERT INTO number VALUES (?, ?)", (number, more))
            return number

        return work

    def at_the_same_time(self, *works):
        """Let callers queue up behind a first one; the outcomes of the others, in order."""
        begun = threading.Event()

        def first(_):
            begun.set()
            self.wait_for(len(works))

        with ThreadPoolExecutor(len(works) + 1) as pool:
            pool.submit(self.writer.run, first)
            assert begun.wait(10)
            others = []
            for number, work in enumerate(works[:-1], start=1):
                others.append(pool.submit(self.writer.run, work))
                self.wait_for(number)
            others.append(pool.submit(self.writer.run, works[-1]))
            return [future.exception() or future.result() for future in others]

    def wait_for(self, waiting):
        """Return when so many callers wait."""
        for _ in range(20_000):
            if len(self.writer._jobs) >= waiting:
                return
            threading.Event().wait(0.0005)
        raise AssertionError(f"{len(self.writer._jobs)} callers wait, not {waiting}")

    def numbers(self):
        found = self.writer.run(lambda c: c.execute("SELECT n FROM number").fetchall())
        return [row[0] for row in found]


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "numbers.db")
    yield database
    database.writer.close()


def test_those_who_wait_share_one_commit(database):
    """Twenty callers that wait while another commits are one transaction, each with its result."""
    outcomes = database.at_the_same_time(*(database.put(number) for number in range(CALLERS)))
    assert outcomes == list(range(CALLERS))
    assert len(database.commits) == 2
    assert database.numbers() == outcomes


def test_a_caller_alone_is_committed_at_once(database):
    """Without company each piece of work is a commit of its own, with nothing to wait for."""
    for number in range(3):
        assert database.writer.run(database.put(number)) == number
        assert len(database.commits) == number + 1


def test_what_one_is_refused_the_others_keep(database):
    """A guard, a doubled key or a wrong value take back the work of their caller alone."""

    def refused(connection):
        connection.execute("INSERT INTO number VALUES (100, NULL)")
        raise LookupError("stale")

    outcomes = database.at_the_same_time(
        database.put(1), refused, database.put(1), database.put("text"), database.put(2)
    )
    assert [type(outcome) for outcome in outcomes] == [
        int,
        LookupError,
        sqlite3.IntegrityError,
        sqlite3.IntegrityError,
        int,
    ]
    assert len(database.commits) == 2
    assert database.numbers() == [1, 2]


def test_trouble_with_the_disk_is_everybodys(tmp_path):
    """When the database is full, all of the batch fail and none of them is written in part."""
    database = Database(tmp_path / "numbers.db", pages=10)
    outcomes = database.at_the_same_time(
        database.put(1), database.put(2, bytes(100_000)), database.put(3)
    )
    assert [outcome.sqlite_errorname for outcome in outcomes] == ["SQLITE_FULL"] * 3
    assert database.numbers() == []
    assert database.writer.run(database.put(4)) == 4
    database.writer.close()


def test_a_database_that_cannot_be_opened_fails_each_caller(tmp_path):
    """Nobody waits for a thread that has nothing to write to; later callers try again."""
    database = Database(tmp_path / "later" / "numbers.db")
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        database.writer.run(database.put(1))
    (tmp_path / "later").mkdir()
    assert database.writer.run(database.put(2)) == 2
    database.writer.close()


def test_closing_finishes_what_waits(database):
    """What was handed over before the end is written; what comes afterwards is refused."""
    begun, gone = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        gone.wait(10)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(database.writer.run, slow)
        assert begun.wait(10)
        second = pool.submit(database.writer.run, database.put(1))
        database.wait_for(1)
        closing = pool.submit(database.writer.close)
        gone.set()
        closing.result(10)
        assert (first.result(10), second.result(10)) == (None, 1)
    with pytest.raises(StoreFailure) as caught:
        database.writer.run(database.put(2))
    assert caught.value.code == "store.closed"


def writers_of(path):
    """The threads that write to a store."""
    return [thread for thread in threading.enumerate() if str(path) in thread.name]


def test_the_thread_ends_with_the_store(tmp_path):
    """One thread a store, begun by the first write; gone when it is closed, or forgotten."""
    path = tmp_path / "store.db"
    store = SQLiteStore(path)
    assert store.timeline(LETTER) == []
    assert writers_of(path) == []
    store.apply([AddTimeline(entry())])
    store.apply([AddTimeline(entry())])
    assert len(writers_of(path)) == 1
    store.close()
    assert writers_of(path) == []
    store = SQLiteStore(path)
    store.apply([AddTimeline(entry())])
    [thread] = writers_of(path)
    del store
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_a_fork_is_told_to_open_the_store_itself(tmp_path):
    """In a forked process the store refuses to read and write, and closing it harms nobody."""
    with SQLiteStore(tmp_path / "store.db") as store:
        store.apply([AddTimeline(entry())])
        child = os.fork()
        if not child:
            codes = set()
            for use in (lambda: store.apply([AddTimeline(entry())]), store.messages):
                try:
                    use()
                except StoreFailure as error:
                    codes.add(error.code)
            store.close()
            os._exit(0 if codes == {"store.forked"} else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        store.apply([AddTimeline(entry())])
        assert len(store.timeline(LETTER)) == 2


def test_without_a_thread_nobody_waits_for_one(database):
    """A system that gives none is told as a failure; nothing is written then, and later it is."""
    usual = threading.stack_size(2**45)  # more than there are addresses for
    try:
        with pytest.raises(StoreFailure) as caught:
            database.writer.run(database.put(1))
    finally:
        threading.stack_size(usual)
    assert (caught.value.code, bool(caught.value.advice)) == ("store.no-thread", True)
    assert database.writer.run(database.put(2)) == 2
    assert database.numbers() == [2]
