"""A server in a process of its own, and a caller in another: what each of them took."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from letters import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from premises import Premises

HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 60
SAMPLE_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one run."""

    accepted: int
    other: dict[str, int]
    seconds: float
    rate: float
    p50: float
    p99: float
    minutes: list[Minute]
    """Each whole one."""
    server_cpu: float
    """Processor seconds of the server for each letter."""
    caller_cpu: float
    """Those of the caller."""
    memory: list[float]
    """Resident memory of the server, in MiB: at the beginning, then every
    ``SAMPLE_SECONDS``, and at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """A minute of a run."""

    rate: float
    """Accepted in a second."""
    p99: float
    """Seconds."""


def plain(premises: Premises) -> list[object]:
    """The command of the plain server."""
    root, node = premises.pki / "trust" / "root.pem", premises.node
    tls = [root, node / "server.pem", node / "server.key.pem"]
    return [sys.executable, HERE / "plain_server.py", premises.port, node / "plain", *tls]


def accepting(premises: Premises) -> list[object]:
    """The command of a node that takes in, and does nothing else."""
    return [sys.executable, HERE / "accepting_node.py", premises.node]


def whole(premises: Premises) -> list[object]:
    """The command of a node that does all its work."""
    program = "from docexchange.cli import main; main()"
    return [sys.executable, "-c", program, "node", "run", "--node", premises.node]


def loaded(
    command: list[object], premises: Premises, letters: Path, *, seconds: float, connections: int
) -> Run:
    """Start a server, bring it letters, and stop it."""
    with _started(command, premises.port) as pid:
        _call(premises, letters, seconds=1, connections=connections, skip=0)  # warm
        begin = _cpu(pid)
        with _watched(pid) as memory:
            said = _call(premises, letters, seconds=seconds, connections=connections, skip=WARM)
        spent = _cpu(pid) - begin
    count = max(said["accepted"], 1)
    caller = said.pop("cpu") / count
    minutes = [Minute(**minute) for minute in said.pop("minutes")]
    return Run(
        **said,
        minutes=minutes,
        server_cpu=spent / count,
        caller_cpu=caller,
        memory=memory,
    )


WARM = 1000
"""Letters at the beginning of a file that are for warming up."""


def _call(
    premises: Premises, letters: Path, *, seconds: float, connections: int, skip: int
) -> dict[str, object]:
    certificate, key = premises.caller
    command = [sys.executable, HERE / "load.py", "--port", premises.port, "--letters", letters]
    command += ["--ca", premises.pki / "trust" / "root.pem", "--certificate", certificate]
    command += ["--key", key, "--seconds", seconds, "--connections", connections, "--skip", skip]
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


@contextmanager
def _started(command: list[object], port: int) -> Iterator[int]:
    with subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL) as process:
        try:
            _await(process, port)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """The memory of a process, at the beginning, from time to time, in the end."""
    memory, over = [_rss(pid)], threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_SECONDS):
            memory.append(_rss(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()
        memory.append(_rss(pid))


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rss(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB
