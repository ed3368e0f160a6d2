"""Memory does not grow with the size of an attachment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_help import TOML
from network_help import PROGRAM

from docexchange.testing import run_measured

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk

SIZE = 300_000_000
MOST = 100_000_000
MARKS = {0: b"%PDF", SIZE // 2: b"middle", SIZE - 5: b"%%EOF"}
CHUNK = 4 * 1024 * 1024


def large_file(path: Path) -> None:
    """A sparse file with something at its ends and in the middle."""
    with path.open("wb") as stream:
        stream.truncate(SIZE)
        for at, mark in MARKS.items():
            stream.seek(at)
            stream.write(mark)


def alike(one: Path, other: Path) -> bool:
    """Whether two files hold the same octets."""
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(CHUNK):
            if piece != right.read(CHUNK):
                return False
        return right.read(1) == b""


def measured(*arguments: object) -> int:
    """Run a command that must succeed; the most memory it held, in bytes."""
    done = run_measured([*PROGRAM, *map(str, arguments)])
    assert done.returncode == 0, done.stderr
    return done.peak_bytes


def test_300_megabytes_pass_in_little_memory(desk: Desk, tmp_path: Path) -> None:
    """Compose, sign, verify and extract 300 MB, each under 100 MB; the octets stay the same."""
    large, letter = tmp_path / "bản quét.pdf", tmp_path / "letter.edxml"
    signed, out = tmp_path / "letter.signed.edxml", tmp_path / "out"
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    out.mkdir()
    large_file(large)
    peaks = {"compose": measured("compose", tmp_path / "letter.toml", "--attach", large)}
    peaks["sign"] = measured("sign", letter, *desk.pem())
    letter.unlink()
    peaks["verify"] = measured("verify", signed, "--trust", desk.trust)
    peaks["extract"] = measured("extract", signed, "-d", out, "--trust", desk.trust)
    signed.unlink()
    assert alike(large, out / large.name)
    (out / large.name).unlink()
    assert {name: peak for name, peak in peaks.items() if peak > MOST} == {}
