"""``--help`` in the language asked for: click writes it, the words are put in as it does.

>>> cli.context_class = HelpContext
>>> speaking(command)
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._words import language

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["HelpContext", "speaking"]

_BRACKETS = re.compile(r"(.*?)(?:  \[([^\]]*)\])?", re.DOTALL)
_EXAMPLE = "Example: "


def speaking(command: click.Command) -> click.Command:
    """Have a command, and all below it, give help in the language asked for.

    Args:
        command: what was loaded.
    """
    command.context_class = HelpContext
    for below in getattr(command, "commands", {}).values():
        speaking(below)
    return command


class HelpContext(click.Context):
    """What a command is called in; its help is written in the language asked for."""

    def make_formatter(self) -> click.HelpFormatter:
        """What click writes help with."""
        if language() != "vi":
            return super().make_formatter()
        names = self.command_path.split()[1:]  # without the program's own
        return _Vietnamese(" ".join(names), self.terminal_width, self.max_content_width)


class _Vietnamese(click.HelpFormatter):
    """Puts the Vietnamese words in place of the English ones that click hands over."""

    def __init__(self, path: str, width: int | None, max_width: int | None) -> None:
        super().__init__(width=width, max_width=max_width)
        self._path = path

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or _word("Usage: "))

    def write_heading(self, heading: str) -> None:
        super().write_heading(_word(heading))

    def write_text(self, text: str) -> None:
        super().write_text(_about(self._path, text))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        told = [(first, self._row(first, text)) for first, text in rows]
        super().write_dl(told, *args, **options)

    def _row(self, first: str, text: str) -> str:
        """Of an option what it does; of a command the first sentence about it."""
        if first.startswith("-"):
            return _option(text)
        sentence, _, _ = _about(f"{self._path} {first}".strip(), text).partition("\n\n")
        return " ".join(sentence.split())


def _about(path: str, english: str) -> str:
    """What is said of a command, with its example, which is that of the English text."""
    from docexchange.cli._vietnamese_help import COMMANDS
    from docexchange.cli._vietnamese_help_more import COMMANDS as MORE

    told = COMMANDS.get(path) or MORE.get(path)
    if told is None:
        return english
    _, found, example = english.partition(_EXAMPLE)
    words = inspect.cleandoc(told)
    return f"{words}\n\nVí dụ: {example}" if found else words


def _option(english: str) -> str:
    """What is said of an option, and in brackets of its values."""
    from docexchange.cli._vietnamese_help_judging import OPTIONS as JUDGING
    from docexchange.cli._vietnamese_help_options import OPTIONS

    known = OPTIONS | JUDGING
    if english in known:
        return known[english]
    parts = _BRACKETS.fullmatch(english)
    words, brackets = parts.groups() if parts else (english, None)
    told = known.get(words, words)
    return f"{told}  [{'; '.join(map(_word, brackets.split('; ')))}]" if brackets else told


def _word(english: str) -> str:
    """A heading, or one thing that stands in brackets."""
    from docexchange.cli._vietnamese_help_options import WORDS

    for pattern, words in WORDS.items():
        found = re.fullmatch(pattern, english)
        if found:
            return found.expand(words)
    return english
