"""How much memory and time a program really takes: run it apart, and ask the system afterwards.

On Linux a child inherits its parent's high-water mark when it is started, so a large test process
would report its own size as the child's. A tiny launcher stands in between.

    import sys
    from docexchange.testing import run_measured

    done = run_measured([sys.executable, "-c", "bytearray(50_000_000)"])
    assert done.returncode == 0
    assert done.peak_bytes > 50_000_000
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Finished", "run_measured"]

_LAUNCHER: Final = Path(__file__).with_name("_launcher.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A program that has ended, and what it took."""

    returncode: int
    """Its exit code; ``-9`` when signal 9 ended it."""
    stdout: bytes
    """Everything it wrote there."""
    stderr: bytes
    """Everything it wrote there."""
    peak_bytes: int
    """The most memory it held at once, resident, in bytes; children it waited for count apart."""
    cpu_seconds: float
    """Processor time, its own and the system's on its behalf."""


def run_measured(
    argv: Sequence[str | os.PathLike[str]],
    *,
    stdin: bytes = b"",
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout_seconds: float = 60,
) -> Finished:
    """Run a program to its end and measure it. A peak under some 12 MB is the launcher's own.

    Args:
        argv: the program, found on the path, and its arguments.
        stdin: what it reads.
        cwd: the folder it runs in.
        env: its environment; ours where it is left out.
        timeout_seconds: after which it is killed, with all its children.

    Raises:
        UsageError: there is no such program.
        subprocess.TimeoutExpired: it did not end in time.
    """
    with tempfile.NamedTemporaryFile(prefix="docexchange-measure-") as report:
        command = [sys.executable, "-I", "-S", str(_LAUNCHER), report.name, *_texts(argv)]
        stdout, stderr = _run(command, stdin, cwd, env, timeout_seconds)
        measured = report.read()
    if not measured:
        raise UsageError(
            f"run_measured: expected a program that starts, found {stderr.decode().strip()}",
            code="testing.process",
        )
    return Finished(stdout=stdout, stderr=stderr, **json.loads(measured))


def _texts(argv: Sequence[str | os.PathLike[str]]) -> list[str]:
    return [os.fspath(argument) for argument in argv]


def _run(
    command: Sequence[str],
    stdin: bytes,
    cwd: str | Path | None,
    env: Mapping[str, str] | None,
    timeout_seconds: float,
) -> tuple[bytes, bytes]:
    with subprocess.Popen(  # noqa: S603 - the caller's own program, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=env,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(stdin, timeout=timeout_seconds)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the launcher's group: the program with it
            raise
