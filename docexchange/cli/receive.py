"""``docexchange receive``: which letters came in, and take copies of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exchange_words import moment, phrase, state_words
from docexchange.cli._exit import ExitCode, code_of_error, end, error_json, tell, worst
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, note, plain
from docexchange.cli._storage import memory_of
from docexchange.errors import DocExchangeError, MalformedEnvelope

if TYPE_CHECKING:
    from docexchange.delivery import InboundRecord
    from docexchange.envelope import Document
    from docexchange.node import InboxFolder, Storage

__all__ = ["command"]


@click.command("receive")
@node_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder to copy the letters to; those that are there already stay as they are.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the latest so many.")
@json_option
def command(*, node_folder: Path, out: Path | None, limit: int | None, as_json: bool) -> None:
    """List the letters that a node accepted for its agency, the latest first.

    Nothing is fetched: `docexchange node run` does that, and puts each letter into the node's inbox
    folder. This looks into its memory, also while it is at work. Every letter is compared with what
    was verified when it came in before it is shown or copied.

    Example: docexchange receive --node central --out letters
    """
    from docexchange.node import InboxFolder

    with memory_of(node_folder) as storage:
        inbox = InboxFolder(out) if out is not None else None
        found = [_look(storage, record, inbox) for record in _accepted(storage)[:limit]]
    if as_json:
        answer_json([item.as_json() for item in found])
    else:
        _print(found)
    end(worst(item.code for item in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """One letter that was accepted."""

    record: InboundRecord
    document: Document
    copy: Path | None
    code = ExitCode.POSITIVE

    def as_json(self) -> dict[str, Any]:
        record, document = self.record, self.document
        sender = {"organ_id": str(document.sender.organ_id), "name": document.sender.name}
        return {
            "message_id": str(record.message_id),
            "document_id": str(document.document_id or ""),
            "from": sender,
            "number": str(document.code),
            "subject": document.subject,
            "received_at": record.received_at.isoformat(),
            "verdict": record.verdict,
            "state": str(record.state),
            "size": record.size,
            "sha256": record.payload,
            "copy": str(self.copy) if self.copy else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Damaged:
    """One that was accepted and cannot be shown or copied now; the others still are."""

    record: InboundRecord
    error: DocExchangeError

    @property
    def code(self) -> ExitCode:
        return code_of_error(self.error)

    def as_json(self) -> dict[str, Any]:
        return {"message_id": str(self.record.message_id), "error": error_json(self.error)}


def _accepted(storage: Storage) -> list[InboundRecord]:
    from docexchange.delivery import InboundState

    records = [
        record
        for state in (InboundState.VERIFIED, InboundState.HANDED_OVER)
        for record in storage.store.inbound_in_state(state)
        if record.kind == "document"
    ]
    return sorted(records, key=lambda record: record.received_at, reverse=True)


def _look(storage: Storage, record: InboundRecord, inbox: InboxFolder | None) -> _Letter | _Damaged:
    path = storage.payloads.path(record.payload)
    try:
        document = _read(storage, record, path)
        copy = inbox.keep(record.message_id, path) if inbox else None
    except DocExchangeError as error:
        error.add_note(str(record.message_id))
        tell(error)
        return _Damaged(record=record, error=error)
    return _Letter(record=record, document=document, copy=copy)


def _read(storage: Storage, record: InboundRecord, path: Path) -> Document:
    from docexchange.envelope import Document, Envelope

    storage.payloads.verify(record.payload)
    message = Envelope.read(path).message
    if not isinstance(message, Document):
        raise MalformedEnvelope(
            f"{path}: expected a document, found a status", code="envelope.kind"
        )
    return message


def _print(found: list[_Letter | _Damaged]) -> None:
    if not found:
        note(phrase("no letters came in"))
    for item in found:
        if isinstance(item, _Letter):
            _print_letter(item)


def _print_letter(letter: _Letter) -> None:
    record, document = letter.record, letter.document
    words = [
        str(record.message_id),
        plain(document.code),
        f"{plain(document.sender.name)} ({document.sender.organ_id})",
        plain(document.subject),
        moment(record.received_at),
        plain(record.verdict),
        state_words(record.state),
    ]
    answer(" · ".join(words))
    if letter.copy:
        answer(f"    {plain(letter.copy)}")
