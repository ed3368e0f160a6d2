"""``docexchange inspect``: a letter as a clerk would want to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from docexchange.cli._letters import opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import language, moment_words, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from docexchange.cli._signatures import FoundSignature
    from docexchange.envelope import (
        Business,
        Document,
        Envelope,
        Organization,
        ResponseFor,
        Status,
    )

__all__ = ["command"]

_KINDS: Final = {0: "new document", 1: "recall", 2: "update", 3: "replacement"}
_CHANGES: Final = {0: "Receiver removed", 1: "Receiver added", None: "Receiver changed"}


@click.command("inspect")
@click.argument("file")
@json_option
def command(*, file: str, as_json: bool) -> None:
    """Show a letter.

    FILE is an edXML envelope; - reads standard input. Nothing is verified: this shows what the
    letter says, and anybody can write a letter.

    Example: docexchange inspect letter.edxml
    """
    with opened(file) as envelope:
        if as_json:
            from docexchange.cli._describe import describe

            answer_json(describe(file, envelope))
        else:
            _print(envelope)


def _print(envelope: Envelope) -> None:
    from docexchange.envelope import Document

    message = envelope.message
    lines = _document(message) if isinstance(message, Document) else _status(message)
    for label, value in lines:
        if value:
            answer(f"{say(label)}: {plain(value)}")
    _print_attachments(envelope)
    _print_signatures(envelope)
    _print_traces(envelope)
    if envelope.findings:
        answer(f"{say('Findings')}: {len(envelope.findings)} ({say('see `docexchange validate`')})")


def _document(document: Document) -> Iterator[tuple[str, object]]:
    info, signer = document.other_info, document.signer
    yield "Type", document.document_type.name
    yield "Number", document.code
    yield "Date", _joined(document.promulgation.place, _day(document.promulgation.on))
    yield "Subject", document.subject
    yield "Content", document.content
    yield "From", _party(document.sender)
    for party in document.recipients:
        yield "To", _party(party)
    yield "Signed by", _joined(signer.competence, signer.position, signer.full_name)
    yield "Due", _day(document.due_date)
    if info.priority:
        yield "Priority", info.priority.vietnamese if _vietnamese() else info.priority.english
    yield "Sphere", info.sphere
    yield "Copies", info.copies
    yield "Pages", info.pages
    yield "Appendixes", "; ".join(info.appendixes)
    for answered in document.response_for:
        yield "About" if document.acted_on else "Answers", _reference(answered)
    yield "Places", "; ".join(document.to_places)
    if document.business is not None:
        yield from _business(document.business)
        if not document.business.replacements:
            yield "Earlier document", _joined(*map(str, document.acted_on))
    yield "Document", document.document_id
    yield "Message", document.message_id


def _business(business: Business) -> Iterator[tuple[str, object]]:
    kind = _KINDS.get(business.kind) if business.kind is not None else None
    yield "Purpose", _joined(say(kind or "unknown"), business.reason)
    yield "Paper", say("yes") if business.paper else say("no")
    info = business.document_info
    if info is not None:
        yield "Document changed", say("yes") if info.document_info else say("no")
        for receiver in info.receivers:
            yield _CHANGES[receiver.type], receiver.organ_id
    for replaced in business.replacements:
        holders = _joined(*map(str, replaced.organ_ids))
        yield "Replaces", f"{replaced.document_id or say('unknown')} ({holders})"
    for staff in business.staff:
        yield "Handled by", _joined(staff.staff, staff.department, staff.email, staff.mobile)


def _status(status: Status) -> Iterator[tuple[str, object]]:
    code = status.code
    words = (code.vietnamese if _vietnamese() else code.english) if code else say("unknown")
    yield "Status", f"{code or ''} {words}".strip()
    yield "From", _party(status.sender)
    yield "About", _reference(status.response_for)
    yield "Reported at", moment_words(status.at) if status.at else ""
    yield "Description", status.description
    if status.staff is not None:
        staff = status.staff
        yield "Handled by", _joined(staff.staff, staff.department, staff.email, staff.mobile)
    yield "Message", status.message_id


def _print_attachments(envelope: Envelope) -> None:
    from docexchange.cli._describe import size_words

    attachments = envelope.message.attachments
    answer(f"{say('Attachments')}: {len(attachments) or say('none')}")
    for number, item in enumerate(attachments, start=1):
        details = _joined(size_words(item.size), item.media_type, item.description)
        answer(f"    {number}. {plain(item.name) or say('without a name')} ({plain(details)})")
    if envelope.unlisted:
        answer(f"    {say('not in the manifest, do not use')}: {envelope.unlisted}")


def _print_signatures(envelope: Envelope) -> None:
    from docexchange.cli._signatures import signatures_in

    found = signatures_in(envelope)
    if not found:
        answer(f"{say('Signatures')}: {say('none')}")
        return
    answer(f"{say('Signatures')}: {len(found)}, {say('not verified; use `docexchange verify`')}")
    for number, item in enumerate(found, start=1):
        answer(f"    {number}. {_signature(item)}")


def _signature(item: FoundSignature) -> str:
    if not item.real:
        return say("a placeholder that proves nothing")
    names = _joined(*dict.fromkeys((item.name, item.organization))) or say("unknown")
    return plain(_joined(f"{say('claims to be by')} {names}", item.role, item.time))


def _print_traces(envelope: Envelope) -> None:
    for trace in envelope.traces:
        at = moment_words(trace.at) if trace.at else say("unknown")
        who = plain(trace.organ_id or say("unknown"))
        answer(f"{say('Passed')}: {who}, {at}")
    if envelope.traces:
        answer(f"    ({say('not signed, anybody may have added them')})")


def _party(party: Organization) -> str:
    details = _joined(str(party.organ_id), party.address, party.email, party.telephone)
    return f"{party.name} ({details})".strip()


def _reference(item: ResponseFor) -> str:
    return _joined(item.code, _day(item.promulgated), str(item.organ_id or ""))


def _day(day: date | None) -> str:
    # Day first, as Vietnam writes dates (Decree 30/2020/NĐ-CP, appendix I).
    return f"{day:%d/%m/%Y}" if day else ""


def _joined(*parts: str) -> str:
    return ", ".join(part for part in _flat(parts) if part)


def _flat(parts: Iterable[str]) -> Iterator[str]:
    return (part.strip() for part in parts)


def _vietnamese() -> bool:
    return language() == "vi"
