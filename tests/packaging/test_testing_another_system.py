"""The page on testing another system, followed word by word with curl, and its Python sample."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from docexchange.envelope.receipt import read_receipt
from docexchange.testing import free_ports

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "test-another-system.md").read_text(encoding="utf-8")
SAMPLE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = f"""#!/bin/sh
exec {sys.executable} -c 'from docexchange.cli import main; main()' "$@"
"""


def _environment(programs: Path) -> dict[str, str]:
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "LC_ALL": "C.UTF-8", "PATH": path, "PYTHONPATH": str(ROOT)}


@pytest.mark.peer("curl", "openssl")
def test_the_page_works_with_curl(tmp_path: Path) -> None:
    """Every command of it, one after the other, from the start of the server to its clean end."""
    (tmp_path / "docexchange").write_text(COMMAND, encoding="utf-8")
    (tmp_path / "docexchange").chmod(0o755)
    start = SAMPLE.findall(PAGE)[0]
    assert start.count("8765") == 2
    with free_ports(1) as [port]:
        script = "\n".join(SAMPLE.findall(PAGE)).replace("8765", str(port))
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=_environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        try:
            out, errors = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its group: the server, too
            raise AssertionError(process.communicate()) from None
        finally:
            with suppress(ProcessLookupError):  # the server, if the script broke off
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, out + errors
    letter = (tmp_path / "letter.edxml").read_bytes()
    receipt = read_receipt((tmp_path / "again.xml").read_bytes())[0]
    assert (receipt.accepted, receipt.sha256) == (True, sha256(letter).hexdigest())
    arrived = json.loads((tmp_path / "arrived.json").read_text(encoding="utf-8"))
    digest = sha256((tmp_path / "arrived.edxml").read_bytes()).hexdigest()
    assert arrived["arrived"][0]["sha256"] == digest
    assert '"receipt":null' in out


def test_the_python_sample_runs(tmp_path: Path) -> None:
    """As it stands, with warnings as errors."""
    [sample] = PYTHON.findall(PAGE)
    command = [sys.executable, "-W", "error", "-c", sample]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
