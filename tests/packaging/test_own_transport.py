"""Somebody else's transport: tested by the contract, registered by entry point, used by nodes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docexchange.clock import SystemClock
from docexchange.testing import DemoPki, write_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "own_transport"
PAGE = ROOT / "docs" / "how-to" / "write-a-transport.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXCHANGE = """
from docexchange.cli import main
from docexchange.node import Node
import sys
with Node.from_config("nodes/commune") as commune, Node.from_config("nodes/district") as district:
    for _ in range(4):
        for node in (commune, district):
            node.run_until_idle()
    print(*(r.state for r in commune.store.in_state("acknowledged")))
    print(*(m.message_id for m in district.store.messages()))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Run something where the example is installed, as an installer would leave it."""
    site = tmp_path / "site"
    site.mkdir()
    shutil.copy(EXAMPLE / "docexchange_sqlbox.py", site)
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = site / "docexchange_sqlbox-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    [(group, points)] = project["entry-points"].items()
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines]) + "\n")

    def ran(*command: object) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [*map(str, command)],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": f"{site}{os.pathsep}{ROOT}",
                "PATH": path,
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # none is needed, and they take seconds
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return ran


def test_the_example_keeps_the_contract(run, tmp_path):
    """Its own tests pass, away from ours, with warnings as errors."""
    shutil.copy(EXAMPLE / "test_sqlbox.py", tmp_path)
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    told = run(*command, "test_sqlbox.py")
    assert int(re.search(r"(\d+) passed", told)[1]) > 20


def test_the_page_works_as_described(run, tmp_path):
    """Every block, one after the other: the class, its test, the entry point."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    use, test = [text for kind, text in blocks if kind == "python"]
    pytest_it, schemes = [text for kind, text in blocks if kind == "sh"]
    [entry_point] = [text for kind, text in blocks if kind == "toml"]
    assert "m-letter" in run(sys.executable, "-W", "error", "-c", use)
    (tmp_path / "test_sqlbox.py").write_text(test, encoding="utf-8")
    assert " passed" in run("bash", "-euo", "pipefail", "-c", pytest_it)
    assert "sqlbox" in run("bash", "-euo", "pipefail", "-c", schemes)
    assert entry_point in (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")


def test_nodes_exchange_letters_over_it(run, tmp_path):
    """The scheme stands in node.toml and in the directory; a letter goes, a receipt comes back."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    write_nodes(tmp_path, pki)
    for path in [tmp_path / "pki" / "directory.toml", *(tmp_path / "nodes").glob("*/node.toml")]:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r'"folder:(\w+)/mailbox"', r'"sqlbox:\1/mailbox.db"', text)
        path.write_text(text, encoding="utf-8")
    assert "sqlbox:" in (tmp_path / "nodes" / "district" / "node.toml").read_text(encoding="utf-8")
    letter = tmp_path / "letter.edxml"
    letter.write_bytes(_letter(pki))
    command = [sys.executable, "-c", "from docexchange.cli import main; main()"]
    run(*command, "send", letter, "--node", "nodes/commune")
    states, messages = run(sys.executable, "-c", EXCHANGE).splitlines()
    assert (states, "m-letter" in messages.split()) == ("acknowledged", True)


def _letter(pki: DemoPki) -> bytes:
    from exchange_help import DISTRICT, signed
    from exchange_help import letter as of

    return signed(of(DISTRICT), pki.agency("commune"), pki.at)
