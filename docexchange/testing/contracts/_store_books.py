"""Books: every number is given once, every document entered once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from docexchange.delivery import (
    AddTimeline,
    Book,
    EnterInBook,
    OutboundState,
    PutOutbound,
    judge_chain,
)
from docexchange.errors import DeliveryError
from docexchange.identifiers import MessageId
from docexchange.testing.contracts._store_base import StorePromises
from docexchange.testing.contracts.records import (
    COMMUNE,
    LETTER,
    ODD_TEXT,
    PROVINCE,
    at,
    entry,
    outbound,
    row,
)

if TYPE_CHECKING:
    from docexchange.delivery import Store

__all__ = ["BookPromises"]


class BookPromises(StorePromises):
    """Books: every number is given once, every document entered once."""

    def test_a_row_of_a_book_comes_back_as_it_was_entered(self, store: Store) -> None:
        """Every field, odd text included, and times to the microsecond."""
        full = row(
            book=Book.INCOMING,
            number=7,
            automatic=False,
            entered_at=at(0.000001),
            received_at=at(-5),
            message_id=LETTER,
            document_id="d-1",
            code="12/UBND-VX",
            mark="m",
            issued=date(2026, 3, 2),
            type_name="Công văn",
            subject=ODD_TEXT,
            signer="Hoa",
            issuer=PROVINCE,
            issuer_name=ODD_TEXT,
            recipients=((str(COMMUNE), ODD_TEXT), ("", "b")),
            copies=3,
            priority=2,
            due=date(2026, 3, 9),
            answers=(("d-0", "m0"),),
            asks=(("d-0", "recall", str(COMMUNE)), (ODD_TEXT, "update", "")),
            stated_at=at(-60),
            business=3,
            electronic=True,
            paper=False,
            roles=("agency", "leader"),
            refusal="no",
            note=ODD_TEXT,
        )
        store.apply([EnterInBook(full)])
        bare = store.enter(row())
        assert (store.book(Book.INCOMING), store.book(Book.OUTGOING)) == ([full], [bare])
        assert store.book(Book.OUTGOING, year=2025) == []

    def test_numbers_count_by_agency_series_and_year(self, store: Store) -> None:
        """Each has its own 1, 2, 3; a number that came from outside is never given again."""
        assert [store.enter(row()).number for _ in range(3)] == [1, 2, 3]
        for other in ({"series": "legal"}, {"year": 2027}, {"agency": COMMUNE}):
            assert [store.enter(row(**other)).number for _ in range(2)] == [1, 2]
        store.enter(row(number=9, automatic=False, message_id=LETTER, issued=date(2026, 3, 2)))
        assert store.enter(row()).number == 10
        assert store.enter(row(book=Book.INCOMING)).number == 1

    def test_numbers_are_given_once_to_many_threads(self, store: Store) -> None:
        """Eight threads that ask at the same time get 1 to 80, each once, with none left out."""
        line, given = threading.Barrier(8), []

        def take() -> None:
            line.wait()
            given.extend([store.enter(row()).number for _ in range(10)])

        threads = [threading.Thread(target=take) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(number for number in given if number) == list(range(1, 81))
        assert [item.number for item in store.book(Book.OUTGOING)] == list(range(1, 81))

    def test_a_document_takes_the_place_of_its_number(self, store: Store) -> None:
        """By series, or by the notation it was reserved with; anything else leaves it reserved."""
        store.enter(row())
        store.enter(row(series="staff", code="QĐ-TC"))
        sent = row(automatic=False, issued=date(2026, 3, 2))
        document: dict[str, Any] = {"message_id": LETTER, "number": 1, "code": "01/UBND"}
        store.apply([EnterInBook(replace(sent, **document))])
        store.apply([EnterInBook(replace(sent, message_id=MessageId("m-b"), number=1, code="1/X"))])
        named: dict[str, Any] = {"message_id": MessageId("m-c"), "number": 1, "code": "01/QĐ-TC"}
        store.apply([EnterInBook(replace(sent, **named))])
        found = [(item.code, item.series, item.automatic) for item in store.book(Book.OUTGOING)]
        assert found == [
            ("01/UBND", "general", True),
            ("1/X", "general", False),
            ("01/QĐ-TC", "staff", True),
        ]

    def test_a_message_is_entered_once_in_each_book(self, store: Store) -> None:
        """However often it is offered, and with one number."""
        came = row(book=Book.INCOMING, message_id=LETTER, issued=date(2026, 3, 2))
        store.apply([EnterInBook(came), EnterInBook(replace(came, entered_at=at(9)))])
        store.apply([EnterInBook(came), AddTimeline(entry())])
        assert store.book(Book.INCOMING) == [replace(came, number=1)]
        store.apply([EnterInBook(replace(came, book=Book.OUTGOING))])
        assert len(store.book(Book.OUTGOING)) == 1

    def test_a_stale_guard_takes_its_number_back(self, store: Store) -> None:
        """What is refused leaves no row and no gap."""
        came = row(book=Book.INCOMING, message_id=LETTER)
        stale = PutOutbound(outbound(), expected=OutboundState.SENDING)
        with pytest.raises(DeliveryError):
            store.apply([EnterInBook(came), stale])
        assert store.book(Book.INCOMING) == []
        assert store.enter(row(book=Book.INCOMING)).number == 1

    def test_doubles_are_other_documents_under_the_same_mark(self, store: Store) -> None:
        """Neither the message itself, nor a reserved number, nor the other book."""
        first = row(message_id=LETTER, mark="m", number=1, automatic=False)
        store.apply([EnterInBook(first), EnterInBook(replace(first, book=Book.INCOMING))])
        store.enter(row(mark="m"))
        again = replace(first, message_id=MessageId("m-again"))
        assert store.doubles(again) == [first]
        assert store.doubles(first) == []
        assert store.doubles(replace(again, mark="")) == []

    def test_a_document_is_found_with_what_is_asked_about_it(self, store: Store) -> None:
        """Its own rows in both books, and those of letters that ask; no other, in no other way."""
        odd = 'd-1"%, \\'
        own = row(message_id=LETTER, document_id=odd, number=1, automatic=False)
        came = replace(own, book=Book.INCOMING)
        asking = replace(
            own,
            message_id=MessageId("m-recall"),
            document_id="d-2",
            asks=(("d-0", "recall", ""), (odd, "recall", "")),
        )
        others = [
            replace(own, message_id=MessageId(f"m-{place}"), document_id="d-3", asks=asks)
            for place, asks in enumerate([(), (("d-1", odd, odd),), ((odd + "2", "update", ""),)])
        ]
        store.apply([EnterInBook(item) for item in (own, came, asking, *others)])
        assert [item.message_id for item in store.concerning(odd)] == [
            LETTER,
            LETTER,
            MessageId("m-recall"),
        ]
        assert store.concerning("d-9") == store.concerning("") == []

    def test_entries_without_a_message_are_in_the_audit_log(self, store: Store) -> None:
        """A reserved number and a document on paper, with their numbers."""
        store.enter(row())
        store.enter(row(number=1, automatic=False, issued=date(2026, 3, 2)))
        assert [(item.what, item.about) for item in store.audit()] == [
            ("book.reserved", "outgoing general 2026/1"),
            ("book.entered", "outgoing general 2026/1"),
        ]
        assert judge_chain(store.audit()).fault is None
