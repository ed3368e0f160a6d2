"""Group commit: one thread writes for all, and what waits for it shares one flush.

    writer = Writer(connect, path)
    writer.run(lambda connection: connection.execute("INSERT ..."))   # durable when this returns

1. Whoever wants to write hands over a piece of work and waits. Alone, he waits for nobody: the
   thread begins at once, there is no timer.
2. What came in while the thread was flushing is the next batch: one transaction, and in it one
   savepoint for each piece of work.
3. Work that is refused (a stale guard) is rolled back to its savepoint; the others go on.
4. Trouble with the database itself ends the whole batch: nothing of it is written, and everyone in
   it is told.
5. Nobody returns before the flush, and each gets his own result or error.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, TypeVar

from docexchange.delivery._failures import closed_store, forked_store, no_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["Writer"]

Result = TypeVar("Result")

_LARGEST_BATCH: Final = 256
"""Bounds how long the first of a batch waits for the last."""
_OF_ONE_CALLER: Final = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""What SQLite says against the values of one caller; all else is about the database."""


class _Job:
    """One piece of work, and where its caller waits."""

    __slots__ = ("done", "outcome", "work")

    def __init__(self, work: Callable[[sqlite3.Connection], Any]) -> None:
        self.work = work
        self.done: Future[Any] = Future()
        self.outcome: tuple[Any, Exception | None] = (None, None)


class Writer:
    """Writes to one database, in a thread of its own that lives from the first write to `close`.

    Args:
        connect: opens the connection to write with.
        path: the database, to be named in errors.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], path: Path) -> None:
        self._connect: Final = connect
        self._path: Final = path
        self._process: Final = os.getpid()
        self._waiting: Final = threading.Condition()
        self._jobs: Final[deque[_Job]] = deque()
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do ``work`` inside a transaction; durable when this returns.

        Args:
            work: called in the writing thread; it neither begins nor ends a transaction.

        Raises:
            StoreFailure: the store is closed, belongs to the process that this one forked from, or
                the system has no thread for it.
            sqlite3.Error: the database failed; nothing was written.
        """
        if os.getpid() != self._process:
            raise forked_store(self._path)
        job = _Job(work)
        with self._waiting:
            if self._closed:
                raise closed_store(str(self._path))
            if self._thread is None:
                self._thread = self._begun()
            self._jobs.append(job)
            self._waiting.notify()
        result: Result = job.done.result()
        return result

    def _begun(self) -> threading.Thread:
        thread = threading.Thread(target=self._serve, name=f"writer of {self._path}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # the next caller may be luckier
            raise no_thread(self._path, error) from error
        return thread

    def close(self) -> None:
        """Finish what waits and end the thread; harmless when repeated, or after a fork."""
        if os.getpid() != self._process:
            return
        with self._waiting:
            self._closed = True
            self._waiting.notify()
            thread = self._thread
        # The last reference to a store may be one that the writing thread lets go of.
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _serve(self) -> None:
        try:
            while self._serve_batch():
                pass
        finally:
            if self._connection is not None:
                self._connection.close()

    def _serve_batch(self) -> bool:
        """Do what waits; False when nothing will come any more.

        The batch must not outlive this call: it holds on to those who gave the work.
        """
        jobs = self._next_batch()
        try:
            if jobs:
                self._connection = self._connection or self._connect()
                _commit(self._connection, jobs)
        except BaseException as error:  # noqa: BLE001  whatever it is, callers are waiting
            for job in jobs:
                job.done.set_exception(error)
        else:
            for job in jobs:
                _settle(job)
        return bool(jobs)

    def _next_batch(self) -> list[_Job]:
        """Wait for work; an empty batch means that there will be none."""
        with self._waiting:
            self._waiting.wait_for(lambda: self._jobs or self._closed)
            return [self._jobs.popleft() for _ in range(min(len(self._jobs), _LARGEST_BATCH))]


def _commit(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
    """One transaction, one flush."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for job in jobs:
            _attempt(connection, job)
        connection.execute("COMMIT")
    finally:
        # Only a transaction that did not get as far as its commit is still open here.
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _attempt(connection: sqlite3.Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT caller")
    try:
        job.outcome = job.work(connection), None
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, _OF_ONE_CALLER):
            raise
        connection.execute("ROLLBACK TO caller")
        job.outcome = None, error
    connection.execute("RELEASE caller")


def _settle(job: _Job) -> None:
    result, error = job.outcome
    if error is None:
        job.done.set_result(result)
    else:
        job.done.set_exception(error)
