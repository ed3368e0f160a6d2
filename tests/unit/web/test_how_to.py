"""The page on HTTP, followed word by word with curl, and the command that serves."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from exchange_help import COMMUNE, LETTER, parcel_of
from network_help import begun
from web_help import Site, letter_from, pem_files, server_credential

from docexchange.clock import SystemClock
from docexchange.envelope.receipt import read_receipt
from docexchange.identifiers import MessageId
from docexchange.testing import DemoPki, write_nodes
from docexchange.transport import PullBoxes

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "how-to" / "exchange-over-http.md"
SAMPLE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.peer("curl", "openssl")
def test_the_page_works_with_curl(site: Site, tmp_path: Path) -> None:
    """Every command of it, one after the other: a letter is brought, uploaded, fetched."""
    desk = tmp_path / "desk"
    desk.mkdir()
    data = letter_from(site.pki, LETTER, size=5000)
    (desk / "letter.edxml").write_bytes(data)
    (desk / "root.pem").write_bytes(site.root.read_bytes())
    pem_files(site.pki.agency(COMMUNE), desk, "agency")
    waiting = letter_from(site.pki, MessageId("m-waiting"))
    boxes = PullBoxes(site.node.folder / "boxes")
    boxes.send(parcel_of(waiting, to_node=COMMUNE), io.BytesIO(waiting), to="pull:")
    script = "\n".join(SAMPLE.findall(PAGE.read_text(encoding="utf-8")))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=desk,
        env={**os.environ, "NODE": site.url()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    receipt = (desk / "receipt.xml").read_bytes()
    assert read_receipt(receipt)[0].accepted
    assert (desk / "uploaded-receipt.xml").read_bytes() == receipt
    assert (desk / "fetched.edxml").read_bytes() == waiting
    assert (desk / "beginning.edxml").read_bytes() == waiting[:100]
    assert [item.reason for item in boxes.set_aside()] == ["cannot be read"]


@pytest.mark.peer("curl")
def test_the_command_serves_while_it_works_and_stops_when_told(tmp_path: Path) -> None:
    """``node run`` with a [server]: ready, then SIGTERM ends it with exit code 0."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    folder = write_nodes(tmp_path, pki)["district"]
    pem_files(server_credential(pki), folder, "tls")
    config = folder / "node.toml"
    config.write_text(
        config.read_text(encoding="utf-8")
        + '\n[server]\nhost = "127.0.0.1"\nport = 0\ncertificate = "tls.pem"\nkey = "tls.key.pem"\n'
        + "[server.limits]\nrequests = 8\n",
        encoding="utf-8",
    )
    place = {**os.environ, "PYTHONPATH": str(ROOT)}
    with begun("node", "run", "--node", folder, env=place, stderr=subprocess.PIPE) as process:
        port = _port(process)
        root = tmp_path / "pki" / "trust" / "root.pem"
        address = f"https://localhost:{port}/v1/ready"
        asked = subprocess.run(
            ["curl", "--silent", "--cacert", root, address],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert asked.stdout == '{"ready": true, "reasons": []}'
    assert process.returncode == 0


def _port(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http\.serving .*port=(\d+)", line):
            return found[1]
    raise AssertionError("the node ended before it served")


@pytest.mark.parametrize(
    "text", ["[server.limits]\nrequest = 1\n", "[server.limits]\nrequests = 0\n"]
)
def test_a_limit_that_cannot_be_is_named(tmp_path: Path, text: str) -> None:
    """Misspelt, or nothing: the command says so and ends."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    folder = write_nodes(tmp_path, pki)["district"]
    config = folder / "node.toml"
    server = '\n[server]\ncertificate = "tls.pem"\nkey = "tls.key.pem"\n'
    config.write_text(config.read_text(encoding="utf-8") + server + text, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from docexchange.cli import main; main()",
            "node",
            "run",
            "--once",
            "--node",
            folder,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "request" in done.stderr
