"""Where does a document stand at one receiver, after all that its sender asked for later? Pure.

    standing = standing_of(document_id, sender=sender, receiver=receiver, evidence=evidence)
    standing.state, standing.outstanding, standing.in_force

The order in which things came in plays no part: whoever has the same facts, once or twice, comes to
the same result. The rules:

1. A document is what one agency sent under one id. What another agency asks about it counts nothing
   (`Odd.FOREIGN`).
2. Questions to a receiver are taken in the order of the time that they state themselves; at one
   time by the ids of letter and message.
3. An answer (15, 16) names the letter that asked. Where it names the document instead, it is for
   a question that cannot be named otherwise (status 13, a letter under the same id); where there
   is none, for any about the document. Of several it is for the latest that was asked no later
   than the answer was given, or else for the first. Status 02 about the letter that asked refuses
   as 16 does.
4. Of several answers to one question an agreement counts, for what was deleted or changed cannot be
   refused any more; else the latest refusal.
5. A recall that was agreed to is the end: nothing is in force, nothing more is to be answered.
6. Of updates the one asked last counts; a replacement leaves nothing to update; of replacements the
   one asked last counts. An update that adds the receiver needs no answer.
7. A document that was refused (02), and of which nothing was agreed to, is not held: nothing is to
   be answered.
8. A letter that asked and was itself recalled, with agreement, asks nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.envelope.codes import StatusCode
from docexchange.lifecycle.asking import Asked
from docexchange.lifecycle.standing import (
    AFTER_REPLACEMENT,
    Answered,
    Odd,
    Oddity,
    Standing,
    State,
    Version,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from docexchange.identifiers import MessageId, OrganId
    from docexchange.lifecycle.asking import Evidence, Question, Word

__all__ = ["standing_of", "standings"]


def standings(document_id: str, *, sender: OrganId, evidence: Evidence) -> tuple[Standing, ...]:
    """Where a document of one sender stands at everybody who was sent it, or asked, or spoke.

    Args:
        document_id: the document.
        sender: whose it is.
        evidence: all that is known.

    Returns:
        One for each receiver, by code.
    """
    own = _code(sender)
    held = (item for item in evidence.held if item.document_id == document_id)
    receivers = {code for item in held if _code(item.sender) == own for code in item.receivers}
    for question in evidence.questions:
        if question.about == document_id and _code(question.sender) == own:
            receivers.add(question.receiver)
    for word in evidence.words:
        if word.about == document_id and _code(word.to) == own:
            receivers.add(word.receiver)
    by_code = {_code(receiver): receiver for receiver in sorted(receivers, key=str)}
    return tuple(
        standing_of(document_id, sender=sender, receiver=by_code[code], evidence=evidence)
        for code in sorted(by_code)
    )


def standing_of(
    document_id: str, *, sender: OrganId, receiver: OrganId, evidence: Evidence
) -> Standing:
    """Where a document of one sender stands at one receiver.

    Args:
        document_id: the document.
        sender: whose it is.
        receiver: at whom.
        evidence: all that is known; facts about others change nothing.
    """
    questions = [item for item in evidence.questions if _code(item.receiver) == _code(receiver)]
    own = [item for item in questions if _code(item.sender) == _code(sender)]
    words = _words_between(receiver, sender, evidence)
    case = _Case(
        sender=sender,
        receiver=receiver,
        evidence=evidence,
        foreign=[item for item in questions if _code(item.sender) != _code(sender)],
        words=words,
        answered=_answered(sorted(own, key=_place), words),
    )
    case.look_into(document_id)
    return case.standing(document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """All that passed between one sender and one receiver; its documents refer to each other."""

    sender: OrganId
    receiver: OrganId
    evidence: Evidence
    foreign: Sequence[Question]
    words: Sequence[Word]
    answered: Sequence[Answered]
    withdrawn: dict[str, bool] = field(default_factory=dict)

    def look_into(self, document_id: str) -> None:
        """Find out what was withdrawn of all that hangs together with a document (rule 8).

        Each letter is looked at once, and none on account of itself: their senders decide how many
        letters ask about how many others, and whether in circles.
        """
        trail = [document_id]
        self.withdrawn[document_id] = False
        while trail:
            letters = (item.question.document_id for item in self._about(trail[-1]))
            fresh = next((name for name in letters if name and name not in self.withdrawn), None)
            if fresh is not None:
                self.withdrawn[fresh] = False
                trail.append(fresh)
                continue
            done = trail.pop()
            if trail:
                state, _, _ = _outcome(self._counting(self._about(done)), None)
                self.withdrawn[done] = state is State.RECALLED

    def _about(self, document_id: str) -> list[Answered]:
        return [item for item in self.answered if item.question.about == document_id]

    def _counting(self, about: Iterable[Answered]) -> list[Answered]:
        return [item for item in about if not self.withdrawn.get(item.question.document_id)]

    def standing(self, document_id: str) -> Standing:
        """Fold what is about one document.

        Args:
            document_id: one that was looked into.
        """
        about = self._about(document_id)
        counting = self._counting(about)
        original = _original(document_id, self.sender, self.receiver, self.evidence)
        state, in_force, odd = _outcome(counting, original)
        refusal = self._refusal(document_id)
        if refusal and state is State.VALID:
            state, in_force = State.REFUSED, None
            odd += [
                _odd(Odd.AFTER_REFUSAL, item) for item in counting if item.question.at > refusal.at
            ]
        odd += [_odd(Odd.WITHDRAWN, item) for item in about if item not in counting]
        return Standing(
            document_id=document_id,
            sender=self.sender,
            receiver=self.receiver,
            state=state,
            in_force=in_force,
            asked=tuple(counting),
            warnings=tuple(sorted({*odd, *self._odd_facts(document_id, about, original)})),
        )

    def _refusal(self, document_id: str) -> Word | None:
        said = [
            word
            for word in self.words
            if word.code is StatusCode.REFUSED and word.about == document_id
        ]
        return said[0] if said else None

    def _odd_facts(
        self, document_id: str, about: Sequence[Answered], original: Version | None
    ) -> Iterator[Oddity]:
        for question in self.foreign:
            # Of another document under the same id, its own sender may well ask.
            sent = _original(document_id, question.sender, self.receiver, self.evidence)
            if question.about == document_id and sent is None:
                yield Oddity(what=Odd.FOREIGN, message_id=question.message_id)
        for item in about:
            if original is None and item.question.kind is not Asked.ADDITION:
                yield _odd(Odd.NOT_HELD, item)
        questions = [item.question for item in self.answered]
        for word in self.words:
            is_stray = word.about == document_id and _question_of(word, questions) is None
            if is_stray and word.code is not StatusCode.REFUSED:
                yield Oddity(what=Odd.NO_QUESTION, message_id=word.message_id)
        yield from _contradictions(about, self.words, questions)


def _original(
    document_id: str, sender: OrganId, receiver: OrganId, evidence: Evidence
) -> Version | None:
    """The document as it was sent to one receiver; None where it is not here."""
    found = [
        item.message_id
        for item in evidence.held
        if item.document_id == document_id
        and _code(item.sender) == _code(sender)
        and _code(receiver) in map(_code, item.receivers)
    ]
    return Version(message_id=min(found), document_id=document_id) if found else None


def _outcome(
    counting: Iterable[Answered], original: Version | None
) -> tuple[State, Version | None, list[Oddity]]:
    """What follows from the questions in their order (rules 5 and 6)."""
    state, in_force = State.VALID, original
    odd: list[Oddity] = []
    for item in counting:
        kind = item.question.kind
        if state is State.RECALLED:
            odd.append(_odd(Odd.AFTER_RECALL, item))
            continue
        if state is State.REPLACED:
            odd.append(_odd(Odd.AFTER_REPLACEMENT, item))
        if not item.agreed or (state is State.REPLACED and kind not in AFTER_REPLACEMENT):
            continue
        state = _BECOMES[kind]
        in_force = None if kind is Asked.RECALL else _version(item.question) or in_force
    return state, in_force, odd


_BECOMES: Final = {
    Asked.RECALL: State.RECALLED,
    Asked.UPDATE: State.UPDATED,
    Asked.RECEIVERS: State.UPDATED,
    Asked.ADDITION: State.UPDATED,
    Asked.REPLACEMENT: State.REPLACED,
}


def _version(question: Question) -> Version | None:
    if not question.kind.brings_version:
        return None
    own = question.document_id or question.about
    return Version(message_id=question.message_id, document_id=own)


def _answered(questions: Sequence[Question], words: Sequence[Word]) -> list[Answered]:
    """Each question with the answer that counts (rules 3 and 4)."""
    said: dict[Question, list[Word]] = {question: [] for question in questions}
    for word in words:
        named = _question_of(word, questions)
        for question in questions:
            # One letter may replace several documents; who answers it answers for all of them.
            if named and question.message_id == named.message_id:
                said[question].append(word)
    return [_decided(question, said[question]) for question in questions]


def _decided(question: Question, said: Sequence[Word]) -> Answered:
    agreed = [word for word in said if word.code is StatusCode.CHANGE_ACCEPTED]
    if agreed or said:
        word = agreed[0] if agreed else said[-1]
        return Answered(question=question, agreed=bool(agreed), at=word.at, reason=word.reason)
    return Answered(question=question, agreed=True if question.kind is Asked.ADDITION else None)


def _question_of(word: Word, questions: Sequence[Question]) -> Question | None:
    """Which of the questions, in order, a word answers."""
    named = [item for item in questions if item.document_id == word.about]
    if word.code is StatusCode.REFUSED:
        return named[-1] if named else None
    about = [item for item in questions if item.about == word.about]
    # A status 13 has no id that an answer could name: who answers it names the document.
    nameless = [item for item in about if not item.document_id]
    candidates = sorted([*named, *nameless], key=_place) or about
    asked = [item for item in candidates if item.at <= word.at]
    return asked[-1] if asked else next(iter(candidates), None)


def _contradictions(
    about: Iterable[Answered], words: Iterable[Word], questions: Sequence[Question]
) -> Iterator[Oddity]:
    agreed = {item.question.message_id for item in about if item.agreed}
    for word in words:
        named = _question_of(word, questions)
        refuses = word.code is not StatusCode.CHANGE_ACCEPTED
        if named and refuses and named.message_id in agreed:
            yield Oddity(what=Odd.CONTRADICTED, message_id=word.message_id)


def _words_between(receiver: OrganId, sender: OrganId, evidence: Evidence) -> list[Word]:
    """What one said to the other, by the time stated."""
    pair = _code(receiver), _code(sender)
    own = (word for word in evidence.words if (_code(word.receiver), _code(word.to)) == pair)
    return sorted(own, key=lambda word: (word.at, word.code, word.message_id))


def _place(question: Question) -> tuple[datetime, str, MessageId, str, Asked]:
    return question.at, question.document_id, question.message_id, question.about, question.kind


def _odd(what: Odd, item: Answered) -> Oddity:
    return Oddity(what=what, message_id=item.question.message_id)


def _code(organ_id: OrganId) -> str:
    return organ_id.as_decision_20
