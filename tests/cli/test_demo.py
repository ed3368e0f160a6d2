"""``docexchange demo``: shows what it says, and ends badly when anything is not so."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from network_help import apart

from docexchange.cli._demo_checks import expectations
from docexchange.cli._demo_story import play
from docexchange.cli._words import speak
from docexchange.cli.demo import conclude
from docexchange.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from network_help import Cli

    from docexchange.cli._demo_story import Story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A demonstration that has been played."""
    return play(tmp_path_factory.mktemp("demo"), key="p256", clock=SystemClock())


def test_everything_is_as_it_should_be(cli: Cli, tmp_path: Path) -> None:
    """Into the folder named: all expectations hold, and the answer fits its schema."""
    folder = tmp_path / "new" / "demo"
    ran = cli("demo", "--dir", folder, "--key", "p256", "--json")
    answer = ran.answer("demo")
    assert (ran.code, ran.err, answer["holds"]) == (0, "", True)
    assert [hop["indication"] for hop in answer["hops"]] == ["TOTAL-PASSED"] * 4
    assert [status["code"] for status in answer["statuses"]] == ["01", "03"]
    assert answer["tampered"]["broken"] == [f"attachment {answer['tampered']['attachment']}"]
    for path in (answer["letter"], answer["handed_over"], answer["tampered"]["file"]):
        assert Path(path).is_relative_to(folder)
        assert Path(path).is_file()
    for hop in answer["hops"]:
        assert hashlib.sha256(Path(hop["file"]).read_bytes()).hexdigest() == hop["sha256"]


def test_by_default_it_keeps_a_temporary_folder_and_names_it(tmp_path: Path) -> None:
    """RSA keys, in Vietnamese, in a few seconds; the folder is printed and still there."""
    ran = apart(["--lang", "vi", "demo"], env={**os.environ, "TMPDIR": str(tmp_path)})
    (folder,) = tmp_path.glob("docexchange-demo-*")
    assert (ran.code, ran.err) == (0, "")
    assert f"    {folder}\n" in ran.out
    assert "TOTAL-FAILED · chữ ký không hợp lệ · HASH_FAILURE: tệp đính kèm Quyết định" in ran.out
    assert "(lãnh đạo); UBND xã An Thạnh (cơ quan)" in ran.out
    assert "bytes" not in ran.out
    assert "03 đã tiếp nhận" in ran.out
    assert "NO" not in [line.split()[0] for line in ran.out.splitlines() if line.strip()]
    assert (folder / "nodes" / "central" / "inbox").is_dir()


def test_one_character_is_all_that_was_changed(story: Story) -> None:
    """The copy differs from what the hop had in one byte, there where it says."""
    tampering = story.tampering
    genuine = next(
        copy.path.read_bytes()
        for copy in story.copies
        if copy.path.stat().st_size == tampering.path.stat().st_size
    )
    changed = tampering.path.read_bytes()
    assert len(genuine) == len(changed)
    assert genuine[: tampering.offset] == changed[: tampering.offset]
    assert genuine[tampering.offset + 1 :] == changed[tampering.offset + 1 :]
    assert chr(genuine[tampering.offset]) == tampering.before
    assert chr(changed[tampering.offset]) == tampering.after


def test_a_story_as_it_should_be_meets_every_expectation(story: Story) -> None:
    """None fails, and none is empty talk: each has words in both languages."""
    checks = expectations(story)
    assert all(check.holds for check in checks)
    assert all(check.english and check.vietnamese for check in checks)


def _with_copy(story: Story, number: int, **changes: object) -> Story:
    copies = list(story.copies)
    copies[number] = replace(copies[number], **changes)
    return replace(story, copies=tuple(copies))


def _without_a_role(story: Story) -> Story:
    report = story.copies[1].report
    bare = tuple(replace(signature, roles=()) for signature in report.signatures)
    return _with_copy(story, 1, report=replace(report, signatures=bare))


DOCTORED: dict[str, tuple[Callable[[Story], Story], str]] = {
    "lost on the way": (lambda s: replace(s, copies=s.copies[:2]), "reached all four"),
    "not verified": (lambda s: _with_copy(s, 2, report=s.tampering.report), "verifies, signed"),
    "one signature": (_without_a_role, "verifies, signed by leader and agency"),
    "other bytes": (lambda s: _with_copy(s, 1, handed_on="0" * 64), "received the bytes"),
    "no receipt": (lambda s: _with_copy(s, 0, receipts=()), "has the receipt of"),
    "a stranger's receipt": (
        lambda s: _with_copy(s, 0, receipts=s.copies[1].receipts),
        "has the receipt of",
    ),
    "no status": (lambda s: replace(s, statuses=()), "was told 01"),
    "statuses in disorder": (lambda s: replace(s, statuses=s.statuses[::-1]), "was told 01"),
    "nothing handed over": (lambda s: replace(s, inbox=s.folder / "none"), "byte for byte"),
    "other attachments": (lambda s: replace(s, inbox=s.tampering.path), "byte for byte"),
    "small attachments": (lambda s: replace(s, originals=s.originals[1:]), "larger than 10 MB"),
    "forgery unnoticed": (
        lambda s: replace(s, tampering=replace(s.tampering, report=s.copies[0].report)),
        "one changed byte",
    ),
    "wrong part named": (
        lambda s: replace(s, tampering=replace(s.tampering, attachment="Tờ trình số 12.pdf")),
        "one changed byte",
    ),
}


@pytest.mark.parametrize("case", DOCTORED)
def test_whatever_is_not_so_is_said_and_ends_badly(
    story: Story, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clear line for the expectation that failed, and exit code 1."""
    doctor, words = DOCTORED[case]
    doctored = doctor(story)
    failed = [check for check in expectations(doctored) if not check.holds]
    assert any(words in check.english for check in failed)
    speak("en")
    with pytest.raises(click.exceptions.Exit) as ended:
        conclude(doctored, as_json=False)
    printed = capsys.readouterr()
    assert ended.value.exit_code == 1
    assert len(printed.err.splitlines()) == len(failed)
    for line, check in zip(printed.err.splitlines(), failed, strict=True):
        assert line.startswith(f"docexchange: expected: {check.english}; found: ")
    assert printed.out.count("    NO  ") == len(failed)


@pytest.mark.parametrize("kind", ["file", "full folder"])
def test_a_folder_in_use_is_left_alone(cli: Cli, tmp_path: Path, kind: str) -> None:
    """Code 2, one line, and nothing in it has changed."""
    folder = tmp_path / "demo"
    if kind == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine").write_text("mine")
    cli("demo", "--dir", folder).refused(2, "demo.folder")
    assert (folder if kind == "file" else folder / "mine").read_text() == "mine"


def test_an_empty_folder_may_be_named(cli: Cli, tmp_path: Path) -> None:
    """It is used; a second time it is in use."""
    assert cli("demo", "--dir", tmp_path, "--key", "p256").code == 0
    cli("demo", "--dir", tmp_path, "--key", "p256").refused(2, "demo.folder")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """Code 5 and one line: the scan does not fit."""
    arguments = ["demo", "--dir", tmp_path / "demo", "--key", "p256"]
    apart(arguments, before="ulimit -f 4000").refused(5, "demo.not-writable")
