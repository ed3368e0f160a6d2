"""``docexchange compose``: plain words in, a letter out; all faults at once, each under its key."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_help import REPORT, TOML, leftovers
from hypothesis import given
from hypothesis import strategies as st
from network_help import apart

from docexchange.cli._letter_toml import read_letter
from docexchange.cli._sample import sample_letter
from docexchange.clock import SystemClock, vietnam_date
from docexchange.envelope import Document, Envelope, Priority
from docexchange.errors import UnreadableInput

if TYPE_CHECKING:
    from network_help import Cli

LETTERS = st.text(st.characters(categories=["L"]), max_size=8)
WHOLE = (
    TOML.replace("[sender]", "{more}\n[sender]")
    + """\
position = "Chủ tịch"
competence = "TM."

[[in_response_to]]
agency = "000.00.00.G22"
code = "31/VPCP"
date = 2026-01-31

[[staff]]
department = "Văn phòng"
name = "Nam"

[[attachments]]
file = "scans/a.pdf"
name = "Báo cáo.pdf"
description = "Quý I"
"""
).format(
    more="""\
place = "An Thạnh"
content = "Nội dung"
due = "31/12/2026"
priority = "hỏa tốc"
type_number = 18
type_detail = 1
copies = 2
pages = 3
sphere = "Số"
typer = "NVN"
appendixes = ["Phụ lục 1"]
to_places = ["Như trên", "Lưu: VT"]
reason = "Văn bản điện tử mới"
paper = true
steering = "report"
"""
)


def composed(path: Path) -> Document:
    """The letter in a file, without findings."""
    envelope = Envelope.read(path)
    assert envelope.findings == ()
    assert isinstance(envelope.message, Document)
    return envelope.message


def test_the_example_composes_as_it_stands(cli: Cli, tmp_path: Path) -> None:
    """What --example prints is commented TOML, and a letter without a fault."""
    sample = cli("compose", "--example")
    assert sample.code == 0
    assert sample.out.count("#") > 20
    (tmp_path / "letter.toml").write_text(sample.out, encoding="utf-8")
    ran = cli("compose", tmp_path / "letter.toml")
    assert (ran.code, ran.out, ran.err) == (0, f"{tmp_path / 'letter.edxml'}\n", "")
    assert composed(tmp_path / "letter.edxml").sender.name == "UBND xã An Thạnh"


def test_every_line_of_the_example_is_true(cli: Cli, tmp_path: Path) -> None:
    """With the comment signs taken off its optional keys the example still composes."""
    lines = sample_letter(vietnam_date(SystemClock().now())).splitlines()
    keys = [
        line.removeprefix("# ") if " = " in line or "[[" in line else line for line in lines[3:]
    ]
    text = "\n".join(keys)
    assert len(tomllib.loads(text)) > 20
    (tmp_path / "letter.toml").write_text(text, encoding="utf-8")
    (tmp_path / "báo cáo.pdf").write_bytes(REPORT)
    ran = cli("compose", tmp_path / "letter.toml")
    assert (ran.code, ran.err) == (0, "")
    assert composed(tmp_path / "letter.edxml").other_info.priority is Priority.URGENT


def test_every_field_arrives(cli: Cli, tmp_path: Path) -> None:
    """Each key of the file stands in the letter where it belongs."""
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "a.pdf").write_bytes(REPORT)
    (tmp_path / "letter.toml").write_text(WHOLE, encoding="utf-8")
    assert cli("compose", tmp_path / "letter.toml").code == 0
    letter = composed(tmp_path / "letter.edxml")
    assert str(letter.document_id) == "000.21.31.H53,2026/03/02,15/UBND-VX"
    assert (letter.content, letter.promulgation.place) == ("Nội dung", "An Thạnh")
    assert letter.due_date is not None
    assert letter.due_date.isoformat() == "2026-12-31"
    assert (letter.document_type.type, letter.document_type.detail) == (18, 1)
    info = letter.other_info
    assert (info.priority, info.copies, info.pages) == (Priority.EXPRESS, 2, 3)
    assert (info.sphere, info.typer_notation, info.appendixes) == ("Số", "NVN", ("Phụ lục 1",))
    assert letter.to_places == ("Như trên", "Lưu: VT")
    assert letter.business is not None
    assert (letter.business.reason, letter.business.paper) == ("Văn bản điện tử mới", True)
    assert letter.business.staff[0].department == "Văn phòng"
    assert (letter.signer.position, letter.signer.competence) == ("Chủ tịch", "TM.")
    assert letter.response_for[0].code == "31/VPCP"
    assert letter.steering == 2
    attached = letter.attachments[0]
    assert (attached.name, attached.description, attached.size) == (
        "Báo cáo.pdf",
        "Quý I",
        len(REPORT),
    )


def test_all_faults_are_told_at_once_each_under_its_key(cli: Cli, tmp_path: Path) -> None:
    """Missing, mistyped, unknown, too long and doubled: one line each, and nothing is written."""
    path = tmp_path / "letter.toml"
    path.write_text(
        """\
number = [1]
date = "tomorrow"
subjct = "x"
priority = "now"
copies = -1
pages = true
place = "%s"
to_places = ["a", 3]
document_id = ""
[sender]
code = "??"
nam = "N"
[[to]]
code = "000.00.00.H53"
[[to]]
code = "000.00.00.H53"
name = "N"
[[attachments]]
file = "letter.toml"
name = "a/b"
"""
        % ("A" * 51),
        encoding="utf-8",
    )
    ran = cli("compose", path)
    head, *lines = ran.err.splitlines()
    assert head.startswith(f"docexchange: {path}: the letter cannot be composed: {len(lines)} ")
    assert [line.strip().split(": ")[0] for line in lines] == [
        "sender.code",
        "sender.name",
        "sender.nam",
        "to[1].name",
        "number",
        "notation",
        "date",
        "type",
        "subject",
        "signer",
        "priority",
        "pages",
        "to_places[2]",
        "subjct",
        "to[2]",
        "place",
        "copies",
        "attachments[1]",
    ]
    assert "subjct: expected a key of a letter, found another. Did you mean subject?" in ran.err
    assert (ran.code, ran.out, leftovers(tmp_path)) == (2, "", ["letter.toml"])


def test_one_fault_is_one_line(cli: Cli, tmp_path: Path) -> None:
    """A letter dated tomorrow is refused in a single line."""
    path = tmp_path / "letter.toml"
    path.write_text(TOML.replace("2026-03-02", "2999-01-01"), encoding="utf-8")
    ran = cli("compose", path)
    ran.refused(2, "envelope.invalid")
    assert "date: expected a date up to today" in ran.err


def test_numbers_and_written_dates_are_understood(cli: Cli, tmp_path: Path) -> None:
    """``number = 15`` and ``date = "02/03/2026"`` are what people write; both are clear."""
    path = tmp_path / "letter.toml"
    text = TOML.replace('"15"', "15").replace("2026-03-02", '"02/03/2026"')
    path.write_text(text, encoding="utf-8")
    assert cli("compose", path).code == 0
    letter = composed(tmp_path / "letter.edxml")
    assert str(letter.code) == "15/UBND-VX"
    assert str(letter.promulgation.on) == "2026-03-02"


def test_a_file_that_is_there_stays(cli: Cli, tmp_path: Path) -> None:
    """Without --force nothing is replaced; with it, the old file is."""
    path, target = tmp_path / "letter.toml", tmp_path / "letter.edxml"
    path.write_text(TOML, encoding="utf-8")
    target.write_bytes(b"mine")
    cli("compose", path).refused(2, "output.exists")
    assert target.read_bytes() == b"mine"
    assert cli("compose", path, "--force").code == 0
    assert composed(target).subject == "V/v báo cáo"


def test_a_link_is_followed_not_replaced(cli: Cli, tmp_path: Path) -> None:
    """--force writes to the file that a symbolic link points to."""
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    real, link = tmp_path / "real", tmp_path / "letter.edxml"
    real.write_bytes(b"mine")
    link.symlink_to(real)
    assert cli("compose", tmp_path / "letter.toml", "--force").code == 0
    assert link.is_symlink()
    assert composed(real).subject == "V/v báo cáo"


def test_pipes_carry_letters(tmp_path: Path) -> None:
    """From standard input the letter goes to standard output, and -o - does so from a file."""
    piped = apart(["compose", "-"], stdin=TOML.encode())
    assert piped.code == 0
    assert Envelope.from_bytes(piped.out.encode()).findings == ()
    path = tmp_path / "letter.toml"
    path.write_text(TOML, encoding="utf-8")
    ran = apart(["compose", path, "-o", "-"])
    assert ran.out.startswith("<?xml")
    assert leftovers(tmp_path) == ["letter.toml"]


def test_devices_are_written_through(cli: Cli, tmp_path: Path) -> None:
    """``-o /dev/null`` leaves the device what it is."""
    path = tmp_path / "letter.toml"
    path.write_text(TOML, encoding="utf-8")
    assert cli("compose", path, "-o", "/dev/null", "--force").code == 0
    assert Path("/dev/null").is_char_device()


def test_the_answer_in_json_fits_its_schema(cli: Cli, tmp_path: Path) -> None:
    """It names file, ids, size and attachments; standard output cannot carry letter and answer."""
    path, attached = tmp_path / "letter.toml", tmp_path / "report.pdf"
    path.write_text(TOML, encoding="utf-8")
    attached.write_bytes(REPORT)
    answer = cli("compose", path, "--attach", attached, "--json").answer("compose")
    assert answer["size"] == (tmp_path / "letter.edxml").stat().st_size
    assert answer["attachments"][0]["name"] == "report.pdf"
    assert answer["message_id"] == str(composed(tmp_path / "letter.edxml").message_id)
    cli("compose", path, "-o", "-", "--json").refused(2, "usage")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_a_letter_file_or_unreadable(data: bytes) -> None:
    """Whatever stands in the file, it is read with its faults, or refused as no TOML."""
    try:
        told = [fault.code for fault in read_letter(data).faults]
    except UnreadableInput as error:
        told = [error.code]
    assert told


@given(
    st.dictionaries(
        st.sampled_from(["number", "date", "sender", "to", "priority", "paper", "signer", "due"])
        | LETTERS.filter(bool),
        st.integers() | st.booleans() | LETTERS | st.lists(st.integers(), max_size=2),
        min_size=1,
    )
)
def test_values_of_any_kind_are_faults_not_crashes(values: dict[str, object]) -> None:
    """A key with a value of the wrong kind is told, whatever the value."""
    lines = [
        f"{json.dumps(key, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in values.items()
    ]
    found = read_letter("\n".join(lines).encode())
    told = {fault.path for fault in found.faults}
    assert {"type", "subject", "notation"} <= told


@pytest.mark.parametrize("word", ["thường", "normal", "0", "0 "])
def test_priorities_have_three_names(cli: Cli, tmp_path: Path, word: str) -> None:
    """English, Vietnamese and the number of the code list mean the same."""
    path = tmp_path / "letter.toml"
    path.write_text(f'priority = "{word}"\n{TOML}', encoding="utf-8")
    assert cli("compose", path).code == 0
    assert composed(tmp_path / "letter.edxml").other_info.priority is Priority.NORMAL


@pytest.mark.parametrize(("option", "key"), [(("--zip",), ""), ((), "zip = true")])
def test_attachments_are_sent_zipped_on_request(
    cli: Cli, tmp_path: Path, option: tuple[str, ...], key: str
) -> None:
    """By an option for all or a key for one: archives of themselves under their own names."""
    for name in ("báo cáo.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(REPORT)
    entry = f'\n[[attachments]]\nfile = "báo cáo.pdf"\ndescription = "Quý I"\n{key}\n'
    path = tmp_path / "letter.toml"
    path.write_text(TOML + entry, encoding="utf-8")
    assert cli("compose", path, "--attach", tmp_path / "b.pdf", *option).code == 0
    first, second = composed(tmp_path / "letter.edxml").attachments
    assert [first.is_zipped, second.is_zipped] == [True, bool(option)]
    inner = first.inflated()
    assert (inner.name, inner.description) == ("báo cáo.pdf", "Quý I")
    assert b"".join(inner.chunks()) == REPORT


def test_the_key_zip_is_yes_or_no(cli: Cli, tmp_path: Path) -> None:
    """Anything else is a fault under its key."""
    path = tmp_path / "letter.toml"
    path.write_text(
        TOML + '\n[[attachments]]\nfile = "letter.toml"\nzip = "yes"\n', encoding="utf-8"
    )
    ran = cli("compose", path)
    assert ran.code == 2
    assert "attachments[1].zip: expected true or false" in ran.err
