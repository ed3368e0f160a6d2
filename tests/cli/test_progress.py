"""Progress bars: for a person who watches, and for nobody else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from cli_help import TOML, seen_on

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk


PROGRAM = (
    "import sys\n"
    "from datetime import timedelta\n"
    "from docexchange.cli import main\n"
    "from docexchange.cli._output import show_bars_after\n"
    "show_bars_after(timedelta(hours=float(sys.argv.pop(1))))\n"
    "main()\n"
)
"""The command line of somebody whose patience is told in front."""


def watched(*arguments: object, code: int = 0, hours: int = 0) -> tuple[str, str]:
    """Run a command with a terminal for standard error; standard output, and what was seen.

    Args:
        arguments: of the command line.
        code: what it must end with.
        hours: how long whoever watches does not mind.
    """
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(hours), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    ) as process:
        os.close(theirs)
        seen = seen_on(ours)
        assert process.stdout is not None
        out = process.stdout.read()
    assert process.returncode == code, seen
    return out.decode(), seen.decode()


def test_long_work_shows_a_bar(desk: Desk, tmp_path: Path) -> None:
    """40 MB: composing, signing, verifying and extracting each show how far they are."""
    large, letter = tmp_path / "large.pdf", tmp_path / "letter.edxml"
    signed = tmp_path / "letter.signed.edxml"
    with large.open("wb") as stream:
        stream.truncate(40_000_000)
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    out, seen = watched("compose", tmp_path / "letter.toml", "--attach", large)
    assert (out, "letter.edxml" in seen, "100%" in seen) == (f"{letter}\n", True, True)
    _, seen = watched("sign", letter, *desk.pem())
    assert seen.count("100%") >= 2
    assert "letter.signed.edxml" in seen
    out, seen = watched("verify", signed, "--trust", desk.trust)
    assert (out.startswith("TOTAL-PASSED"), "100%" in seen) == (True, True)
    large.unlink()
    _, seen = watched("extract", signed, "-d", tmp_path, "--trust", desk.trust)
    assert "large.pdf" in seen


def test_many_files_show_a_bar_when_the_lines_go_elsewhere(desk: Desk) -> None:
    """With the answer in a file the bar counts letters, unless they are done in a moment."""
    letters = [desk["both"]] * 3
    for command in (["verify", "--trust", desk.trust], ["validate"]):
        out, seen = watched(*command, *letters)
        assert out.count("\n") == 3
        assert "100%" in seen
        _, seen = watched(*command, *letters, hours=1)
        assert seen == ""


def test_signing_many_shows_a_bar(desk: Desk, tmp_path: Path) -> None:
    """It runs on standard error; the names go to standard output."""
    for name in ("a", "b", "c"):
        os.link(desk["plain"], tmp_path / f"{name}.edxml")
    out, seen = watched("sign", tmp_path, *desk.pem(), "-o", tmp_path / "out")
    assert len(out.split()) == 3
    assert re.search(r"sign +\[#+\] +100%", seen)


def test_a_complaint_takes_the_line_of_the_bar(desk: Desk, tmp_path: Path) -> None:
    """It does not stand behind the bar, which goes on below and ends at 100 %."""
    for name in ("a", "b", "d"):
        os.link(desk["both"], tmp_path / f"{name}.edxml")
    (tmp_path / "c.edxml").write_bytes(b"")
    out, seen = watched("verify", tmp_path, "--trust", desk.trust, "--jobs", 1, code=4)
    assert out.count("TOTAL-PASSED") == 3
    assert re.search(r"\r\x1b\[Kdocexchange: \S+/c\.edxml: expected XML, found nothing", seen)
    assert re.search(r"\[#+\] +100%", seen)
    assert seen.splitlines()[-1] == "files 4 · TOTAL-PASSED 3 · unreadable 1"
