"""A node that runs for months keeps nothing of a letter in memory once it has dealt with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]


@pytest.mark.parametrize("way", ["taken_in", "sent"])
def test_letters_leave_nothing(way: str, tmp_path: Path) -> None:
    """Neither those that come nor those that go; nodes of other tests do not count."""
    name = f"kept_objects.py::test_letters_that_are_{way}_leave_nothing"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ran = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'apart'}", Path(__file__).with_name(name)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
