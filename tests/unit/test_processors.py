"""Threads of a node stay on one processor; what is heavy, and other programs, may run anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from docexchange._processors import on_any_processor, on_one_processor

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two processors",
)


def mine():
    """The processors that this thread may run on."""
    return os.sched_getaffinity(0)


def in_thread():
    """Those of a thread that is started here."""
    found = []
    thread = threading.Thread(target=lambda: found.append(mine()))
    thread.start()
    thread.join()
    return found[0]


def in_program():
    """Those of a program that is started here."""
    program = "import os; print(*os.sched_getaffinity(0))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(map(int, done.stdout.split()))


def test_threads_stay_together_and_are_let_go():
    """Also those that are started meanwhile; an error lets go as well."""
    before = mine()
    with on_one_processor():
        here = mine()
        assert len(here) == 1
        assert here < before
        assert in_thread() == here
    assert mine() == before == in_thread()
    with pytest.raises(KeyError), on_one_processor(), on_any_processor():
        raise KeyError
    assert mine() == before


def test_what_is_heavy_may_run_anywhere_and_comes_back():
    """This thread alone, and the programs that it starts."""
    before = mine()
    with on_one_processor():
        here = mine()
        with on_any_processor(), on_any_processor():
            assert mine() == before == in_program()
        assert mine() == here


def test_where_nobody_was_bound_nothing_changes():
    """In a server of somebody else's, who may have bound threads himself."""
    before = mine()
    own = {min(before)}
    os.sched_setaffinity(0, own)
    try:
        with on_any_processor():
            assert mine() == own
        with on_one_processor(), on_any_processor():
            assert mine() == own == in_thread()
    finally:
        os.sched_setaffinity(0, before)


def test_a_thread_that_was_never_bound_is_not_bound_by_its_heavy_work():
    """It was there before the others were bound."""
    found, bound, done = [], threading.Event(), threading.Event()

    def work():
        bound.wait()
        with on_any_processor():
            pass
        found.append(mine())
        done.set()

    before, thread = mine(), threading.Thread(target=work)
    thread.start()
    with on_one_processor():
        bound.set()
        done.wait()
    thread.join()
    assert found == [before]


def test_binding_within_binding_changes_nothing():
    """The inner one does not let go of the outer one."""
    with on_one_processor():
        here = mine()
        with on_one_processor():
            assert mine() == here
        assert mine() == here
        with on_any_processor():
            assert mine() > here
