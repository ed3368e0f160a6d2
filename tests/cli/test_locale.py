"""A locale that knows no Vietnamese: what was typed and what files are called stays what it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cli_help import TOML
from network_help import apart

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Network

PLAIN = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""What a service without settings has, where UTF-8 mode is switched off."""


def test_attachments_keep_their_names(desk: Desk, tmp_path: Path) -> None:
    """A file with a Vietnamese name goes into a letter, and comes out under that name."""
    (tmp_path / "báo cáo.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "thư.toml").write_text(TOML, encoding="utf-8")
    options: dict[str, object] = {"cwd": tmp_path, "env": PLAIN}
    ran = apart(["compose", "thư.toml", "--attach", "báo cáo.pdf"], **options)
    assert (ran.code, ran.out, ran.err) == (0, "thư.edxml\n", "")
    signed = apart(["sign", "thư.edxml", *desk.pem(), "-o", "đã ký.edxml"], **options)
    assert (signed.code, signed.out) == (0, "đã ký.edxml\n")
    line = ["extract", "đã ký.edxml", "-d", "tệp", "--trust", desk.trust]
    assert apart(line, **options).code == 0
    assert [path.name for path in (tmp_path / "tệp").iterdir()] == ["báo cáo.pdf"]


def test_what_is_typed_is_entered_as_it_is(network: Network) -> None:
    """The book has the words that the clerk wrote, not the numbers of their bytes."""
    node = ("--node", network["commune"])
    enter = ("register", "enter", *node, "--notation", "UBND-VX", "--date", "2026-03-02")
    assert apart([*enter, "--subject", "V/v mời họp"], env=PLAIN).code == 0
    assert "V/v mời họp" in apart(["register", "list", *node], env=PLAIN).out
