"""Files that are empty, as a broken download or copy leaves them: that is what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

CASES: Final = {
    "a key": ("sign {plain} --key {empty} -o {out}", 2, "key.empty"),
    "a key file": ("sign {plain} --key {p12} --password-file {password} -o {out}", 2, "key.empty"),
    "a certificate": ("sign {plain} --key {key} --cert {empty} -o {out}", 2, "key.empty"),
    "a policy": (
        "sign {plain} --key {key} --cert {cert} --policy 1.2.3={empty} -o {out}",
        4,
        "input.empty",
    ),
    "a root": ("verify {signed} --trust {empty}", 2, "trust.unreadable"),
    "a root in a folder": ("verify {signed} --trust {folder}", 2, "trust.unreadable"),
    "a list": ("verify {signed} --trust {trust} --crl {empty}", 2, "trust.unreadable"),
    "a root to keep": ("trust add {empty} --store {out}", 2, "trust.unreadable"),
    "a list to keep": ("trust add {crl} --store {out}", 2, "trust.unreadable"),
    "a signer": ("prepare {plain} --cert {empty} -o {out}", 4, "input.empty"),
    "what was prepared": (
        "complete {plain} --prepared {empty} --value {key} -o {out}",
        4,
        "input.empty",
    ),
    "a published root": ("directory update {folder} --root {empty}", 1, "snapshot.form"),
    "a signer of directories": (
        "directory keys init --root {empty} --release {empty} -o {out}",
        4,
        "input.empty",
    ),
}


@pytest.fixture
def places(desk: Desk, tmp_path: Path) -> dict[str, object]:
    """What the commands name: good files of the desk, and empty ones of several names."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("empty.pem", "empty.p12", "empty.crl"):
        (folder / name).write_bytes(b" \r\n" if name == "empty.pem" else b"")
    seal = desk.folder / "pki" / "agencies" / "commune" / "agency"
    return {
        "plain": desk["plain"],
        "signed": desk["signed"],
        "trust": desk.trust,
        "password": desk.password,
        "key": seal.with_suffix(".key.pem"),
        "cert": seal.with_suffix(".pem"),
        "empty": folder / "empty.pem",
        "p12": folder / "empty.p12",
        "crl": folder / "empty.crl",
        "folder": folder,
        "out": tmp_path / "out",
    }


@pytest.mark.parametrize(("line", "exit_code", "code"), CASES.values(), ids=CASES)
def test_an_empty_file_is_called_empty(
    cli: Cli,
    places: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    exit_code: int,
    code: str,
) -> None:
    """By its own name, in both languages, and nothing is written."""
    monkeypatch.chdir(str(places["folder"]))
    words = [word.format_map(places) for word in line.split()]
    for language, found in (("en", "found an empty file"), ("vi", "nhưng gặp tệp rỗng")):
        ran = cli("--lang", language, *words)
        ran.refused(exit_code, code)
        assert found in ran.err
        assert "empty." in ran.err
    assert "Check" not in ran.err
    assert not (places["folder"].parent / "out").exists()  # type: ignore[attr-defined]


def test_an_empty_password_file_is_named(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The key is whole, and does not open without a password: that of this file."""
    empty = tmp_path / "password.txt"
    empty.touch()
    ran = cli("sign", desk["plain"], "--key", desk.key(), "--password-file", empty)
    ran.refused(2, "key.not-opened")
    assert f"--password-file {empty}: " in ran.err
    assert "does not open without a password" in ran.err
