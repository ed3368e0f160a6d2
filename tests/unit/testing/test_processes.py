"""What a program takes, measured from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docexchange.errors import UsageError
from docexchange.testing import run_measured

if TYPE_CHECKING:
    from pathlib import Path

MB = 1_000_000


def _python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_the_peak_is_what_the_program_held() -> None:
    """100 MB of filled memory show as 100 to 125 MB, although given back before the end."""
    done = run_measured(_python("held = b'x' * 100_000_000; del held"))
    assert 100 * MB < done.peak_bytes < 125 * MB


def test_our_own_size_is_not_the_childs() -> None:
    """A small program measures small even when the process that starts it is large."""
    held = b"x" * (150 * MB)
    done = run_measured(_python("pass"))
    assert len(held) == 150 * MB
    assert done.peak_bytes < 30 * MB


def test_input_output_folder_and_environment_reach_the_program(tmp_path: Path) -> None:
    """All four channels carry bytes, more than a pipe holds."""
    code = (
        "import os, sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); "
        "print(os.getcwd(), os.environ['WORD'], file=sys.stderr)"
    )
    data = os.urandom(300_000)
    done = run_measured(_python(code), stdin=data, cwd=tmp_path, env={"WORD": "chữ"})
    assert done.stdout == data
    assert done.stderr.decode() == f"{tmp_path} chữ\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9), ("pass", 0)],
)
def test_the_end_is_reported_as_it_was(code: str, expected: int) -> None:
    """Exit codes are positive, signals negative, as in ``subprocess``."""
    assert run_measured(_python(code)).returncode == expected


def test_processor_time_is_counted() -> None:
    """A program that computes takes more time than one that does not."""
    busy = run_measured(_python("sum(range(10_000_000))"))
    idle = run_measured(_python("pass"))
    assert busy.cpu_seconds > idle.cpu_seconds > 0


def test_a_program_that_is_not_there_is_refused() -> None:
    """The name stands in the refusal."""
    with pytest.raises(UsageError, match="no-such-program"):
        run_measured(["no-such-program"])


def test_a_program_that_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    """After the time limit nobody holds the pipe any more that it and its child had opened."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    idle = 'exec 9>"$0"; echo up >&9; tail -f /dev/null & tail -f /dev/null'
    with pytest.raises(subprocess.TimeoutExpired):
        run_measured(["sh", "-c", idle, pipe], timeout_seconds=1)
    os.set_blocking(reader, True)
    with os.fdopen(reader, "rb") as stream:
        assert stream.read() == b"up\n"
