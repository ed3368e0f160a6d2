"""The one command a contributor types, and the one that CI runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _make(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    # The tests may themselves run under make, which would make this one report its folders.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.peer("make")
def test_help_lists_every_target() -> None:
    """``make`` alone explains each target that is meant for people."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    listed = re.findall(r"^  make ([\w-]+) +\S", _make().stdout, re.MULTILINE)
    assert sorted(listed) == sorted(targets)


@pytest.mark.peer("make")
def test_a_second_demo_starts_afresh() -> None:
    """The folder of the demo before is removed first, so that nothing is refused."""
    planned = _make("--dry-run", "demo").stdout.splitlines()
    assert planned[-2:] == ["rm -rf demo-run", ".venv/bin/docexchange demo --dir demo-run"]


@pytest.mark.peer("make")
def test_a_missing_python_is_explained(tmp_path: Path) -> None:
    """Without a Python that is new enough, one line says what was expected and what to do."""
    (tmp_path / "pyproject.toml").touch()
    done = _make("-f", ROOT / "Makefile", "PYTHON=no-such-python", "test", cwd=tmp_path)
    assert done.returncode == 2
    assert "expected Python 3.11 or newer among: no-such-python; found none" in done.stderr
    assert "make PYTHON=/path/to/python3" in done.stderr


@pytest.mark.peer("bash")
def test_the_ci_script_is_a_sound_program() -> None:
    """``.ci/run`` may be executed, parses, stops at the first failure and runs everything."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    text = script.read_text(encoding="utf-8")
    assert "set -euo pipefail" in text
    assert "export CI=true" in text
    assert text.rstrip().endswith("make check test")
