"""Documents enter the books when they are accepted and when they are handed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from exchange_help import (
    CENTRAL,
    COMMUNE,
    LETTER,
    NOW,
    PROVINCE,
    Desk,
    letter,
    signing_key,
)

from docexchange.clock import VirtualClock
from docexchange.delivery import Book, EnterInBook
from docexchange.envelope import (
    Business,
    BusinessKind,
    Code,
    Document,
    Envelope,
    OtherInfo,
    PromulgationInfo,
    ResponseFor,
)
from docexchange.identifiers import MessageId
from docexchange.lifecycle import thread_of
from docexchange.node import PaperDocument, Refuse
from docexchange.node.books.bookkeeping import incoming_row, outgoing_row
from docexchange.signing import Signer


def outgoing(world, name="commune"):
    """The outgoing book of a node."""
    return world[name].register.rows(Book.OUTGOING)


def incoming(world, name="central"):
    """The incoming book of a node."""
    return world[name].register.rows(Book.INCOMING)


def exchange(world, *documents, sender="commune"):
    """Send documents, one after another; all nodes work."""
    for document in documents:
        world[sender].send(document)
        world.run()


def other(number: str, **changes) -> Document:
    """Another letter, with its own message id."""
    return replace(letter(number=number, message_id=MessageId(f"m-{number}")), **changes)


def test_a_letter_stands_in_both_books(world):
    """With number, dates, parties, what the signatures are, and a number of arrival."""
    exchange(world, letter())
    (sent,) = outgoing(world)
    assert (sent.number, sent.code, sent.series, sent.year) == (12, "12/UBND-VX", "general", 2026)
    assert (sent.message_id, sent.issuer, sent.roles) == (LETTER, COMMUNE, ("agency",))
    assert sent.recipients == ((str(CENTRAL), "Cơ quan nhận"),)
    assert (sent.electronic, sent.paper, sent.automatic) == (True, False, False)
    (came,) = incoming(world)
    assert (came.number, came.automatic, came.agency) == (1, True, CENTRAL)
    assert (came.code, came.mark, came.document_id) == (sent.code, sent.mark, sent.document_id)
    assert came.received_at is not None
    assert incoming(world, "province") == outgoing(world, "province") == []


def test_the_roles_are_those_of_good_signatures(world, pki):
    """Leader, then agency: both stand in both books."""
    envelope = Envelope.of(letter())
    for credential, role in ((pki.leader("commune"), "leader"), (pki.agency("commune"), "agency")):
        signer = Signer(signing_key(credential), clock=VirtualClock(NOW), role=role)
        envelope = signer.sign(envelope).envelope
    exchange(world, envelope)
    assert outgoing(world)[0].roles == incoming(world)[0].roles == ("agency", "leader")


def test_sending_again_changes_no_book(world):
    """Neither the sender's nor the receiver's."""
    exchange(world, letter())
    exchange(world, letter())
    assert len(outgoing(world)) == len(incoming(world)) == 1


def test_a_letter_takes_the_number_that_was_reserved(world):
    """A reserved number is a row of its own until its document comes."""
    register = world["commune"].register
    assert [register.next_number(year=2026) for _ in range(2)] == [1, 2]
    exchange(world, letter(number="02"))
    assert [(row.number, row.is_reserved) for row in outgoing(world)] == [(1, True), (2, False)]
    assert register.next_number(year=2026) == 3


def test_paper_gets_the_next_number(world):
    """A document that goes on paper alone stands in the book and not on the exchange."""
    exchange(world, letter())
    paper = PaperDocument(notation="UBND-VX", issued=date(2026, 3, 2), subject="Giấy mời")
    row = world["commune"].register.enter_paper(paper)
    assert (row.number, row.code, row.electronic, row.paper) == (13, "13/UBND-VX", False, True)
    assert outgoing(world)[1:] == [row]


def test_the_same_number_twice_is_entered_with_a_warning(world):
    """The timelines of sender and receiver name the first; neither book leaves one out."""
    exchange(world, letter(), other("012"))
    assert len(outgoing(world)) == len(incoming(world)) == 2
    for name in ("commune", "central"):
        detail = world.detail(name, "book.duplicate", MessageId("m-012"))
        assert (detail["number"], detail["warning"]) == ("012/UBND-VX", "the same as m-letter")


def test_a_refused_letter_has_no_number_of_arrival(world):
    """It is in the book with the reason, and leaves no gap."""

    class Strict(Desk):
        def take(self, letter):
            return Refuse("thiếu Lưu VT") if letter.message_id == LETTER else super().take(letter)

    world.open("central", application=Strict())
    exchange(world, letter(), other("13"))
    found = [(row.number, row.refusal) for row in incoming(world)]
    assert found == [(None, "thiếu Lưu VT"), (1, "")]


def test_a_recall_has_no_number_and_doubles_nothing(world):
    """It bears the number of the letter it is about."""
    about = letter().document_id
    recall = Business(kind=BusinessKind.RECALL, document_id=about, reason="sai nơi nhận")
    named = (ResponseFor(organ_id=CENTRAL, code="12/UBND-VX", document_id=about),)
    exchange(world, letter())
    exchange(
        world,
        replace(letter(message_id=MessageId("m-recall")), business=recall, response_for=named),
    )
    assert [(row.number, row.business) for row in outgoing(world)] == [(12, 0), (None, 1)]
    assert [(row.number, row.answers) for row in incoming(world)] == [
        (1, ()),
        (None, ((str(about), ""),)),
    ]
    assert "book.duplicate" not in world.history("central", MessageId("m-recall"))


def test_an_answer_hangs_together_with_its_letter(world):
    """By the id where the answer names one, by number and date where it does not."""
    exchange(world, letter())
    named = ResponseFor(organ_id=COMMUNE, code="12/UBND-VX", promulgated=date(2026, 3, 2))
    for number, reference in (
        ("1", replace(named, document_id=letter().document_id, code="")),
        ("2", named),
    ):
        answer = letter(COMMUNE, sender=CENTRAL, number=number, message_id=MessageId(f"a-{number}"))
        exchange(world, replace(answer, response_for=(reference,)), sender="central")
    rows = [*outgoing(world), *incoming(world, "commune")]
    assert thread_of(rows, rows[0]) == tuple(rows)
    assert len(rows) == 3


def test_whatever_a_letter_claims_it_can_be_entered(world):
    """Of a system that checks nothing: impossible copies, no priority, no date, any number."""
    exchange(world, letter())
    report = world.desks["central"].letters[LETTER].verified.report
    odd = replace(
        letter(),
        code=Code("x" * 99, "UBND"),
        other_info=OtherInfo(copies=2**70, priority=None),
        promulgation=PromulgationInfo(),
        business=None,
    )
    values = {"agency": CENTRAL, "message_id": MessageId("m-odd"), "at": NOW}
    rows = [
        incoming_row(odd, report, received_at=NOW, **values),
        outgoing_row(odd, report, **values),
    ]
    for row in rows:
        assert (row.copies, row.priority, row.number, row.paper) == (None, 0, None, None)
        world["central"].store.apply([EnterInBook(row)])
    assert [row.number for row in incoming(world)] == [1, 2]


def test_books_are_of_the_agency_that_keeps_them(world):
    """What a hub passes on is in none of its books."""
    exchange(world, letter(PROVINCE, CENTRAL))
    assert len(incoming(world, "province")) == len(incoming(world)) == 1
    assert incoming(world, "district") == []
