"""What all commands share: one clear line when something is wrong, and an exit code to rely on."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_help import PROGRAM, apart

from docexchange.cli import COMMANDS
from docexchange.cli._exit import ExitCode, guarded, worst
from docexchange.cli._names import short_names
from docexchange.cli._output import answer_json, plain
from docexchange.cli._words import advice_on, reason_of, speak
from docexchange.errors import NoRoute, StoreFailure, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli_help import Desk
    from network_help import Cli


@pytest.fixture
def vietnamese() -> Iterator[None]:
    """The language of this test."""
    speak("vi")
    yield
    speak("en")


def failing(error: BaseException) -> click.Command:
    """A command that does nothing but fail."""

    @click.command()
    @click.option("--debug", is_flag=True)
    def command(*, debug: bool) -> None:
        assert debug in {True, False}
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TransportError("no answer"), 5),
        (StoreFailure("disk"), 5),
        (NoRoute("nowhere"), 2),
        (PermissionError(13, "Permission denied", "x"), 4),
        (ZeroDivisionError("1/0"), 70),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_is_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    """Expected or not, an error is told on one line, without a traceback."""
    with pytest.raises(SystemExit) as ended:
        guarded(failing(error), [])
    err = capsys.readouterr().err
    assert ended.value.code == code
    assert err.strip().startswith("docexchange: ")  # click ends the line of the ^C
    assert err.strip().count("\n") == 0


def test_debug_shows_the_traceback_and_keeps_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    """With --debug the traceback comes first, then the same line and exit code."""
    with pytest.raises(SystemExit) as ended:
        guarded(failing(ZeroDivisionError("1/0")), ["--debug"])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Traceback")
    assert lines[-1].startswith("docexchange: internal error: ZeroDivisionError")
    assert ended.value.code == 70


def test_an_error_cannot_add_lines_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks and control characters in a message do not reach the terminal."""
    with pytest.raises(SystemExit):
        guarded(failing(NoRoute("a\nTOTAL-PASSED\x1b[2Jb\u2028c")), [])
    assert capsys.readouterr().err == (
        "docexchange: a TOTAL-PASSED\\u001b[2Jb\\u2028c [route.none]\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["--nosuch"],
        ["--lang", "fr", "verify"],
        ["verify"],
        ["sign", "x"],
        ["sign", "x", "--key", "k", "--role", "king"],
        ["compose"],
        ["inspect"],
        ["inspect", "a", "b"],
        ["extract"],
        ["validate"],
        ["pki", "nosuch"],
        ["pki", "demo"],
        ["pki", "demo", "x", "--key", "rsa512"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_that_names_the_help(cli: Cli, arguments: list[str]) -> None:
    """A wrong option or argument: exit code 2, one line, and where to read on."""
    ran = cli(*arguments)
    ran.refused(2, "usage")
    assert "--help. [usage]" in ran.err


@pytest.mark.parametrize("name", [*sorted({*COMMANDS} - {"node"}), "pki demo"])
def test_help_has_one_example(cli: Cli, name: str) -> None:
    """Each command's help ends what it says with one example of that very command."""
    ran = cli(*name.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("Example: ") == 1
    assert f"Example: docexchange {name}" in ran.out


def test_the_worst_of_several_files_decides() -> None:
    """Failed outweighs unreadable, that undecided; nothing unusual is ever taken for success."""
    assert worst([]) is ExitCode.POSITIVE
    assert worst([ExitCode.POSITIVE, ExitCode.INDETERMINATE]) is ExitCode.INDETERMINATE
    assert worst([ExitCode.UNREADABLE, ExitCode.NEGATIVE]) is ExitCode.NEGATIVE
    assert worst([ExitCode.POSITIVE, ExitCode.PEER]) is ExitCode.PEER


def test_a_reader_who_leaves_is_not_a_verdict(desk: Desk) -> None:
    """When nobody reads the answer any more the exit code is that of a broken pipe, never 0."""
    command = [*PROGRAM, "verify", str(desk["both"]), "--trust", str(desk.trust), "-v"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_full_disk_is_told(desk: Desk) -> None:
    """An answer that cannot be written is one line and no verdict."""
    for options in (["-v"], ["--json"]):
        command = [*PROGRAM, "verify", str(desk["both"]), "--trust", str(desk.trust), *options]
        with open("/dev/full", "wb") as full:  # noqa: PTH123
            ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert ended.returncode == 2
        assert ended.stderr.count(b"\n") == 1
        assert b"No space left on device" in ended.stderr


def test_nowhere_to_complain_changes_no_code(desk: Desk) -> None:
    """With standard error full or closed the exit code stays."""
    missing = str(desk["none"])
    for before in ("exec 2>/dev/full", "exec 2>&-", "exec >&- 2>&-"):
        ran = apart(["verify", missing, "--trust", desk.trust], before=before)
        assert (ran.code, ran.out) == (4, "")


def test_odd_terminals_and_names_do_not_stop_it(desk: Desk) -> None:
    """A terminal without Vietnamese gets escapes; a file name that is no UTF-8 is told in JSON."""
    command = [*PROGRAM, "verify", str(desk["both"]), "--trust", str(desk.trust)]
    ended = subprocess.run(
        command, capture_output=True, check=False, env={"PYTHONIOENCODING": "latin-1"}
    )
    assert ended.returncode == 0
    assert b"Nguy\\u1ec5n" in ended.stdout
    command = [*PROGRAM, "verify", b"\xff.edxml", "--trust", str(desk.trust), "--json"]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 4
    assert b'"file": "\\udcff.edxml"' in ended.stdout


@given(st.text())
def test_plain_text_is_one_visible_line(text: str) -> None:
    """Whatever comes in, no character of it can move the cursor, break the line or hide."""
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert plain(shown) == shown


UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_no_character_of_unicode_hides_and_every_other_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All of them, in an answer of one line and in JSON: what cannot be seen is written out."""
    every = [chr(number) for number in reversed(range(sys.maxunicode + 1))]  # no surrogate pairs
    seen = "".join(one for one in every if unicodedata.category(one) not in UNSEEN)
    unseen = "".join(one for one in every if unicodedata.category(one) in UNSEEN)
    assert plain(seen) == seen
    assert plain(unseen).isascii()
    assert plain(unseen).isprintable()
    answer_json([seen, unseen])
    told = capsys.readouterr().out
    assert json.loads(told) == [seen, unseen]
    assert {one for one in told if unicodedata.category(one) in UNSEEN} == {"\n"}


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("CN=An,O=UBND,C=VN", "An, UBND"),
        ("(CN=An\\, Jr,2.5.4.97=000,O=UBND\\+X,C=VN)", "(An, Jr, UBND+X)"),
        ("certificate 1 Common Name: CA, Organization: BCY, Country: VN", "certificate 1 CA, BCY"),
        (
            "certificate Common Name: An, Organization Identifier: 000.21.H53, Country: VN. Ask.",
            "certificate An. Ask.",
        ),
        (
            "Common Name: An; Organization: Sở Văn hóa, Thể thao; Country: VN",
            "An, Sở Văn hóa, Thể thao",
        ),
        (
            "by Common Name: An; Organization: A, B; Locality: Q1, HCM; Country: VN. Ask.",
            "by An, A, B. Ask.",
        ),
        ("a=b, c=d, and no name", "a=b, c=d, and no name"),
        ("CN=alone", "CN=alone"),
        ("OU=x,C=VN", "OU=x,C=VN"),
    ],
)
def test_distinguished_names_are_shortened(text: str, short: str) -> None:
    """Common name and organisation are what people know; other text stays as it is."""
    assert short_names(text) == short


def test_shortening_is_quick_on_hostile_text() -> None:
    """Text made to look like a name without being one costs no more than its length."""
    for hostile in (
        "a" * 50_000,
        "CN=a," * 10_000,
        "Common Name: " * 4_000,
        "C=\\" * 20_000,
        "Common Name: a; B: " * 100,
    ):
        assert short_names(hostile)


@pytest.mark.usefixtures("vietnamese")
def test_codes_fall_back_and_nothing_is_left_unsaid() -> None:
    """Known codes are translated, unknown ones by their beginning, others stay English."""
    assert advice_on("N.MessageHeader.Subject", "Fill it in.") == "Điền trường này."
    assert advice_on("xml.syntax", "Ask.").startswith("Đề nghị nơi gửi")
    assert advice_on("made.up", "Stop the other.") == "Stop the other."
    assert reason_of("signature.digest", "found x") == "nội dung đã bị sửa sau khi ký (found x)"
    assert reason_of("other", "found x") == "found x"


def test_running_it_as_a_module_of_the_package_works() -> None:
    """The entry point tells its version."""
    ended = subprocess.run(
        [sys.executable, "-c", "from docexchange.cli import main; main(['--version'])"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert ended.stdout.startswith("docexchange, version ")


def test_the_package_can_be_run_without_its_script() -> None:
    """Where the script is not on the path, Python itself finds the command line."""
    command = [sys.executable, "-m", "docexchange", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("docexchange, version ")
