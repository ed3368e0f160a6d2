"""``docexchange --lang vi COMMAND --help`` says all that the English help says."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import click
import pytest

from docexchange.cli import COMMANDS, cli
from docexchange.cli._vietnamese_help import COMMANDS as FIRST
from docexchange.cli._vietnamese_help_judging import OPTIONS as JUDGING
from docexchange.cli._vietnamese_help_more import COMMANDS as MORE
from docexchange.cli._vietnamese_help_options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Cli

ABOUT = FIRST | MORE
KNOWN = OPTIONS | JUDGING
_FIXED = re.compile(r"`[^`]+`|--[a-z-]+|\[\[[a-z.]+\]\]|\b[A-Z][A-Z]+\b|\.[a-z]{3,5}\b|\b\d\d?\b")
"""What no language changes: commands, options, parts of files, numbers, names of arguments."""


def _fixed(text: str) -> list[str]:
    return sorted(set(_FIXED.findall(" ".join(text.split()))))


def _below(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _below(found, f"{path} {name}".strip())


EVERY = dict(_below(cli))


def _english(path: str) -> str:
    """Without the example, which is the same in both."""
    text = inspect.cleandoc(EVERY[path].help or "")
    return text.partition("Example: ")[0].strip()


def test_every_command_has_its_words_and_no_other_has() -> None:
    """A command that comes or goes takes its Vietnamese with it."""
    assert ABOUT.keys() == EVERY.keys()
    assert not FIRST.keys() & MORE.keys()


@pytest.mark.parametrize("path", EVERY)
def test_both_say_the_same(path: str) -> None:
    """As many paragraphs, and in them the same commands, options, files, codes and arguments."""
    english, words = _english(path), inspect.cleandoc(ABOUT[path])
    assert words.count("\n\n") == english.count("\n\n")
    assert _fixed(words) == _fixed(english)


def test_every_option_has_its_words_and_no_other_has() -> None:
    """By what it says in English: whoever changes that is asked for the Vietnamese, too."""
    options = [
        item.help
        for command in EVERY.values()
        for item in command.params
        if isinstance(item, click.Option)
    ]
    assert KNOWN.keys() == {*options, "Show this message and exit."}


@pytest.mark.parametrize("english", KNOWN)
def test_options_say_the_same(english: str) -> None:
    """The same arguments, files and numbers."""
    assert _fixed(KNOWN[english]) == _fixed(english)


@pytest.mark.parametrize("path", EVERY)
def test_nothing_in_the_help_is_english(cli: Cli, path: str) -> None:
    """Headings, defaults and lists of commands too; the example is the one that English has."""
    ran = cli("--lang", "vi", *path.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Cách dùng: docexchange {path}".strip())
    for english in ("Usage:", "Options:", "Commands:", "Example:", "default:", "required", "Show"):
        assert english not in ran.out
    assert ran.out.count("Ví dụ: ") == 1
    example = " ".join((EVERY[path].help or "").partition("Example: ")[2].split())
    assert example in " ".join(ran.out.split())


def test_the_help_of_a_group_lists_its_commands_in_vietnamese(cli: Cli) -> None:
    """With the first sentence about each; without a command it is shown as well."""
    ran = cli("--lang", "vi", "store")
    told = " ".join((ran.out + ran.err).split())
    assert "backup Chép kho vào thư mục TARGET chưa có; nút có thể đang chạy." in told


def test_english_help_stays_english(cli: Cli) -> None:
    """One process can answer in both languages, one after the other."""
    assert "Cách dùng" in cli("--lang", "vi", "verify", "--help").out
    assert cli("verify", "--help").out.startswith("Usage: docexchange verify")
    assert sorted(COMMANDS) == [path for path in sorted(EVERY) if path and " " not in path]


@pytest.mark.parametrize(
    ("settings", "heading"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "Cách dùng:"),
        ({"LANG": "vi"}, "Cách dùng:"),
        ({"LANG": "vie"}, "Usage:"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN"}, "Cách dùng:"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C.UTF-8"}, "Usage:"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": ""}, "Cách dùng:"),
        ({"LANG": "vi_VN.UTF-8", "DOCEXCHANGE_LANG": "en"}, "Usage:"),
        ({}, "Usage:"),
    ],
    ids=str,
)
def test_a_system_that_is_set_to_vietnamese_is_answered_in_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], heading: str
) -> None:
    """By the variables of POSIX, in their order; our own goes before them."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "DOCEXCHANGE_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli("verify", "--help").out.startswith(heading)
