"""``docs/how-to/verify-a-document.md``, and its Vietnamese form, on a machine that has nothing.

Nothing is there but the files in hand: an empty home, a search path of the one folder that an
installation fills, no configuration. What the page installs comes from the network, so that is
done by whoever runs the tests; everything behind it is executed, and says what the page shows.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pdf_help import signed, typed
from signing_help import attachments, der, letter, signing_key

from docexchange import Signer, SystemClock
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "how-to" / "verify-a-document.md"
IN_VIETNAMESE: Final = ROOT / "docs" / "vi" / "kiem-tra-van-ban.md"
LETTER_AND_ROOT: Final = {
    PAGE: "The letter and the root certificate",
    IN_VIETNAMESE: "Văn bản và chứng thư gốc",
}
LANGUAGE: Final = "export DOCEXCHANGE_LANG=vi\n"
SAMPLE: Final = re.compile(
    r"^```sh\n(?P<command>.*?)^```\n(?:\n^```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL
)
BASH: Final = shutil.which("bash") or "/bin/bash"


@pytest.fixture(scope="module")
def pki() -> DemoPki:
    """Of today: a clerk judges for the present."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


class Clerk:
    """Somebody in a folder, with a home, and with nothing in either."""

    def __init__(self, folder: Path) -> None:
        self.home, self.desk = folder / "home", folder / "desk"
        self.home.mkdir()
        self.desk.mkdir()

    def types(self, script: str) -> subprocess.CompletedProcess[str]:
        """Have commands run as they stand, until one fails."""
        environment = {
            "HOME": str(self.home),
            "PATH": str(Path(sys.executable).parent),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(ROOT),  # where the tests run in a checkout that is not installed
        }
        return subprocess.run(
            [BASH, "-euo", "pipefail", "-c", script],
            cwd=self.desk,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def receives(self, pki: DemoPki) -> Clerk:
        """A letter and a root certificate, no more."""
        key = signing_key(pki.agency("commune"))
        made = Signer(key, role="agency").sign(letter(*attachments()))
        made.envelope.write_to(self.desk / "letter.edxml")
        (self.desk / "root.pem").write_bytes(pki.root.credential.certificate_pem)
        return self

    def downloads(self, pki: DemoPki) -> Clerk:
        """The revocation lists from the authority's web page, and a PDF file to look at."""
        for name, item in zip(("root.crl", "sub-ca.crl"), pki.crls(), strict=True):
            (self.desk / name).write_bytes(der(item))
        (self.desk / "quyết định.pdf").write_bytes(signed(typed(), pki.leader("commune")))
        return self


@pytest.fixture
def clerk(tmp_path: Path, pki: DemoPki) -> Clerk:
    """With the two files."""
    return Clerk(tmp_path).receives(pki)


def sections(page: Path = PAGE) -> dict[str, list[tuple[str, str]]]:
    """A page's commands by heading, each with what the page shows of the answer."""
    first, *parts = re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    language = LANGUAGE if f"\n{LANGUAGE}```" in "".join([first, *parts]) else ""
    return {
        part.partition("\n")[0]: [
            (language + found["command"], found["shown"] or "") for found in SAMPLE.finditer(part)
        ]
        for part in parts
    }


def assert_said(done: subprocess.CompletedProcess[str], shown: str) -> None:
    """Every line that the page shows begins a line of the answer, in the same order."""
    assert done.returncode == 0, done.stderr
    told = iter((done.stdout + done.stderr).splitlines())
    for line in shown.splitlines():
        assert any(item.startswith(line) for item in told), (line, done.stdout, done.stderr)


@pytest.mark.parametrize("page", LETTER_AND_ROOT, ids=lambda page: page.stem)
def test_the_letter_and_the_root_certificate_are_enough(clerk: Clerk, page: Path) -> None:
    """The first commands, with two files in the folder, answer as the page shows."""
    first, second, _with_lists = sections(page)[LETTER_AND_ROOT[page]]
    for command, shown in (first, second):
        assert shown
        assert_said(clerk.types(command), shown)
    assert sorted(path.name for path in clerk.desk.iterdir()) == ["letter.edxml", "root.pem"]


@pytest.mark.parametrize("page", LETTER_AND_ROOT, ids=lambda page: page.stem)
def test_every_command_of_the_page_answers_as_shown(clerk: Clerk, pki: DemoPki, page: Path) -> None:
    """One after the other, in one folder, the lists and a PDF file at hand."""
    clerk.downloads(pki)
    ran = 0
    for samples in sections(page).values():
        for command, shown in samples:
            assert_said(clerk.types(command), shown)
            ran += command.count("docexchange")
    assert ran >= 12
    answer = json.loads((clerk.desk / "answer.json").read_text(encoding="utf-8"))
    assert answer[0]["report"]["uncovered"] == []
    assert "ValidationReport" in (clerk.desk / "report.xml").read_text(encoding="utf-8")
    kept = [path for path in clerk.home.rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} == {".cer", ".crl"}


def _changed(clerk: Clerk) -> None:
    path = clerk.desk / "letter.edxml"
    data = path.read_text(encoding="utf-8")
    assert "V/v báo cáo" in data
    path.write_text(data.replace("V/v báo cáo", "V/v báo cao"), encoding="utf-8")


def _half(clerk: Clerk) -> None:
    path = clerk.desk / "letter.edxml"
    path.write_bytes(path.read_bytes()[:900])


def _no_root(clerk: Clerk) -> None:
    shutil.copy(clerk.desk / "letter.edxml", clerk.desk / "root.pem")


def _other_root(clerk: Clerk) -> None:
    other = DemoPki.create(at=SystemClock().now(), key="p256")
    (clerk.desk / "root.pem").write_bytes(other.root.credential.certificate_pem)


OUTCOMES: Final[dict[str, tuple[Callable[[Clerk], object], str, int]]] = {
    "as it came": (lambda _: None, "TOTAL-PASSED", 0),
    "changed": (_changed, "TOTAL-FAILED", 1),
    "root certificate that is none": (_no_root, "docexchange:", 2),
    "other root certificate": (_other_root, "INDETERMINATE", 3),
    "list missing": (lambda clerk: (clerk.desk / "sub-ca.crl").write_bytes(b""), "docexchange:", 2),
    "half of it": (_half, "docexchange:", 4),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_the_table_of_answers_is_right(clerk: Clerk, pki: DemoPki, case: str) -> None:
    """Each row: how the line begins, the exit code, and advice wherever it is not a pass."""
    clerk.downloads(pki)
    happens, begins, code = OUTCOMES[case]
    happens(clerk)
    assert f"| `{begins}` | {code} |" in PAGE.read_text(encoding="utf-8")
    command = "docexchange verify letter.edxml --trust root.pem --crl sub-ca.crl --crl root.crl"
    done = clerk.types(command)
    assert done.returncode == code
    answer = done.stdout + done.stderr
    assert answer.startswith(begins)
    assert code == 0 or "Advice: " in answer or "[" in answer
    assert "Traceback" not in answer


@pytest.mark.parametrize(
    ("lang", "advice"), [("en", "--crl"), ("en", "--online"), ("vi", "--crl"), ("vi", "--online")]
)
def test_a_missing_list_is_named_with_both_ways_to_it(clerk: Clerk, lang: str, advice: str) -> None:
    """The line names the certificate whose list is missing, whole; the advice names both ways."""
    done = clerk.types(f"docexchange --lang {lang} verify letter.edxml --trust root.pem")
    assert done.returncode == 3
    first, second = done.stdout.splitlines()[:2]
    assert "Demo Sub-CA" in first
    assert advice in second


def test_the_language_behind_the_command_is_put_right(clerk: Clerk) -> None:
    """A clerk types it where it does not belong, and is told where it does."""
    done = clerk.types("docexchange verify --lang vi letter.edxml --trust root.pem")
    assert done.returncode == 2
    assert "Put it before the command: docexchange --lang ... verify ..." in done.stderr
    assert "?." not in done.stderr
