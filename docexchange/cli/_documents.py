"""Find a document in the memory of a node, by the id of its message or by its own.

The books know which document a message carries (``Store.concerning``); of letters that were merely
passed on, or refused, only their bytes do. By message id one letter is read; by document id those
that no book has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.cli._storage import memory_of
from docexchange.errors import DocExchangeError, InvalidIdentifier, UsageError
from docexchange.identifiers import DocumentId, MessageId

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import InboundRecord, MessageSummary, OutboundRecord, StatusRecord
    from docexchange.node import Storage

__all__ = ["Found", "find"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a node remembers of a document."""

    name: str
    """What it was looked up by."""
    document_id: str
    """Its id; empty where the letter has none."""
    sent: tuple[OutboundRecord, ...]
    """On its way to each recipient."""
    came: tuple[InboundRecord, ...]
    """As it came in for each recipient."""
    statuses: tuple[StatusRecord, ...]
    """What was reported about it, oldest first."""

    @property
    def only_arrival(self) -> MessageId:
        """The message that brought it here, for this agency.

        Raises:
            UsageError: none did, or several.
        """
        accepted = {"verified", "handed_over"}
        ids = sorted({item.message_id for item in self.came if item.state in accepted})
        if len(ids) != 1:
            raise UsageError(
                f"expected one message that brought {self.name} here, found "
                f"{', '.join(map(str, ids)) or 'none'}",
                code="status.which-message" if ids else "status.unknown-document",
                advice="Give the message id of the letter; `docexchange receive` lists them.",
            )
        return ids[0]

    @property
    def only_departure(self) -> MessageId:
        """The message that it was sent with from here.

        Raises:
            UsageError: none was, or several.
        """
        ids = sorted({item.message_id for item in self.sent if item.submit_key})
        if len(ids) != 1:
            raise UsageError(
                f"expected one message that {self.name} was sent with from here, found "
                f"{', '.join(map(str, ids)) or 'none'}",
                code="status.which-message" if ids else "status.unknown-document",
                advice="Give the message id of the letter.",
            )
        return ids[0]


def find(name: str, node_folder: Path) -> Found:
    """Find a document.

    Args:
        name: a message id or document id.
        node_folder: of the node that remembers it.

    Raises:
        UsageError: it can be neither, or the node does not know it.
        StoreFailure: its memory cannot be read.
    """
    with memory_of(node_folder) as storage:
        known = _known_message(storage, name)
        message_ids = [known] if known else _carrying(storage, name)
        sent = [item for key in message_ids for item in storage.store.outbound_of(key)]
        came = [item for key in message_ids for item in storage.store.inbound_of(key)]
        payloads = [item.payload for item in sent] + [item.payload for item in came]
        document_id = _document_id(storage, payloads[0]) if known else name
        statuses = storage.store.statuses(document_id) if document_id else []
    if not (payloads or statuses):
        raise UsageError(
            f"expected the id of a message or document that {node_folder} knows, found {name!r}",
            code="status.unknown-document",
            advice="Check the id; `docexchange receive` lists the letters that came in.",
        )
    return Found(
        name=name,
        document_id=document_id,
        sent=tuple(sent),
        came=tuple(came),
        statuses=tuple(statuses),
    )


def _known_message(storage: Storage, name: str) -> MessageId | None:
    """The message of that id; None where it can only be that of a document."""
    try:
        message_id = MessageId(name)
    except InvalidIdentifier:
        DocumentId(name)
        return None
    known = storage.store.outbound_of(message_id) or storage.store.inbound_of(message_id)
    return message_id if known else None


def _carrying(storage: Storage, document_id: str) -> list[MessageId]:
    """The messages that carry a document, the latest first."""
    rows = storage.store.concerning(document_id)
    entered = {row.message_id for row in rows if row.document_id == document_id}
    letters = [item for item in storage.store.messages() if item.kind == "document"]
    found = [
        letter.message_id
        for letter in letters
        if letter.message_id in entered
        or (_is_in_no_book(letter) and _carries(storage, letter.message_id, document_id))
    ]
    # What was sent or handed over before there were books is in none of them.
    return found or [
        letter.message_id
        for letter in letters
        if not _is_in_no_book(letter) and _carries(storage, letter.message_id, document_id)
    ]


def _is_in_no_book(letter: MessageSummary) -> bool:
    """Whether a letter was neither sent from here nor handed over, so that nobody entered it."""
    states = {state for _, state in letter.inbound}
    return bool(states) and "handed_over" not in states


def _carries(storage: Storage, message_id: MessageId, document_id: str) -> bool:
    store = storage.store
    payloads = [item.payload for item in store.outbound_of(message_id)]
    payloads += [item.payload for item in store.inbound_of(message_id)]
    try:
        return _document_id(storage, payloads[0]) == document_id
    except DocExchangeError:
        return False  # what is damaged here says nothing about the others


def _document_id(storage: Storage, payload: str) -> str:
    from docexchange.envelope import Document, Envelope

    message = Envelope.read(storage.payloads.path(payload)).message
    if isinstance(message, Document):
        return str(message.document_id or "")
    return str(message.response_for.document_id or "")
