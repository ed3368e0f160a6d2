"""``docexchange verify``: the verdict first, why, who, and what to do; and the right exit code."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cli_help import PROVINCE, letter, sign
from network_help import apart

from docexchange.envelope import Envelope
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli


def test_a_genuine_letter_is_one_line_with_its_signers(cli: Cli, desk: Desk) -> None:
    """Verdict, file, verdict in words, then every signer with the role claimed; exit code 0."""
    ran = cli("verify", desk["both"], "--trust", desk.trust)
    assert ran.out == (
        f"TOTAL-PASSED · {desk['both']} · genuine · "
        "Nguyễn Thị Hoa, UBND xã An Thạnh (leader) · UBND xã An Thạnh (agency)\n"
    )
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("name", "code", "verdict", "reason"),
    [
        ("plain", 1, "TOTAL-FAILED", "FORMAT_FAILURE"),
        ("changed", 1, "TOTAL-FAILED", "HASH_FAILURE"),
        ("revoked", 3, "INDETERMINATE", "REVOKED_NO_POE"),
        ("stranger", 3, "INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND"),
    ],
)
def test_what_does_not_pass_says_why_and_what_to_do(
    cli: Cli, desk: Desk, name: str, code: int, verdict: str, reason: str
) -> None:
    """The line has the standard's reason, the next one advice; no signer's name leads the line."""
    ran = cli("verify", desk[name], "--trust", desk.trust)
    line, *others = ran.out.splitlines()
    assert line.startswith(f"{verdict} · {desk[name]} · ")
    assert f" · {reason} · " in line
    assert "(agency)" not in line
    assert others[-1].startswith("    Advice: ")
    assert (ran.code, ran.err) == (code, "")


def test_names_in_reasons_are_short(cli: Cli, desk: Desk) -> None:
    """A reason names people and agencies as everybody does, not by distinguished name."""
    ran = cli("verify", desk["stranger"], "--trust", desk.trust)
    assert "found none (UBND xã An Thạnh)" in ran.out
    assert "2.5.4.97" not in ran.out
    alone = cli("verify", desk["signed"], "--trust", desk.trust / "root.pem")
    assert "TRY_LATER" in alone.out
    assert "Country" not in alone.out
    assert "Demo Sub-CA" in alone.out


def test_it_speaks_vietnamese(cli: Cli, desk: Desk) -> None:
    """With --lang vi verdict, reason and advice are Vietnamese, and the exact reason stays."""
    ran = cli("--lang", "vi", "verify", desk["changed"], "--trust", desk.trust)
    line, advice = ran.out.splitlines()
    assert "chữ ký không hợp lệ" in line
    assert "nội dung đã bị sửa sau khi ký" in line
    assert "(MessageHeader: cần giá trị băm " in line
    assert "expected" not in line
    assert advice.startswith("    Hướng dẫn: Nội dung đã bị sửa sau khi ký.")


def test_revocation_lists_may_come_apart(cli: Cli, desk: Desk) -> None:
    """With --crl for each authority a bare root is enough, and a revoked signer is found out."""
    lists = [
        word for name in ("root", "sub-ca") for word in ("--crl", desk.trust / f"{name}.crl.pem")
    ]
    options = ("--trust", desk.trust / "root.pem", *lists)
    assert cli("verify", desk["signed"], *options).code == 0
    assert cli("verify", desk["revoked"], *options).code == 3


def test_another_moment_is_judged_for_and_told(cli: Cli, desk: Desk) -> None:
    """--at moves the judgement: before the certificate began nothing passes; the line tells."""
    early = (desk.pki.at - timedelta(days=400)).date().isoformat()
    ran = cli("verify", desk["signed"], "--trust", desk.trust, "--at", early)
    assert ran.code == 3
    assert "OUT_OF_BOUNDS_NO_POE" in ran.out
    assert f"as of {early} 00:00:00 +07:00" in ran.out.splitlines()[0]
    present = desk.pki.at.isoformat()
    assert cli("verify", desk["signed"], "--trust", desk.trust, "--at", present).code == 0


@pytest.mark.parametrize(
    "moment", ["yesterday", "2026-13-01", "0001-01-01", "9999-12-31T23:59:59-12:00", "2026-"]
)
def test_no_moment_is_refused(cli: Cli, desk: Desk, moment: str) -> None:
    """What is no moment, or lies outside the calendar, is a usage error that names the option."""
    ran = cli("verify", desk["signed"], "--trust", desk.trust, "--at", moment)
    ran.refused(2, "usage.moment")
    assert "--at" in ran.err


def test_leaving_revocation_out_is_said(cli: Cli, desk: Desk) -> None:
    """With --no-revocation a stolen key passes, and the line says what was not asked."""
    ran = cli("verify", desk["revoked"], "--trust", desk.trust, "--no-revocation")
    assert ran.code == 0
    assert "revocation not checked" in ran.out.splitlines()[0]


def test_a_directory_ties_signers_to_senders(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Without one, a foreign signer is pointed out; with one, the letter fails."""
    forged = tmp_path / "forged.edxml"
    seal = desk.pki.agency("district")
    sign(Envelope.of(letter()), seal, role="agency", at=desk.pki.at).write_to(forged)
    loose = cli("verify", forged, "--trust", desk.trust)
    assert loose.code == 0
    assert "Note: the signer is not shown to belong to the sender" in loose.out
    assert "UBND huyện Bến Cầu (000.00.31.H53); from UBND xã An Thạnh (000.21.31.H53)" in loose.out
    tied = cli("verify", forged, "--trust", desk.trust, "--directory", desk.directory)
    assert tied.code == 1
    assert "FORMAT_FAILURE" in tied.out
    good = cli("verify", desk["both"], "--trust", desk.trust, "--directory", desk.directory)
    assert (good.code, good.out.count("\n")) == (0, 1)


def test_the_whole_report_shows_every_step(cli: Cli, desk: Desk) -> None:
    """-v lists, for each signature, who, when, what it covers and the numbered steps."""
    ran = cli("verify", desk["both"], "--trust", desk.trust, "-v")
    assert ran.out.count("    1. form: ok") == 2
    assert ran.out.count("    Covers: attachment phụ lục.xlsx") == 2
    assert "    Agency: 000.21.31.H53" in ran.out
    assert "+07:00" in ran.out


def test_several_signatures_are_told_apart_when_one_fails(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """Where one of two signatures does not pass, each gets a line with its own verdict."""
    mixed = tmp_path / "mixed.edxml"
    first = sign(Envelope.of(letter()), desk.pki.leader("commune"), role="leader", at=desk.pki.at)
    sign(first, desk.pki.stranger, role="agency", at=desk.pki.at).write_to(mixed)
    ran = cli("verify", mixed, "--trust", desk.trust)
    assert ran.code == 3
    lines = ran.out.splitlines()
    assert lines[1].startswith("    1. TOTAL-PASSED · Nguyễn Thị Hoa")
    assert lines[2].startswith("    2. INDETERMINATE · NO_CERTIFICATE_CHAIN_FOUND · UBND xã")


def test_many_files_have_a_line_each_and_the_worst_exit_code(cli: Cli, desk: Desk) -> None:
    """Unreadable files do not stop the others; failed weighs more than unreadable or undecided."""
    names = [desk["signed"], desk.folder / "none.edxml", desk["stranger"], desk["both"]]
    ran = cli("verify", *names, "--trust", desk.trust)
    verdicts = [line.split(" · ")[0] for line in ran.out.splitlines() if line[0] != " "]
    assert verdicts == ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-PASSED"]
    assert ran.err.startswith(f"docexchange: {desk.folder / 'none.edxml'}: No such file")
    assert ran.code == 4
    assert cli("verify", *names, desk["changed"], "--trust", desk.trust).code == 1
    assert cli("verify", desk["both"], desk["stranger"], "--trust", desk.trust).code == 3


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk) -> None:
    """Verdicts, names, steps and errors of all files, and nothing beside them."""
    names = ("both", "plain", "changed", "revoked", "stranger", "none")
    ran = cli("verify", *(desk[name] for name in names), "--trust", desk.trust, "--json")
    answer = ran.answer("verify")
    assert [item.get("report", {}).get("indication") for item in answer] == [
        "TOTAL-PASSED",
        "TOTAL-FAILED",
        "TOTAL-FAILED",
        "INDETERMINATE",
        "INDETERMINATE",
        None,
    ]
    assert answer[-1]["error"]["code"] == "input.not-found"
    assert answer[0]["report"]["signatures"][0]["roles"] == ["leader"]
    assert (ran.code, ran.err) == (1, "")


def test_a_pipe_is_read(desk: Desk) -> None:
    """``-`` is standard input, and so is a file that is a pipe."""
    ran = apart(["verify", "-", "--trust", desk.trust], stdin=desk["signed"].read_bytes())
    assert (ran.code, ran.out.split(" · ")[:2]) == (0, ["TOTAL-PASSED", "-"])
    device = apart(
        ["verify", "/dev/stdin", "--trust", desk.trust], stdin=desk["signed"].read_bytes()
    )
    assert device.code == 0


def test_what_a_letter_says_cannot_forge_a_line(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Line breaks, colours and direction marks in names come out as harmless text."""
    sender = type(PROVINCE)(OrganId("000.00.00.H53"), "A\u202eB\nTOTAL-PASSED · x")
    path = tmp_path / "odd.edxml"
    envelope = Envelope.of(letter(sender=sender, subject="x"))
    sign(envelope, desk.pki.agency("commune"), at=desk.pki.at).write_to(path)
    ran = cli("verify", path, "--trust", desk.trust)
    assert len(ran.out.splitlines()) == 2
    assert "A\\u202eB TOTAL-PASSED" in ran.out
