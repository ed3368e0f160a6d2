"""A snapshot update that is killed half-way, in a process of its own, at each step on the disk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_an_update_that_is_cut_short_leaves_the_last_good_state(tmp_path):
    """There is the old release or the new one, whole; and the next update ends with the new."""
    done = subprocess.run(
        [sys.executable, TESTS / "snapshot_crashing.py", tmp_path],
        cwd=TESTS.parent,
        env={"PYTHONPATH": f"{TESTS.parent}:{TESTS}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout)
    versions = [state[0] for state in states]
    assert all(tuple(state[:2]) in {(1, 4), (2, 8)} for state in states)
    assert all(tuple(state[2:]) == (2, 8) for state in states)
    # The lock, directory, root and release; each drafted and put in its place; the old one goes.
    assert len(states) >= 9
    assert (versions[0], versions[-1]) == (1, 2)
    assert versions == sorted(versions)
