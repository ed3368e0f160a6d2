"""``docexchange pki demo``: keys to try things out with, in a folder of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_help import TOML, leftovers

from docexchange.signing import SigningKey

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli


def test_its_keys_sign_and_its_root_verifies(cli: Cli, tmp_path: Path) -> None:
    """From nothing to a verified letter with what it wrote and printed."""
    folder = tmp_path / "pki"
    ran = cli("pki", "demo", folder)
    assert (ran.code, ran.err) == (0, "")
    assert "never sign a real document with it" in ran.out.splitlines()[0]
    assert "agencies/commune/      UBND xã An Thạnh (000.21.31.H53), Nguyễn Thị Hoa" in ran.out
    (tmp_path / "letter.toml").write_text(TOML, encoding="utf-8")
    cli("compose", tmp_path / "letter.toml")
    key = ("--key", folder / "agencies/commune/agency.p12")
    password = ("--password-file", folder / "password.txt")
    assert cli("sign", tmp_path / "letter.edxml", *key, *password).code == 0
    signed = tmp_path / "letter.signed.edxml"
    trust = ("--trust", folder / "trust", "--directory", folder / "directory.toml")
    assert cli("verify", signed, *trust).out.startswith("TOTAL-PASSED")


def test_a_folder_with_something_in_it_is_refused(cli: Cli, tmp_path: Path) -> None:
    """Keys of somebody else are not written over; an empty folder will do."""
    (tmp_path / "mine").write_bytes(b"mine")
    cli("pki", "demo", tmp_path).refused(2, "testing.folder")
    assert leftovers(tmp_path) == ["mine"]
    (tmp_path / "empty").mkdir()
    assert cli("pki", "demo", tmp_path / "empty").code == 0


def test_the_password_comes_from_a_file(cli: Cli, tmp_path: Path) -> None:
    """The .p12 files open with it, and with no other."""
    (tmp_path / "secret").write_text("mật khẩu\n", encoding="utf-8")
    folder = tmp_path / "pki"
    options = ("--key", "p384", "--password-file", tmp_path / "secret", "--json")
    answer = cli("pki", "demo", folder, *options).answer("pki-demo")
    assert answer["key"] == "p384"
    path = answer["agencies"][0]["agency"]
    key = SigningKey.from_pkcs12(path, password="mật khẩu".encode)
    assert key.certificate.public_key().key_size == 384


def test_a_password_that_is_no_text_is_refused(cli: Cli, tmp_path: Path) -> None:
    """Other bytes than UTF-8, or none at all: one line, no folder."""
    for octets in (b"\xff\xfe", b"\n", b"a\x00b"):
        (tmp_path / "secret").write_bytes(octets)
        ran = cli("pki", "demo", tmp_path / "pki", "--password-file", tmp_path / "secret")
        ran.refused(2, "testing.password")
    assert leftovers(tmp_path) == ["secret"]


def test_it_speaks_vietnamese(cli: Cli, tmp_path: Path) -> None:
    """With --lang vi the table is Vietnamese."""
    out = cli("--lang", "vi", "pki", "demo", tmp_path / "pki").out
    assert "không ký văn bản thật" in out
