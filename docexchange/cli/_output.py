"""The only module that prints: answers to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "answer",
    "answer_json",
    "complain",
    "note",
    "plain",
    "progress",
    "styled",
    "write_bytes",
]


def plain(text: object) -> str:
    """Text that is safe on a terminal: no control, direction or other invisible characters.

    What a letter says is the sender's; it must not be able to move the cursor or to make
    ``fdp.exe`` look like ``exe.pdf``.
    """
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
        else f"\\u{ord(character):04x}"
        for character in str(text)
    )


def answer(line: str = "") -> None:
    """Print a line of the answer."""
    click.echo(line)


def answer_json(value: Any) -> None:
    """Print the answer as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def write_bytes(pieces: Iterable[bytes]) -> None:
    """Write binary data to standard output."""
    stream = sys.stdout.buffer
    stream.writelines(pieces)
    stream.flush()


def note(line: str) -> None:
    """Print something that is not the answer."""
    click.echo(line, err=True)


def complain(message: str, *, advice: str = "", code: str = "") -> None:
    """Print what went wrong, on one line."""
    text = " ".join(plain(message).split())
    if advice:
        text = f"{text.rstrip('.')}. {advice}"
    mark = f" [{code}]" if code else ""
    click.echo(f"docexchange: {text}{mark}", err=True)


def styled(text: str, colour: str) -> str:
    """Text in a colour, on a terminal whose owner has not asked for none."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, fg=colour, bold=True) if wanted else text


@contextmanager
def progress(length: int, label: str) -> Iterator[Any]:
    """A progress bar on standard error while a person watches; silent otherwise.

    Args:
        length: how much there is to do.
        label: what is being done.
    """
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label=label, file=sys.stderr, hidden=hidden) as bar:
        yield bar
