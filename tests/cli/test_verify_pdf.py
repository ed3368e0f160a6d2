"""``docexchange verify`` on PDF files, and on letters with PDF files in them."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from cli_help import letter, sign
from jsonschema import Draft202012Validator
from lxml import etree
from network_help import apart
from pdf_help import annotation, signed, stamped, typed, updated
from timestamp_help import authority

from docexchange.cli._schemas import answer_schema
from docexchange.envelope import Attachment, Envelope

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli


@pytest.fixture(scope="module")
def both_signed(desk: Desk) -> bytes:
    """A PDF signed by leader and agency."""
    pdf = signed(typed(), desk.pki.leader("commune"))
    return signed(pdf, desk.pki.agency("commune"), field="Seal")


def written(folder: Path, data: bytes, name: str = "quyết định.pdf") -> Path:
    """A file with these octets."""
    path = folder / name
    path.write_bytes(data)
    return path


def sent(desk: Desk, folder: Path, pdf: bytes) -> Path:
    """A genuine letter with this file."""
    plain = Envelope.of(letter(Attachment.from_bytes(pdf, name="quyết định.pdf")))
    path = folder / "letter.edxml"
    sign(plain, desk.pki.agency("commune"), role="agency", at=desk.pki.at).write_to(path)
    return path


def test_a_genuine_file_is_one_line_with_its_signers(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """Verdict, file, verdict in words, then every signer with what the certificate is for."""
    path = written(tmp_path, both_signed)
    ran = cli("verify", path, "--trust", desk.trust)
    assert ran.out == (
        f"TOTAL-PASSED · {path} · genuine · "
        "Nguyễn Thị Hoa, UBND xã An Thạnh (leader) · UBND xã An Thạnh (agency)\n"
    )
    assert (ran.code, ran.err) == (0, "")


def test_a_file_that_is_named_pdf_is_told_as_one_whatever_it_begins_with(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """Some readers look for the beginning further on; nobody asked for XML."""
    path = written(tmp_path, b"junk\n" + both_signed)
    ran = cli("verify", path, "--trust", desk.trust)
    assert ran.code == 4
    assert "a PDF file" in ran.out
    assert "XML" not in ran.out + ran.err


def test_the_line_tells_how_it_was_judged(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """Another moment, and leaving revocation out, are said as for letters."""
    options = ("--trust", desk.trust / "root.pem", "--no-revocation", "--at", desk.pki.at)
    ran = cli("verify", written(tmp_path, both_signed), *options)
    assert " · as of " in ran.out
    assert ran.out.endswith(" · revocation not checked\n")
    assert ran.code == 0


def test_a_changed_file_fails(cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes) -> None:
    """A note put over the page after signing: exit code 1, the reason, and what to do."""
    ran = cli("verify", written(tmp_path, updated(both_signed, annotation)), "--trust", desk.trust)
    line, *others = ran.out.splitlines()
    assert line.startswith("TOTAL-FAILED · ")
    assert "expected no change after signing" in line
    assert len(others) == 1
    assert others[0].startswith("    Advice: The file was changed after signing")
    assert ran.code == 1


def test_a_file_nobody_signed_is_undecided(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Nothing speaks for it and nothing against it: exit code 3."""
    ran = cli("verify", written(tmp_path, typed()), "--trust", desk.trust)
    assert ran.code == 3
    assert "found none" in ran.out


def test_a_file_that_cannot_be_read_has_its_exit_code(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """Cut off, it is not judged: exit code 4, as for letters."""
    ran = cli("verify", written(tmp_path, both_signed[:-300]), "--trust", desk.trust)
    assert ran.code == 4
    assert "expected a PDF file that can be read" in ran.out


def test_without_the_extra_a_file_is_not_checked(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install; in a letter it is a remark, and the letter is judged."""
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    ran = cli("verify", written(tmp_path, both_signed), "--trust", desk.trust)
    assert ran.code == 2
    assert "docexchange[pdf]" in ran.out
    ran = cli("verify", sent(desk, tmp_path, both_signed), "--trust", desk.trust)
    assert ran.code == 0
    assert "    PDF quyết định.pdf: not checked · " in ran.out


def test_a_genuine_letter_with_a_broken_file_does_not_look_fine(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """The line names the file, the exit code is not 0, and the file has its own verdict."""
    path = sent(desk, tmp_path, both_signed.replace(b"10 trieu", b"90 trieu"))
    ran = cli("verify", path, "--trust", desk.trust)
    line, *others = ran.out.splitlines()
    assert line.startswith("INDETERMINATE · ")
    assert "attachment quyết định.pdf: expected the octets that were signed" in line
    assert any(other.startswith("    PDF quyết định.pdf: TOTAL-FAILED · ") for other in others)
    assert ran.code == 3


def test_signed_files_can_be_required(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A letter with an unsigned file passes quietly, and not with --require-signed-pdfs."""
    path = sent(desk, tmp_path, typed())
    ran = cli("verify", path, "--trust", desk.trust)
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    ran = cli("verify", path, "--trust", desk.trust, "--require-signed-pdfs")
    assert ran.code == 3
    assert "found none" in ran.out


def test_the_whole_report_tells_each_signature(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """With -v: path, lists, steps, coverage with sizes, what came after; in both languages."""
    path = sent(desk, tmp_path, both_signed)
    ran = cli("verify", path, "--trust", desk.trust, "-v")
    size = f"[\\d,]+ of {len(both_signed):,} bytes"
    assert re.search(f"\n        Covers: whole revision · {size}\n", ran.out)
    assert "        Changed after signing: form filling\n" in ran.out
    assert re.search(f"\n        Covers: whole file · {size}\n", ran.out)
    assert "        Level: PAdES-B-B\n" in ran.out
    assert "        Algorithm: ECDSA with SHA-256\n" in ran.out
    assert ran.out.count("        Certificate path 3: Demo Root") == 2
    assert ran.out.count("        Not revoked by: revocation list · ") == 4
    assert ran.out.count("        7. trust: ok\n") == 2
    ran = cli("--lang", "vi", "verify", path, "--trust", desk.trust, "-v")
    assert "        Phạm vi ký: toàn bộ tệp · " in ran.out
    assert "        Sửa đổi sau khi ký: ký thêm hoặc điền biểu mẫu\n" in ran.out


def test_a_timestamp_over_the_file_is_told_with_its_path(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """-v says that it proves the time, of whom it is, and what shows that nobody was revoked."""
    tsa = authority(desk.pki.tsa, at=desk.pki.at)
    path = written(tmp_path, stamped(both_signed, tsa))
    out = cli("verify", path, "--trust", desk.trust, "-v").out
    assert out.count("proved by timestamp over the document 1") == 2
    told = out[out.index("Over the document:") :]
    assert "Timestamp 1: " in told
    assert "± 1 s · " in told
    assert "Certificate path 3: Demo Root" in told
    assert told.count("Not revoked by: revocation list · ") == 2


def test_a_file_of_another_agency_is_remarked_where_a_directory_is_given(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """The letter passes; the note says whose certificate it is, and -v what that means."""
    path = sent(desk, tmp_path, signed(typed(), desk.pki.agency("district")))
    options = ("--trust", desk.trust, "--directory", desk.directory)
    ran = cli("--lang", "vi", "verify", path, *options, "-v")
    assert ran.code == 0
    note = ran.out.index("      Lưu ý: tệp PDF không do nơi gửi văn bản ký (")
    assert "        Hướng dẫn: Văn bản gửi chỉ bảo đảm" in ran.out[note:]
    short = cli("verify", path, *options).out.splitlines()
    assert [line.split(":")[0] for line in short[1:]] == ["    PDF quyết định.pdf", "      Note"]
    assert "found one of 000.00.31.H53" in short[2]
    assert len(cli("verify", path, "--trust", desk.trust).out.splitlines()) == 1
    answer = cli("verify", path, *options, "--json").answer("verify")
    [finding] = answer[0]["report"]["attachments"][0]["findings"]
    assert finding["code"] == "pdf.not-by-sender"


def test_the_order_is_remarked(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The agency before the leader: a note under a line that passes, in Vietnamese too."""
    pdf = signed(typed(), desk.pki.agency("commune"), field="Seal")
    path = written(tmp_path, signed(pdf, desk.pki.leader("commune")))
    ran = cli("--lang", "vi", "verify", path, "--trust", desk.trust)
    line, note = ran.out.splitlines()
    assert line.startswith("TOTAL-PASSED · ")
    assert note.startswith("    Lưu ý: cơ quan ký trước lãnh đạo (")


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_in_folders_are_verified_by_any_number_of_processes(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes, jobs: int
) -> None:
    """Letters and PDF files by name, each with its lines, and counted with the others."""
    inbox = tmp_path / "received"
    inbox.mkdir()
    sent(desk, inbox, both_signed.replace(b"10 trieu", b"90 trieu"))
    written(inbox, both_signed, "m.PDF")
    written(inbox, both_signed[:-300], "n.pdf")
    written(inbox, updated(both_signed, annotation), "o.pdf")
    ran = cli("verify", inbox, "--trust", desk.trust, "--jobs", jobs)
    heads = [line.split(" · ")[:2] for line in ran.out.splitlines() if line[0] != " "]
    assert heads == [
        ["INDETERMINATE", str(inbox / "letter.edxml")],
        ["TOTAL-PASSED", str(inbox / "m.PDF")],
        ["INDETERMINATE", str(inbox / "n.pdf")],
        ["TOTAL-FAILED", str(inbox / "o.pdf")],
    ]
    assert "    PDF quyết định.pdf: TOTAL-FAILED · " in ran.out
    assert ran.err.splitlines()[-1] == (
        "files 4 · TOTAL-PASSED 1 · INDETERMINATE 1 · TOTAL-FAILED 1 · unreadable 1"
    )
    assert ran.code == 1


def test_a_pdf_file_has_a_report_of_etsi(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """One signature after the other, with their verdicts."""
    path, target = written(tmp_path, both_signed), tmp_path / "report.xml"
    ran = cli("verify", path, "--trust", desk.trust, "--etsi", target)
    assert ran.code == 0
    root = etree.fromstring(target.read_bytes())
    assert len(root.findall("{*}SignatureValidationReport")) == 2
    assert target.read_bytes().count(b"mainindication:total-passed<") == 2


def test_a_pdf_file_through_a_pipe_is_judged_like_a_file(
    desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """From standard input and from a named pipe; nothing is left behind in the temporary folder."""
    options = ("--trust", str(desk.trust))
    place = {**os.environ, "TMPDIR": str(tmp_path)}
    for name in ("-", "/dev/stdin"):
        ran = apart(["verify", name, *options], stdin=both_signed, env=place)
        assert (ran.code, ran.err) == (0, ""), ran.out
        assert ran.out.startswith(f"TOTAL-PASSED · {name} · genuine · Nguyễn Thị Hoa")
    assert list(tmp_path.iterdir()) == []
    broken = both_signed.replace(b"10 trieu", b"90 trieu")
    ran = apart(["verify", "-", *options, "--json"], stdin=broken)
    [answer] = json.loads(ran.out)
    assert (ran.code, answer["pdf"]["code"]) == (1, "pdf.digest")


def test_the_answer_for_programs_has_its_schema(
    cli: Cli, desk: Desk, tmp_path: Path, both_signed: bytes
) -> None:
    """Files and letters, good and bad, in one answer that fits the schema."""
    files = [
        written(tmp_path, both_signed),
        written(tmp_path, typed(), "b.pdf"),
        written(tmp_path, both_signed[:-300], "c.pdf"),
        sent(desk, tmp_path, updated(both_signed, annotation)),
    ]
    ran = cli("verify", *files, "--trust", desk.trust, "--json")
    told = json.loads(ran.out)
    Draft202012Validator(answer_schema("verify")).validate(told)
    assert [item["pdf"]["state"] for item in told[:3]] == ["signed", "not signed", "unreadable"]
    nested = told[3]["report"]["attachments"][0]
    assert nested["indication"] == "TOTAL-FAILED"
    assert [item["changes"] for item in nested["signatures"]] == ["other", "other"]
    assert ran.code == 4
