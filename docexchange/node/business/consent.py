"""Who agreed to what: recalls, updates and replacements, asked and answered.

    node.answer(recall_id, agree=True)               # status 15 goes out
    node.answer(update_id, agree=False, reason="…")  # status 16
    node.ask_back(letter_id, reason="…")             # status 13, to every receiver

Nothing is decided here that is not in the messages: the rules are those of
`docexchange.lifecycle.folding`. An answer is given once; who refused may still agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.delivery import Book
from docexchange.envelope import ResponseFor, Status, StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import DocumentId, MessageId, OrganId
from docexchange.node.business.standings import is_foreign

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.delivery import BookRow, Change
    from docexchange.lifecycle import Answered, Question
    from docexchange.node.business.standings import Standings
    from docexchange.node.outgoing.submitting import Submitting
    from docexchange.node.point import AccessPoint

__all__ = ["Consent"]


class Consent:
    """Asks and answers for one access point."""

    def __init__(self, point: AccessPoint, submitting: Submitting, standings: Standings) -> None:
        self._point = point
        self._submitting = submitting
        self._standings = standings

    # --- answers of a receiver ---

    def answer(self, message_id: MessageId, *, agree: bool, reason: str) -> bool:
        """Queue status 15 or 16; tells whether it had not been queued before."""
        if not agree and not reason.strip():
            raise UsageError(
                "answer: expected the reason of a refusal, found none",
                code="answer.no-reason",
                advice="Say why, for the sender.",
            )
        asked = self._asked(message_id)
        if asked.agreed and not agree:
            raise UsageError(
                f"message {message_id}: expected another agreement, found a refusal of what was "
                "agreed to before",
                code="answer.agreed-before",
                advice="An agreement stands; write to the sender.",
            )
        is_new = asked.agreed is None or asked.agreed is not agree
        if is_new:
            reply = self.reply(
                self._named(asked.question),
                asked.question.message_id,
                agree=agree,
                reason=reason,
            )
            self._point.store.apply(reply)
        return is_new

    def reply(
        self, about: ResponseFor, asking: MessageId, *, agree: bool, reason: str
    ) -> list[Change]:
        """What to write so that an answer goes out; the same answer twice is one.

        Args:
            about: the letter that asks, or, after a status 13, the document; and its sender.
            asking: the message that asks.
            agree: whether to agree.
            reason: why, for the sender.
        """
        point, now = self._point, self._point.clock.now()
        code = StatusCode.CHANGE_ACCEPTED if agree else StatusCode.CHANGE_REFUSED
        derived = (str(asking), str(about.document_id), code, str(point.own))
        status = Status(
            message_id=MessageId.derived(*derived),
            sender=self._submitting.own_organization(),
            response_for=about,
            code=code,
            at=now.replace(microsecond=0),
            description=reason.strip(),
        )
        return self._submitting.queue_status(status, code, about=asking, now=now)

    def _asked(self, message_id: MessageId) -> Answered:
        """What a message asks of us; of a document, what its sender asked last."""
        known = self._standings.of(message_id)
        found = [item for item in known if self._standings.is_us(item.receiver)]
        asked = [answered for item in found for answered in item.asked]
        mine = [item for item in asked if item.question.message_id == message_id]
        waiting = [item for item in asked if any(item.question in one.outstanding for one in found)]
        chosen = mine or waiting or asked
        if not chosen or is_foreign(message_id, found):
            raise UsageError(
                f"message {message_id}: expected a recall, an update or a replacement by the "
                "sender of the document, taken here, or such a document, found none",
                code="answer.no-question",
                advice="`docexchange receive` lists the letters that came in.",
            )
        return chosen[-1]

    def _named(self, question: Question) -> ResponseFor:
        """What an answer names, as the book has it; of a document not here yet, its id alone."""
        name = question.document_id or question.about
        rows = [row for row in self._point.store.concerning(name) if row.document_id == name]
        row = next((item for item in rows if item.message_id == question.message_id), None)
        row = row or next(iter(rows), None)
        return ResponseFor(
            organ_id=(row.issuer if row else None) or question.sender,
            code=row.code if row else "",
            document_id=DocumentId(name),
            promulgated=row.issued if row else None,
        )

    # --- status 13 of a sender ---

    def ask_back(self, message_id: MessageId, recipient: OrganId | None, *, reason: str) -> bool:
        """Queue status 13 to one receiver of a document, or to all; tells whether any is new."""
        if not reason.strip():
            raise UsageError(
                "ask back: expected the reason for the receivers, found none",
                code="answer.no-reason",
                advice="Say why the document is asked back.",
            )
        rows = [
            row for row in self._point.store.book(Book.OUTGOING) if row.message_id == message_id
        ]
        codes = [OrganId(code) for row in rows for code, _ in row.recipients if code]
        wanted = [code for code in codes if recipient in (None, code)]
        if not wanted:
            raise UsageError(
                f"message {message_id}{f' to {recipient}' if recipient else ''}: expected a "
                "document that was sent from here, found none",
                code="status.unknown-document",
                advice="`docexchange register list` shows what was sent.",
            )
        now = self._point.clock.now()
        changes = [change for code in wanted for change in self._ask(rows[0], code, now, reason)]
        self._point.store.apply(changes)
        return bool(changes)

    def _ask(self, row: BookRow, recipient: OrganId, now: datetime, reason: str) -> list[Change]:
        message_id = row.message_id or MessageId.new()
        code = StatusCode.ASKED_BACK
        status = Status(
            message_id=MessageId.derived(str(message_id), row.document_id, code, str(recipient)),
            sender=self._submitting.own_organization(),
            response_for=ResponseFor(
                organ_id=recipient,
                code=row.code,
                document_id=DocumentId(row.document_id),
                promulgated=row.issued,
            ),
            code=code,
            at=now.replace(microsecond=0),
            description=reason.strip(),
        )
        return self._submitting.queue_status(status, code, about=message_id, now=now)
