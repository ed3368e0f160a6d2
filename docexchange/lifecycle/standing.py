"""Where a document stands at one receiver: the words for it; ``folding`` has the rules.

standing.state, standing.in_force, standing.outstanding, standing.warnings
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.lifecycle.asking import Asked

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.identifiers import MessageId, OrganId
    from docexchange.lifecycle.asking import Question

__all__ = ["AFTER_REPLACEMENT", "Answered", "Odd", "Oddity", "Standing", "State", "Version"]

AFTER_REPLACEMENT: Final = frozenset({Asked.RECALL, Asked.REPLACEMENT})
"""What can be asked about a document that is no longer in force."""


class State(StrEnum):
    """What became of a document at a receiver."""

    VALID = "valid"
    """It is as it was sent."""
    REFUSED = "refused"
    """The receiver did not take it (02)."""
    UPDATED = "updated"
    """The receiver agreed to a change of it."""
    REPLACED = "replaced"
    """The receiver agreed to have another document in its place."""
    RECALLED = "recalled"
    """The receiver agreed to give it back."""


class Odd(StrEnum):
    """What is odd and harms nothing."""

    FOREIGN = "foreign"
    """Asked by an agency that did not send the document; it counts nothing."""
    NOT_HELD = "not-held"
    """Asked about a document that the receiver was not sent, or that has not arrived yet."""
    NO_QUESTION = "no-question"
    """An answer to what nobody asked."""
    CONTRADICTED = "contradicted"
    """Agreed to and refused; the agreement counts."""
    AFTER_RECALL = "after-recall"
    """Asked after a recall that was agreed to; nothing is left to act on."""
    AFTER_REFUSAL = "after-refusal"
    """Asked after the receiver had refused the document."""
    AFTER_REPLACEMENT = "after-replacement"
    """Asked after a replacement that was agreed to; what replaced the document stays in force."""
    WITHDRAWN = "withdrawn"
    """The letter that asked was recalled itself."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Oddity:
    """Something odd, and the message that shows it."""

    what: Odd
    """What."""
    message_id: MessageId
    """Which message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What is to be used."""

    message_id: MessageId
    """The message that carries it."""
    document_id: str
    """Its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question, and the answer that counts."""

    question: Question
    """What was asked."""
    agreed: bool | None = None
    """Whether the receiver agreed; None: it has not answered."""
    at: datetime | None = None
    """When it answered, as it stated."""
    reason: str = ""
    """Why it refused, or what it said besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one document stands at one receiver."""

    document_id: str
    """The document."""
    sender: OrganId
    """Whose document it is."""
    receiver: OrganId
    """At whom."""
    state: State
    """What became of it."""
    in_force: Version | None
    """What the receiver is to use; None: nothing, or a document that has not arrived."""
    asked: tuple[Answered, ...] = ()
    """All that counts, in the order of the questions."""
    warnings: tuple[Oddity, ...] = ()
    """What is odd."""

    @property
    def outstanding(self) -> tuple[Question, ...]:
        """What the receiver has still to answer, the first asked first."""
        if self.state in {State.RECALLED, State.REFUSED}:
            return ()
        return tuple(
            item.question
            for item in self.asked
            if item.agreed is None
            and (self.state is not State.REPLACED or item.question.kind in AFTER_REPLACEMENT)
        )

    @property
    def summary(self) -> str:
        """One word for people: the state, ``recall-asked`` or ``recall-refused`` and the like."""
        if self.outstanding:
            return f"{self.outstanding[-1].kind}-asked"
        if self.state is State.VALID and self.asked and self.asked[-1].agreed is False:
            return f"{self.asked[-1].question.kind}-refused"
        return str(self.state)
