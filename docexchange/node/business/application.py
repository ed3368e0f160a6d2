"""Whoever letters are for: what an application is given, and what it may answer.

    @node.on_document
    def file(letter: Letter) -> Decision:
        if not registry.knows(letter.verified.message.sender):
            return Refuse("the sender is not one of ours")
        if registry.is_closed():
            return Later("the registry opens at seven")
        registry.add(letter)
        if any(registry.in_use(standing.document_id) for standing in letter.concerns):
            return Refuse("it has been published")    # a recall, for example; or Agree()

A crash between an application's taking a letter and our writing that down makes us offer it again.
Therefore taking must be idempotent by ``message_id``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from docexchange.envelope import Status
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta
    from pathlib import Path

    from docexchange.identifiers import MessageId
    from docexchange.lifecycle import Standing
    from docexchange.signing import VerifiedEnvelope

__all__ = ["Agree", "Application", "Decision", "Handlers", "Later", "Letter", "Refuse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A verified message for the application."""

    message_id: MessageId
    """Its id; take each id once."""
    verified: VerifiedEnvelope
    """Message, attachments and report."""
    received_at: datetime
    """When it was accepted here, UTC."""
    file: Callable[[], Path] = field(repr=False)
    """Tells ``path``."""
    concerns: tuple[Standing, ...] = ()
    """Where the documents stand that it asks or reports about; of a letter that was asked about
    before it came, where that stands itself."""

    @property
    def path(self) -> Path:
        """The envelope file as it was received; copy it to keep it."""
        return self.file()


@dataclass(frozen=True, slots=True)
class Agree:
    """The agency has the letter, and agrees to what it asks: the sender is told with status 15.

    To a letter that asks nothing it is as good as None.
    """

    note: str = ""
    """For the sender, in words."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The agency does not take the document: its sender is told so with status 02.

    A recall or an update is taken all the same, and what it asks is refused with status 16.

    Raises:
        UsageError: without a reason; Decision 28/2018, article 8, demands one.
    """

    reason: str
    """For the sender, in words."""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise UsageError(
                "Refuse: expected the reason for the sender, found none",
                code="handover.no-reason",
                advice="Say what is wrong with the document, so that it can be mended.",
            )


@dataclass(frozen=True, slots=True)
class Later:
    """The application cannot take it now and is asked again; the sender is told nothing yet."""

    reason: str = ""
    """For whoever looks after the node."""
    after: timedelta | None = None
    """When to ask again; sooner after a restart. A growing pause when left out."""


Decision = Agree | Refuse | Later | None
"""What an application answers; ``None``: it has the letter, and answers later what that asks."""


class Application(Protocol):
    """Whoever letters are for."""

    def take(self, letter: Letter) -> Decision:
        """Take a letter; return once it is safe.

        Called again with the same ``message_id`` after a crash: taking it twice must change
        nothing. An error is as good as ``Later``.
        """


class Handlers:
    """An application made of one function for documents and one for statuses.

    Args:
        otherwise: takes what no function was given for.
    """

    def __init__(self, otherwise: Application) -> None:
        self._otherwise = otherwise
        self._document: Callable[[Letter], Decision] | None = None
        self._status: Callable[[Letter], Decision] | None = None

    def on_document(self, handler: Callable[[Letter], Decision]) -> None:
        """Give documents to ``handler``."""
        self._document = handler

    def on_status(self, handler: Callable[[Letter], Decision]) -> None:
        """Give business statuses to ``handler``."""
        self._status = handler

    def take(self, letter: Letter) -> Decision:
        """Give the letter to the function for its kind."""
        is_status = isinstance(letter.verified.message, Status)
        handler = self._status if is_status else self._document
        return (handler or self._otherwise.take)(letter)
