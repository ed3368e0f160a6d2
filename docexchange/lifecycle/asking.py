"""What is known of a document and of what its sender asked for later: facts, in no order.

    Question(kind=Asked.RECALL, about="000.21.31.H53,2026/02/01,9/UBND-VX", ...)
    Word(code=StatusCode.CHANGE_ACCEPTED, about="000.21.31.H53,2026/02/03,11/UBND-VX", ...)

Each fact comes from one signed message and says nothing that is not in it, so that sender and
receivers who have the same messages have the same facts. `docexchange.lifecycle.folding` folds
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from docexchange.envelope.codes import BusinessKind, ReceiverType
from docexchange.envelope.model import BusinessDocumentInfo
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.envelope.codes import StatusCode
    from docexchange.envelope.model import Business, Document
    from docexchange.identifiers import DocumentId, MessageId, OrganId

__all__ = ["Asked", "Evidence", "Held", "Question", "Word", "asked_by"]


class Asked(StrEnum):
    """What the sender of a document wants of a receiver."""

    RECALL = "recall"
    """To give it back: by a letter, by status 13, or by an update that takes the receiver out."""
    UPDATE = "update"
    """To change it."""
    RECEIVERS = "receivers"
    """To know that others receive it, or no longer; the document itself stays as it is."""
    REPLACEMENT = "replacement"
    """To put another document in its place."""
    ADDITION = "addition"
    """To take it as one more receiver, with the update that says so; it needs no answer."""

    @property
    def brings_version(self) -> bool:
        """Whether what stands in the letter that asks takes the place of the document."""
        return self not in {Asked.RECALL, Asked.RECEIVERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document was sent: who sent it to whom."""

    message_id: MessageId
    """The message that carries it."""
    document_id: str
    """Its id."""
    sender: OrganId
    """Whose document it is."""
    receivers: frozenset[OrganId]
    """Whom it was sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one message asks of one receiver about one document.

    Raises:
        UsageError: ``at`` has no timezone.
    """

    message_id: MessageId
    """The message that asks."""
    kind: Asked
    """What for."""
    about: str
    """The id of the document that is asked about."""
    sender: OrganId
    """Who asks."""
    receiver: OrganId
    """Who is asked."""
    at: datetime
    """When, as the message itself states: its signature, or the time in a status 13."""
    document_id: str = ""
    """The id of the letter that asks; empty for a status, and where it bears that of ``about``."""
    reason: str = ""
    """Why."""

    def __post_init__(self) -> None:
        _need_zone(self.at, str(self.message_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A status 02, 15 or 16 of a receiver.

    Raises:
        UsageError: ``at`` has no timezone.
    """

    message_id: MessageId
    """The message that carries it."""
    code: StatusCode
    """The status."""
    about: str
    """The id of the document that it names: the letter that asked, or the one asked about."""
    receiver: OrganId
    """Who says so."""
    to: OrganId
    """To whom: the sender of the document."""
    at: datetime
    """When, as the status states."""
    reason: str = ""
    """Why."""

    def __post_init__(self) -> None:
        _need_zone(self.at, str(self.message_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a party has; the same fact twice is one fact."""

    held: frozenset[Held] = frozenset()
    """Documents."""
    questions: frozenset[Question] = frozenset()
    """What was asked."""
    words: frozenset[Word] = frozenset()
    """What was answered."""

    def __or__(self, other: Evidence) -> Evidence:
        """What two have together."""
        return Evidence(
            held=self.held | other.held,
            questions=self.questions | other.questions,
            words=self.words | other.words,
        )


def asked_by(document: Document) -> tuple[tuple[str, Asked, OrganId], ...]:
    """What a letter asks: about which document, what, of whom; nothing where it is an ordinary one.

    Args:
        document: the letter.
    """
    return tuple(
        (str(about), kind, receiver)
        for about in document.acted_on
        for receiver in document.destinations
        if (kind := _kind(document, about, receiver)) is not None
    )


def _kind(document: Document, about: DocumentId, receiver: OrganId) -> Asked | None:
    business = document.business
    match business.kind if business else None:
        case BusinessKind.RECALL:
            return Asked.RECALL
        case BusinessKind.UPDATE if business:
            return _update(business.document_info or BusinessDocumentInfo(), receiver)
        case BusinessKind.REPLACE if business:
            return _replacement(business, about, receiver)
        case _:
            return None


def _update(info: BusinessDocumentInfo, receiver: OrganId) -> Asked:
    for change in info.receivers:
        if change.organ_id and change.organ_id.as_decision_20 == receiver.as_decision_20:
            return Asked.RECALL if change.type is ReceiverType.REMOVED else Asked.ADDITION
    return Asked.RECEIVERS if info.receivers and not info.document_info else Asked.UPDATE


def _replacement(business: Business, about: DocumentId, receiver: OrganId) -> Asked | None:
    """A replacement may name who holds the document; for all others it is a new one."""
    holders = [
        code
        for item in business.replacements
        if item.document_id == about
        for code in item.organ_ids
    ]
    codes = {code.as_decision_20 for code in holders}
    return Asked.REPLACEMENT if not codes or receiver.as_decision_20 in codes else None


def _need_zone(at: datetime, where: str) -> None:
    if at.tzinfo is None:
        raise UsageError(
            f"{where}: expected a time with a timezone, found {at}",
            code="lifecycle.naive-time",
            advice="Wire times without a zone are Vietnam time, +07:00.",
        )
