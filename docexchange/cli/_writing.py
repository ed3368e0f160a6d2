"""What commands write: to a file, whole or not at all, or to standard output.

>>> write_out(envelope.chunks(), "copy.edxml", force=False, length=size_of(envelope))
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._output import ReaderGoneError, long_work, write_bytes
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docexchange.envelope import Envelope

__all__ = [
    "Out",
    "check_free",
    "force_option",
    "make_folder",
    "out_option",
    "size_of",
    "write_out",
]

force_option = click.option("--force", is_flag=True, help="Replace files that are there already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """Where the user wants the result."""

    path: str | None
    """The file; ``-`` is standard output; None where nobody said."""
    force: bool
    """Whether a file there may be replaced."""

    def for_input(self, name: str, suffix: str, *, as_json: bool) -> str:
        """Where the result goes: beside the input when nobody said; from a pipe to a pipe.

        Args:
            name: the input.
            suffix: what takes the place of its suffix (``.signed.edxml``).
            as_json: whether an answer in JSON goes to standard output too.

        Raises:
            UsageError: it cannot go there; better told before any work is done.
        """
        path = Path(name)
        beside = "-" if name == "-" else str(path.parent / (path.stem + suffix))
        target = self.path or beside
        if target == "-" and as_json:
            raise UsageError(
                "--json: expected -o with the name of a file, found both on standard output",
                advice="Name a file with -o, or leave --json out.",
            )
        check_free(target, force=self.force)
        return target


def out_option(default: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add ``-o`` and ``--force``, and give the command an ``out`` in their place.

    Args:
        default: where the result goes without ``-o``, in words.
    """
    path = click.option(
        "-o", "--out", help=f"File to write; - is standard output.  [default: {default}]"
    )

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_out(*, out: str | None, force: bool, **options: Any) -> None:
            command(out=Out(path=out, force=force), **options)

        return path(force_option(with_out))

    return decorate


def size_of(envelope: Envelope) -> int:
    """Bytes of the file that an envelope makes."""
    from docexchange.envelope.attachments.attachment import SpanSource
    from docexchange.envelope.attachments.base64_stream import encoded_length

    return len(envelope.skeleton) + sum(
        (
            slot.source.length
            if isinstance(slot.source, SpanSource)
            else encoded_length(slot.source.size)
        )
        - slot.length
        for slot in envelope.slots
    )


def check_free(out: str, *, force: bool, option: str = "-o") -> None:
    """Refuse a place that cannot be written to, before any work is done.

    Args:
        out: a file; ``-`` is standard output.
        force: whether a file there may be replaced.
        option: with which it was named.

    Raises:
        UsageError: there is a folder, or a file that must stay.
    """
    if out == "-" or not os.path.lexists(out) or _is_device(out):
        return
    if Path(out).is_dir():
        raise UsageError(
            f"{out}: expected a file to write, found a folder",
            code="output.not-writable",
            advice=f"Name a file with {option}.",
        )
    if not force:
        raise UsageError(
            f"{out}: expected no such file, found one",
            code="output.exists",
            advice=f"Name another with {option}, or replace it with --force.",
        )


def make_folder(folder: Path, *, option: str) -> None:
    """Make the folder that results go to, where it is absent.

    Args:
        folder: what the user named.
        option: with which it was named.

    Raises:
        UsageError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder}: expected a folder to write to, found: {error.strerror or error}",
            code="output.not-writable",
            advice=f"Name another folder with {option}.",
        ) from error


def write_out(pieces: Iterable[bytes], out: str, *, force: bool, length: int = 0) -> None:
    """Write bytes to a file, whole or not at all, or to standard output.

    Args:
        pieces: the bytes.
        out: the file; ``-`` is standard output.
        force: whether a file there may be replaced.
        length: how many bytes there will be, for the progress bar.

    Raises:
        UsageError: the place cannot be written to.
    """
    from docexchange.envelope.files import write_whole

    check_free(out, force=force)
    pieces = _watched(pieces, length, out)
    if out == "-":
        write_bytes(pieces)
    elif _is_device(out):
        _write_through(pieces, out)
    else:
        with write_whole(os.path.realpath(out) if force else out, replace=force) as stream:
            stream.writelines(pieces)


def _watched(pieces: Iterable[bytes], length: int, label: str) -> Iterator[bytes]:
    with long_work(length, label) as tell:
        for piece in pieces:
            yield piece
            tell(piece)


def _is_device(out: str) -> bool:
    # A pipe or /dev/null is written through; renaming a file over it would take it away.
    path = Path(out)
    return path.exists() and not path.is_file() and not path.is_dir()


def _write_through(pieces: Iterable[bytes], out: str) -> None:
    try:
        with Path(out).open("wb") as stream:
            stream.writelines(pieces)
    except BrokenPipeError as error:
        raise ReaderGoneError from error
    except OSError as error:
        raise UsageError(
            f"{out}: expected to write there, found: {error.strerror or error}",
            code="output.not-writable",
            advice="Write to a file instead.",
        ) from error
