"""``docexchange validate``: each finding with its place, and an exit code to rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_help import letter
from network_help import apart

from docexchange.envelope import Envelope

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

FAULTS = {
    b"<edXML:CodeNumber>15</edXML:CodeNumber>\n": b"",
    b"<edXML:Priority>0</edXML:Priority>": b"<edXML:Priority>9</edXML:Priority>",
}
TOLERABLE = {b"<edXML:OrganId>000.00.00.H53<": b"<edXML:OrganId>28.22.H17<"}


def mended(desk: Desk, path: Path, changes: dict[bytes, bytes]) -> Path:
    """The plain letter with some bytes replaced."""
    octets = desk["plain"].read_bytes()
    for old, new in changes.items():
        assert old in octets
        octets = octets.replace(old, new)
    path.write_bytes(octets)
    return path


def line_of(path: Path, text: bytes) -> int:
    """The line in which a text stands."""
    octets = path.read_bytes()
    return octets[: octets.index(text)].count(b"\n") + 1


def test_a_clean_letter_says_so(cli: Cli, desk: Desk) -> None:
    """No findings: one line, exit code 0, strict or not."""
    for options in ((), ("--strict",)):
        ran = cli("validate", desk["plain"], *options)
        assert (ran.code, ran.out) == (0, f"{desk['plain']}: no findings\n")


def test_errors_have_line_code_path_and_advice(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A missing field is told at the element it should stand in, a wrong one at its own line."""
    path = mended(desk, tmp_path / "bad.edxml", FAULTS)
    ran = cli("validate", path)
    wrong, missing = ran.out.splitlines()
    at = line_of(path, b"<edXML:Priority>")
    assert wrong.startswith(f"{path}:{at}:1: error: T.MessageHeader.")
    assert "expected one of 0, 1, 2, 3, 4, found '9'" in wrong
    place = line_of(path, b"<edXML:Code>")
    assert missing == (
        f"{path}:{place}:1: error: N.MessageHeader.Code.CodeNumber: "
        "expected a value, found none. Fill it in."
    )
    assert (ran.code, ran.err) == (1, "")


def test_warnings_count_only_when_strict(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """An odd agency code and a long subject are real traffic: 0, but 1 with --strict."""
    path = mended(desk, tmp_path / "odd.edxml", TOLERABLE | {b"V/v b": b"V" * 501})
    ran = cli("validate", path)
    assert ran.code == 0
    assert [line.split(": ")[1] for line in ran.out.splitlines()] == ["warning", "warning"]
    strict = cli("validate", path, "--strict")
    assert strict.code == 1
    assert [line.split(": ")[1] for line in strict.out.splitlines()] == ["error", "error"]


def test_a_file_that_is_no_letter_is_unreadable(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """What cannot be read at all is 4; the other files are still told about."""
    broken = tmp_path / "broken.edxml"
    broken.write_bytes(desk["plain"].read_bytes()[:2000])
    ran = cli("validate", broken, desk["plain"])
    assert (ran.code, ran.out) == (4, f"{desk['plain']}: no findings\n")
    assert ran.err.startswith(f"docexchange: {broken}: expected ")


def test_the_second_of_two_is_told_by_its_number(cli: Cli, tmp_path: Path) -> None:
    """With two receivers the finding names the one that it is about, and its line."""
    path = tmp_path / "two.edxml"
    octets = b"".join(Envelope.of(letter()).chunks())
    to = octets[octets.index(b"<edXML:To>") : octets.index(b"</edXML:To>\n") + 12]
    path.write_bytes(octets.replace(to, to + to))
    finding = cli("validate", path, "--json").answer("validate")[0]["findings"][0]
    second = line_of(path, b"</edXML:To>") + 1
    assert finding["code"] == "M.MessageHeader.To"
    assert (finding["path"], finding["line"], finding["column"]) == (
        "MessageHeader.To[2]",
        second,
        1,
    )
    assert finding["expected"] == "each receiver once"
    start = f"{path}:{second}:1: error: M.MessageHeader.To: MessageHeader.To[2]: expected each "
    assert cli("validate", path).out.startswith(start)


def test_it_speaks_vietnamese(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """With --lang vi severity and advice are Vietnamese."""
    path = mended(desk, tmp_path / "bad.edxml", FAULTS)
    out = cli("--lang", "vi", "validate", path).out
    assert ": lỗi: N.MessageHeader.Code.CodeNumber: " in out
    assert out.endswith("Điền trường này.\n")


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Findings, verdicts and errors of all files."""
    bad = mended(desk, tmp_path / "bad.edxml", FAULTS | TOLERABLE)
    ran = cli("validate", bad, desk["plain"], desk["none"], "--json")
    answer = ran.answer("validate")
    assert [item.get("valid") for item in answer] == [False, True, None]
    severities = {item["code"]: item["severity"] for item in answer[0]["findings"]}
    assert severities == {
        "T.MessageHeader.OtherInfo.Priority": "error",
        "T.MessageHeader.To.OrganId": "warning",
        "N.MessageHeader.Code.CodeNumber": "error",
    }
    assert (ran.code, answer[2]["error"]["code"]) == (1, "input.not-found")


def test_a_pipe_is_read(desk: Desk) -> None:
    """``-`` is standard input."""
    ran = apart(["validate", "-"], stdin=desk["plain"].read_bytes())
    assert (ran.code, ran.out) == (0, "-: no findings\n")
