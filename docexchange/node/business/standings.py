"""Where documents stand, by whatever name they are asked for, and what a letter concerns.

standings = Standings(store, own, speaks=point.speaks_for)
standings.of(document_id)            # one for each receiver; at a receiver, its own
standings.concerns(message, tuple)   # what an application should know of before it takes a letter
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.delivery import Book, BookRow
from docexchange.envelope import BusinessKind, Status, StatusCode
from docexchange.lifecycle import Odd
from docexchange.report import standings_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from docexchange.delivery import StatusRecord, Store
    from docexchange.envelope import Message
    from docexchange.identifiers import DocumentId, MessageId, OrganId
    from docexchange.lifecycle import Standing
    from docexchange.report import Speaks

__all__ = ["Standings", "is_foreign"]


class Standings:
    """What one agency knows of where documents stand.

    Args:
        store: what it remembers.
        own: the agency.
        speaks: whether what one agency says at a moment, now when None, counts for another.
    """

    def __init__(self, store: Store, own: OrganId, *, speaks: Speaks) -> None:
        self._store = store
        self._own = own
        self._speaks = speaks

    def of(self, name: MessageId | DocumentId | str) -> tuple[Standing, ...]:
        """Where a document stands, or all those that a letter asks about."""
        rows = self._rows(str(name))
        names = dict.fromkeys(about for row in rows for about in _subjects(row))
        found = [item for about in names or [str(name)] for item in self._at(about)]
        # A recall or update is shown as a document only where it was asked about itself.
        themselves = {row.document_id for row in rows} - names.keys()
        own = [item for about in sorted(filter(None, themselves)) for item in self._at(about)]
        return (*found, *(item for item in own if item.asked))

    def concerns(
        self, message: Message, fresh: Callable[[], Sequence[BookRow | StatusRecord]]
    ) -> tuple[Standing, ...]:
        """What an application should know of before it takes a letter.

        Args:
            message: the letter, or a status.
            fresh: gives what will be kept of it; most letters concern nothing, and need not ask.
        """
        if isinstance(message, Status):
            about = str(message.response_for.document_id or "")
            return self._reported(about, message.sender.organ_id, fresh())
        asking = tuple(dict.fromkeys(map(str, message.acted_on)))
        if asking:
            kept = fresh()
            return tuple(item for about in asking for item in self._of_us(about, kept))
        name = str(message.document_id or "")
        own = self._of_us(name, fresh()) if self._is_asked_about(name) else []
        return tuple(item for item in own if item.asked)

    def _is_asked_about(self, name: str) -> bool:
        """Whether anything is asked about a document; of most nothing ever is."""
        return any(row.asks for row in self._store.concerning(name)) or any(
            item.code == StatusCode.ASKED_BACK for item in self._store.statuses(name)
        )

    def _reported(
        self, document_id: str, reporter: OrganId, fresh: Sequence[BookRow | StatusRecord]
    ) -> tuple[Standing, ...]:
        rows = self._store.concerning(document_id)
        names = [
            about for row in rows if row.document_id == document_id for about in _subjects(row)
        ]
        return tuple(
            item
            for about in dict.fromkeys(names or [document_id])
            for item in self._at(about, fresh)
            if (self.is_us(item.sender) and self._speaks(reporter, item.receiver, None))
            or (self._speaks(reporter, item.sender, None) and self.is_us(item.receiver))
        )

    def _of_us(self, document_id: str, fresh: Sequence[BookRow | StatusRecord]) -> list[Standing]:
        found = self._at(document_id, fresh) if document_id else ()
        return [item for item in found if self.is_us(item.receiver)]

    def is_us(self, organ_id: OrganId) -> bool:
        """Whether this agency speaks for a code today."""
        return self._speaks(self._own, organ_id, None)

    def _at(
        self, document_id: str, fresh: Sequence[BookRow | StatusRecord] = ()
    ) -> tuple[Standing, ...]:
        return standings_at(
            self._store, document_id, own=self._own, also=fresh, speaks=self._speaks
        )

    def _rows(self, name: str) -> list[BookRow]:
        """The entries of a document, by its id or by that of its message."""
        store = self._store
        rows = [row for row in store.concerning(name) if row.document_id == name]
        if rows:
            return rows
        return [row for book in Book for row in store.book(book) if str(row.message_id) == name]


def is_foreign(message_id: MessageId, found: Iterable[Standing]) -> bool:
    """Whether a message asks about a document that another agency sent."""
    odd = {(item.what, item.message_id) for one in found for item in one.warnings}
    counts = any(item.question.message_id == message_id for one in found for item in one.asked)
    return (Odd.FOREIGN, message_id) in odd and not counts


def _subjects(row: BookRow) -> list[str]:
    """The documents that a letter is about: those that it asks about, and itself if it is one."""
    about = [name for name, _, _ in row.asks]
    is_document = not about or row.business == BusinessKind.REPLACE
    return [*about, row.document_id] if is_document and row.document_id else about
