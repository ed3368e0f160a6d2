"""Work spread over processes: whatever ends, no process and no traceback is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from network_help import PROGRAM

from docexchange.cli._spreading import spread
from docexchange.errors import UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli_help import Desk

FILES: Final = 300
"""Far more than what is looked at before somebody reads the answer."""
INTERRUPTED: Final = "docexchange: interrupted"


@pytest.fixture(autouse=True)
def heard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ctrl-C is heard, though whoever runs the tests may have said otherwise for all of them."""
    before = signal.signal(signal.SIGINT, getattr(request, "param", signal.default_int_handler))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def many(desk: Desk, tmp_path: Path) -> Path:
    """A folder of many letters."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(FILES):
        os.link(desk["both"], folder / f"{number:03}.edxml")
    return folder


@pytest.fixture
def verifying(desk: Desk, many: Path) -> Iterator[subprocess.Popen[str]]:
    """``docexchange verify FOLDER`` in two processes, held up by a pipe that nobody reads."""
    command = [*PROGRAM, "verify", str(many), "--trust", str(desk.trust), "--jobs", "2"]
    options: dict[str, Any] = {"text": True, "start_new_session": True, "pipesize": 4096}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("TOTAL-PASSED")
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it printed; comes back when nobody is left who could print, its processes included."""
    return process.communicate(timeout=60)


def test_results_come_in_the_order_of_the_pieces() -> None:
    """Whichever process was faster."""
    pieces = list(range(-30, 0))
    done = spread(abs, pieces, jobs=2, begin=int, given=())
    assert list(done) == [-piece for piece in pieces]


def test_a_process_that_is_ended_is_told() -> None:
    """The system may end one when memory runs out; that is no fault of ours, and no verdict."""
    with pytest.raises(UnreadableInput, match="found one that was ended") as refused:
        list(spread(os._exit, [7], jobs=1, begin=int, given=()))
    assert refused.value.code == "process.ended"


@pytest.mark.parametrize("whom", [os.killpg, os.kill])
def test_ctrl_c_ends_all_with_one_line(whom: Any, verifying: subprocess.Popen[str]) -> None:
    """Whether the terminal tells all of them, or somebody the first alone: exit code 130."""
    whom(verifying.pid, signal.SIGINT)
    out, err = ended(verifying)
    assert (verifying.returncode, err.strip()) == (130, INTERRUPTED)
    assert out.count("TOTAL-PASSED") < FILES - 1


def test_one_that_is_asked_to_end_leaves_nothing_to_be_cleaned_up(
    verifying: subprocess.Popen[str],
) -> None:
    """SIGTERM: no word about semaphores, and no wait for the reader of what was said."""
    verifying.terminate()
    assert verifying.wait(60) == 128 + signal.SIGTERM
    _, err = ended(verifying)
    assert err == ""


@pytest.mark.parametrize("heard", [signal.SIG_IGN], indirect=True)
def test_what_runs_in_the_background_does_not_hear_ctrl_c(
    verifying: subprocess.Popen[str],
) -> None:
    """A shell starts it so, and means all of it: neither the first process nor another ends."""
    os.killpg(verifying.pid, signal.SIGINT)
    _, err = ended(verifying)
    assert (verifying.returncode, err.strip()) == (0, f"files {FILES} · TOTAL-PASSED {FILES}")


def test_ctrl_c_while_processes_start_is_one_line_as_well(tmp_path: Path) -> None:
    """What is only being imported there does not speak of it."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal\n"
        "from docexchange.cli._exit import guarded\n"
        "from docexchange.cli._spreading import spread\n"
        "class Command:\n"
        "    def main(self, *_, **__):\n"
        "        list(spread(abs, [1, 2], jobs=2, begin=int, given=()))\n"
        "if __name__ == '__main__':\n"
        "    guarded(Command(), [])\n"
        "else:\n"
        "    os.killpg(0, signal.SIGINT)\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        check=False,
        start_new_session=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", INTERRUPTED)


def test_no_process_outlives_the_one_that_started_it(verifying: subprocess.Popen[str]) -> None:
    """Nobody can end in order who is killed; the others see that he is gone."""
    verifying.kill()
    _, err = ended(verifying)
    assert verifying.returncode == -signal.SIGKILL
    assert "Traceback" not in err


def test_files_that_go_and_come_meanwhile_are_told_one_by_one(
    desk: Desk, many: Path, verifying: subprocess.Popen[str]
) -> None:
    """One that was removed, one another letter now, one cut short, one a folder, one a pipe."""
    gone, other, short, folder, pipe = (many / f"{number}.edxml" for number in range(290, 295))
    gone.unlink()
    other.unlink()
    os.link(desk["changed"], other)
    short.unlink()
    short.write_bytes(desk["both"].read_bytes()[:2000])
    folder.unlink()
    folder.mkdir()
    pipe.unlink()
    os.mkfifo(pipe)
    out, err = ended(verifying)
    assert verifying.returncode == 1
    assert f"TOTAL-FAILED · {other} · " in out
    assert f"{gone}: No such file or directory" in err
    assert f"{short}: expected well-formed XML" in err
    assert f"{folder}: Is a directory" in err
    assert f"{pipe}: expected a file, found a pipe or a device" in err
    told = f"files {FILES} · TOTAL-PASSED {FILES - 5} · TOTAL-FAILED 1 · unreadable 4"
    assert err.splitlines()[-1] == told
