"""``docexchange testserver``: prints where everything is, works, ends clean, leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from network_help import begun
from stand_in_help import Player

from docexchange.cli._schemas import answer_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from network_help import Cli

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def server(*options: object) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command at work, and what it answered."""
    words = ("testserver", "--json", *options)
    pipe = subprocess.PIPE
    with begun(*words, env=ENVIRONMENT, stdout=pipe, stderr=pipe) as process:
        yield process, _answer(process)


def _answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The one JSON document that ends with a brace at the beginning of a line."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            answer: dict[str, Any] = json.loads("".join(lines))
            return answer
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


def listening(summary: dict[str, Any]) -> list[str]:
    """Which of its addresses somebody listens on."""
    urls = [summary["control"], summary["services"]["tsa"]]
    urls += [item["url"] for item in (*summary["links"], *summary["agencies"])]
    return [url for url in urls if url != "pull:" and _answers(url)]


def _answers(url: str) -> bool:
    port = int(url.split("://")[1].split("/", maxsplit=1)[0].rpartition(":")[2])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def test_it_runs_until_it_is_told_to_stop() -> None:
    """The answer fits its schema, a letter comes through, and the end is clean: exit code 0."""
    with server() as (process, summary):
        jsonschema.validate(summary, answer_schema("testserver"))
        assert len(listening(summary)) == len({*listening(summary)}) > 10
        player = Player(summary["control"])
        message_id, letter = player.sample(to="district")
        assert player.bring(letter).status_code == 200
        player.arrived("district", message_id)
        player.api.close()
        assert Path(summary["folder"]).is_dir()
        process.terminate()
        assert (*process.communicate(timeout=60), process.returncode) == ("", "", 0)
        assert listening(summary) == []
        assert not Path(summary["folder"]).exists()


def test_killed_it_leaves_nobody_listening(tmp_path: Path) -> None:
    """Everything is in the one process, wherever it was told to be: kill -9 ends all of it."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    folder, at = tmp_path / "network", "https://127.0.0.1:9/"
    options = ["--dir", folder, "--play", "commune", "--at", at, "--port", port]
    with server(*options) as (process, summary):
        assert summary["control"] == f"http://127.0.0.1:{port}"
        assert (summary["you"]["name"], summary["you"]["takes_letters_at"]) == ("commune", at)
        assert listening({**summary, "agencies": summary["agencies"][1:]})
        process.kill()
        process.communicate(timeout=60)
        assert listening({**summary, "agencies": summary["agencies"][1:]}) == []
    assert (folder / "pki" / "trust" / "root.pem").is_file()


def test_for_people_it_prints_what_is_needed_in_their_language() -> None:
    """Addresses, certificate and key of one's own, and that Ctrl-C ends it: exit code 0."""
    words = ("--lang", "vi", "testserver")
    with begun(*words, env=ENVIRONMENT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        last = "dừng bằng Ctrl-C\n"
        lines = [*takewhile(lambda line: line != last, process.stdout)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
    for word in ("API điều khiển: http://127.0.0.1:", "agency.key.pem", "UBND xã Lợi Thuận"):
        assert word in "".join(lines)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--host", "0.0.0.0"], "stand-in.host"),
        (["--at", "https://10.0.0.1:9000/"], "stand-in.address"),
        (["--play", "nobody"], "testing.agency"),
        (["--dir", str(ROOT)], "stand-in.folder"),
        (["--dir", "/proc/nowhere"], "stand-in.not-writable"),
    ],
)
def test_what_cannot_be_is_one_clear_line(cli: Cli, options: list[str], code: str) -> None:
    """Exit code 2, or that of trouble with the disk; no traceback."""
    ran = cli("testserver", *options)
    assert ran.code in {2, 5}
    ran.refused(ran.code, code)


def test_without_the_extra_it_says_what_to_install() -> None:
    """One line, exit code 2."""
    program = "import sys; sys.modules['uvicorn'] = None; from docexchange.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "testserver"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "Install docexchange[server]." in done.stderr
    assert done.stderr.count("\n") == 1
