"""Kill an action at each line it runs, to see what a crash at that point leaves behind.

A script for `run` defines ``prepare(n)``, which returns the action of the n-th round; the modules
whose lines count are named by their paths. The rounds run in forks of one fresh process: in the
n-th, the n-th line kills with SIGKILL; the first round in which the action ends is the last. Lines
of threads that the action starts count too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: object, paths: tuple[str, ...]) -> int:
    """Run ``script`` and kill it at each line of the modules under ``paths``.

    Returns:
        How many lines the whole action has: so many rounds were killed, one was not.
    """
    program = (
        f"{script}\nimport sys\nfrom contract.killing import _rounds\n_rounds(prepare, {paths})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _rounds(prepare: Callable[[int], Callable[[], object]], paths: tuple[str, ...]) -> None:
    for number in range(1, 10_000):
        child = os.fork()
        if not child:
            _run_child(prepare(number), number, paths)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.waitstatus_to_exitcode(status) == 0
            sys.stdout.write(str(number - 1))
            return
        assert os.WTERMSIG(status) == signal.SIGKILL


def _run_child(action: Callable[[], object], number: int, paths: tuple[str, ...]) -> None:
    code, left = 1, number

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.endswith(paths):
            return None
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    try:
        threading.settrace(trace)  # of the threads that the action starts
        sys.settrace(trace)
        action()
        sys.settrace(None)
        code = 0
    finally:
        os._exit(code)
