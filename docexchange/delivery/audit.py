"""The audit log: a chain in which every entry vouches for all before it.

    entry = follow(head, AuditNote(at=now, who="000.21.31.H53", what="received", about="m-1"))
    judge_chain(entries).fault            # None, or the first entry that is not as it was written

Changing, removing, inserting or exchanging entries breaks the chain at that place. Two things do
not, and need a head noted earlier, elsewhere (`AuditHead`): an end that was cut off, and a log that
was written anew from some entry on. What is put into the log follows from the changes themselves
(`notes_of`), so that nobody can forget it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.delivery.books import EnterInBook, note_of_entry
from docexchange.delivery.changes import (
    AddAudit,
    AddTimeline,
    KeepBytes,
    PutInbound,
    PutOutbound,
    PutReceipt,
    PutStatus,
)
from docexchange.delivery.records import AuditEntry, AuditNote, is_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from docexchange.delivery.changes import Change
    from docexchange.delivery.records import ReceiptRecord
    from docexchange.identifiers import MessageId

__all__ = [
    "BEGINNING",
    "AuditFault",
    "AuditHead",
    "AuditVerdict",
    "follow",
    "head_of",
    "judge_chain",
    "note_of_receipt",
    "notes_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The end of a chain; whoever knows it can tell later whether all up to here is still there."""

    number: int
    """The number of the last entry; 0 when there is none."""
    hash: str
    """Its hash."""


BEGINNING: Final = AuditHead(number=0, hash="0" * 64)
"""The head of an empty log."""
_WRITER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFault:
    """The first place at which a chain is not as it was written."""

    number: int
    """The number of the entry that should stand there."""
    code: str
    """``audit.number``, ``audit.previous``, ``audit.hash`` or ``audit.head``."""
    message: str
    """What was expected and what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What became of reading a chain from its beginning."""

    entries: int
    """How many entries hold."""
    head: AuditHead
    """The last of these."""
    fault: AuditFault | None
    """What is wrong with the next one, if anything."""


def follow(head: AuditHead, note: AuditNote) -> AuditEntry:
    """Put a note behind the end of a chain."""
    number = head.number + 1
    return AuditEntry(
        number=number,
        at=note.at,
        who=note.who,
        what=note.what,
        about=note.about,
        sha256=note.sha256,
        previous=head.hash,
        hash=_hash(number, note, head.hash),
    )


def head_of(entry: AuditEntry) -> AuditHead:
    """The head of the chain that ends with ``entry``."""
    return AuditHead(number=entry.number, hash=entry.hash)


def judge_chain(entries: Iterable[AuditEntry], *, noted: str = "") -> AuditVerdict:
    """Read a chain from its beginning until something is wrong.

    Args:
        entries: by number, from the first on; they are not kept in memory.
        noted: the hash of a head noted earlier; it must be met. Empty when there is none.
    """
    head, met = BEGINNING, noted in {"", BEGINNING.hash}
    for entry in entries:
        fault = _fault(head, entry)
        if fault:
            return AuditVerdict(entries=head.number, head=head, fault=fault)
        head = head_of(entry)
        met = met or entry.hash == noted
    return AuditVerdict(entries=head.number, head=head, fault=None if met else _cut(head, noted))


def _fault(head: AuditHead, entry: AuditEntry) -> AuditFault | None:
    number = head.number + 1
    for code, what, expected, found in (
        ("audit.number", "number", number, entry.number),
        (
            "audit.hash",
            "the hash of what it says,",
            _hash(entry.number, entry, entry.previous),
            entry.hash,
        ),
        ("audit.previous", "the hash of the entry before,", head.hash, entry.previous),
    ):
        if expected != found:
            message = f"audit entry {number}: expected {what} {expected}, found {found}"
            return AuditFault(number=number, code=code, message=message)
    return None


def _cut(head: AuditHead, noted: str) -> AuditFault:
    message = f"audit log: expected the noted head {noted}, found {head.number} entries without it"
    return AuditFault(number=head.number + 1, code="audit.head", message=message)


def _hash(number: int, said: AuditNote | AuditEntry, previous: str) -> str:
    """The digest of a JSON list, whose text says where each value ends."""
    at = said.at.isoformat(timespec="microseconds")
    values = [number, at, said.who, said.what, said.about, said.sha256, previous]
    return sha256(_WRITER.encode(values).encode()).hexdigest()


def notes_of(changes: Sequence[Change], *, who: str) -> Iterator[AuditNote]:
    """What the audit log says about ``changes``: every change is told of.

    A record or status is told of by the timeline entry that is written with it; where there is
    none, it gets a note of its own.

    Args:
        changes: written together.
        who: the agency whose store it is.
    """
    told = {change.entry.message_id for change in changes if isinstance(change, AddTimeline)}
    times = [change.entry.at for change in changes if isinstance(change, AddTimeline)]
    for change in changes:
        match change:
            case AddTimeline(entry=entry):
                detail = dict(entry.detail)
                about = _about(entry.message_id, detail.get("recipient", ""))
                digest = detail.get("sha256", "")
                digest = digest if is_digest(digest) else ""
                yield AuditNote(at=entry.at, who=who, what=entry.event, about=about, sha256=digest)
            case PutReceipt(record=receipt):
                yield note_of_receipt(receipt)
            case AddAudit(note=note):
                yield note
            case KeepBytes():
                pass  # the record that refers to them is told of
            case EnterInBook(row=row):
                if row.message_id not in told:
                    yield note_of_entry(row, who)
            case _ if change.record.message_id not in told:
                yield _note_of_record(change, who, times)


def note_of_receipt(receipt: ReceiptRecord) -> AuditNote:
    """What the audit log says about a receipt; its digest is that of the receipt itself."""
    kind = "receipt" if receipt.accepted else "refusal"
    return AuditNote(
        at=receipt.at,
        who=str(receipt.issuer),
        what=f"{kind}.given" if receipt.given else f"{kind}.obtained",
        about=_about(receipt.message_id, str(receipt.recipient)),
        sha256=sha256(receipt.xml).hexdigest(),
    )


def _note_of_record(
    change: PutOutbound | PutInbound | PutStatus, who: str, times: Sequence[datetime]
) -> AuditNote:
    match change:
        case PutOutbound(record=sent):
            at, what, digest = sent.created_at, f"outbound.is-{sent.state}", sent.payload
            recipient = sent.recipient
        case PutInbound(record=came):
            at, what, digest = came.received_at, f"inbound.is-{came.state}", came.payload
            recipient = came.recipient
        case PutStatus(record=status):
            at, what, digest = status.at, f"status.is-{status.code}", ""
            recipient = status.about_recipient
    about = _about(change.record.message_id, str(recipient))
    return AuditNote(at=max([at, *times]), who=who, what=what, about=about, sha256=digest)


def _about(message_id: MessageId, recipient: str) -> str:
    return f"{message_id} {recipient}".strip()
