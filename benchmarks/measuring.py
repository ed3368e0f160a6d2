"""How it is measured: contenders take turns, and each process is asked for its peak afterwards.

Processor time decides: it is what a machine of many tasks has to give, and other tasks do not count
in it. What somebody waits is told beside it; it says something on a machine that does nothing else.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from letters import MIB

from docexchange.testing import run_measured

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = "docexchange"
RUN = Path(__file__).with_name("run.py")


class Taken(NamedTuple):
    """Seconds for doing a thing once."""

    cpu: float
    """Processor time, that of all threads together."""
    wall: float
    """By the clock on the wall."""


def seconds(work: Callable[[], object], times: int) -> Taken:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        work()
    return Taken((time.process_time() - cpu) / times, (time.perf_counter() - wall) / times)


def compare(
    contenders: dict[str, Callable[[], object]], times: int, rounds: int
) -> dict[str, list[Taken]]:
    for work in contenders.values():
        work()
    taken: dict[str, list[Taken]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            taken[name].append(seconds(work, times))
    return taken


def peak(kind: str, action: str, name: str, size: int, folder: Path) -> int:
    """Peak memory of a process that does the one thing once; in bytes."""
    command = [sys.executable, RUN, "--one", kind, action, name, str(size), "--dir", folder]
    done = run_measured(command, timeout_seconds=300)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return done.peak_bytes


def target(found: float, wanted: float) -> str:
    """A ratio beside what was wanted of it."""
    return f"   (target {wanted:g}: {'met' if found >= wanted else 'missed'})"


def times_ours(theirs: list[float], ours: list[float]) -> float:
    """How many times our time others take, in the middle of the rounds."""
    return median(their / our for their, our in zip(theirs, ours, strict=True))


def show(
    title: str,
    taken: dict[str, list[Taken]],
    size: int,
    peaks: dict[str, int],
    wanted: dict[str, float] | None = None,
) -> None:
    print(f"\n{title}")
    own_cpu, own_wall = zip(*taken[OURS], strict=True)
    for name, values in taken.items():
        cpu, wall = zip(*values, strict=True)
        middle = median(cpu)
        rate = f"{1 / middle:9.0f} /s" if size < MIB else f"{size / middle / 1e6:8.0f} MB/s"
        ratio, waited = times_ours(cpu, own_cpu), times_ours(wall, own_wall)
        memory = f"{peaks[name] / MIB:7.0f} MiB" if name in peaks else ""
        beside = target(ratio, wanted[name]) if wanted and name in wanted else ""
        told = f"{ratio:5.2f} × the processor time of ours, {waited:5.2f} × the wait"
        print(f"  {name:22} {rate}   {told} {memory}{beside}")
