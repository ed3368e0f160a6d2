"""Whose word counts for whom: agencies end, are merged, and are served by the nodes of others.

A document is of one agency and for others, under the codes that stand on it. Whoever speaks for one
of them on the day on which he says something says it for that one: the agency itself; its heir once
it was merged; of an agency without a node the one whose node serves it. So a recall by somebody who
became an heir later is not the sender's, and what a merged agency said stands beside what its heir
says about a copy of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from docexchange.clock import VIETNAM
from docexchange.delivery import BookRow, is_about
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docexchange.delivery import StatusRecord, Store
    from docexchange.lifecycle import Question

__all__ = ["Parties", "Speaks", "asks_about_itself", "is_same", "stated"]

Speaks = Callable[[OrganId, OrganId, "datetime | None"], bool]
"""Whether what the first agency says at a moment, now when None, counts for the second."""


def is_same(who: OrganId, whom: OrganId, at: datetime | None) -> bool:
    """Where nothing is known of mergers, everybody speaks for himself."""
    del at
    return who.as_decision_20 == whom.as_decision_20


class Parties:
    """Who speaks to whom in what an agency keeps.

    Args:
        store: what the agency remembers.
        fresh: what is about to be entered.
        own: the agency.
        speaks: whose word counts for whom.
    """

    def __init__(
        self, store: Store, fresh: Sequence[BookRow], *, own: OrganId, speaks: Speaks
    ) -> None:
        self._store, self._fresh = store, fresh
        self._own, self._speaks = own, speaks
        self._rows: dict[str, list[BookRow]] = {}
        self._found: dict[str, list[BookRow]] = {}

    def rows(self, name: str) -> list[BookRow]:
        """What the books have of a document, and of what asks about it; asked for once."""
        if name not in self._rows:
            more = (row for row in self._fresh if is_about(row, name))
            self._rows[name] = [*self._store.concerning(name), *more]
        return self._rows[name]

    def owner(self, row: BookRow) -> OrganId | None:
        """Whose document a letter is; what an heir asks about one of another, it asks as that one.

        Args:
            row: the letter.
        """
        roots = (root.issuer for root in self._concerned(row.document_id) if not root.asks)
        for root in dict.fromkeys(code for code in roots if code):
            if row.issuer and self._speaks(row.issuer, root, stated(row)):
                return root
        return row.issuer

    def between(self, question: Question) -> Iterator[Question]:
        """A question as one between those whose document it is about and whom that is for.

        Args:
            question: between those who stand on the letter that asks; who is named there as on the
                document is asked for that copy alone.
        """
        at, whom = question.at, question.receiver
        known = _recipients(self._concerned(question.about))
        receivers = [code for code in known if is_same(whom, code, at)]
        for sender in self._meant(question.sender, self._owners(question.about), at):
            for receiver in receivers or self._meant(whom, known, at):
                yield replace(question, sender=sender, receiver=receiver)

    def asked_by(self, status: StatusRecord) -> OrganId:
        """Whom of us a status 13 that came in asks: other systems may name somebody else there."""
        rows = self._concerned(status.document_id)
        is_known = any(is_same(status.about_recipient, code, None) for code in _recipients(rows))
        return status.about_recipient if is_known else self._own

    def speakers(self, status: StatusRecord) -> list[OrganId]:
        """For whom a status speaks: of those whom the document is for, or its reporter alone."""
        rows = self._concerned(status.document_id)
        return self._meant(status.reporter, _recipients(rows), status.at)

    def addressees(self, status: StatusRecord, askers: Iterable[OrganId]) -> list[OrganId]:
        """Whom a status was for: us, or whoever of those whose document it may be was sent it.

        Args:
            status: 02, 15 or 16.
            askers: who asked for the document by status.
        """
        name = status.document_id
        owners = self._owners(name)
        if not status.outgoing:
            return self._meant(self._own, owners, None)
        rows = [*self._concerned(name), *self.rows(name)]
        known = dict.fromkeys([*(row.issuer for row in rows if row.issuer), *askers])
        sent_to = [code for code in known if self._store.outbound(status.message_id, code)]
        return [code for to in sent_to for code in self._meant(to, owners, None)]

    def _meant(self, who: OrganId, known: Iterable[OrganId], at: datetime | None) -> list[OrganId]:
        """For whom of those known one speaks; for himself if for none."""
        return [code for code in known if self._speaks(who, code, at)] or [who]

    def _owners(self, name: str) -> list[OrganId]:
        found = (self.owner(row) for row in self._documents(name))
        return list(dict.fromkeys(code for code in found if code))

    def _documents(self, name: str) -> list[BookRow]:
        """What was sent under an id; an update under the same id is none of its own."""
        return [
            row
            for row in self.rows(name)
            if row.message_id and row.document_id == name and not asks_about_itself(row)
        ]

    def _concerned(self, name: str) -> list[BookRow]:
        """The document, and where it asks about others itself, those, and so on; looked up once."""
        if name not in self._found:
            self._found[name] = self._all_concerned(name)
        return self._found[name]

    def _all_concerned(self, name: str) -> list[BookRow]:
        waiting, found = [name], dict[str, list[BookRow]]()
        while waiting:
            about = waiting.pop()
            if not about or about in found:
                continue
            found[about] = [row for row in self.rows(about) if row.document_id == about]
            waiting += [asked for row in found[about] for asked, _, _ in row.asks]
        return [row for rows in found.values() for row in rows if row.message_id and row.issuer]


def stated(row: BookRow) -> datetime:
    """What the signature states; a letter of a system that states nothing counts from its date."""
    if row.stated_at is not None:
        return row.stated_at
    return datetime.combine(row.issued, time(tzinfo=VIETNAM)) if row.issued else row.entered_at


def asks_about_itself(row: BookRow) -> bool:
    """Whether a letter changes a document under the id of that."""
    return any(about == row.document_id for about, _, _ in row.asks)


def _recipients(rows: Iterable[BookRow]) -> list[OrganId]:
    return list(dict.fromkeys(OrganId(code) for row in rows for code, _ in row.recipients if code))
