"""``docexchange sign`` with a key on a token: one PIN for a whole folder, and never guessed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from cli_help import leftovers
from network_help import apart
from softhsm_help import PIN, SoftHsm, softhsm_in

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli

pytestmark = [pytest.mark.peer("softhsm2-util"), pytest.mark.peer("pkcs11-tool")]


@pytest.fixture(scope="module")
def made(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    """A token with the commune's seal."""
    seal = desk.pki.agency("commune")
    made = softhsm_in(tmp_path_factory.mktemp("token"))
    made.add_token("UBND")
    made.add_key("UBND", "seal", 1, seal)
    made.add_certificates("UBND", [seal.certificate, *seal.chain])
    return made


@pytest.fixture
def token(made: SoftHsm, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """The same, where other processes look for it; this one does not."""
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def uri(token: SoftHsm) -> str:
    return f"pkcs11:token=UBND;object=seal?module-path={token.module}"


def test_a_folder_is_signed_with_one_pin(
    cli: Cli, desk: Desk, tmp_path: Path, token: SoftHsm
) -> None:
    """The PIN stands in a file; every letter verifies, the chain came from the token."""
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        shutil.copy(desk["plain"], tmp_path / "in" / f"{name}.edxml")
    (tmp_path / "pin").write_text(f"{PIN}\n")
    words = ["--key", uri(token), "--pin-file", tmp_path / "pin", "--role", "agency"]
    ran = apart(["sign", tmp_path / "in", *words, "-o", tmp_path / "out"])
    assert (ran.code, leftovers(tmp_path / "out")) == (0, ["a.edxml", "b.edxml"]), ran.err
    signed = [tmp_path / "out" / name for name in ("a.edxml", "b.edxml")]
    assert cli("verify", *signed, "--trust", desk.trust).code == 0


def test_a_wrong_pin_is_told_once(desk: Desk, tmp_path: Path, token: SoftHsm) -> None:
    """Nothing is written, and the PIN is not shown."""
    (tmp_path / "pin").write_text("9999\n")
    words = ["--key", uri(token), "--pin-file", tmp_path / "pin", "-o", tmp_path / "s.edxml"]
    ran = apart(["sign", desk["plain"], *words])
    ran.refused(2, "key.pin")
    assert "tries are left" in ran.err
    assert "9999" not in ran.err
    assert leftovers(tmp_path) == ["pin"]
