"""The shell samples of the documents: each page is followed word by word, and works.

How to verify a document is followed in ``test_fresh_machine``.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import jsonschema
import pytest
from pdf_help import signed, typed

from docexchange import (
    Attachment,
    ContentId,
    DocumentBuilder,
    Envelope,
    OrganId,
    Organization,
    Signer,
    SigningKey,
    SystemClock,
)
from docexchange.clock import vietnam_date
from docexchange.node import SnapshotConfig
from docexchange.testing import DemoPki, text_pdf, write_nodes

DOCS = Path(__file__).parents[2] / "docs"
SAMPLE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _environment() -> dict[str, str]:
    """The samples run from elsewhere, with the code of this checkout."""
    return {**os.environ, "PYTHONPATH": str(DOCS.parent)}


def _script(page: str) -> str:
    return "\n".join(SAMPLE.findall((DOCS / page).read_text(encoding="utf-8")))


def _run_python(page: str, desk: Path) -> None:
    samples = PYTHON.findall((DOCS / page).read_text(encoding="utf-8"))
    assert samples
    for sample in samples:
        command = [sys.executable, "-W", "error", "-c", sample]
        assert subprocess.run(command, cwd=desk, env=_environment(), check=False).returncode == 0


def _follow(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(DOCS.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder as somebody has it who was sent a letter."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    folders = write_nodes(tmp_path / "exchange", pki)
    keys = tmp_path / "exchange" / "pki"
    letter = (
        DocumentBuilder()
        .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
        .to(Organization(OrganId("000.00.31.H53"), "UBND huyện Bến Cầu"))
        .code("12", "UBND-VX")
        .promulgated(vietnam_date(SystemClock().now()))
        .type("Công văn")
        .subject("V/v báo cáo")
        .signer("Nguyễn Văn An")
        .attach(
            Attachment.from_bytes(
                text_pdf("Quyết định", ["..."]),
                name="quyết định.pdf",
                content_id=ContentId("a1b2c3"),
            )
        )
        .build()
    )
    key = SigningKey.from_pkcs12(
        keys / "agencies" / "commune" / "agency.p12", password=lambda: b"demo"
    )
    Signer(key, role="agency").sign(letter).write_to(folders["commune"].parent / "letter.edxml")
    Envelope.of(letter).write_to(folders["commune"].parent / "plain.edxml")
    shutil.copytree(keys / "trust", folders["commune"].parent / "trust")
    by_leader = signed(typed(), pki.leader("commune"))
    (folders["commune"].parent / "quyết định.pdf").write_bytes(by_leader)
    for name, copy in (
        ("trust/root.pem", "root.pem"),
        ("trust/root.crl.pem", "root.crl"),
        ("trust/sub-ca.crl.pem", "sub-ca.crl"),
        ("ca/sub-ca.pem", "sub-ca.pem"),
        ("directory.toml", "directory.toml"),
        ("password.txt", "password.txt"),
        ("agencies/commune/agency.p12", "agency.p12"),
        ("agencies/commune/agency.pem", "agency.pem"),
        ("agencies/commune/agency.key.pem", "agency.key.pem"),
        ("agencies/commune/leader.p12", "leader.p12"),
    ):
        shutil.copy(keys / name, folders["commune"].parent / copy)
    return folders["commune"].parent


def test_the_tutorial_works(tmp_path: Path) -> None:
    """Every command of the tutorial, one after the other, does what the text says."""
    done = _follow(_script("tutorial/first-letter.md"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "TOTAL-PASSED" in done.stdout
    assert "TOTAL-FAILED" in done.stdout
    assert "exit code 1" in done.stdout
    assert (tmp_path / "files" / "báo cáo.txt").read_text() == "Báo cáo quý I\n"


def test_trusting_an_authority_works_as_described(desk: Path) -> None:
    """The commands of the page on trust make a store that is sound and good to verify with."""
    shutil.rmtree(desk / "trust")
    done = _follow(_script("how-to/trust-an-authority.md"), desk)
    assert done.returncode == 0, done.stderr
    assert "trust: no findings" in done.stdout
    assert "TOTAL-PASSED" in done.stdout
    _run_python("how-to/trust-an-authority.md", desk)


@pytest.mark.peer("xmlsec1")
def test_checking_with_xmlsec1_works_as_described(desk: Path) -> None:
    """The commands of the page on xmlsec1 make it say OK."""
    done = _follow(_script("how-to/check-with-xmlsec1.md"), desk)
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stderr


@pytest.mark.peer("openssl")
def test_signing_works_as_described(desk: Path) -> None:
    """Key file, roles, a folder and two steps; each letter verifies in the end."""
    done = _follow(_script("how-to/sign-a-letter.md"), desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("TOTAL-PASSED") == 3
    assert (desk / "signed" / "plain.edxml").exists()
    _run_python("how-to/sign-a-letter.md", desk)
    assert (desk / "signed-1.edxml").exists()


@pytest.mark.peer("xmllint")
def test_checking_with_xmllint_works_as_described(desk: Path) -> None:
    """A signed letter validates, its JSON fits the schema as printed, the Python sample runs."""
    page = "how-to/check-with-xmllint.md"
    python_samples = runpy.run_path(str(DOCS / "check.py"))["python_samples"]
    ((_, sample),) = python_samples((DOCS / page).read_text(encoding="utf-8"))
    (desk / "sample.py").write_text(sample, encoding="utf-8")
    done = _follow(f"{_script(page)}\n{sys.executable} -W error sample.py", desk)
    assert done.returncode == 0, done.stderr
    assert "letter.edxml validates" in done.stderr
    rules = json.loads((desk / "inspect.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads((desk / "letter.json").read_text(encoding="utf-8")), rules)


def test_running_a_node_works_as_described(desk: Path) -> None:
    """The commands of the page on nodes work, the endless one until it is told to stop."""
    run, *others = _script("how-to/run-a-node.md").splitlines()
    assert run.startswith("docexchange node run ")
    terminal = f"{run.partition('#')[0]} 2>&9 & running=$!"
    stop = "kill -TERM $running; wait $running"  # once it has said something, it can be told so
    script = "\n".join(["mkfifo told; exec 9<> told", terminal, *others, "read -r _ <&9", stop])
    message = re.search(r'Id="(m-[^"]+)"', (desk / "letter.edxml").read_text(encoding="utf-8"))
    assert message is not None
    done = _follow(script.replace("MESSAGE", message[1]), desk)
    assert done.returncode == 0, done.stderr


def test_looking_after_a_store_works_as_described(desk: Path) -> None:
    """Check, note, back up, restore and clear out, with a letter in the store."""
    send = "docexchange send letter.edxml --node commune/ > sent"
    done = _follow(f"{send}\n{_script('how-to/back-up-a-store.md')}", desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("no problems") == 4
    assert "store.backup" not in (desk / "head.txt").read_text(encoding="utf-8")
    assert (desk / "commune" / "store-damaged" / "store.db").exists()
    page = (DOCS / "how-to/back-up-a-store.md").read_text(encoding="utf-8")
    [sample] = PYTHON.findall(page)
    command = [sys.executable, "-W", "error", "-c", sample]
    assert subprocess.run(command, cwd=desk, env=_environment(), check=False).returncode == 0


def test_keeping_registers_works_as_described(desk: Path) -> None:
    """A number, a letter, paper, both books as files, what is overdue, and a thread."""
    done = _follow(_script("how-to/keep-registers.md"), desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("01\n")
    assert "12 (general" in done.stdout
    assert "13/GM-UBND" in done.stdout
    assert zipfile.is_zipfile(desk / "so-van-ban-di.xlsx")
    assert (desk / "so-van-ban-den.csv").read_text(encoding="utf-8-sig").startswith("Ngày đến,")


def test_reporting_indicators_works_as_described(desk: Path) -> None:
    """From the command line and from a program, over a store with a letter in it."""
    page = "how-to/report-indicators.md"
    send = "docexchange send letter.edxml --node commune/"
    run = "docexchange node run --node district/ --until-idle"
    done = _follow("\n".join([send, run, _script(page)]), desk)
    assert done.returncode == 0, done.stderr
    rates = json.loads((desk / "indicators.json").read_text(encoding="utf-8"))["lines"][0]["rates"]
    assert rates["electronic"] == {"part": 1, "whole": 1, "percent": 100.0}
    assert "gửi nhận điện tử" in (desk / "quy.svg").read_text(encoding="utf-8")
    [sample] = PYTHON.findall((DOCS / page).read_text(encoding="utf-8"))
    command = [sys.executable, "-W", "error", "-c", sample]
    told = subprocess.run(
        command, cwd=desk, env=_environment(), check=True, capture_output=True, text=True
    )
    assert told.stdout == "outgoing 1 100.0\n"


def test_comparing_letters_works_as_described(tmp_path: Path) -> None:
    """The commands of the page tell what the page shows, in both languages."""
    page = "how-to/compare-two-letters.md"
    done = _follow(_script(page), tmp_path)
    assert done.returncode == 0, done.stderr
    shown = (DOCS / page).read_text(encoding="utf-8").partition("```text\n")[2].partition("```")[0]
    assert shown in done.stdout
    assert "Độ khẩn: thường → khẩn" in done.stdout


def test_zipped_files_go_and_come_as_described(tmp_path: Path) -> None:
    """The commands of the page pack a file and give it back; another program opens the archive."""
    done = _follow(_script("how-to/send-zipped-files.md"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "zip: inside is báo cáo.txt, 17 B" in done.stdout
    assert (tmp_path / "files" / "báo cáo.txt").read_text() == "Báo cáo quý I\n"
    assert zipfile.is_zipfile(tmp_path / "archives" / "báo cáo.txt")


def test_explaining_a_route(tmp_path: Path):
    """Every command of the page works in the folder of a demonstration."""
    pki = DemoPki.create(at=SystemClock().now(), key="p256")
    folders = write_nodes(tmp_path, pki)
    shutil.copy(tmp_path / "pki" / "directory.toml", folders["commune"].parent)
    ran = _follow(_script("how-to/explain-a-route.md"), folders["commune"].parent)
    assert ran.returncode == 0, ran.stderr
    assert "superior on the way up" in ran.stdout
    assert "each carries the letter once" in ran.stdout


def test_keeping_a_directory_works_as_described(tmp_path: Path) -> None:
    """Every command of the page, the merger in Python between them, and all that it shows."""
    page = (DOCS / "how-to/keep-a-directory.md").read_text(encoding="utf-8")
    (merger,) = PYTHON.findall(page)
    (tmp_path / "merge.py").write_text(merger, encoding="utf-8")
    script = _script("how-to/keep-a-directory.md").replace(
        "docexchange directory diff",
        f"{sys.executable} -W error merge.py\ndocexchange directory diff",
    )
    done = _follow(script, tmp_path)
    assert done.returncode == 0, done.stderr
    shown = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    missing = set("".join(shown).splitlines()) - set(done.stdout.splitlines())
    assert missing == set()


def test_publishing_a_directory_works_as_described(tmp_path: Path) -> None:
    """From the first root to a revoked key; the old publication is refused as the page says."""
    page = (DOCS / "how-to/publish-a-directory.md").read_text(encoding="utf-8")
    done = _follow(_script("how-to/publish-a-directory.md"), tmp_path)
    assert done.returncode == 0, done.stderr
    shown = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    missing = set("".join(shown).splitlines()) - set(done.stdout.splitlines())
    assert missing == set()
    assert "expected release 3 or later, found release 2" in done.stderr


def test_a_node_takes_the_snapshot_table_of_that_page() -> None:
    """Word for word."""
    page = (DOCS / "how-to/publish-a-directory.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    said = SnapshotConfig.model_validate(tomllib.loads(table)["snapshot"])
    assert said.source == "https://directory.example/"


def test_simulating_a_network_works_as_described(tmp_path: Path) -> None:
    """The commands of the page play and draw, and its sample scenario can be played as well."""
    done = _follow(_script("how-to/simulate-a-network.md"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Promises: all kept" in done.stdout
    assert (tmp_path / "province.svg").stat().st_size > 10_000
    (run,) = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert (run["holds"], run["digest"] in done.stdout) == (True, True)
    page = (DOCS / "how-to/simulate-a-network.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "sample.toml").write_text(sample, encoding="utf-8")
    done = _follow("docexchange simulate sample.toml", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
