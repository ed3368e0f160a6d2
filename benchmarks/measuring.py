"""How it is measured: contenders take turns, and each process is asked for its peak afterwards."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from letters import MIB

from docexchange.testing import run_measured

if TYPE_CHECKING:
    from collections.abc import Callable

OURS = "docexchange"
RUN = Path(__file__).with_name("run.py")


def seconds(work: Callable[[], object], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times


def compare(
    contenders: dict[str, Callable[[], object]], times: int, rounds: int
) -> dict[str, list[float]]:
    for work in contenders.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in contenders}
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


def show(
    title: str,
    taken: dict[str, list[float]],
    size: int,
    peaks: dict[str, int],
    wanted: dict[str, float] | None = None,
) -> None:
    print(f"\n{title}")
    ours = taken[OURS]
    for name, values in taken.items():
        middle = median(values)
        rate = f"{1 / middle:9.0f} /s" if size < MIB else f"{size / middle / 1e6:8.0f} MB/s"
        ratio = median(other / own for other, own in zip(values, ours, strict=True))
        memory = f"{peaks[name] / MIB:7.0f} MiB" if name in peaks else ""
        beside = target(ratio, wanted[name]) if wanted and name in wanted else ""
        print(f"  {name:22} {rate}   {ratio:5.2f} × the time of ours {memory}{beside}")
