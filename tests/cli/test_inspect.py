"""``docexchange inspect``: what a letter says, and that nobody has checked it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from archives import archive
from cli_help import COMMUNE, PROVINCE, REPORT, letter
from network_help import apart

from docexchange.cli._code_words import day_words
from docexchange.cli._describe import size_words
from docexchange.cli._words import speak
from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Envelope,
    OtherInfo,
    Priority,
    PromulgationInfo,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
    SignerInfo,
    StaffInfo,
    StatusCode,
    status_of,
)
from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

OFFICE = OrganId("000.00.00.G22")


def test_a_clerk_reads_the_letter(cli: Cli, desk: Desk) -> None:
    """Number, date as Vietnam writes it, subject, parties, attachments with sizes and types."""
    lines = cli("inspect", desk["both"]).out.splitlines()
    day = letter().promulgation.on
    assert day is not None
    assert "Number: 15/UBND-VX" in lines
    assert f"Date: An Thạnh, {day.day} {day:%B %Y}" in lines
    assert "Subject: V/v báo cáo & <thử>" in lines
    assert "From: UBND xã An Thạnh (000.21.31.H53)" in lines
    assert "To: UBND tỉnh Tây Ninh (000.00.00.H53)" in lines
    assert "    1. báo cáo.pdf (15.0 kB, application/pdf, Báo cáo quý)" in lines


def test_it_begins_like_the_paper_letter(cli: Cli, tmp_path: Path) -> None:
    """Superior, issuer, number, place and day, kind, subject; urgency and authority in words."""
    path = tmp_path / "letter.edxml"
    changes = {
        "sender": replace(COMMUNE, in_charge="UBND huyện Bến Cầu"),
        "promulgation": PromulgationInfo(place="Hà Nội", on=date(2026, 2, 3)),
        "due_date": date(2026, 3, 12),
        "other_info": OtherInfo(priority=Priority.EXPRESS_TIMED),
        "signer": SignerInfo(full_name="Hoa", competence="TUQ. CHỦ TỊCH", position="Chánh VP"),
    }
    Envelope.of(letter(**changes)).write_to(path)
    assert cli("--lang", "vi", "inspect", path).out.splitlines()[:10] == [
        "Cơ quan chủ quản: UBND huyện Bến Cầu",
        "Nơi gửi: UBND xã An Thạnh (000.21.31.H53)",
        "Số, ký hiệu: 15/UBND-VX",
        "Ngày ban hành: Hà Nội, ngày 03 tháng 02 năm 2026",
        "Loại văn bản: Công văn",
        "Trích yếu: V/v báo cáo & <thử>",
        "Độ khẩn: hỏa tốc hẹn giờ",
        "Nơi nhận: UBND tỉnh Tây Ninh (000.00.00.H53)",
        "Hạn trả lời: ngày 12 tháng 3 năm 2026",
        "Người ký: TUQ. CHỦ TỊCH (thừa ủy quyền), Chánh VP, Hoa",
    ]
    assert "Signed by: TUQ. CHỦ TỊCH (by delegation), Chánh VP, Hoa\n" in cli("inspect", path).out


def test_a_recall_names_what_it_takes_back(cli: Cli, tmp_path: Path) -> None:
    """Also where the document stands in ``ResponseFor`` alone, as in the official sample."""
    path = tmp_path / "recall.edxml"
    named = ResponseFor(organ_id=PROVINCE.organ_id, document_id=DocumentId("3/X"))
    business = Business(kind=BusinessKind.RECALL, reason="Sai")
    Envelope.of(letter(response_for=(named,), business=business)).write_to(path)
    lines = cli("--lang", "vi", "inspect", path).out.splitlines()
    assert "Về văn bản: 3/X, 000.00.00.H53" in lines
    assert "Nghiệp vụ: thu hồi, Sai" in lines
    assert "Thu hồi văn bản: 3/X" in lines
    assert (
        "Trả lời bằng trạng thái: 15 đồng ý cập nhật/lấy lại hoặc 16 từ chối cập nhật/lấy lại"
        in lines
    )


def test_zipped_files_are_looked_into(cli: Cli, tmp_path: Path) -> None:
    """What is in the archive and how large; office files and rubbish are left alone."""
    path = tmp_path / "letter.edxml"
    files = [
        Attachment.from_bytes(REPORT, name="a.pdf").zipped(),
        Attachment.from_bytes(archive(("folder/b.xls", REPORT)), name="b.zip"),
        Attachment.from_bytes(archive(("a", b""), ("b", b"")), name="c.zip"),
        Attachment.from_bytes(archive(("[Content_Types].xml", b"")), name="d.docx"),
        Attachment.from_bytes(archive(("e.pdf", b"\0" * 5_000_000)), name="e.pdf"),
    ]
    Envelope.of(letter(*files)).write_to(path)
    lines = [line for line in cli("inspect", path).out.splitlines() if line.startswith("    ")]
    assert lines[0].endswith(", application/zip, zip: inside is a.pdf, 15.0 kB)")
    assert lines[1].endswith(", zip: inside is b.xls, 15.0 kB)")
    assert "inside" not in lines[2] + lines[3]
    assert lines[4].endswith(", zip: not opened, it holds too much)")
    assert "zip: bên trong là a.pdf, 15.0 kB" in cli("--lang", "vi", "inspect", path).out


def test_signatures_are_shown_as_claims(cli: Cli, desk: Desk) -> None:
    """Even of a letter whose signature is broken only the claim is shown, and said to be one."""
    for name in ("both", "changed", "stranger"):
        out = cli("inspect", desk[name]).out
        assert "not verified; use `docexchange verify`" in out
        assert "claims to be by UBND xã An Thạnh, agency, 20" in out
    assert "Signatures: none" in cli("inspect", desk["plain"]).out


def test_traces_are_said_to_be_anybodys(cli: Cli, desk: Desk) -> None:
    """Access points passed are listed, with the warning that nobody signed them."""
    lines = cli("inspect", desk["both"]).out.splitlines()
    assert lines[-2].startswith("Passed: 000.00.31.H53, ")
    assert "not signed, anybody may have added them" in lines[-1]


def test_it_speaks_vietnamese(cli: Cli, desk: Desk) -> None:
    """With --lang vi labels and warnings are Vietnamese."""
    out = cli("--lang", "vi", "inspect", desk["both"]).out
    assert "Số, ký hiệu: 15/UBND-VX" in out
    assert "Trích yếu: V/v báo cáo & <thử>" in out
    assert "Chữ ký số: 2, chưa kiểm tra" in out
    assert "tự ghi là của Nguyễn Thị Hoa" in out


def test_every_field_is_shown_with_a_label_in_both_languages(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """A letter and a status with everything in them: no label stays English."""
    staff = StaffInfo(department="Văn phòng", staff="Nam", email="n@x.vn", mobile="09")
    full = letter(
        content="Nội dung",
        due_date=date(2026, 12, 31),
        other_info=OtherInfo(
            priority=Priority.EXPRESS, sphere="Số", copies=2, pages=3, appendixes=("A", "B")
        ),
        response_for=(ResponseFor(organ_id=PROVINCE.organ_id, code="3/X"),),
        to_places=("Như trên",),
        business=Business(
            kind=BusinessKind.RECALL,
            reason="Sai",
            paper=True,
            document_id=DocumentId("3/X"),
            staff=(staff,),
        ),
    )
    report = replace(
        status_of(full, StatusCode.ASSIGNED, reporter=PROVINCE, at=desk.pki.at), staff=staff
    )
    for number, message in enumerate((full, report)):
        path = tmp_path / f"{number}.edxml"
        Envelope.of(message).write_to(path)
        english = cli("inspect", path).out.splitlines()
        vietnamese = cli("--lang", "vi", "inspect", path).out.splitlines()
        assert len(english) == len(vietnamese)
        pairs = [
            (one.partition(":")[0], other.partition(":")[0])
            for one, other in zip(english, vietnamese, strict=True)
            if not one.startswith(" ")
        ]
        assert [one for one, other in pairs if one == other] == []
        assert cli("inspect", path, "--json").answer("inspect")["findings"] == 0
    assert "Priority: express" in cli("inspect", tmp_path / "0.edxml").out
    assert "Purpose: recall, Sai" in cli("inspect", tmp_path / "0.edxml").out


def test_an_update_and_a_replacement_are_shown(cli: Cli, tmp_path: Path) -> None:
    """Who is added and removed, and what is replaced for whom, stands there in both languages."""
    old = letter(document_id=DocumentId("3/X"))
    receivers = (
        Receiver(PROVINCE.organ_id, ReceiverType.REMOVED),
        Receiver(OFFICE, ReceiverType.ADDED),
    )
    info = BusinessDocumentInfo(document_info=True, document_receiver=True, receivers=receivers)
    update = Business(kind=BusinessKind.UPDATE, document_id=old.document_id, document_info=info)
    replaced = ReplacementInfo(DocumentId("3/X"), (PROVINCE.organ_id, OFFICE))
    replacement = Business(kind=BusinessKind.REPLACE, replacements=(replaced,))
    for number, business in enumerate((update, replacement)):
        Envelope.of(letter(business=business)).write_to(tmp_path / f"{number}.edxml")
    lines = cli("inspect", tmp_path / "0.edxml").out.splitlines()
    assert "Purpose: update" in lines
    assert "Document changed: yes" in lines
    assert "Receiver removed: UBND tỉnh Tây Ninh (000.00.00.H53)" in lines
    assert f"Receiver added: {OFFICE}" in lines
    assert "Changes: 3/X" in lines
    assert "Answer with: 15 change or recall accepted or 16 change or recall refused" in lines
    lines = cli("--lang", "vi", "inspect", tmp_path / "1.edxml").out.splitlines()
    holders = f"UBND tỉnh Tây Ninh ({PROVINCE.organ_id}), {OFFICE}"
    assert f"Thay thế văn bản: 3/X (nơi giữ: {holders})" in lines
    changes = cli("inspect", tmp_path / "0.edxml", "--json").answer("inspect")["document"]
    assert changes["acted_on"] == ["3/X"]
    assert [item["change"] for item in changes["business"]["changes"]["receivers"]] == [
        "removed",
        "added",
    ]
    answer = cli("inspect", tmp_path / "1.edxml", "--json").answer("inspect")["document"]
    assert answer["business"]["replacements"][0]["document_id"] == "3/X"


def test_a_status_is_shown_with_its_words(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A status message has no attachments; its code stands there in words, in both languages."""
    status = status_of(
        letter(), StatusCode.REFUSED, reporter=PROVINCE, at=desk.pki.at, description="Sai nơi nhận"
    )
    path = tmp_path / "status.edxml"
    Envelope.of(status).write_to(path)
    out = cli("inspect", path).out
    assert "Status: 02 refused" in out
    assert "About: 15/UBND-VX" in out
    assert "Description: Sai nơi nhận" in out
    assert "Attachments: none" in out
    assert "Trạng thái: 02 từ chối tiếp nhận" in cli("--lang", "vi", "inspect", path).out
    answer = cli("inspect", path, "--json").answer("inspect")
    assert (answer["document"], answer["status"]["code"]) == (None, "02")


def test_a_placeholder_is_named_for_what_it_is(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """An empty signature element in another namespace is no signature."""
    path = tmp_path / "placeholder.edxml"
    octets = desk["plain"].read_bytes()
    end = b"</edXML:edXMLHeader>"
    path.write_bytes(octets.replace(end, b"<edXML:DigitalSignature/>" + end))
    assert "1. a placeholder that proves nothing" in cli("inspect", path).out
    answer = cli("inspect", path, "--json").answer("inspect")
    assert [item["placeholder"] for item in answer["signatures"]] == [True]


def test_broken_certificates_do_not_stop_it(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A signature with rubbish for a certificate is shown as by somebody unknown."""
    path = tmp_path / "rubbish.edxml"
    octets = desk["signed"].read_bytes()
    path.write_bytes(octets.replace(b"<ds:X509Certificate>MII", b"<ds:X509Certificate>!!"))
    assert "claims to be by unknown" in cli("inspect", path).out


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-03-01T17:30:00Z", "2026-03-02 00:30:00 +07:00"),
        ("2026-03-01T17:30:00", "2026-03-01T17:30:00"),
        ("hôm qua", "hôm qua"),
    ],
)
def test_a_claimed_time_is_told_as_clocks_in_vietnam_show_it(
    cli: Cli, desk: Desk, tmp_path: Path, written: str, shown: str
) -> None:
    """Its day may be another one; what is no moment stays as it is."""
    path = tmp_path / "time.edxml"
    text = desk["signed"].read_text(encoding="utf-8")
    path.write_text(re.sub("(?<=SigningTime>)[^<]+", written, text), encoding="utf-8")
    assert f", agency, {shown}\n" in cli("inspect", path).out


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk) -> None:
    """Everything the letter says, and that none of it is verified."""
    answer = cli("inspect", desk["both"], "--json").answer("inspect")
    assert answer["verified"] is False
    assert [item["role"] for item in answer["signatures"]] == ["leader", "agency"]
    assert answer["attachments"][0]["size"] == len(REPORT)
    assert answer["document"]["to"][0]["organ_id"] == str(PROVINCE.organ_id)
    assert answer["from"]["name"] == COMMUNE.name
    assert answer["passed"][0]["organ_id"] == "000.00.31.H53"


def test_a_letter_cannot_draw_on_the_terminal(cli: Cli, tmp_path: Path) -> None:
    """Control and direction characters of the letter are shown as codes; JSON escapes them."""
    path = tmp_path / "odd.edxml"
    Envelope.of(letter(subject="a\x85b\u202ec\nTOTAL-PASSED")).write_to(path)
    assert "Subject: a\\u0085b\\u202ec TOTAL-PASSED\n" in cli("inspect", path).out
    ran = cli("inspect", path, "--json")
    assert "\u202e" not in ran.out
    assert ran.answer("inspect")["document"]["subject"] == "a\x85b\u202ec\nTOTAL-PASSED"


def test_a_pipe_is_read(desk: Desk) -> None:
    """``-`` is standard input."""
    ran = apart(["inspect", "-"], stdin=desk["plain"].read_bytes())
    assert (ran.code, "Number: 15/UBND-VX" in ran.out) == (0, True)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**12, "5000.0 GB"),
    ],
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    """Bytes up to a thousand, then thousands of them."""
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("day", "english", "vietnamese"),
    [
        (date(2026, 3, 2), "2 March 2026", "ngày 02 tháng 3 năm 2026"),
        (date(2026, 1, 31), "31 January 2026", "ngày 31 tháng 01 năm 2026"),
        (date(926, 12, 10), "10 December 926", "ngày 10 tháng 12 năm 926"),
    ],
)
def test_days_are_written_as_on_letters(day: date, english: str, vietnamese: str) -> None:
    """Decree 30: days below ten, January and February get a zero, other months none."""
    speak("vi")
    try:
        assert day_words(day) == vietnamese
    finally:
        speak("en")
    assert day_words(day) == english
