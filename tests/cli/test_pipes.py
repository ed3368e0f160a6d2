"""Every command that takes a file takes a pipe, gives one, and puts up with one that breaks."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from cli_help import REPORT, TOML, leftovers
from network_help import PROGRAM

from docexchange.cli._letters import read_small
from docexchange.envelope import Attachment, Document, Envelope

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk

BROKEN_PIPE: Final = 141
ME: Final = f'docexchange() {{ {shlex.join(PROGRAM)} "$@"; }}; '
"""The command in this tree, whatever is installed."""


def piped(line: str, cwd: Path) -> tuple[list[int], bytes, str]:
    """Run a pipeline in a real shell: the exit code of each part, output and complaints."""
    done = subprocess.run(
        ["bash", "-c", f'{ME}{line}; echo "${{PIPESTATUS[@]}}" >codes'],
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    codes = [int(code) for code in (cwd / "codes").read_text(encoding="ascii").split()]
    return codes, done.stdout, done.stderr.decode()


def key_of(desk: Desk) -> str:
    """Options for the commune's seal."""
    return shlex.join(map(str, desk.pem()))


@pytest.mark.peer("bash")
def test_a_letter_goes_from_words_to_files_through_pipes_alone(desk: Desk, tmp_path: Path) -> None:
    """Composed, signed, verified and taken apart without a file in between."""
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "a.pdf").write_bytes(REPORT)
    compose = "cat letter.toml | docexchange compose - --attach a.pdf"
    make = f"{compose} | docexchange sign - {key_of(desk)}"
    codes, out, err = piped(f"{make} | docexchange verify - --trust {desk.trust}", tmp_path)
    assert (codes, err) == ([0, 0, 0, 0], "")
    assert out.decode().startswith("TOTAL-PASSED")
    line = f"{make} | docexchange extract - -d out --trust {desk.trust}"
    codes, out, err = piped(line, tmp_path)
    assert (codes, out, err) == ([0, 0, 0, 0], b"out/a.pdf\n", "")
    assert (tmp_path / "out" / "a.pdf").read_bytes() == REPORT


@pytest.mark.peer("bash")
@pytest.mark.parametrize(
    "command", ["inspect -", "inspect - --json", "validate -", "validate - --json"]
)
def test_what_comes_through_a_pipe_is_read_like_a_file(
    desk: Desk, tmp_path: Path, command: str
) -> None:
    """The answer is the one about the file, under the name of the pipe."""
    codes, out, err = piped(f"cat {desk['both']} | docexchange {command}", tmp_path)
    assert (codes, err) == ([0, 0], "")
    name = command.replace("-", str(desk["both"]), 1)
    _, expected, _ = piped(f"docexchange {name}", tmp_path)
    assert out == expected.replace(str(desk["both"]).encode(), b"-")


def test_a_pipe_that_gives_one_byte_at_a_time_is_read_to_its_end(tmp_path: Path) -> None:
    """What comes first is not taken for all there is."""
    pipe, text = tmp_path / "pipe", b"subject = 'b'" * 20

    def trickle() -> None:
        with pipe.open("wb", buffering=0) as stream:
            for byte in text:
                stream.write(bytes([byte]))

    os.mkfifo(pipe)
    writer = threading.Thread(target=trickle)
    writer.start()
    assert read_small(str(pipe), len(text)) == text
    writer.join()


@pytest.mark.peer("bash")
@pytest.mark.parametrize("command", ["verify FILE --trust TRUST", "validate FILE", "inspect FILE"])
def test_a_pipe_with_a_name_is_read_too(desk: Desk, tmp_path: Path, command: str) -> None:
    """``<(…)`` is a file that can be read once and has no size."""
    words = command.replace("TRUST", str(desk.trust))
    named = words.replace("FILE", f"<(cat {desk['both']})")
    codes, out, err = piped(f"docexchange {named}", tmp_path)
    assert (codes, err) == ([0], "")
    _, expected, _ = piped(f"docexchange {words.replace('FILE', str(desk['both']))}", tmp_path)
    assert re.sub(rb"/dev/fd/\d+", str(desk["both"]).encode(), out) == expected


@pytest.fixture
def large(desk: Desk, tmp_path: Path) -> Path:
    """A folder with a letter that no pipe holds whole, and the words for it."""
    (tmp_path / "scan.pdf").write_bytes(b"%PDF" + bytes(3_000_000))
    message = Envelope.read(desk["plain"]).message
    assert isinstance(message, Document)
    scans = (Attachment.from_path(tmp_path / "scan.pdf"),)
    Envelope.of(replace(message, attachments=scans)).write_to(tmp_path / "letter.edxml")
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


@pytest.mark.peer("bash")
@pytest.mark.parametrize("command", ["compose letter.toml --attach scan.pdf -o -", "sign - KEY"])
def test_a_reader_that_has_seen_enough_gets_no_traceback(
    desk: Desk, large: Path, command: str
) -> None:
    """``| head -c 10`` ends the command with the code of a broken pipe and not a word."""
    words = command.replace("KEY", key_of(desk))
    codes, out, err = piped(f"docexchange {words} <letter.edxml | head -c 10", large)
    assert (codes, out, err) == ([BROKEN_PIPE, 0], b"<?xml vers", "")


@pytest.mark.parametrize(
    "command", ["verify - --trust TRUST -v", "inspect -", "validate -", "extract - -d out"]
)
def test_answers_that_nobody_waits_for_are_dropped(
    desk: Desk, tmp_path: Path, command: str
) -> None:
    """A command whose reader has gone before it speaks ends with that code, in silence."""
    words = shlex.split(command.replace("TRUST", str(desk.trust)))
    process = subprocess.Popen(
        [*PROGRAM, *words],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(desk["both"].read_bytes(), timeout=60)
    assert process.returncode == BROKEN_PIPE
    assert err.count(b"\n") == (1 if "extract" in command else 0)  # it says: not verified


@pytest.mark.peer("bash")
@pytest.mark.parametrize(
    "command", ["verify - --trust TRUST", "inspect -", "validate -", "sign - KEY"]
)
def test_a_pipe_that_breaks_off_is_a_letter_cut_short(
    desk: Desk, tmp_path: Path, command: str
) -> None:
    """Half a letter is told as what it is, and nothing comes out."""
    words = command.replace("TRUST", str(desk.trust)).replace("KEY", key_of(desk))
    codes, out, err = piped(f"head -c 9000 {desk['signed']} | docexchange {words}", tmp_path)
    assert codes == [0, 4]
    assert out == b""
    assert err.startswith("docexchange: standard input: expected ")
    assert err.count("\n") == 1
    assert leftovers(tmp_path) == ["codes"]
