"""The examples with a node inside: each runs as a server, takes a letter and sends one.

The other agency is a real node in another process; both speak HTTPS with mutual TLS.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from crash_runs import folder_in_memory
from exchange_help import COMMUNE
from served_pair import HASTE, Pair, Started, start

from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCRIPTS = {"fastapi": "embedded_fastapi/app.py", "django": "embedded_django/serve.py"}
STARTED = "Application startup complete"
ENDED = "Application shutdown complete"


def embedded(folder: Path, script: Path) -> Started:
    """Start the example for a node's folder."""
    return Started(
        subprocess.Popen(
            [sys.executable, "-W", "error", script, folder],
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
    )


@pytest.fixture(params=SCRIPTS)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """The commune's node, and at the district the application with the node inside."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed (group test)")
    script = ROOT / "examples" / SCRIPTS[request.param]

    def begin(folder: Path) -> Started:
        return embedded(folder, script) if folder.name == "district" else start(folder)

    with folder_in_memory() as folder, Pair(folder, start=begin, more=HASTE) as pair:
        pair.run("commune")
        pair.begin("district")
        pair.until(lambda: pair.said("district", STARTED), "the application serves")
        yield pair


def test_a_letter_comes_into_the_table_and_an_answer_goes_out(pair):
    """Pushed over HTTPS, listed by the application; one sent by it arrives; then a graceful end."""
    came = pair.send("commune", 1)
    pair.until(lambda: pair.exchanged("commune", came), "the letter is taken")
    context = ssl.create_default_context(cafile=str(pair.folder / "pki" / "trust" / "root.pem"))
    with httpx.Client(verify=context, base_url=pair.endpoint("district"), timeout=30) as clerk:
        (listed,) = clerk.get("letters").json()
        draft = {"to": str(COMMUNE), "to_name": "UBND xã", "number": "7", "subject": "Trả lời"}
        sent = clerk.post("letters", json=draft).json()["id"]
        assert clerk.get("v1/ready").json() == {"ready": True, "reasons": []}
        stranger = clerk.get("v1/mailbox")
    assert listed == {"id": str(came.message_id), "subject": came.subject}
    assert stranger.status_code == 401  # a clerk has no certificate
    inbox = pair.folders["commune"] / "inbox"
    pair.until((inbox / f"{sent}.edxml").is_file, "the answer arrives")
    with pair.storage("commune") as storage:
        assert len(storage.store.inbound_of(MessageId(sent))) == 1
    pair.kill("district", signal.SIGTERM)
    assert pair.said("district", ENDED)
    pair.kill("commune", signal.SIGTERM)
    assert list(pair.leftovers()) == []
