"""The documents: links that lead somewhere, samples that run."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from docexchange.clock import SystemClock
from docexchange.testing import DemoPki

ROOT = Path(__file__).parents[2]
CHECK = ROOT / "docs" / "check.py"


def _check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, CHECK, root], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a\n[b](missing.md)\n", "page.md:2: link to missing.md"),
        ("[b](missing.md#part 'x')[c](gone.md#part)\n", "page.md:1: link to gone.md"),
        ("[b]: ../missing.md\n", "page.md:1: link to ../missing.md"),
        ("![b](<missing.png>)\n", "page.md:1: link to missing.png"),
        ("a\n\n```python\nx = 1\ny = (\n```\n", "page.md:5: Python sample: '(' was never closed"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    """A dead link or a sample that does not compile fails the check, by file and line."""
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    done = _check(tmp_path)
    assert done.stdout.startswith(fault)
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.parametrize(
    "text",
    [
        "[a](page.md) [b](#here) [c](https://example.invalid/x.md) [d](mailto:a@example.invalid)",
        "[a](v%C4%83n%20b%E1%BA%A3n.txt)",
        "`[a](missing.md)`\n\n```text\n[a](missing.md)\nx = (\n```\n",
        "- list\n\n  ```python\n  if True:\n      x = 1\n  ```\n",
        "",
    ],
)
def test_a_sound_document_passes(tmp_path: Path, text: str) -> None:
    """Links elsewhere, quoted links, other languages and indented samples are no faults."""
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    (tmp_path / "văn bản.txt").touch()
    done = _check(tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_the_sample_of_the_readme_runs(tmp_path: Path) -> None:
    """The Python blocks of README.md, one after the other, are one program that succeeds.

    It finds a throw-away PKI of today in ``demo-pki``, with the password ``demo``.
    """
    python_samples = runpy.run_path(str(CHECK))["python_samples"]
    samples = list(python_samples((ROOT / "README.md").read_text(encoding="utf-8")))
    assert samples
    DemoPki.create(at=SystemClock().now(), key="p256").write(tmp_path / "demo-pki", "demo")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(source for _, source in samples)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
