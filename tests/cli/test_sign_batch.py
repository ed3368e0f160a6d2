"""``docexchange sign`` over many letters: one key, one bad file stops nobody, nothing half done."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from cli_help import leftovers

from docexchange.envelope import Envelope
from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli


@pytest.fixture
def inbox(desk: Desk, tmp_path: Path) -> Path:
    """Three letters and a note."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(desk["plain"], folder / f"{name}.edxml")
    (folder / "note.txt").write_text("not a letter")
    return folder


def test_a_folder_is_signed_under_the_same_names(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """Every letter of it, and nothing else; each verifies."""
    out = tmp_path / "deep" / "out"
    ran = cli("sign", inbox, *desk.pem(), "--role", "agency", "-o", out)
    names = ["a.edxml", "b.edxml", "c.edxml"]
    assert (ran.code, ran.out.split()) == (0, [str(out / name) for name in names])
    assert leftovers(out) == names
    assert cli("verify", *(out / name for name in names), "--trust", desk.trust).code == 0


def test_one_bad_letter_does_not_stop_the_others(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """It is told, the exit code says so, and nothing of it is written."""
    (inbox / "b.edxml").write_bytes(desk["plain"].read_bytes()[:500])
    ran = cli("sign", inbox, *desk.pem(), "-o", tmp_path / "out")
    assert ran.code == 4
    assert ran.err.startswith(f"docexchange: {inbox / 'b.edxml'}: ")
    assert leftovers(tmp_path / "out") == ["a.edxml", "c.edxml"]


def test_pipes_and_devices_in_a_folder_hold_up_nobody(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """They are no letters: one without a writer would be waited for for ever."""
    os.mkfifo(inbox / "pipe.edxml")
    (inbox / "endless.edxml").symlink_to("/dev/zero")
    ran = cli("sign", inbox, *desk.pem(), "-o", tmp_path / "out")
    assert (ran.code, ran.err) == (0, "")
    assert leftovers(tmp_path / "out") == ["a.edxml", "b.edxml", "c.edxml"]


def test_letters_that_are_signed_already_are_left_out(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """A batch that was broken off can be run again; --again signs them all the same."""
    shutil.copy(desk["signed"], inbox / "b.edxml")
    ran = cli("sign", inbox, *desk.pem(), "-o", tmp_path / "out")
    assert (ran.code, leftovers(tmp_path / "out")) == (0, ["a.edxml", "c.edxml"])
    assert ran.err == f"{inbox / 'b.edxml'}: left out: signed already\n"
    assert cli("sign", inbox, *desk.pem(), "-o", tmp_path / "all", "--again").code == 0
    twice = Envelope.read(tmp_path / "all" / "b.edxml")
    assert b"".join(twice.chunks()).count(b"</ds:Signature>") == 2


def test_files_that_are_there_are_not_replaced(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """Unless --force says so; the others are signed in any case."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.edxml").write_text("precious")
    ran = cli("sign", inbox, *desk.pem(), "-o", out)
    assert (ran.code, (out / "b.edxml").read_text()) == (2, "precious")
    assert leftovers(out) == ["a.edxml", "b.edxml", "c.edxml"]
    again = cli("sign", inbox, *desk.pem(), "-o", out, "--force")
    assert again.code == 0
    assert Envelope.read(out / "b.edxml").message.message_id == MessageId("m-desk")


def test_a_batch_in_json_tells_each_letter(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """Signed, left out, or refused with its reason."""
    shutil.copy(desk["signed"], inbox / "b.edxml")
    (inbox / "c.edxml").write_bytes(b"")
    ran = cli("sign", inbox, *desk.pem(), "-o", tmp_path / "out", "--json")
    answer = ran.answer("sign")
    assert [sorted(item) for item in answer][1:] == [["file", "skipped"], ["error", "file"]]
    assert answer[0]["level"] == "XAdES-B-B"
    assert ran.code == 4


@pytest.mark.parametrize("where", [(), ("-o", "-")])
def test_a_batch_needs_a_folder(cli: Cli, desk: Desk, inbox: Path, where: tuple[str, ...]) -> None:
    """Several letters fit neither on standard output nor in one file."""
    before = leftovers(inbox)
    cli("sign", inbox, *desk.pem(), *where).refused(2, "usage.out-folder")
    assert leftovers(inbox) == before


def test_a_file_is_no_folder(cli: Cli, desk: Desk, inbox: Path, tmp_path: Path) -> None:
    """It is left as it is."""
    (tmp_path / "file").write_text("precious")
    ran = cli("sign", inbox, *desk.pem(), "-o", tmp_path / "file")
    ran.refused(2, "output.not-writable")
    assert (tmp_path / "file").read_text() == "precious"


def test_two_letters_of_one_name_would_overwrite_each_other(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """So neither is signed, even with --force."""
    other = tmp_path / "other"
    shutil.copytree(inbox, other)
    words = (inbox / "a.edxml", other / "a.edxml", *desk.pem(), "-o", tmp_path / "out", "--force")
    cli("sign", *words).refused(2, "usage.same-name")
    assert not (tmp_path / "out").exists()


def test_a_key_that_does_not_open_leaves_nothing(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """The key comes first; there is not even the folder."""
    ran = cli("sign", inbox, "--key", desk.folder / "pki/password.txt", "-o", tmp_path / "out")
    ran.refused(2, "key.not-opened")
    assert not (tmp_path / "out").exists()


def test_a_batch_that_was_broken_off_goes_on_with_the_same_line(
    cli: Cli, desk: Desk, inbox: Path, tmp_path: Path
) -> None:
    """What is signed stays as it is and is told; what lies there for another letter is an error."""
    out = tmp_path / "out"
    shutil.copy(inbox / "c.edxml", tmp_path / "c.edxml")
    (inbox / "c.edxml").unlink()
    assert cli("sign", inbox, *desk.pem(), "-o", out).code == 0
    done = (out / "a.edxml").read_bytes()
    shutil.copy(tmp_path / "c.edxml", inbox / "c.edxml")
    ran = cli("sign", inbox, *desk.pem(), "-o", out)
    assert (ran.code, ran.out) == (0, f"{out / 'c.edxml'}\n")
    assert ran.err.count("left out: signed already") == 2
    assert (out / "a.edxml").read_bytes() == done

    text = (inbox / "a.edxml").read_text("utf-8")
    (inbox / "a.edxml").write_text(text.replace("</edXML:Subject>", " 2</edXML:Subject>"), "utf-8")
    assert cli("sign", inbox, *desk.pem(), "-o", out).code == 2
    assert (out / "a.edxml").read_bytes() == done
