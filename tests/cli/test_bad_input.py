"""Bad input, for every command that works on files: one line, the right exit code, nothing left."""

from __future__ import annotations

import json
import os
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cli_help import TOML, leftovers, permissions_bind
from network_help import PROGRAM, apart

from docexchange.testing import run_measured

if TYPE_CHECKING:
    from cli_help import Desk
    from network_help import Cli

BOUND: Final = permissions_bind()
READERS: Final = ("verify", "inspect", "extract", "validate", "sign")
HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n%s<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">'
LAUGHS: Final = b"".join(
    b'<!ENTITY l%d "%s">' % (number + 1, b"&l%d;" % number * 10) for number in range(9)
)
ATTRIBUTE_BYTES: Final = 100_000_000


@pytest.fixture(scope="session")
def bad(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files that are no letters, each named for what is wrong with it."""
    folder = tmp_path_factory.mktemp("bad")
    good = desk["signed"].read_bytes()
    (folder / "empty").write_bytes(b"")
    (folder / "spaces").write_bytes(b" \n" * 100)
    (folder / "random").write_bytes(random.Random(1).randbytes(10_000))
    (folder / "cut-in-header").write_bytes(good[:900])
    (folder / "cut-in-attachment").write_bytes(good[: good.rindex(b"ContentTransferEncoded") - 9])
    (folder / "cut-at-the-end").write_bytes(good[:-9])
    (folder / "dtd").write_bytes(HEAD % b'<!DOCTYPE edXML SYSTEM "file:///etc/passwd">\n')
    (folder / "entities").write_bytes(HEAD % b"<!DOCTYPE edXML [" + LAUGHS + b"]>&l9;</edXML>")
    (folder / "utf-32").write_bytes(good.decode().encode("utf-32"))
    (folder / "other-xml").write_bytes(b"<invoice><total>1</total></invoice>")
    (folder / "deep").write_bytes(b"<a>" * 100_000)
    (folder / "pdf").write_bytes(b"%PDF-1.4\n" * 1000)
    (folder / "folder").mkdir()
    with (folder / "attribute").open("wb") as stream:
        stream.write(HEAD[:-1] % b"" + b' a="')
        for _ in range(ATTRIBUTE_BYTES // 1_000_000):
            stream.write(b"a" * 1_000_000)
        stream.write(b'"/>')
    return folder


BAD: Final = (
    "missing",
    "empty",
    "spaces",
    "random",
    "cut-in-header",
    "cut-in-attachment",
    "cut-at-the-end",
    "dtd",
    "entities",
    "utf-32",
    "other-xml",
    "deep",
    "pdf",
    "folder",
    "attribute",
)


def arguments(command: str, path: object, desk: Desk, out: Path) -> list[object]:
    """A whole command line that works on a file and could write only into ``out``."""
    options: dict[str, list[object]] = {
        "verify": ["--trust", desk.trust],
        "extract": ["-d", out],
        "sign": [*desk.pem(), "-o", out / "signed.edxml"],
        "compose": ["-o", out / "letter.edxml"],
    }
    return [command, path, *options.get(command, [])]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (command, name)
        for command in (*READERS, "compose")
        for name in BAD
        if (command, name) != ("verify", "pdf")  # which verify judges as what it is
    ],
)
def test_what_is_no_letter_is_unreadable(
    cli: Cli, desk: Desk, bad: Path, tmp_path: Path, command: str, name: str
) -> None:
    """Whatever is wrong with the file: exit code 4, one line that names it, nothing written."""
    ran = cli(*arguments(command, bad / name, desk, tmp_path))
    assert (ran.code, ran.out, leftovers(tmp_path)) == (4, "", [])
    assert ran.err.startswith(f"docexchange: {bad / name}: ")
    assert ran.err.count("\n") == 1
    assert ran.err.endswith("]\n")
    assert len(ran.err) < 600


@pytest.mark.parametrize("command", [*READERS, "compose"])
def test_a_bad_pipe_is_unreadable_too(desk: Desk, bad: Path, tmp_path: Path, command: str) -> None:
    """The same through standard input of a real process."""
    ran = apart(arguments(command, "-", desk, tmp_path), stdin=(bad / "cut-in-header").read_bytes())
    assert (ran.code, ran.out, leftovers(tmp_path)) == (4, "", [])
    assert ran.err.startswith("docexchange: standard input: expected ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", [*READERS, "compose"])
def test_a_huge_attribute_costs_nothing(
    desk: Desk, bad: Path, tmp_path: Path, command: str
) -> None:
    """100 MB in one attribute are refused after the first of them, in little memory."""
    line = arguments(command, bad / "attribute", desk, tmp_path)
    done = run_measured([*PROGRAM, *map(str, line)])
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1
    assert done.peak_bytes < 80_000_000
    assert done.cpu_seconds < 5


@pytest.mark.parametrize("command", [*READERS, "compose"])
@pytest.mark.skipif(not BOUND, reason="root may read everything")
def test_what_may_not_be_read_is_unreadable(
    cli: Cli, desk: Desk, tmp_path: Path, command: str
) -> None:
    """A file without permission to read: exit code 4, and the system's word for it."""
    path, out = tmp_path / "secret.edxml", tmp_path / "out"
    path.write_bytes(desk["signed"].read_bytes())
    path.chmod(0)
    out.mkdir()
    ran = cli(*arguments(command, path, desk, out))
    ran.refused(4, "input.not-found")
    assert "Permission denied" in ran.err


@pytest.mark.parametrize("command", ["verify", "extract"])
@pytest.mark.parametrize(
    ("option", "name", "code"),
    [
        ("--trust", "missing", 4),
        ("--trust", "empty", 2),
        ("--trust", "random", 2),
        ("--trust", "folder", 2),
        ("--trust", "pdf", 2),
        ("--crl", "missing", 4),
        ("--crl", "random", 2),
        ("--crl", "folder", 4),
        ("--directory", "missing", 4),
        ("--directory", "random", 4),
        ("--directory", "empty", 4),
    ],
)
def test_bad_means_to_judge_by_are_told(
    cli: Cli, desk: Desk, bad: Path, tmp_path: Path, command: str, option: str, name: str, code: int
) -> None:
    """Anchors, lists and directories that cannot be used: no verdict, and nothing extracted."""
    trust = () if option == "--trust" else ("--trust", desk.trust)
    where = ("-d", tmp_path) if command == "extract" else ()
    ran = cli(command, desk["both"], *trust, option, bad / name, *where)
    assert (ran.code, ran.out, leftovers(tmp_path)) == (code, "", [])
    assert ran.err.startswith("docexchange: ")
    assert str(bad / name) in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "code", "exit_code"),
    [
        ("missing", "input.not-found", 4),
        ("folder", "input.not-found", 4),
        ("empty", "key.empty", 2),
        ("random", "key.not-opened", 2),
        ("attribute", "key.size", 2),
    ],
)
def test_a_bad_key_file_is_told(
    cli: Cli, desk: Desk, bad: Path, tmp_path: Path, name: str, code: str, exit_code: int
) -> None:
    """As PEM and as PKCS#12: one line, no letter."""
    for form in (f"{bad / name}", f"pkcs12:{bad / name}"):
        target = tmp_path / "signed.edxml"
        ran = cli("sign", desk["plain"], "--key", form, "-o", target)
        ran.refused(exit_code, code)
        assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["missing", "folder"])
def test_a_bad_password_file_is_told(
    cli: Cli, desk: Desk, bad: Path, tmp_path: Path, name: str
) -> None:
    """For sign and for pki demo: exit code 4, nothing written."""
    password = ("--password-file", bad / name)
    out = ("-o", tmp_path / "signed.edxml")
    cli("sign", desk["plain"], "--key", desk.key(), *password, *out).refused(4, "input.not-found")
    cli("pki", "demo", tmp_path / "pki", *password).refused(4, "input.not-found")
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", "a\x85.pdf", "\u202efdp.exe", ".."])
def test_an_attachment_name_that_must_not_travel_is_refused(
    cli: Cli, tmp_path: Path, name: str
) -> None:
    """Given in the letter file or as the name of the file itself: a usage error, no letter."""
    path = tmp_path / "letter.toml"
    entry = f'[[attachments]]\nfile = "letter.toml"\nname = {json.dumps(name)}\n'
    path.write_text(TOML + entry, encoding="utf-8")
    cli("compose", path).refused(2, "envelope.invalid")
    assert leftovers(tmp_path) == ["letter.toml"]


def test_a_file_with_a_deceiving_name_is_refused(cli: Cli, tmp_path: Path) -> None:
    """--attach of a file whose name turns the direction of writing."""
    path, odd = tmp_path / "letter.toml", tmp_path / "a\u202efdp.exe"
    path.write_text(TOML, encoding="utf-8")
    odd.write_bytes(b"x")
    ran = cli("compose", path, "--attach", odd)
    ran.refused(2, "envelope.invalid")
    assert "\u202e" not in ran.err


@pytest.mark.parametrize(
    ("name", "exit_code", "code"),
    [("missing", 4, "input.not-found"), ("folder", 2, "envelope.invalid")],
)
def test_an_attachment_that_is_no_file_is_refused(
    cli: Cli, bad: Path, tmp_path: Path, name: str, exit_code: int, code: str
) -> None:
    """Missing, or a folder: one line, no letter."""
    path = tmp_path / "letter.toml"
    path.write_text(TOML, encoding="utf-8")
    cli("compose", path, "--attach", bad / name).refused(exit_code, code)
    assert leftovers(tmp_path) == ["letter.toml"]


def lines_that_write(desk: Desk, folder: Path, out: Path) -> dict[str, list[object]]:
    """Command lines that would do well and write into ``out``."""
    letter, attached = folder / "letter.toml", folder / "large.pdf"
    letter.write_text(TOML, encoding="utf-8")
    attached.write_bytes(b"%PDF" * 5000)
    return {
        "compose": ["compose", letter, "--attach", attached, "-o", out / "letter.edxml"],
        "sign": ["sign", desk["plain"], *desk.pem(), "-o", out / "signed.edxml"],
        "extract": ["extract", desk["both"], "-d", out, "--trust", desk.trust],
        "pki": ["pki", "demo", out / "pki"],
    }


@pytest.mark.parametrize("command", ["compose", "sign", "extract"])
def test_a_missing_output_folder_is_told(
    cli: Cli, desk: Desk, tmp_path: Path, command: str
) -> None:
    """Folders around the one that is named are not made; a misspelt path is a usage error."""
    line = lines_that_write(desk, tmp_path, tmp_path / "none" / "out")[command]
    cli(*line).refused(2, "output.not-writable")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["compose", "sign", "extract", "pki"])
def test_a_file_in_place_of_the_output_folder_is_told(
    cli: Cli, desk: Desk, tmp_path: Path, command: str
) -> None:
    """Where a folder is expected there is a file: a usage error, and the file stays."""
    (tmp_path / "file").write_bytes(b"mine")
    line = lines_that_write(desk, tmp_path, tmp_path / "file")[command]
    cli(*line).refused(2, "output.not-writable")
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.parametrize("command", ["compose", "sign", "extract", "pki"])
def test_a_disk_that_fills_leaves_nothing_half_written(
    desk: Desk, tmp_path: Path, command: str
) -> None:
    """When no more can be written one line says so, and no file is there, not even a hidden one."""
    out = tmp_path / "out"
    out.mkdir()
    line = lines_that_write(desk, tmp_path, out)[command]
    ran = apart(line, before="ulimit -f 1")
    ran.refused(2, "output.not-writable")
    assert "File too large" in ran.err
    assert leftovers(out) == []


@pytest.mark.parametrize(
    "command", ["inspect", "validate", "verify", "compose", "sign", "extract", "pki", "example"]
)
def test_an_answer_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path, command: str) -> None:
    """Standard output on a full disk: one line, and not the exit code of success."""
    out = tmp_path / "out"
    out.mkdir()
    lines = lines_that_write(desk, tmp_path, out) | {
        "inspect": ["inspect", desk["both"]],
        "validate": ["validate", desk["both"]],
        "verify": ["verify", desk["both"], "--trust", desk.trust],
        "example": ["compose", "--example"],
    }
    command_line = [*PROGRAM, *map(str, lines[command])]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command_line, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"docexchange: standard output: ")
    assert ended.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", ["compose", "sign"])
def test_a_letter_to_a_full_pipe_is_told(desk: Desk, tmp_path: Path, command: str) -> None:
    """``-o -`` and ``-o /dev/full`` on a full disk: one line, exit code 2."""
    line = lines_that_write(desk, tmp_path, tmp_path)[command][:-1]
    ended = apart([*line, "/dev/full"])
    ended.refused(2, "output.not-writable")
    with Path("/dev/full").open("wb") as full:
        piped = subprocess.run(
            [*PROGRAM, *map(str, line), "-"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert piped.returncode == 2
    assert piped.stderr.count(b"\n") == 1
    assert leftovers(tmp_path) == ["large.pdf", "letter.toml"]


@pytest.mark.skipif(not BOUND, reason="root may write everywhere")
@pytest.mark.parametrize("command", ["compose", "sign", "extract", "pki"])
def test_a_folder_that_may_not_be_written_is_told(
    cli: Cli, desk: Desk, tmp_path: Path, command: str
) -> None:
    """Without permission: one line, exit code 2."""
    out = tmp_path / "out"
    out.mkdir()
    line = lines_that_write(desk, tmp_path, out)[command]
    out.chmod(0o500)
    try:
        cli(*line).refused(2, "output.not-writable")
    finally:
        out.chmod(0o700)
    assert leftovers(out) == []


@pytest.mark.parametrize("command", READERS)
def test_a_closed_standard_input_is_told(desk: Desk, tmp_path: Path, command: str) -> None:
    """``-`` with nothing behind it is unreadable, not a crash."""
    ran = apart(arguments(command, "-", desk, tmp_path), before="exec 0<&-")
    assert (ran.code, ran.out, leftovers(tmp_path)) == (4, "", [])
    assert ran.err.count("\n") == 1


def test_an_endless_input_is_cut_off(desk: Desk) -> None:
    """/dev/zero never ends; it is refused where the limit is, without filling disk or memory."""
    done = run_measured([*PROGRAM, "verify", "/dev/zero", "--trust", os.fspath(desk.trust)])
    assert done.returncode == 4
    assert b"limit." in done.stderr
    assert done.peak_bytes < 120_000_000
