"""Work spread over processes that leave nothing behind: no traceback, and no process.

>>> for done in spread(examine, batches, jobs=2, begin=start, given=(judge,)):
...     tell(done)

Ctrl-C goes to all of them, and only this one may speak of it: the others do not hear it while they
start, and end without a word afterwards. Whatever ends this one, they end as well; where it is
asked to end (SIGTERM), nothing is left to be cleaned up behind it.

Memory is bounded: of all results, only those are held that wait for one before them.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from docexchange.cli._output import silence_stdout
from docexchange.errors import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

__all__ = ["spread"]

_Piece = TypeVar("_Piece")
_Done = TypeVar("_Done")

_WAITING: Final = 4
"""Pieces for each process that are under way or wait to be told."""


def spread(
    work: Callable[[_Piece], _Done],
    pieces: Iterable[_Piece],
    *,
    jobs: int,
    begin: Callable[..., None],
    given: tuple[Any, ...],
) -> Iterator[_Done]:
    """Do pieces of work in other processes, and give what came of them in their order.

    Args:
        work: what is done; the processes find it by its name.
        pieces: what it is done to.
        jobs: how many processes.
        begin: called in each before anything else.
        given: what it is called with.

    Raises:
        UnreadableInput: one of the processes was ended from outside.
    """
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # or it is started with the first process, and lets signals through there
    others = active_children()
    pool = ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin, given)
    )
    try:
        with _ending_in_order():
            yield from _in_order(pool.submit, work, pieces, jobs * _WAITING)
    except BrokenProcessPool as error:
        raise _ended() from error
    except BaseException:
        for process in set(active_children()).difference(others):
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    submit: Callable[..., Future[_Done]],
    work: Callable[[_Piece], _Done],
    pieces: Iterable[_Piece],
    most: int,
) -> Iterator[_Done]:
    under_way: deque[Future[_Done]] = deque()
    for piece in pieces:
        with _deaf():
            under_way.append(submit(work, piece))
        if len(under_way) >= most:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """SIGTERM ends the other processes before this one, as an error would."""
    from threading import current_thread, main_thread

    # Who has said otherwise for all of the program is left alone.
    ours = current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, _frame: object) -> NoReturn:
    silence_stdout()  # nobody may be left to read what still waits there
    raise SystemExit(128 + number)  # as a shell has it


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C waits; a process that is started meanwhile does not hear it before it is ready."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[..., None], given: tuple[Any, ...]) -> None:
    """In the other process: get ready to end, and then to work."""
    from threading import Thread

    Thread(target=_end_with_parent, daemon=True).start()
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as for jobs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    begin(*given)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _ended() -> UnreadableInput:
    return UnreadableInput(
        "expected each process to work until all files are looked at, found one that was ended",
        code="process.ended",
        advice="Systems end processes when memory runs out: try again with --jobs 1. Nothing is "
        "known of the files that were not told yet.",
    )
