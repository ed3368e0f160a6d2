"""``docexchange sign``: a signature that verifies, or one line and no file."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli_help import leftovers
from network_help import PROGRAM, apart

from docexchange.envelope import Envelope

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli


def test_a_signed_letter_verifies_in_the_role_claimed(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """PKCS#12 and password file in, a letter that passes out, beside the first."""
    shutil.copy(desk["plain"], tmp_path / "letter.edxml")
    options = ("--key", desk.key(), "--password-file", desk.password, "--role", "agency")
    ran = cli("sign", tmp_path / "letter.edxml", *options)
    target = tmp_path / "letter.signed.edxml"
    assert (ran.code, ran.out, ran.err) == (0, f"{target}\n", "")
    assert cli("verify", target, "--trust", desk.trust).out.endswith("UBND xã An Thạnh (agency)\n")


def test_leader_and_agency_sign_one_letter(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The second signature goes beside the first, and both pass."""
    once, twice = tmp_path / "once.edxml", tmp_path / "twice.edxml"
    leader = desk.pem("agencies/commune/leader")
    assert cli("sign", desk["plain"], *leader, "--role", "leader", "-o", once).code == 0
    assert cli("sign", once, *desk.pem(), "--role", "agency", "-o", twice).code == 0
    ran = cli("verify", twice, "--trust", desk.trust, "--directory", desk.directory)
    assert ran.code == 0
    assert "(leader) · UBND xã An Thạnh (agency)" in ran.out


def test_a_pipe_signs_to_a_pipe(desk: Desk) -> None:
    """``sign -`` reads standard input and writes the signed letter to standard output."""
    signed = apart(["sign", "-", *desk.pem()], stdin=desk["plain"].read_bytes())
    assert signed.code == 0
    ran = apart(["verify", "-", "--trust", desk.trust], stdin=signed.out.encode())
    assert ran.out.startswith("TOTAL-PASSED · -")


def test_the_rest_of_the_letter_stays_as_it_is(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Signing inserts one element; not a byte of the letter moves otherwise."""
    target = tmp_path / "signed.edxml"
    cli("sign", desk["plain"], *desk.pem(), "-o", target)
    before, after = desk["plain"].read_bytes(), target.read_bytes()
    start = after.index(b"<ds:Signature")
    end = after.index(b"</ds:Signature>\n") + len(b"</ds:Signature>\n")
    assert after[:start] + after[end:] == before


def test_signing_twice_with_one_certificate_must_be_meant(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """A letter that this certificate signed is refused, unless --again says so."""
    target = tmp_path / "again.edxml"
    cli("sign", desk["signed"], *desk.pem(), "-o", target).refused(2, "sign.already")
    assert leftovers(tmp_path) == []
    assert cli("sign", desk["signed"], *desk.pem(), "-o", target, "--again").code == 0
    assert cli("verify", target, "--trust", desk.trust).code == 0


@pytest.mark.parametrize(
    ("key", "certificate", "code"),
    [
        ("agencies/commune/agency.key.pem", "agencies/commune/leader.pem", "key.mismatch"),
        ("bad/expired.key.pem", "bad/expired.pem", "key.out-of-bounds"),
        ("agencies/commune/agency.key.pem", "password.txt", "key.unreadable"),
        ("agencies/commune/agency.pem", "agencies/commune/agency.pem", "key.incomplete"),
        ("password.txt", "agencies/commune/agency.pem", "key.not-opened"),
    ],
)
def test_a_key_that_must_not_sign_is_refused(
    cli: Cli, desk: Desk, tmp_path: Path, key: str, certificate: str, code: str
) -> None:
    """Another key's certificate, an expired one, no certificate and no key: one line, no file."""
    pki = desk.folder / "pki"
    options = ("--key", pki / key, "--cert", pki / certificate, "-o", tmp_path / "signed.edxml")
    cli("sign", desk["plain"], *options).refused(2, code)
    assert leftovers(tmp_path) == []


def test_a_wrong_password_is_told_with_what_to_do(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Without --password-file and nobody to ask, the advice names the option."""
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("guess\n")
    cli("sign", desk["plain"], "--key", desk.key(), "--password-file", wrong, "-o", "-").refused(
        2, "key.not-opened"
    )
    ran = apart(["sign", desk["plain"], "--key", desk.key(), "-o", "-"])
    ran.refused(2, "key.not-opened")
    assert "--password-file" in ran.err


def test_a_letter_with_findings_is_signed_with_a_note(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Deviations do not keep anybody from signing, but the signer is told that there are some."""
    odd, target = tmp_path / "odd.edxml", tmp_path / "signed.edxml"
    odd.write_bytes(desk["plain"].read_bytes().replace(b"15</edXML:CodeN", b"</edXML:CodeN"))
    ran = cli("sign", odd, *desk.pem(), "-o", target)
    assert (ran.code, ran.err.startswith("Note: 2 findings")) == (0, True)
    codes = [finding.code for finding in Envelope.read(target).findings]
    assert codes == ["D.empty", "N.MessageHeader.Code.CodeNumber"]


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """It names the file, the message, and who signed in which role."""
    target = tmp_path / "signed.edxml"
    ran = cli("sign", desk["plain"], *desk.pem(), "--role", "agency", "-o", target, "--json")
    answer = ran.answer("sign")
    assert answer["signer"]["organ_id"] == "000.21.31.H53"
    assert (answer["role"], answer["message_id"]) == ("agency", "m-desk")
    assert answer["size"] == target.stat().st_size


def test_the_password_is_asked_of_a_person(desk: Desk, tmp_path: Path) -> None:
    """On a terminal the password is asked for and not shown; the letter is signed with it."""
    target = tmp_path / "signed.edxml"
    line = ["sign", desk["plain"], "--key", desk.key(), "-o", target]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *map(str, line)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        asked = os.read(ours, 1000)
        os.write(ours, b"demo\n")
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(ours)
    assert asked.startswith(b"Password of the key: ")
    assert (process.returncode, out) == (0, f"{target}\n".encode())
