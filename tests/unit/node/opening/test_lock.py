"""One node at work per store: whoever comes second is refused at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from counting import handles_of

from docexchange.errors import StoreFailure
from docexchange.node.opening.lock import NodeLock

HOLDER = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_refused_until_the_first_lets_go(tmp_path):
    """With a code and advice."""
    with NodeLock(tmp_path), pytest.raises(StoreFailure) as caught:
        NodeLock(tmp_path).__enter__()
    assert caught.value.code == "store.in-use"
    assert caught.value.advice
    with NodeLock(tmp_path):
        pass


def test_threads_of_one_node_hold_it_together(tmp_path):
    """The last one lets go."""
    lock, other = NodeLock(tmp_path), NodeLock(tmp_path)
    with lock:
        thread = threading.Thread(target=lock.__enter__)
        thread.start()
        thread.join()
    with pytest.raises(StoreFailure):
        other.__enter__()
    lock.__exit__()
    with other:
        pass


def test_a_refusal_leaves_nothing_held_or_open(tmp_path):
    """The refused one can take it later, and no handle is left."""
    lock = NodeLock(tmp_path)
    with NodeLock(tmp_path):
        for _ in range(5):
            with pytest.raises(StoreFailure):
                lock.__enter__()
        assert len(handles_of(tmp_path / "node.lock")) == 1
    with lock:
        pass


def test_a_process_that_is_killed_lets_go(tmp_path):
    """The system does it for whoever cannot."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "node.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(StoreFailure):
            NodeLock(tmp_path).__enter__()
        process.send_signal(signal.SIGKILL)
        process.wait()
    with NodeLock(tmp_path):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """A failure of the store, with advice."""
    with pytest.raises(StoreFailure, match="gone") as caught:
        NodeLock(tmp_path / "gone").__enter__()
    assert caught.value.code == "store.cannot-open"
    assert caught.value.advice


def test_a_child_neither_holds_it_nor_lets_go_of_it(tmp_path):
    """What it leaves behind is the parent's; its own it has to ask for, and is refused."""
    lock = NodeLock(tmp_path)
    said, saying = os.pipe()
    with lock:
        child = os.fork()
        if not child:
            lock.__exit__()
            with suppress(StoreFailure), lock:
                os.write(saying, b"held")
            os._exit(0)
        os.waitpid(child, 0)
        os.close(saying)
        with pytest.raises(StoreFailure):
            NodeLock(tmp_path).__enter__()
    assert os.read(said, 10) == b""
    os.close(said)
    with NodeLock(tmp_path):
        pass
