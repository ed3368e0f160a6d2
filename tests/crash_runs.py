"""Runs of the programs that kill nodes, each in a process and a folder of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docexchange.testing import run_measured

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder in memory where there is one.

    What matters is what a killed process leaves behind; disks matter when the power fails.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def deaths_of(module: str, *arguments: object, timeout: float = 100) -> list[dict[str, Any]]:
    """Kill, and give back where nodes died, after asserting that all ended well.

    Args:
        module: ``crashing`` or ``served_crashing``.
        arguments: of its command line.
        timeout: in seconds; after it the program is killed with all its nodes.
    """
    done = run_measured(
        [sys.executable, "-m", module, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        timeout_seconds=timeout,
    )
    assert done.returncode == 0, done.stderr.decode()
    deaths = [json.loads(line) for line in done.stdout.splitlines()]
    assert [death for death in deaths if death["wrong"]] == []
    return deaths
