"""``docexchange diff``: what differs between two letters, one line each, in both languages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_help import COMMUNE, HUB, PROVINCE, letter
from network_help import apart

from docexchange.cli._difference_words import FIELDS, LEAVES
from docexchange.cli._words import say, speak
from docexchange.envelope import (
    Attachment,
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Envelope,
    OtherInfo,
    Priority,
    Receiver,
    ReceiverType,
    StatusCode,
    TraceHeader,
    status_of,
)
from docexchange.identifiers import DocumentId

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli_help import Desk
    from network_help import Cli


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes letters with other fields than those of ``letter()``."""

    def write(name: str, *attachments: Attachment, **changes: Any) -> Path:
        path = tmp_path / f"{name}.edxml"
        Envelope.of(letter(*attachments, **changes)).write_to(path)
        return path

    return write


def test_a_letter_and_its_copy_do_not_differ(cli: Cli, desk: Desk) -> None:
    """Exit code 0, and one line that says so."""
    ran = cli("diff", desk["plain"], desk["plain"])
    assert (ran.code, ran.out, ran.err) == (0, "no difference\n", "")
    assert cli("--lang", "vi", "diff", desk["plain"], desk["plain"]).out == "không có khác biệt\n"


def test_fields_are_told_by_their_names_in_both_languages(
    cli: Cli, desk: Desk, written: Callable[..., Path]
) -> None:
    """Subject, urgency, dates and receivers stand as a clerk calls them; the exit code is 1."""
    other = written(
        "other",
        subject="V/v khác",
        other_info=OtherInfo(priority=Priority.EXPRESS),
        due_date=date(2026, 3, 2),
        recipients=(replace(COMMUNE, name="Xã"),),
        business=Business(kind=BusinessKind.RECALL, reason="Sai", document_id=DocumentId("3/X")),
    )
    ran = cli("diff", desk["plain"], other)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.splitlines() == [
        "To, removed: 000.00.00.H53, UBND tỉnh Tây Ninh",
        "To, added: 000.21.31.H53, Xã",
        "Subject: V/v báo cáo & <thử> → V/v khác",
        "Due: none → 2 March 2026",
        "Priority: normal → express",
        "Earlier document: none → 3/X",
        "Purpose: new document → recall",
        "Reason: Văn bản điện tử mới → Sai",
    ]
    lines = cli("--lang", "vi", "diff", desk["plain"], other).out.splitlines()
    assert lines == [
        "Nơi nhận, bỏ: 000.00.00.H53, UBND tỉnh Tây Ninh",
        "Nơi nhận, thêm: 000.21.31.H53, Xã",
        "Trích yếu: V/v báo cáo & <thử> → V/v khác",
        "Hạn trả lời: không có → ngày 02 tháng 3 năm 2026",
        "Độ khẩn: thường → hỏa tốc",
        "Văn bản trước: không có → 3/X",
        "Nghiệp vụ: văn bản mới → thu hồi",
        "Lý do: Văn bản điện tử mới → Sai",
    ]


def test_attachments_signatures_and_the_way_are_told(
    cli: Cli, desk: Desk, written: Callable[..., Path]
) -> None:
    """Files by what became of them, signatures by the name they claim, hubs by their code."""
    given = [Attachment.from_bytes(data, name=name) for name, data in (("a.pdf", b"1"), ("b", b""))]
    other = written("other", *given)
    ran = cli("diff", desk["both"], other)
    assert re.findall(r"^(?:Attachment|Digital|Passed).*?:", ran.out, re.MULTILINE) == [
        "Attachment, removed:",
        "Attachment, removed:",
        "Attachment, added:",
        "Attachment, added:",
        "Passed, removed:",
        "Digital signature (1), removed:",
        "Digital signature (2), removed:",
    ]
    assert "Attachment, added: a.pdf, 1 bytes, SHA-256 6b86b273" in ran.out
    assert "Digital signature (2), removed: claims to be by UBND xã An Thạnh, agency, 20" in ran.out
    assert (
        "Chữ ký số (1), bỏ: tự ghi là của" in cli("--lang", "vi", "diff", desk["both"], other).out
    )


def test_a_relayed_letter_differs_by_its_trace_header(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The line tells who passed it on, and when; nothing else."""
    relayed = tmp_path / "relayed.edxml"
    Envelope.read(desk["signed"]).with_trace(TraceHeader(HUB, desk.pki.at)).write_to(relayed)
    ran = cli("diff", desk["signed"], relayed)
    assert ran.code == 1
    assert re.fullmatch(r"Passed, added: 000\.00\.31\.H53, \S+ \S+\n", ran.out)


def test_renamed_files_and_other_octets_are_told_apart(
    cli: Cli, written: Callable[..., Path]
) -> None:
    """The same file under another name, another file under the same name."""
    one = written(
        "one", Attachment.from_bytes(b"1", name="a"), Attachment.from_bytes(b"2", name="b")
    )
    two = written(
        "two", Attachment.from_bytes(b"1", name="A"), Attachment.from_bytes(b"3", name="b")
    )
    lines = cli("diff", one, two).out.splitlines()
    assert lines[0] == "Attachment (a), renamed: a → A"
    assert lines[1].startswith("Attachment (b), other octets: 1 bytes, SHA-256 d4735e")


def test_long_texts_are_shortened_around_the_place_where_they_part(
    cli: Cli, written: Callable[..., Path]
) -> None:
    """What differs is seen, with how long each text is; JSON has both whole."""
    one = written("one", content="x" * 300 + "A" + "y" * 150)
    two = written("two", content="x" * 300 + "B" + "y" * 150)
    line = cli("diff", one, two).out
    assert "xxA" in line
    assert "xxByy" in line
    assert line.count("(451 characters)") == 2
    assert len(line) < 400
    (change,) = cli("diff", one, two, "--json").answer("diff")["differences"]
    assert len(change["before"]) == 451


def test_a_letter_cannot_draw_on_the_terminal(cli: Cli, written: Callable[..., Path]) -> None:
    """Control and direction characters of either letter are shown as codes, in names too."""
    one = written(
        "one", subject="a\x85\u202ec\nsame", recipients=(replace(PROVINCE, name="\u202e"),)
    )
    ran = cli("diff", written("two"), one)
    assert "Subject: V/v báo cáo & <thử> → a\\u0085\\u202ec same\n" in ran.out
    assert "\u202e" not in ran.out
    assert "\u202e" not in cli("diff", one, written("two"), "--json").out


def test_unknown_elements_and_findings_are_told_with_their_place(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """What only one letter has, by path; a hostile element name cannot draw either."""
    path = tmp_path / "odd.edxml"
    end = b"</edXML:MessageHeader>"
    data = desk["plain"].read_bytes()
    data = data.replace(end, b"<edXML:Vendor>\xe2\x80\xae1</edXML:Vendor>" + end)
    path.write_bytes(data.replace(b"<edXML:Priority>0<", b"<edXML:Priority>9<"))
    lines = cli("diff", desk["plain"], path).out.splitlines()
    assert lines[0] == "Priority: normal → none"
    place = "edXML.edXMLEnvelope.edXMLHeader.MessageHeader.Vendor"
    assert lines[1] == f"Unknown element {place}, added: \\u202e1"
    assert lines[2].startswith("Finding MessageHeader.OtherInfo.Priority, added: T.MessageHeader")


@pytest.mark.parametrize("name", ["DueDate", "Priority", "StatusCode", "Receiver", "Paper"])
def test_an_unknown_element_by_a_known_name_is_shown_as_it_stands(
    cli: Cli, desk: Desk, tmp_path: Path, name: str
) -> None:
    """A field's name at another place does not make its text a date or a number."""
    end, data = b"</edXML:From>", desk["plain"].read_bytes()
    for number, text in ((1, "x, y"), (2, "z")):
        element = f"<edXML:{name}>{text}</edXML:{name}>".encode()
        (tmp_path / f"{number}.edxml").write_bytes(data.replace(end, element + end))
    place = f"Unknown element edXML.edXMLEnvelope.edXMLHeader.MessageHeader.From.{name}"
    one, two = tmp_path / "1.edxml", tmp_path / "2.edxml"
    assert cli("diff", one, two).out == f"{place}: x, y → z\n"
    assert cli("diff", one, desk["plain"]).out == f"{place}, removed: x, y\n"


def test_receivers_of_an_update_are_told_in_words(cli: Cli, written: Callable[..., Path]) -> None:
    """Who comes, who goes, and who goes instead of coming."""

    def update(*receivers: Receiver) -> Business:
        info = BusinessDocumentInfo(
            document_info=False, document_receiver=True, receivers=receivers
        )
        return Business(kind=BusinessKind.UPDATE, document_id=DocumentId("3/X"), document_info=info)

    coming = Receiver(PROVINCE.organ_id, ReceiverType.ADDED)
    going, hub = Receiver(PROVINCE.organ_id, ReceiverType.REMOVED), Receiver(HUB, None)
    one = written("one", business=update(coming))
    two = written("two", business=update(going, replace(hub, type=ReceiverType.ADDED)))
    assert cli("diff", one, two).out.splitlines() == [
        "Receiver changed, what is done (000.00.00.H53): Receiver added → Receiver removed",
        "Receiver changed, added: 000.00.31.H53 (Receiver added)",
    ]


def test_a_letter_and_a_status_are_compared_too(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """That they are two kinds of message is the first line."""
    path = tmp_path / "status.edxml"
    report = status_of(
        letter(), StatusCode.REFUSED, reporter=PROVINCE, at=desk.pki.at, description="Sai"
    )
    Envelope.of(report).write_to(path)
    lines = cli("--lang", "vi", "diff", desk["plain"], path).out.splitlines()
    assert lines[0] == "Loại thông điệp: văn bản → thông báo trạng thái"
    assert "Trạng thái: không có → 02 từ chối tiếp nhận" in lines


def test_one_of_the_two_may_be_a_pipe(desk: Desk) -> None:
    """``-`` is standard input, for one of them."""
    data = desk["plain"].read_bytes()
    ran = apart(["diff", desk["plain"], "-"], stdin=data)
    assert (ran.code, ran.out) == (0, "no difference\n")
    both = apart(["diff", "-", "-"], stdin=data)
    assert (both.code, both.out) == (2, "")


def test_what_is_no_letter_is_named(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Exit code 4, and which of the two it is."""
    path = tmp_path / "broken.edxml"
    path.write_bytes(b"<x/>")
    ran = cli("diff", desk["plain"], path)
    ran.refused(4, "envelope.root")
    assert str(path) in ran.err
    cli("diff", tmp_path / "none", path).refused(4, "input.not-found")


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk) -> None:
    """All differences with code, path and both values, and whether there are any."""
    answer = cli("diff", desk["plain"], desk["both"], "--json").answer("diff")
    assert answer["same"] is False
    assert [item["code"] for item in answer["differences"]] == [
        "trace.added",
        "signature.added",
        "signature.added",
    ]
    assert cli("diff", desk["plain"], desk["plain"], "--json").answer("diff")["differences"] == []


def test_every_field_has_a_name_in_vietnamese() -> None:
    """No label of the table stays English."""
    speak("vi")
    try:
        words = [*FIELDS.values(), *LEAVES.values()]
        assert [word for word in words if say(word) == word] == []
    finally:
        speak("en")


def test_every_code_is_in_the_reference() -> None:
    """The page on differences lists the codes of the schema, all of them and no other."""
    rules = json.loads((files("docexchange.cli") / "schemas" / "diff.json").read_text())
    codes = rules["properties"]["differences"]["items"]["properties"]["code"]["enum"]
    page = Path(__file__).parents[2] / "docs" / "reference" / "differences.md"
    cells = [
        line.split("|")[1] for line in page.read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    assert sorted(re.findall(r"`([a-z]+\.[a-z]+)`", "".join(cells))) == sorted(codes)
