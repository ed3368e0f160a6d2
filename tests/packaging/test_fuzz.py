"""The fuzzing driver: its inputs are good ones, and it says what it found or what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reader_properties import PROPERTIES

ROOT = Path(__file__).parents[2]
DRIVER = ROOT / "fuzz" / "run.py"
SEEDS = """
import sys
sys.path[:0] = [{fuzz!r}, {tests!r}]
from reader_properties import PROPERTIES
from seeds import dictionary, seeds_for
for name, check in PROPERTIES.items():
    assert seeds_for(name)
    for seed in seeds_for(name):
        check(seed)
assert all(line.startswith('"\\\\x') and line.endswith('"') for line in dictionary().splitlines())
print(*PROPERTIES)
"""


def driven(*arguments: str | Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the driver."""
    return subprocess.run(
        [sys.executable, DRIVER, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_reader_has_inputs_to_begin_from() -> None:
    """The seeds of each target hold its property; the driver knows all targets by name."""
    script = SEEDS.format(fuzz=str(ROOT / "fuzz"), tests=str(ROOT / "tests"))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, list(PROPERTIES)), done.stderr
    refused = driven("no-such-reader")
    assert f"expected targets among {', '.join(PROPERTIES)}, found no-such-reader" in refused.stderr


def test_an_input_can_be_tried_again(tmp_path: Path) -> None:
    """A kept input goes to the property it was kept for."""
    kept = tmp_path / "crash"
    kept.write_bytes(b"\x03QUJD")
    done = driven("--replay", kept, "base64")
    assert (done.returncode, done.stdout) == (0, f"{kept}: nothing is wrong with it\n")


def test_a_python_without_atheris_is_told_which_one_has_it(tmp_path: Path) -> None:
    """Without the package one line says what was expected, where it exists, and what to do."""
    (tmp_path / "atheris.py").write_text("raise ImportError('no wheel for this Python')")
    done = driven("--minutes", "0.01", "base64", path=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("fuzz: expected the package atheris, found none. It has wheels")
    assert done.stderr.endswith("make fuzz PYTHON=python3.12\n")


@pytest.mark.peer("make")
def test_make_tells_where_atheris_cannot_be_installed(tmp_path: Path) -> None:
    """When pip finds no wheel, make says for which Pythons there is one, and stops."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.14.0 && exit\nexit 1\n')
    python.chmod(0o755)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "venv" / ".pip").touch()
    done = subprocess.run(
        ["make", "-f", ROOT / "Makefile", f"VENV={tmp_path / 'venv'}", "fuzz"],
        cwd=tmp_path,
        # The tests may themselves run under make, which would hand its options on.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "atheris could not be installed for Python 3.14.0; it has wheels for" in done.stderr
