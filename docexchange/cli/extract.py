"""``docexchange extract``: the attachments of a letter, as files."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._extraction import files_for
from docexchange.cli._letters import about, opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, complain, long_work, plain
from docexchange.cli._trust import trust_options
from docexchange.cli._unzipping import unzipped
from docexchange.cli._words import advice_on, say
from docexchange.cli._writing import force_option
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.cli._trust import Judge
    from docexchange.envelope import Attachment, Envelope

__all__ = ["command"]


@click.command("extract")
@click.argument("file")
@click.option(
    "-d",
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default="the current folder",
    help="Folder to write to; made when absent.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this attachment; may repeat.")
@click.option(
    "--keep-zipped",
    is_flag=True,
    help="Write zipped files as the archives that are carried and that signatures cover.",
)
@force_option
@trust_options(required=False)
@json_option
def command(
    *,
    file: str,
    folder: Path,
    only: tuple[str, ...],
    keep_zipped: bool,
    force: bool,
    judge: Judge | None,
    as_json: bool,
) -> None:
    """Take the attachments out of a letter.

    FILE is an edXML envelope; - reads standard input. With --trust the letter is verified first,
    and nothing is written unless it passes; without, nobody vouches for what comes out. Each file
    is written whole or not at all, and only into the folder. Two attachments of one name get
    numbers.

    Some systems put each file into a ZIP archive and send it under the name of the file; such files
    are unzipped, unless --keep-zipped is given. Archives that are called archives stay as they are,
    and so do those with more than one file in them.

    Example: docexchange extract letter.edxml -d incoming --trust root.pem
    """
    with opened(file) as envelope:
        with about(file):
            attachments = _attachments(envelope, judge)
            carried = files_for(attachments, only)
            targets = carried if keep_zipped else unzipped(carried)
        with _folder(folder, list(targets), force=force):
            for name, attachment in targets.items():
                _write(attachment, folder / name, force=force)
                if not as_json:
                    answer(plain(folder / name))
    if as_json:
        answer_json(_result(file, folder, targets, carried, verified=judge is not None))


def _attachments(envelope: Envelope, judge: Judge | None) -> Sequence[Attachment]:
    if judge is not None:
        return judge.verify(envelope).attachments
    complain(
        say("not verified"),
        advice=advice_on("extract.not-verified", "Use --trust to verify before extracting."),
        code="extract.not-verified",
    )
    return envelope.message.attachments


@contextmanager
def _folder(folder: Path, names: Sequence[str], *, force: bool) -> Iterator[None]:
    """Make the folder when it is absent, and take it away again when nothing comes into it."""
    made = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder}: expected a folder to write to, found: {error.strerror or error}",
            code="output.not-writable",
            advice="Name another folder with -d.",
        ) from error
    try:
        _check_free(folder, names, force=force)
        yield
    finally:
        if made:
            with suppress(OSError):  # there is something in it, as there should be
                folder.rmdir()


def _check_free(folder: Path, names: Sequence[str], *, force: bool) -> None:
    taken = [] if force else [name for name in names if os.path.lexists(folder / name)]
    if taken:
        raise UsageError(
            f"{folder}: expected no such files, found: {', '.join(taken)}",
            code="output.exists",
            advice="Name another folder with -d, or replace them with --force.",
        )


def _write(attachment: Attachment, path: Path, *, force: bool) -> None:
    from docexchange.envelope.files import write_whole

    with (
        long_work(attachment.size, path.name) as tell,
        write_whole(path, replace=force) as stream,
    ):
        for piece in attachment.chunks():
            stream.write(piece)
            tell(piece)


def _result(
    file: str,
    folder: Path,
    targets: dict[str, Attachment],
    carried: dict[str, Attachment],
    *,
    verified: bool,
) -> dict[str, Any]:
    return {
        "file": file,
        "verified": verified,
        "attachments": [
            {
                "path": str(folder / name),
                "name": item.name,
                "media_type": item.media_type,
                "size": item.size,
                "sha256": item.sha256.hex(),
                "carried_sha256": carried[name].sha256.hex(),
            }
            for name, item in targets.items()
        ],
    }
