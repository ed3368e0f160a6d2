"""What a clerk waits for: one file, verified by a process that starts for it."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from network_help import PROGRAM

if TYPE_CHECKING:
    import pytest
    from cli_help import Desk

HEAVY = {"requests", "urllib3", "aiohttp", "pydantic", "signxml", "sqlite3", "hypothesis"}
UNNEEDED = {f"docexchange.signing.{name}" for name in ("foreign", "xmldsig.nodes", "xmldsig.xpath")}
"""What only signatures of other forms than our profile need."""
SCRIPT = (
    "import sys\n"
    "from docexchange.cli import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    "    print(*sys.modules, file=sys.stderr)\n"
)


def test_verifying_loads_nothing_heavy(desk: Desk) -> None:
    """A cold process imports no HTTP client, no pydantic, no XPath of ours to verify one file."""
    for options in ([], ["--directory", str(desk.directory)]):
        command = [sys.executable, "-c", SCRIPT, "verify", str(desk["both"]), *options]
        ended = subprocess.run(
            [*command, "--trust", str(desk.trust)], capture_output=True, check=False, text=True
        )
        assert ended.stdout.startswith("TOTAL-PASSED")
        loaded = set(ended.stderr.split())
        assert "docexchange.signing.validation" in loaded
        assert loaded & UNNEEDED == set()
        assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_the_time_it_takes_is_told(
    desk: Desk, record_property: pytest.RecordProperty, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cold verification ends with its verdict; how long it took stands in the test report."""
    command = [*PROGRAM, "verify", str(desk["both"]), "--trust", str(desk.trust)]
    begun = perf_counter()
    ended = subprocess.run(command, capture_output=True, check=False)
    seconds = perf_counter() - begun
    record_property("cold_verify_seconds", round(seconds, 3))
    with capsys.disabled():
        sys.stdout.write(f"\ncold verify: {seconds:.2f} s\n")
    assert ended.returncode == 0
