"""The examples: each runs from nothing, without a warning."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
EMBEDDED = {"embedded_django", "embedded_fastapi", "own_transport"}
"""Followed in ``test_embedded_examples`` and ``test_own_transport``."""
EXPECTED = {
    "first_letter.py": "TOTAL-PASSED via 000.21.31.H53 000.00.31.H53 000.00.00.H53",
    "embedded_node.py": "Đề nghị phê duyệt kế hoạch",
    "two_agencies/two_agencies.py": "to 000.00.31.H53: the receipts prove the whole way",
}


def test_every_example_is_known() -> None:
    """No example is left out of this test."""
    scripts = [path.relative_to(EXAMPLES) for path in EXAMPLES.rglob("*.py")]
    assert {str(path) for path in scripts if path.parts[0] not in EMBEDDED} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_example_runs(name: str, tmp_path: Path) -> None:
    """An example started in an empty folder ends well and prints what it promises."""
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert EXPECTED[name] in done.stdout
