"""Timestamps, counter-signatures, policies and two steps, from the command line."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cli_help import leftovers

from docexchange.clock import SystemClock
from docexchange.testing import ServedTsa

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli


@pytest.fixture(scope="module")
def tsa(desk: Desk) -> Iterator[str]:
    """The URL of an authority on this machine."""
    with ServedTsa(desk.pki, clock=SystemClock()) as served:
        yield served.url


def verified(cli: Cli, desk: Desk, path: Path, *options: Any) -> Any:
    """The report on a letter that passes."""
    ran = cli("verify", path, "--trust", desk.trust, "--json", *options)
    assert ran.code == 0, ran.out
    return ran.answer("verify")[0]["report"]


def test_a_timestamp_comes_over_http(cli: Cli, desk: Desk, tmp_path: Path, tsa: str) -> None:
    """From the second authority, as nobody answers at the first."""
    target = tmp_path / "signed.edxml"
    urls = ("--timestamp", "http://127.0.0.1:9/", "--timestamp", tsa)
    ran = cli("sign", desk["plain"], *desk.pem(), *urls, "-o", target, "--json")
    assert (ran.code, ran.answer("sign")["level"]) == (0, "XAdES-B-T")
    (signature,) = verified(cli, desk, target, "--require-timestamp")["signatures"]
    assert (signature["level"], len(signature["timestamps"])) == ("XAdES-B-T", 1)
    ran = cli("verify", target, "--trust", desk.trust, "-v")
    assert "Timestamp 1: " in ran.out
    assert "Demo TSA" in ran.out


def test_without_an_answer_there_is_no_letter(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Trying again may help, says the exit code."""
    target = tmp_path / "signed.edxml"
    words = ("--timestamp", "http://127.0.0.1:9/", "-o", target)
    cli("sign", desk["plain"], *desk.pem(), *words).refused(5, "timestamp.unavailable")
    assert leftovers(tmp_path) == []


def test_who_needs_a_timestamp_refuses_letters_without(cli: Cli, desk: Desk) -> None:
    """INDETERMINATE: nothing is wrong with the letter, but its time is not proved."""
    ran = cli("verify", desk["signed"], "--trust", desk.trust, "--require-timestamp", "--json")
    assert (ran.code, ran.answer("verify")[0]["report"]["code"]) == (3, "signature.no-timestamp")


def test_who_needs_both_roles_refuses_one(cli: Cli, desk: Desk) -> None:
    """Both signatures pass; one of them alone does not."""
    roles = ("--require-role", "leader", "--require-role", "agency")
    verified(cli, desk, desk["both"], *roles)
    ran = cli("verify", desk["signed"], "--trust", desk.trust, *roles)
    assert ran.code == 3
    assert "leader" in ran.out


def test_a_counter_signature_shows_in_the_report(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The leader countersigns the seal."""
    target = tmp_path / "countersigned.edxml"
    key = desk.pem("agencies/commune/leader")
    words = ("--counter-sign", "1", "--role", "leader", "-o", target)
    assert cli("sign", desk["signed"], *key, *words).code == 0
    (signature,) = verified(cli, desk, target)["signatures"]
    assert [item["roles"] for item in signature["counter_signatures"]] == [["leader"]]
    assert (
        "Counter-signature 1.1: TOTAL-PASSED"
        in cli("verify", target, "--trust", desk.trust, "-v").out
    )
    words = ("--counter-sign", "2", "-o", tmp_path / "none.edxml")
    cli("sign", desk["signed"], *key, *words).refused(2, "sign.no-such-signature")


def test_a_counter_signature_that_fails_is_shown_among_the_signatures(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """Without -v as well: else all that is listed would have passed."""
    target = tmp_path / "countersigned.edxml"
    key = desk.pem("agencies/commune/leader")
    assert cli("sign", desk["signed"], *key, "--counter-sign", "1", "-o", target).code == 0
    text = target.read_text(encoding="utf-8")
    end = text.index("</ds:SignatureValue>", text.index("CounterSignature"))
    target.write_text(f"{text[: end - 12]}BBBBBBBB{text[end - 4 :]}", encoding="utf-8")
    listed = cli("verify", target, "--trust", desk.trust).out.splitlines()
    assert listed[0].startswith("TOTAL-FAILED")
    assert listed[1].startswith("    1. TOTAL-PASSED")
    assert listed[2].startswith("    1.1. TOTAL-FAILED · SIG_CRYPTO_FAILURE")


def test_a_policy_must_be_known_to_the_reader(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Unknown: cannot be decided; another text: neither; the same text: passes."""
    text, other, target = (tmp_path / name for name in ("rules.txt", "other.txt", "s.edxml"))
    text.write_text("sign with care")
    other.write_text("sign without")
    oid = "1.3.6.1.4.1.32473.9"
    words = ("--policy", f"{oid}={text}", "-o", target)
    assert cli("sign", desk["plain"], *desk.pem(), *words).code == 0
    report = verified(cli, desk, target, "--known-policy", f"{oid}={text}")
    assert report["signatures"][0]["policy"] == oid
    for known, code in (((), "unknown"), (("--known-policy", f"{oid}={other}"), "changed")):
        ran = cli("verify", target, "--trust", desk.trust, *known, "--json")
        assert ran.code == 3
        assert ran.answer("verify")[0]["report"]["code"] == f"signature.policy-{code}"
    cli("sign", desk["plain"], *desk.pem(), "--policy", "x", "-o", "-").refused(2, "usage.policy")


def test_the_password_file_can_be_named_in_the_environment(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For services, which nobody watches."""
    monkeypatch.setenv("DOCEXCHANGE_PASSWORD_FILE", str(desk.password))
    target = tmp_path / "signed.edxml"
    assert cli("sign", desk["plain"], "--key", desk.key(), "-o", target).code == 0


def prepared(cli: Cli, desk: Desk, folder: Path, *options: str) -> Path:
    """What is to be signed, in three files."""
    words = ("--cert", desk.folder / "pki/agencies/commune/agency.pem", "--role", "agency")
    target = folder / "prepared.json"
    octets = ("--octets", folder / "octets.bin")
    assert cli("prepare", desk["plain"], *words, *octets, "-o", target, *options).code == 0
    return target


@pytest.mark.peer("openssl")
def test_openssl_makes_the_signature_of_the_second_step(
    cli: Cli, desk: Desk, tmp_path: Path, tsa: str
) -> None:
    """Bytes out, value in, and the letter verifies, with a timestamp where one is wanted."""
    stored = prepared(cli, desk, tmp_path)
    key = desk.folder / "pki/agencies/commune/agency.key.pem"
    value, octets = tmp_path / "value.bin", tmp_path / "octets.bin"
    argv = ["openssl", "dgst", "-sha256", "-sign", key, "-out", value, octets]
    subprocess.run(list(map(str, argv)), check=True, timeout=60)
    for name, options in (("b", ()), ("t", ("--timestamp", tsa))):
        target = tmp_path / f"{name}.edxml"
        words = ("--prepared", stored, "--value", value, "-o", target, *options)
        ran = cli("complete", desk["plain"], *words, "--json")
        assert ran.answer("complete")["role"] == "agency"
        level = verified(cli, desk, target)["signatures"][0]["level"]
        assert level == f"XAdES-B-{name.upper()}"


def test_what_is_prepared_is_told_in_json(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Algorithm and digest, for services that sign digests."""
    words = ("--cert", desk.folder / "pki/agencies/commune/agency.pem", "-o", tmp_path / "p")
    answer = cli("prepare", desk["plain"], *words, "--json").answer("prepare")
    assert answer["algorithm"].endswith("ecdsa-sha256")
    assert len(answer["octets_digest"]) == 64
    assert answer["octets_file"] is None


def test_a_wrong_value_or_letter_leaves_no_file(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Junk for a value, a letter for what was prepared, another letter."""
    stored = prepared(cli, desk, tmp_path)
    (tmp_path / "junk").write_bytes(b"junk")
    words = ("--value", tmp_path / "junk", "-o", tmp_path / "signed.edxml")
    before = leftovers(tmp_path)
    cli("complete", desk["plain"], "--prepared", stored, *words).refused(2, "prepared.value")
    for wrong in (desk["plain"], desk.key()):
        ran = cli("complete", desk["plain"], "--prepared", wrong, *words)
        ran.refused(4, "prepared.malformed")
    plain = json.loads(stored.read_text())
    plain["at"] = "2020-01-01T00:00:00+00:00"
    stored.write_text(json.dumps(plain))
    ran = cli("complete", desk["plain"], "--prepared", stored, *words)
    ran.refused(2, "prepared.other-letter")
    assert leftovers(tmp_path) == before


def test_a_key_is_no_certificate(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Told by name; nothing is written."""
    key = desk.folder / "pki/agencies/commune/agency.key.pem"
    ran = cli("prepare", desk["plain"], "--cert", key, "-o", tmp_path / "p")
    ran.refused(2, "key.unreadable")
    assert leftovers(tmp_path) == []
