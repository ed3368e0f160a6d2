"""The only module that prints: answers to standard output, everything else to standard error."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import traceback
import unicodedata
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._late_bar import LateBar
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docexchange.cli._late_bar import Bar

__all__ = [
    "ReaderGoneError",
    "answer",
    "answer_json",
    "answer_json_list",
    "complain",
    "long_work",
    "note",
    "plain",
    "progress",
    "put_up_with_terminals",
    "show_bars_after",
    "show_traceback",
    "silence_stdout",
    "stdout_is_terminal",
    "styled",
    "write_bytes",
]

_PATIENCE: Final = ContextVar("patience", default=timedelta(seconds=0.5))
"""How long work lasts before a person wants to see it move."""
_LONGEST: Final = 1200
"""Characters of a complaint, without advice and details."""
_UNSEEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_SEEN: Final = r" -~\u00c0-\u024f\u1ea0-\u1ef9"
"""ASCII and letters, those of Vietnamese among them, that need not be looked at one by one."""
_ELSE: Final = re.compile(f"[^{_SEEN}]")
_ELSE_IN_JSON: Final = re.compile(f"[^\n{_SEEN}]")


_SHOWN: list[Bar] = []
"""Bars on the terminal, whose line a note takes."""
_CLEAR: Final = "\r\x1b[K"


class ReaderGoneError(Exception):
    """Whoever read our output has gone; click makes an exit code 1 of a ``BrokenPipeError``."""


class _Silent:
    """A bar that nobody watches."""

    def update(self, n_steps: int, /) -> None:
        pass


def plain(text: object) -> str:
    """Text on one line, safe on a terminal: no control, direction or other invisible characters.

    What a letter says is the sender's; it must not be able to move the cursor, to add a line to our
    answer, or to make ``fdp.exe`` look like ``exe.pdf``.
    """
    return _ELSE.sub(lambda found: " " if found[0] in "\n\r\t" else _visible(found), str(text))


def _visible(found: re.Match[str]) -> str:
    if unicodedata.category(found[0]) in _UNSEEN:
        return json.dumps(found[0])[1:-1]
    return found[0]


def answer(line: str = "") -> None:
    """Print a line of the answer.

    Raises:
        UsageError: standard output takes no more.
    """
    with _stdout():
        click.echo(line)


def answer_json(value: Any) -> None:
    """Print the answer as JSON; invisible characters are escaped.

    Raises:
        UsageError: standard output takes no more.
    """
    answer(_json_text(value))


def answer_json_list(values: Iterable[Any]) -> None:
    """Print the answer as a JSON list, each item as soon as it is there.

    Raises:
        UsageError: standard output takes no more.
    """
    pending = ""
    answer("[")
    for value in values:
        if pending:
            answer(f"{pending},")
        pending = "  " + _json_text(value).replace("\n", "\n  ")
    if pending:
        answer(pending)
    answer("]")


def _json_text(value: Any) -> str:
    return _ELSE_IN_JSON.sub(_visible, json.dumps(value, ensure_ascii=False, indent=2))


def write_bytes(pieces: Iterable[bytes]) -> None:
    """Write binary data to standard output.

    Raises:
        UsageError: standard output is closed, or takes no more.
    """
    with _stdout():
        stream = sys.stdout.buffer if sys.stdout is not None else None
    if stream is None:
        raise _no_output("it closed")
    for piece in pieces:
        with _stdout():
            stream.write(piece)
    with _stdout():
        stream.flush()


@contextmanager
def _stdout() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    except OSError as error:
        raise _no_output(error.strerror or str(error)) from error


def _no_output(found: str) -> UsageError:
    return UsageError(
        f"standard output: expected to write the answer there, found: {found}",
        code="output.not-writable",
        advice="Check the free space, or write somewhere else.",
    )


def put_up_with_terminals() -> None:
    """Let characters that a terminal does not know come out as escapes instead of errors."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence_stdout() -> None:
    """Drop what still waits for standard output, so that nothing fails when the process ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(line: str) -> None:
    """Print something that is not the answer."""
    with suppress(OSError):  # there is nowhere left to say it
        click.echo(f"{_CLEAR}{line}" if _SHOWN else line, err=True)


def complain(
    message: str, *, advice: str = "", code: str = "", details: Sequence[str] = ()
) -> None:
    """Print what went wrong, on one line.

    Args:
        message: what was expected and what was found.
        advice: what to do.
        code: the stable code.
        details: when there are several faults, one line for each.
    """
    text = " ".join(plain(message).split())
    if len(text) > _LONGEST:  # somebody named a thing by a text without end
        text = f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]}"
    if advice:
        end = "" if text.endswith("?") else "."
        text = f"{text.rstrip('.')}{end} {plain(advice)}"
    mark = f" [{code}]" if code else ""
    note(f"docexchange: {text}{mark}")
    for detail in details:
        note(f"    {plain(detail)}")


def show_traceback() -> None:
    """Print the traceback of the error in hand."""
    note(traceback.format_exc().rstrip())


def styled(text: str, colour: str) -> str:
    """Text in a colour, on a terminal whose owner has not asked for none."""
    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    wanted = _is_terminal(sys.stdout) and not refused
    return click.style(text, fg=colour, bold=True) if wanted else text


def stdout_is_terminal() -> bool:
    """Whether a person sees the answer come, line by line."""
    return _is_terminal(sys.stdout)


def show_bars_after(patience: timedelta) -> None:
    """Choose how long work lasts before a progress bar appears."""
    _PATIENCE.set(patience)


@contextmanager
def progress(length: int, label: str, *, watched: bool = True) -> Iterator[Bar]:
    """A progress bar on standard error while a person watches long work; silent otherwise.

    Args:
        length: how much there is to do.
        label: what is being done.
        watched: whether a person sees nothing else move.
    """
    if not (watched and _is_terminal(sys.stderr)):
        yield _Silent()
        return
    with ExitStack() as shown:
        yield LateBar(
            lambda: shown.enter_context(_bar(length, label)),
            length=length,
            clock=SystemClock(),
            patience=_PATIENCE.get(),
        )


@contextmanager
def _bar(length: int, label: str) -> Iterator[Bar]:
    with click.progressbar(length=length, label=plain(label), file=sys.stderr) as bar:
        _SHOWN.append(bar)
        try:
            yield bar
        finally:
            _SHOWN.remove(bar)


@contextmanager
def long_work(size: int, label: str) -> Iterator[Callable[[bytes], object]]:
    """A progress bar over so many bytes.

    Args:
        size: how many bytes there are to do.
        label: what is being done.

    Returns:
        What to call with each piece that is done.
    """
    with progress(size, label) as bar:
        yield lambda piece: bar.update(len(piece))


def _is_terminal(stream: Any) -> bool:
    return stream is not None and bool(stream.isatty())
