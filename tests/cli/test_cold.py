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

HEAVY = {"requests", "urllib3", "aiohttp", "pydantic", "signxml", "sqlite3", "hypothesis", "lxml"}
UNNEEDED = {
    "foreign": "signatures of other forms than our profile",
    "xmldsig.distinguished": "the first version of SigningCertificate",
    "xmldsig.nodes": "canonical XML of parts",
    "xmldsig.xpath": "XPath",
    "keys": "signing",
    "signer": "signing",
    "tokens": "timestamps",
    "token_checks": "timestamps",
    "pdf.judging": "signatures in PDF files",
    "trust.inventory": "folders of roots that people keep",
    "trust.sources": "fetching",
}
"""Modules below ``docexchange.signing``, and what needs them: not a letter of our profile."""
SCRIPT = (
    "import sys\n"
    "from docexchange.cli import main\n"
    "try:\n"
    "    main()\n"
    "finally:\n"
    "    print(*sys.modules, file=sys.stderr)\n"
)


def test_verifying_loads_nothing_heavy(desk: Desk) -> None:
    """A cold process verifies a letter of ours without HTTP, pydantic or an XML parser."""
    for options in ([], ["--directory", str(desk.directory)]):
        command = [sys.executable, "-c", SCRIPT, "verify", str(desk["both"]), *options]
        ended = subprocess.run(
            [*command, "--trust", str(desk.trust)], capture_output=True, check=False, text=True
        )
        assert ended.stdout.startswith("TOTAL-PASSED")
        loaded = set(ended.stderr.split())
        assert "docexchange.signing.validation" in loaded
        assert loaded & {f"docexchange.signing.{name}" for name in UNNEEDED} == set()
        assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_what_ends_is_not_searched_for_garbage() -> None:
    """A process that ends leaves its objects alone: the search took an eighth of a short run."""
    told = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 10_000))"
    command = [sys.executable, "-c", f"{told}\n{SCRIPT}", "--version"]
    ended = subprocess.run(command, capture_output=True, check=True, text=True)
    assert ended.stdout.splitlines()[-1] == "True"


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
