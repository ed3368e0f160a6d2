"""What an import costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = {"requests", "signxml", "lxml", "pydantic", "cryptography", "pyhanko_certvalidator"}

ROOMS = {
    "docexchange.delivery",
    "docexchange.envelope",
    "docexchange.instrumentation",
    "docexchange.lifecycle",
    "docexchange.node",
    "docexchange.signing",
    "docexchange.testing",
    "docexchange.transport",
    "docexchange.web",
}


def test_importing_the_library_loads_no_heavy_package() -> None:
    """``import docexchange`` leaves requests, signxml, lxml, pydantic and their like alone."""
    script = f"import docexchange, sys; print(*sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


def test_the_rooms_load_nothing_before_it_is_asked_for() -> None:
    """A program that reads a letter does not wait for what signs one, nor a command for a node."""
    script = f"import {', '.join(sorted(ROOMS))}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint(HEAVY)
    ours = {name for name in loaded if name.startswith("docexchange.")}
    assert ours == ROOMS | {"docexchange._facade"}


def test_judging_pdf_files_loads_their_reader_nowhere() -> None:
    """The reader is loaded in a process of its own and never in that of the caller."""
    script = "import docexchange.signing.pdf.nesting, sys; print('pyhanko' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
