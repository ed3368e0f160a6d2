"""What happens to a test whose peer or corpus is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = """
import pytest

@pytest.mark.peer("no-such-program")
def test_missing(): assert False

@pytest.mark.peer("sh")
def test_present(): assert True
"""


def _run(folder: Path, *, ci: str) -> str:
    (folder / "test_sample.py").write_text(SAMPLE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    peer\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "-ra", "-q"],
        cwd=folder,
        env={**os.environ, "CI": ci, "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("ci", "counts"), [("", "1 passed, 1 skipped"), ("true", "1 passed, 1 error")]
)
def test_a_missing_peer_skips_here_and_fails_in_ci(tmp_path: Path, ci: str, counts: str) -> None:
    """The reason names the program; a present one runs the test in both cases."""
    output = _run(tmp_path, ci=ci)
    assert "the program no-such-program is not installed" in output
    assert counts in output
