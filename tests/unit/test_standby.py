"""One program stands by for many files, and nothing is left of it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from standby_help import ECHO, ENDLESS, FAIL, SAID

from docexchange._standby import Standby

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "DOCEXCHANGE_TEST_STANDBY"
AMPLE = 60
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


@pytest.fixture
def standby() -> Iterator[Standby]:
    """A program that has not been started yet."""
    standby = Standby("standby_help")
    yield standby
    standby.leave()


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """What tells the processes of this test from all others."""
    monkeypatch.setenv(MARK, tmp_path.name)
    return f"{MARK}={tmp_path.name}"


def ask(
    standby: Standby, said: bytes = b"a file", order: int = ECHO, seconds: int = AMPLE
) -> bytes:
    """What it says to a file."""
    with tempfile.TemporaryFile() as file:
        file.write(said)
        file.seek(0)
        return standby.ask(file.fileno(), (order,), seconds=seconds)


def standing(mark: str, *others: int) -> int:
    """The one process that stands by; those that it forked may not have quite ended."""
    found = set(processes(mark)).difference(others)
    [first] = [process for process in found if parent(process) not in {0, *found}]
    return first


def parent(process: int) -> int:
    """Who forked a process; 0 for one that has ended."""
    lines = told(Path(f"/proc/{process}/status")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("PPid:")), 0)


def processes(mark: str) -> list[int]:
    """Those that were started under the mark, apart from this one."""
    return [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if int(folder.name) != os.getpid() and mark in told(folder / "environ").split("\0")
    ]


def told(file: Path) -> str:
    """What the system tells; nothing of a process that has ended."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def wait_for_end(handle: int) -> None:
    """Until a process has ended."""
    assert select.select([handle], [], [], AMPLE)[0], "it has not ended"
    os.close(handle)


@needs_proc
def test_many_files_need_one_start(standby: Standby, mark: str) -> None:
    """Of the program that reads nothing itself there is one for all of them."""
    assert ask(standby, b"one") == b"one"
    found = standing(mark)
    assert [ask(standby, b"two"), ask(standby, b"")] == [b"two", b""]
    assert standing(mark) == found


def test_a_large_answer_comes_whole(standby: Standby) -> None:
    """More than any buffer between two processes holds."""
    large = bytes(range(256)) * 8192
    assert ask(standby, large) == large


@needs_proc
def test_it_stands_on_no_disk(standby: Standby, mark: str) -> None:
    """One that somebody wants to take out again, say."""
    ask(standby)
    assert Path(f"/proc/{standing(mark)}/cwd").readlink() == Path("/")


def test_a_failure_is_no_answer_and_harms_no_other(standby: Standby) -> None:
    """The next file has a process as clean as the first."""
    assert ask(standby, order=FAIL) == b""
    assert ask(standby) == b"a file"


def test_the_system_ends_what_takes_too_long(standby: Standby) -> None:
    """What it had said until then is all there is; no time at all is too little."""
    assert ask(standby, order=ENDLESS, seconds=1) == SAID
    assert ask(standby, order=ENDLESS, seconds=0) in {SAID, b""}
    assert ask(standby) == b"a file"


@needs_proc
def test_one_that_has_ended_is_started_anew(standby: Standby, mark: str) -> None:
    """Killed, or gone as nobody had asked for long: the next file does not suffer."""
    ask(standby)
    gone = standing(mark)
    handle = os.pidfd_open(gone)
    os.kill(gone, signal.SIGKILL)
    wait_for_end(handle)
    assert ask(standby) == b"a file"
    assert standing(mark) != gone


@needs_proc
def test_it_ends_with_whoever_started_it_and_so_do_those_who_work(mark: str) -> None:
    """Also where that was killed, and could not say so."""
    program = (
        "import json, socket, sys\n"
        "from standby_help import ENDLESS, SAID\n"
        "from docexchange._standby import Standby\n"
        "standby, (ours, theirs) = Standby('standby_help'), socket.socketpair()\n"
        f"standby._fork(json.dumps([{AMPLE}, ENDLESS]).encode(), (0, theirs.fileno()))\n"
        "assert ours.recv(len(SAID)) == SAID\n"
        "print('asked', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"asked\n"
        others = set(processes(mark)) - {process.pid}
        assert len(others) == 2
        handles = [os.pidfd_open(other) for other in others]
        process.kill()
    for handle in handles:
        wait_for_end(handle)


@needs_proc
def test_interrupting_us_does_not_interrupt_it(standby: Standby, mark: str) -> None:
    """Whoever ends in order after Ctrl-C has the file that is under way read to its end."""
    ask(standby)
    assert os.getpgid(standing(mark)) != os.getpgrp()
    assert os.getsid(standing(mark)) != os.getsid(0)


def test_threads_share_it(standby: Standby) -> None:
    """Each has the answer about its own file."""
    files = [b"file %d" % number for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda file: ask(standby, file), files)) == files


def test_a_fork_has_its_own() -> None:
    """As where a server loads everything and forks: neither takes the other's answers."""
    program = (
        "import os, sys\n"
        "from standby_help import ECHO\n"
        "from docexchange._standby import Standby\n"
        "standby = Standby('standby_help')\n"
        "def asked(name):\n"
        "    with open(name, 'rb') as file:\n"
        "        return standby.ask(file.fileno(), (ECHO,), seconds=60) == file.name.encode()\n"
        "assert asked('ours')\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(0 if asked('theirs') else 1)\n"
        "assert asked('ours')\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ours", "theirs"):
            Path(folder, name).write_text(name)
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
        )


def test_what_cannot_start_says_so(standby: Standby, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no answer then; and where it can later, there is."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        ask(standby)
    monkeypatch.undo()
    assert ask(standby) == b"a file"
    with pytest.raises(subprocess.CalledProcessError):
        ask(Standby("no.such.module"))
