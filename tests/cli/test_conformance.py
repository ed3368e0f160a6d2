"""``docexchange conformance``: by options, by a profile; in words, JSON, JUnit and HTML."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conformance_help import SLOW, endpoint, present_world
from crooked_endpoints import DEFECTS, Crooked
from lxml import etree, html
from network_help import Cli

from docexchange.clock import SystemClock
from docexchange.testing import DemoPki
from docexchange.testing.conformance import CASES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "check-an-endpoint.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
QUICK = tuple(f"--skip={pattern}" for pattern in SLOW)


class Place:
    """An endpoint, and a folder with what is needed to try it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pki = DemoPki.create(at=SystemClock().now(), key="p256")
        self.pki.write(folder / "pki", "demo")
        self.world = present_world(self.pki, folder / "world")
        self.profile = folder / "profile.toml"

    def behind(self, app):
        """What breaks promises when it is told to."""
        self.crooked = Crooked(app, self.pki)
        return self.crooked

    def write(self, url: str) -> None:
        """The profile of the page in the documents."""
        self.url = url
        self.profile.write_text(
            f'url = "{url}"\n'
            'agency = "000.21.31.H53"\nrecipient = "000.00.31.H53"\n'
            'key = "pkcs12:pki/agencies/commune/agency.p12"\n'
            'password_file = "pki/password.txt"\n'
            'trust = ["pki/trust"]\ndirectory = "pki/directory.toml"\nuse_mailbox = true\n'
            '[certificates]\nexpired = "pkcs12:pki/bad/expired.p12"\n'
            'revoked = "pkcs12:pki/bad/revoked.p12"\n'
            'other = "pkcs12:pki/agencies/central/agency.p12"\n',
            encoding="utf-8",
        )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """One endpoint for all tests."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "world").mkdir()
    place = Place(folder)
    with endpoint(place.world, behind=place.behind) as served:
        place.write(served.url)
        place.served = served
        yield place
    place.world.close()


@pytest.fixture
def run(capsys, place):
    """The command, with the profile."""
    place.crooked.turn_to(None)
    cli = Cli(capsys)
    return lambda *arguments: cli("conformance", "--profile", place.profile, *arguments)


@pytest.fixture
def broken(place, run):
    """The same, against an endpoint whose receipts are over other bytes."""
    [defect] = [item for item in DEFECTS if item.name == "receipts over other bytes"]
    place.crooked.turn_to(defect)
    return run


def test_an_endpoint_that_keeps_all_promises(run, place, tmp_path):
    """Exit code 0, every case passed, in all four forms."""
    place.served.put("m-waits-for-all")
    report, page = tmp_path / "report.xml", tmp_path / "page.html"
    ran = run("--json", "--junit", report, "--html", page, *QUICK)
    assert (ran.code, ran.err) == (0, "")
    told = ran.answer("conformance")
    assert told["conforms"] is True
    assert {case["outcome"] for case in told["cases"]} == {"passed"}
    assert len(told["cases"]) == len(CASES) - 2
    suite = etree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == (str(len(CASES) - 2), "0")
    assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')


def test_an_endpoint_that_breaks_one(broken, tmp_path):
    """Exit code 1; what was expected and found is told; in JUnit it is one failure."""
    report = tmp_path / "report.xml"
    ran = broken("--only", "push", "--junit", report)
    assert ran.code == 1
    assert re.search(r"^failed +push\.receipt-exact-bytes", ran.out, re.MULTILINE)
    assert re.search(r"expected: Sha256 [0-9a-f]{64}\n    found: 0{64}\n", ran.out)
    assert ran.out.splitlines()[-1] == "does not conform: passed 9, failed 1, warned 0, skipped 0"
    [failure] = etree.parse(report).findall(".//failure")
    assert failure.getparent().get("name") == "receipt-exact-bytes"
    assert failure.get("message").startswith("expected Sha256")


@pytest.mark.usefixtures("broken")
def test_the_page_needs_nothing_and_can_be_read_aloud(tmp_path, capsys, place):
    """No script and nothing from elsewhere; headings, scopes, language; in Vietnamese."""
    page = tmp_path / "page.html"
    ran = Cli(capsys)(
        "--lang", "vi", "conformance", "--profile", place.profile, "--only=push", "--html", page
    )
    assert (ran.code, "không phù hợp" in ran.out) == (1, True)
    text = page.read_text(encoding="utf-8")
    root = html.document_fromstring(text)
    assert root.get("lang") == "vi"
    assert root.xpath("//script | //link | //img | //@src | //@href") == []
    assert len(root.xpath("//h1")) == len(root.xpath("//caption")) == len(root.xpath("//main")) == 1
    assert all(cell.get("scope") for cell in root.iter("th"))
    [row] = root.xpath("//tr[td[@class='failed']]")
    assert row.get("id") == "push.receipt-exact-bytes"
    assert "Biên nhận đúng với từng byte đã gửi." in row.text_content()
    assert "không đạt" in row.text_content()
    assert "url(" not in text


def test_what_an_endpoint_says_cannot_leave_its_place(run, place, tmp_path):
    """Markup and control characters in its answers are shown, not obeyed."""
    from crooked_endpoints import Defect

    evil = "<script>alert(1)</script>\x1b[2J"
    place.crooked.turn_to(
        Defect(
            name="evil",
            fails="push.receipt-digest",
            where="POST /v1/messages",
            after=lambda found: found.fields.update({"content-digest": evil.replace("\x1b", "\t")}),
        )
    )
    page, report = tmp_path / "page.html", tmp_path / "report.xml"
    ran = run("--only", "push", "--html", page, "--junit", report)
    assert ran.code == 1
    assert "<script>" not in page.read_text(encoding="utf-8")
    assert "<script>" in etree.parse(report).find(".//failure").get("message")
    assert "\t" not in ran.out


def test_the_cases_can_be_listed_and_chosen(run, capsys):
    """Without an endpoint; in JSON as well."""
    told = Cli(capsys)("conformance", "--list", "--only", "tus.checksum*")
    assert [line.split()[0] for line in told.out.splitlines()] == [
        "tus.checksum-wrong",
        "tus.checksum-right",
    ]
    listed = Cli(capsys)("conformance", "--list", "--json").answer("conformance")
    assert [case["id"] for case in listed["cases"]] == [case.id for case in CASES]
    ran = run("--only", "about", "--skip", "about.openapi", "--json")
    assert len(ran.answer("conformance")["cases"]) == 4


def test_options_go_before_the_profile(run):
    """Another recipient than that of the profile: somebody else gives the receipt."""
    ran = run("--only=push.receipt-names", "--recipient=000.00.00.H53", "--json")
    [case] = ran.answer("conformance")["cases"]
    assert (ran.code, case["outcome"]) == (1, "failed")
    assert (case["expected"], case["found"]) == ("Issuer 000.00.00.H53", "000.00.31.H53")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("--only", "nothing"), 2, "conformance.case"),
        (("http://localhost/",), 2, "conformance.url"),
        (("https://localhost:1/",), 5, "transport.unreachable"),
        (("--agency", "x"), 2, "identifier.organ-id"),
        (("--html", "no/such/folder/a.html"), 2, "output.not-writable"),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(run, arguments, exit_code, code):
    """Cases that do not exist, other schemes, nobody there, a place that cannot be written to."""
    run(*arguments).refused(exit_code, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "conformance.missing"),
        ("x = 1\n", "conformance.profile"),
        ("url = 1\n", "conformance.profile"),
        ("url = \n", "conformance.profile"),
        ("seconds = true\n", "conformance.profile"),
        ("[certificates]\nstolen = 'a'\n", "conformance.profile"),
    ],
)
def test_a_profile_that_makes_no_sense_is_named(capsys, tmp_path, text, code):
    """Missing, misspelt, of another kind."""
    profile = tmp_path / "profile.toml"
    profile.write_text(text, encoding="utf-8")
    Cli(capsys)("conformance", "--profile", profile).refused(2, code)
    Cli(capsys)("conformance", "--profile", tmp_path / "none").refused(4, "input.not-found")


def test_the_page_works_as_described(place):
    """Its profile, its commands and its program, one after the other, and what it shows."""
    place.crooked.turn_to(None)
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    [profile] = [text for kind, text in blocks if kind == "toml"]
    [program] = [text for kind, text in blocks if kind == "python"]
    [shown] = [text for kind, text in blocks if kind == "text"]
    place.served.put("m-waits-for-the-page")
    desk = place.folder / "desk"
    desk.mkdir()
    (desk / "pki").symlink_to(place.folder / "pki")
    (desk / "profile.toml").write_text(profile.replace("https://localhost:8443/", place.url))
    (desk / "program.py").write_text(program, encoding="utf-8")
    script = "".join(text for kind, text in blocks if kind == "sh")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{script}\n{sys.executable} -W error program.py"],
        cwd=desk,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown in done.stdout
    assert re.findall(r"^failed .*", done.stdout, re.MULTILINE) == []
    assert "mailbox.acknowledge" in done.stdout
    assert etree.parse(desk / "report.xml").getroot().get("failures") == "0"
    assert "phù hợp" in (desk / "trang.html").read_text(encoding="utf-8")
