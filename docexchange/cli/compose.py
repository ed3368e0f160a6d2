"""``docexchange compose``: fields from a TOML file and attachments from files become a letter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._letters import about, read_small
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._writing import Out, out_option, size_of, write_out
from docexchange.clock import SystemClock, vietnam_date
from docexchange.errors import InputNotFound, InvalidEnvelope, InvalidField

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.cli._letter_toml import AttachmentEntry
    from docexchange.envelope import Attachment, Envelope

__all__ = ["command"]

_LONGEST_LETTER: Final = 1024 * 1024


def _print_example(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  click's signature
    if wanted and not context.resilient_parsing:
        from docexchange.cli._sample import sample_letter

        answer(sample_letter(vietnam_date(SystemClock().now())).rstrip())
        context.exit()


@click.command("compose")
@click.argument("letter")
@click.option("--attach", "files", multiple=True, help="File to attach; may be repeated.")
@click.option("--zip", "zipped", is_flag=True, help="Send every attachment in a ZIP archive.")
@out_option("LETTER with .edxml instead of .toml")
@json_option
@click.option(
    "--example",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_example,
    help="Print a letter file that composes as it stands, and stop.",
)
def command(*, letter: str, files: tuple[str, ...], zipped: bool, out: Out, as_json: bool) -> None:
    """Put a letter together.

    LETTER is a TOML file; - reads standard input. Its faults are told all at once, each under its
    key. Files in it are looked for beside it, those of --attach from here. The letter is written
    whole or not at all. With --zip, or with zip = true under [[attachments]], a file is sent in an
    archive of its own, as the official Java SDK does; the signature then covers the archive.

    Example: docexchange compose letter.toml --attach report.pdf -o letter.edxml
    """
    target = out.for_input(letter, ".edxml", as_json=as_json)
    data = read_small(letter, _LONGEST_LETTER)
    with about(letter):
        envelope = _compose(data, _beside(letter), files, zipped=zipped)
    write_out(envelope.chunks(), target, force=out.force, length=size_of(envelope))
    if as_json:
        answer_json(_result(target, envelope))
    elif target != "-":
        answer(plain(target))


def _beside(letter: str) -> Path:
    return Path(letter).parent if letter != "-" else Path()


def _compose(data: bytes, folder: Path, files: tuple[str, ...], *, zipped: bool) -> Envelope:
    from docexchange.cli._letter_toml import AttachmentEntry, faults_of, read_letter
    from docexchange.envelope import Envelope

    found = read_letter(data)
    entries = [
        *(replace(entry, file=str(folder / entry.file)) for entry in found.attachments),
        *(AttachmentEntry(place="--attach", file=file) for file in files),
    ]
    today = vietnam_date(SystemClock().now())
    faults = [
        *found.faults,
        *faults_of(found.document, told=found.faults, today=today),
        *_attachment_faults(entries),
    ]
    if faults:
        raise InvalidEnvelope("the letter cannot be composed", faults)
    attachments = tuple(_attach(entry, zipped=zipped or entry.zipped) for entry in entries)
    return Envelope.of(replace(found.document, attachments=attachments))


def _attachment_faults(entries: Sequence[AttachmentEntry]) -> Iterator[InvalidField]:
    """What can be told about files before any of them is read: reading may take a while."""
    from docexchange.envelope.attachments.attachment import name_problem

    for entry in entries:
        path = Path(entry.file)
        if not path.exists():
            raise InputNotFound(f"{entry.place}: {entry.file}: No such file or directory")
        if not path.is_file():
            yield _fault(entry, f"expected a file, found something else: {entry.file}")
        problem = name_problem(entry.name or path.name)
        if problem:
            yield _fault(
                entry,
                f"expected a plain file name, found {entry.name or path.name!r} ({problem})",
            )


def _fault(entry: AttachmentEntry, problem: str) -> InvalidField:
    return InvalidField(
        problem,
        path=entry.place,
        code="M.AttachmentName",
        advice="Attach another file, or give it another name.",
    )


def _attach(entry: AttachmentEntry, *, zipped: bool) -> Attachment:
    from docexchange.envelope import Attachment

    attachment = Attachment.from_path(
        entry.file,
        name=entry.name,
        media_type=entry.media_type,
        description=entry.description,
    )
    return attachment.zipped() if zipped else attachment


def _result(target: str, envelope: Envelope) -> dict[str, Any]:
    from docexchange.envelope.plain import attachment_as_json

    message = envelope.message
    return {
        "file": target,
        "message_id": str(message.message_id),
        "document_id": str(getattr(message, "document_id", "")),
        "size": size_of(envelope),
        "attachments": [attachment_as_json(item) for item in message.attachments],
    }
