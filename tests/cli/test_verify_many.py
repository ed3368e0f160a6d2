"""``docexchange verify`` on whatever an agency receives: folders, other XML, one's own roots."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from cli_help import letter
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from network_help import apart
from signing_help import NAMES, der, signing_key
from timestamp_help import client

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.signing import Signer
from docexchange.signing.xmldsig.algorithms import ENVELOPED

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

    from docexchange.envelope import Document
    from docexchange.signing import TsaClient
    from docexchange.testing import Credential


def foreign(
    desk: Desk, root: etree._Element, place: etree._Element, *refs: Ref, **options
) -> bytes:
    """A document that the commune signed with another program."""
    agency = desk.pki.agency("commune")
    info = certificate_info(agency.der, *map(der, agency.chain))
    sign_into(place, refs or [Ref("", (ENVELOPED,))], key=agency.private_key, info=info, **options)
    return etree.tostring(root)


@pytest.fixture
def received(desk: Desk, tmp_path: Path) -> Path:
    """A folder of what came in: good, bad, other XML, neither, and what nobody asks about."""
    inbox = tmp_path / "received"
    (inbox / "b" / "deep").mkdir(parents=True)
    shutil.copy(desk["both"], inbox / "z.edxml")
    shutil.copy(desk["changed"], inbox / "b" / "changed.edxml")
    shutil.copy(desk["stranger"], inbox / "b" / "deep" / "stranger.EDXML")
    (inbox / "b" / "neither.xml").write_text("<note/>")
    (inbox / "b" / "report.txt").write_text("Báo cáo")
    invoice = etree.fromstring("<invoice><total>1</total></invoice>")
    (inbox / "invoice.xml").write_bytes(foreign(desk, invoice, invoice))
    return inbox


def verdicts(out: str, folder: Path) -> list[tuple[str, str]]:
    """Verdict and file of each line."""
    words = [line.split(" · ") for line in out.splitlines() if line[0] != " "]
    return [(item[0], item[1].removeprefix(f"{folder}/")) for item in words]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_folder_is_verified_in_order_by_any_number_of_processes(
    cli: Cli, desk: Desk, received: Path, jobs: int
) -> None:
    """Files first, then folders, by name; a summary; the worst exit code."""
    ran = cli("--lang", "vi", "verify", received, "--trust", desk.trust, "--jobs", jobs)
    assert verdicts(ran.out, received) == [
        ("TOTAL-PASSED", "invoice.xml"),
        ("TOTAL-PASSED", "z.edxml"),
        ("TOTAL-FAILED", "b/changed.edxml"),
        ("INDETERMINATE", "b/deep/stranger.EDXML"),
    ]
    complaint, summary = ran.err.splitlines()
    assert "b/neither.xml: cần văn bản edXML, hoặc XML có chữ ký" in complaint
    assert summary == (
        "tệp 5 · TOTAL-PASSED 2 · INDETERMINATE 1 · TOTAL-FAILED 1 · không đọc được 1 · "
        "bỏ qua, không phải tệp .edxml, .xml hay .pdf 1"
    )
    assert ran.code == 1


def test_pipes_devices_and_circles_in_a_folder_hold_up_nobody(
    cli: Cli, desk: Desk, received: Path
) -> None:
    """They are counted, not read, as are links to folders: some never end, some are circles."""
    os.mkfifo(received / "pipe.edxml")
    (received / "endless.edxml").symlink_to("/dev/zero")
    (received / "gone.edxml").symlink_to("nowhere")
    (received / "circle").symlink_to(received)
    ran = cli("verify", received, "--trust", desk.trust)
    assert len(verdicts(ran.out, received)) == 4
    assert "gone.edxml: No such file" in ran.err
    assert "pipe.edxml" not in ran.err
    assert ran.err.splitlines()[-1].endswith("left out, no .edxml, .xml or .pdf files 4")


def test_processes_answer_in_json_as_one_does(cli: Cli, desk: Desk, received: Path) -> None:
    """The same list, item by item, but for the moment of the check; it fits the schema."""
    answers = []
    for jobs in (1, 3):
        ran = cli("verify", received, "--trust", desk.trust, "--jobs", jobs, "--json")
        answer = ran.answer("verify")
        for item in answer:
            report = item.get("report", {})
            for told in (report, *report.get("attachments", ())):
                told.pop("checked_at", None)
            for signature in report.get("signatures", ()):
                signature.pop("best_signature_time")
        answers.append(answer)
    assert answers[0] == answers[1]
    assert [item.get("sender") is None for item in answers[0]] == [True, False, False, True, False]


def test_an_empty_folder_is_no_pass(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Nothing verified is not everything genuine."""
    ran = cli("verify", tmp_path, "--trust", desk.trust)
    ran.refused(4, "input.not-found")


def test_other_xml_shows_what_is_signed(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """What nothing covers comes first, then each reference with its size."""
    root = etree.fromstring('<a><b Id="b">1</b><c>22</c></a>')
    path = tmp_path / "a.xml"
    path.write_bytes(foreign(desk, root, root, Ref("#b")))
    ran = cli("verify", path, "--trust", desk.trust, "-v")
    assert ran.code == 0
    partly = "no edXML letter; not all of it is signed, -v shows what is"
    assert partly in ran.out.splitlines()[0]
    left, covered = ran.out.index("Not covered: /a/c · 9 bytes"), ran.out.index("Covers: #b")
    assert left < covered
    assert "Covers: #b · 15 bytes · SHA-256" in ran.out
    whole = etree.fromstring("<a>1</a>")
    path.write_bytes(foreign(desk, whole, whole, Ref("", (ENVELOPED,))))
    [line] = cli("verify", path, "--trust", desk.trust).out.splitlines()
    assert "no edXML letter; -v shows what is signed" in line


def test_files_that_an_xml_file_refers_to_are_given_by_name(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """With --detached they are judged; without they are asked for; a bad pair is refused."""
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    beside = {"a.pdf": Attachment.from_bytes(b"%PDF", name="a.pdf")}
    root = etree.fromstring("<a/>")
    path = tmp_path / "a.xml"
    path.write_bytes(foreign(desk, root, root, Ref("a.pdf"), detached=beside))
    options = ("--trust", desk.trust)
    assert cli("verify", path, *options, "--detached", f"a.pdf={tmp_path / 'x.pdf'}").code == 0
    assert "external reference: a.pdf" in cli("verify", path, *options).out
    cli("verify", path, *options, "--detached", "a.pdf").refused(2, "usage.detached")
    gone = cli("verify", path, *options, "--detached", "a.pdf=/none")
    gone.refused(4, "input.not-found")


def test_a_letter_under_a_signature_of_another_form(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """It passes, and the line says so; with --strict it does not."""
    root = etree.fromstring(b"".join(Envelope.of(letter()).chunks()))
    [header] = root.xpath("//e:edXMLHeader", namespaces=NAMES)
    path = tmp_path / "other.edxml"
    path.write_bytes(foreign(desk, root, header))
    ran = cli("verify", path, "--trust", desk.trust)
    assert (ran.code, ran.out.splitlines()[0].split(" · ")[-1]) == (0, "signature of another form")
    assert cli("verify", path, "--trust", desk.trust, "--strict").code != 0


def test_the_roots_one_keeps_are_asked_and_named(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --trust the own folder counts, and the line says whose roots; without it, advice."""
    monkeypatch.setenv("DOCEXCHANGE_TRUST", str(tmp_path / "mine"))
    cli("verify", desk["signed"]).refused(2, "trust.empty")
    missing = cli("verify", desk["signed"], tmp_path / "misspelled.edxml")
    assert (missing.code, missing.out) == (4, "")
    assert "misspelled.edxml: No such file" in missing.err  # whoever it is to be judged by
    shutil.copytree(desk.trust, tmp_path / "mine")
    ran = cli("verify", desk["signed"])
    assert ran.code == 0
    assert ran.out.rstrip().endswith(f"by the roots in {tmp_path / 'mine'}")
    named = cli("verify", desk["signed"], "--trust", desk.trust)
    assert "by the roots" not in named.out


def test_an_auditor_reads_path_evidence_and_proof(cli: Cli, desk: Desk) -> None:
    """-v names each certificate with validity and fingerprint, each list, and what is proved."""
    out = cli("verify", desk["both"], "--trust", desk.trust, "-v").out
    assert "Certificate path 1: UBND xã An Thạnh · " in out
    assert f"sha256:{sha256(desk.pki.agency('commune').der).hexdigest()}" in out
    assert out.count("Not revoked by: revocation list · ") == 4
    assert "next due" in out
    assert out.count("nothing proves that it is older than this check") == 2
    assert "Not covered: trace headers, which nobody signs · 1" in out
    assert out.index("Not covered") < out.index("Signature 1")
    assert "Algorithm: ECDSA with SHA-256" in out
    vietnamese = cli("--lang", "vi", "verify", desk["both"], "--trust", desk.trust, "-v").out
    assert "Chưa bị thu hồi theo: danh sách thu hồi · " in vietnamese


def test_a_timestamp_is_told_with_its_path_and_evidence(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """As a signature is: under its line, and in JSON."""
    path = tmp_path / "stamped.edxml"
    stamps = client(desk.pki.tsa, at=desk.pki.at)
    path.write_bytes(stamped_by(letter(), desk.pki.agency("commune"), desk.pki.at, stamps))
    out = cli("verify", path, "--trust", desk.trust, "-v").out
    told = out[out.index("Timestamp 1: ") : out.index("Existed at: ")].splitlines()
    assert [line.split(":")[0] for line in told] == [
        "Timestamp 1",
        "      Certificate path 1",
        "      Certificate path 2",
        "      Certificate path 3",
        "      Not revoked by",
        "      Not revoked by",
        "    ",
    ]
    assert "± 1 s · Demo TSA, " in told[0]
    assert told[0].endswith(" · ECDSA with SHA-256")
    [answer] = cli("verify", path, "--trust", desk.trust, "--json").answer("verify")
    [stamp] = answer["report"]["signatures"][0]["timestamps"]
    assert [item["kind"] for item in stamp["evidence"]] == ["CRL", "CRL"]
    assert stamp["chain"][0]["sha256"] == sha256(desk.pki.tsa.der).hexdigest()
    assert (stamp["digest"], stamp["algorithm_name"]) == ("SHA-256", "ECDSA with SHA-256")


def stamped_by(document: Document, seal: Credential, at: datetime, stamps: TsaClient) -> bytes:
    """A letter with a signature and a timestamp over it."""
    key = signing_key(seal)
    signer = Signer(key, clock=VirtualClock(at), role="agency", timestamps=stamps)
    return b"".join(signer.sign(Envelope.of(document)).envelope.chunks())


def test_the_report_as_xml_of_etsi(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """To a file beside the line, or to standard output instead of it."""
    target, options = tmp_path / "report.xml", ("--trust", desk.trust)
    ran = cli("verify", desk["changed"], *options, "--etsi", target)
    assert (ran.code, ran.out.split(" · ")[0]) == (1, "TOTAL-FAILED")
    assert b"urn:etsi:019102:subindication:HASH_FAILURE" in target.read_bytes()
    shown = cli("verify", desk["signed"], *options, "--etsi", "-")
    assert etree.fromstring(shown.out.encode()).tag.endswith("}ValidationReport")
    cli("verify", desk["signed"], *options, "--etsi", target).refused(2, "output.exists")
    assert cli("verify", desk["signed"], *options, "--etsi", target, "--force").code == 0
    assert b"total-passed" in target.read_bytes()
    cli("verify", desk["signed"], *options, "--etsi", "-", "--json").refused(2, "usage.etsi")


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_file_of_a_folder_has_its_own_report_of_etsi(
    cli: Cli, desk: Desk, received: Path, tmp_path: Path, jobs: int
) -> None:
    """In a folder of the same shape; what cannot be read has none, and the lines come as ever."""
    reports = tmp_path / "reports"
    options = ("--trust", desk.trust, "--jobs", jobs, "--etsi", reports)
    ran = cli("verify", received, *options)
    assert (ran.code, len(verdicts(ran.out, received))) == (1, 4)
    written = {str(path.relative_to(reports)): path for path in reports.rglob("*.xml")}
    assert sorted(written) == [
        "b/changed.edxml.report.xml",
        "b/deep/stranger.EDXML.report.xml",
        "invoice.xml.report.xml",
        "z.edxml.report.xml",
    ]
    assert b"HASH_FAILURE" in written["b/changed.edxml.report.xml"].read_bytes()
    assert b"total-passed" in written["z.edxml.report.xml"].read_bytes()
    cli("verify", received, *options).refused(2, "output.exists")
    assert cli("verify", received, *options, "--force").code == 1


def test_reports_on_several_things_lie_apart(
    cli: Cli, desk: Desk, received: Path, tmp_path: Path
) -> None:
    """Those on a folder lie in one of its name; two files of one name are refused in time."""
    reports, options = tmp_path / "reports", ("--trust", desk.trust)
    ran = cli("verify", received / "b", desk["both"], *options, "--etsi", f"{reports}/")
    assert ran.code == 1
    names = sorted(str(path.relative_to(reports)) for path in reports.rglob("*.xml"))
    assert names == [
        "b/changed.edxml.report.xml",
        "b/deep/stranger.EDXML.report.xml",
        "both.edxml.report.xml",
    ]
    (tmp_path / "both.edxml").write_bytes(desk["plain"].read_bytes())
    twice = ("verify", desk["both"], tmp_path / "both.edxml", *options, "--etsi", tmp_path / "r")
    cli(*twice).refused(2, "usage.etsi")
    assert not (tmp_path / "r").exists()


def test_one_file_into_a_folder(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A name that ends in a slash, or a folder that is there, is a folder for one file too."""
    for folder in (f"{tmp_path}/new/", str(tmp_path)):
        cli("verify", desk["both"], "--trust", desk.trust, "--etsi", folder)
    assert (tmp_path / "new" / "both.edxml.report.xml").exists()
    assert (tmp_path / "both.edxml.report.xml").exists()


def test_places_that_cannot_take_reports_are_refused(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Standard output and a file cannot hold several; a folder that cannot be made is told."""
    several = ("verify", desk["both"], desk["changed"], "--trust", desk.trust, "--etsi")
    cli(*several, "-").refused(2, "usage.etsi")
    taken = tmp_path / "taken"
    taken.write_bytes(b"")
    cli(*several, taken).refused(2, "usage.etsi")
    cli(*several, taken / "below").refused(2, "output.not-writable")
    assert taken.read_bytes() == b""


def test_other_xml_comes_through_a_pipe_too(desk: Desk) -> None:
    """It is judged like a file; what is larger than any such file is refused, not stored."""
    root = etree.fromstring("<a><b>1</b></a>")
    options = ["verify", "-", "--trust", str(desk.trust)]
    ran = apart(options, stdin=foreign(desk, root, root))
    assert (ran.code, ran.out.split(" · ")[0]) == (0, "TOTAL-PASSED")
    large = apart(options, stdin=b"<a>" + b"<b>1</b>" * 2_500_000 + b"</a>")
    assert large.code == 4
    assert "limit" in large.err


def test_a_second_opinion_is_told_as_a_step(cli: Cli, desk: Desk) -> None:
    """Both signatures of a letter, and in JSON."""
    options = ("--trust", desk.trust, "--second-opinion")
    ran = cli("verify", desk["both"], *options, "-v")
    assert ran.code == 0
    assert ran.out.count("9. second opinion: ok signxml says the same") == 2
    answer = cli("verify", desk["changed"], *options, "--json").answer("verify")
    assert answer[0]["report"]["signatures"][0]["steps"][-1]["name"] == "second opinion"
    assert answer[0]["report"]["indication"] == "TOTAL-FAILED"
