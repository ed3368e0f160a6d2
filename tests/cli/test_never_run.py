"""A node that has not run yet: whoever looks is told so, and makes nothing in its folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network

LOOKS: Final = (
    "delivery list",
    "delivery resend m-letter --reason again",
    "delivery cancel m-letter --reason enough",
    "trace m-letter",
    "trace m-letter --verify",
    "receive",
    "receive --out letters",
    "status m-letter",
    "status m-letter --report 03",
    "audit verify",
    "audit list",
    "audit head",
    "register list",
    "overdue",
    "report indicators",
    "store check",
    "store backup copy",
    "store purge --keep-days 30",
)


@pytest.fixture
def new(network: Network, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node with a configuration and nothing else; its folder is the current one."""
    folder = network["commune"]
    shutil.rmtree(folder / "store")
    shutil.rmtree(folder / "mailbox")
    monkeypatch.chdir(folder)
    return folder


def content(folder: Path) -> list[str]:
    """What is in a folder, and below it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("line", LOOKS)
def test_whoever_looks_is_told_that_it_has_not_run(cli: Cli, new: Path, line: str) -> None:
    """Where its store would be, and what to do, in both languages; nothing is made."""
    cli(*line.split()).refused(5, "store.none")
    ran = cli("--lang", "vi", *line.split())
    ran.refused(5, "store.none")
    assert "cần nút đã từng chạy" in ran.err
    assert "docexchange node run" in ran.err
    assert content(new) == ["node.toml"]


@pytest.mark.parametrize("options", [[], ["--offline"]])
def test_the_doctor_looks_at_it_and_makes_nothing(cli: Cli, new: Path, options: list[str]) -> None:
    """Key, trust and directory are judged all the same; that there is no store is no ailment."""
    ran = cli("node", "doctor", "--json", *options)
    symptoms = {item["name"]: item for item in ran.answer("node-doctor")["symptoms"]}
    assert ran.code == 0
    assert {"key", "trust", "directory", "mailbox", "disk"} <= set(symptoms)
    assert "the node has not run" in symptoms["store"]["found"]
    assert "nút chưa chạy lần nào" in cli("--lang", "vi", "node", "doctor", *options).out
    assert content(new) == ["node.toml"]
