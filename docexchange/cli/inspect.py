"""``docexchange inspect``: a letter as a clerk would want to read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from docexchange.cli._letters import opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import moment_words, say
from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from docexchange.envelope import Attachment, Envelope

__all__ = ["command"]


@click.command("inspect")
@click.argument("file")
@json_option
def command(*, file: str, as_json: bool) -> None:
    """Show a letter.

    FILE is an edXML envelope; - reads standard input. First what stands on the paper letter, then
    what the letter does (recall, update, replacement) and to which documents, the files with it,
    signatures, and the way it came. Nothing is verified: this shows what the letter says, and
    anybody can write a letter.

    Example: docexchange inspect letter.edxml
    """
    with opened(file) as envelope:
        if as_json:
            from docexchange.cli._describe import describe

            answer_json(describe(file, envelope))
        else:
            _print(envelope)


def _print(envelope: Envelope) -> None:
    from docexchange.cli._letter_lines import document_lines, status_lines
    from docexchange.envelope import Document

    message = envelope.message
    lines = document_lines(message) if isinstance(message, Document) else status_lines(message)
    for label, value in lines:
        if value:
            answer(f"{say(label)}: {plain(value)}")
    _print_attachments(envelope)
    _print_signatures(envelope)
    _print_traces(envelope)
    if envelope.findings:
        answer(f"{say('Findings')}: {len(envelope.findings)} ({say('see `docexchange validate`')})")


def _print_attachments(envelope: Envelope) -> None:
    from docexchange.cli._describe import size_words

    attachments = envelope.message.attachments
    answer(f"{say('Attachments')}: {len(attachments) or say('none')}")
    insides = _Insides()
    for number, item in enumerate(attachments, start=1):
        told = (size_words(item.size), item.media_type, item.description, insides.words(item))
        details = ", ".join(filter(None, map(str.strip, told)))
        answer(f"    {number}. {plain(item.name) or say('without a name')} ({plain(details)})")
    if envelope.unlisted:
        answer(f"    {say('not in the manifest, do not use')}: {envelope.unlisted}")


class _Insides:
    """Looks into zipped files: into all of one letter together not further than into one."""

    def __init__(self) -> None:
        self._limits = Limits()

    def words(self, attachment: Attachment) -> str:
        """What a zipped file is without its archive; empty for all others."""
        from docexchange.cli._describe import size_words

        if not (attachment.is_zipped or attachment.name.lower().endswith(".zip")):
            return ""
        try:
            file = attachment.inflated(self._limits)
        except LimitExceeded:
            return say("zip: not opened, it holds too much")
        except MalformedEnvelope:
            return ""
        left = self._limits.inflated_bytes - file.size
        self._limits = replace(self._limits, inflated_bytes=left)
        return f"{say('zip: inside is')} {file.name}, {size_words(file.size)}"


def _print_signatures(envelope: Envelope) -> None:
    from docexchange.cli._signatures import signature_words, signatures_in

    found = signatures_in(envelope)
    if not found:
        answer(f"{say('Signatures')}: {say('none')}")
        return
    answer(f"{say('Signatures')}: {len(found)}, {say('not verified; use `docexchange verify`')}")
    for number, item in enumerate(found, start=1):
        answer(f"    {number}. {signature_words(item)}")


def _print_traces(envelope: Envelope) -> None:
    for trace in envelope.traces:
        at = moment_words(trace.at) if trace.at else say("unknown")
        who = plain(trace.organ_id or say("unknown"))
        answer(f"{say('Passed')}: {who}, {at}")
    if envelope.traces:
        answer(f"    ({say('not signed, anybody may have added them')})")
