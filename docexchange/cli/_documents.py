"""Find a document in the memory of a node, by the id of its message or by its own.

The store knows messages; which document a message carries stands in its bytes. By message id one
letter is read; by document id every one until all are found, the latest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.errors import DocExchangeError, InvalidIdentifier, UsageError
from docexchange.identifiers import DocumentId, MessageId

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import InboundRecord, OutboundRecord, StatusRecord
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
    from docexchange.node import open_storage, read_config

    with open_storage(read_config(node_folder)) as storage:
        message_ids = _message_ids(storage, name)
        sent = [item for key in message_ids for item in storage.store.outbound_of(key)]
        came = [item for key in message_ids for item in storage.store.inbound_of(key)]
        payloads = [item.payload for item in sent] + [item.payload for item in came]
        document_id = _document_id(storage, payloads[0]) if payloads else name
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


def _message_ids(storage: Storage, name: str) -> list[MessageId]:
    try:
        message_id = MessageId(name)
    except InvalidIdentifier:
        return _carrying(storage, str(DocumentId(name)))
    known = storage.store.outbound_of(message_id) or storage.store.inbound_of(message_id)
    return [message_id] if known else _carrying(storage, name)


def _carrying(storage: Storage, document_id: str) -> list[MessageId]:
    return [
        summary.message_id
        for summary in storage.store.messages()
        if summary.kind == "document" and _carries(storage, summary.message_id, document_id)
    ]


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
