"""Recall, update and replacement: asked by the sender, answered by each receiver for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from exchange_help import CENTRAL, CODES, COMMUNE, DISTRICT, LETTER, PROVINCE, Desk, letter, short
from recall_help import asking

from docexchange.delivery import Book, OutboundState, Purge
from docexchange.envelope import Status, StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.lifecycle import Asked, Odd, State, links
from docexchange.node import Agree, Later, Refuse
from docexchange.report import book_table, ledger_of

RECEIVERS = {"district": DISTRICT, "province": PROVINCE, "central": CENTRAL}
ABOUT = str(letter().document_id)
RECALL = MessageId("m-20")


class Clerk(Desk):
    """An application that answers as it was told to, by message id."""

    def __init__(self, **decisions):
        super().__init__()
        self.decisions = decisions

    def take(self, letter):
        """Keep it, and say what was prepared."""
        super().take(letter)
        return self.decisions.get(str(letter.message_id).replace("-", "_"))


def ask(world, kind=Asked.RECALL, number="20", **values):
    """The commune asks about its letter; everybody works."""
    earlier = letter(*RECEIVERS.values())
    world.clock.advance(timedelta(minutes=1))
    world["commune"].send(asking(kind, earlier, number=number, **values))
    world.run()


def exchange(world, **clerks):
    """A letter from the commune to the three others, who have these clerks."""
    for name, decisions in clerks.items():
        world.open(name, application=Clerk(**decisions))
    world["commune"].send(letter(*RECEIVERS.values()))
    world.run()


def summaries(world, name="commune", about=ABOUT):
    """Where the letter stands, as a node knows it."""
    names = {code: short_name for short_name, code in CODES.items()}
    return {names[item.receiver]: item.summary for item in world[name].standing(about)}


def told(world, code, name="commune"):
    """Who sent a status with this code, and its words."""
    return [
        (status.reporter, status.description)
        for item in world[name].store.messages()
        for status in world[name].store.statuses(item.message_id.value)
        if status.code == code
    ]


def test_receivers_answer_differently_and_everybody_agrees_on_it(world):
    """One agrees, one refuses with its reason, one says nothing yet; each knows its own."""
    exchange(world, district={"m_20": Agree()}, province={"m_20": Refuse("đã ban hành")})
    ask(world)
    assert summaries(world) == {
        "district": "recalled",
        "province": "recall-refused",
        "central": "recall-asked",
    }
    for name in RECEIVERS:
        assert summaries(world, name) == {name: summaries(world)[name]}
    reasons = {item.receiver: item.asked[0].reason for item in world["commune"].standing(ABOUT)}
    assert reasons[PROVINCE] == "đã ban hành"
    assert world["commune"].standing(RECALL) == world["commune"].standing(ABOUT)


def test_the_application_is_given_what_a_letter_concerns(world):
    """The recall comes with the standing of the letter, the answer with that at its receiver."""
    exchange(world, district={"m_20": Agree("đã xóa")})
    ask(world)
    (seen,) = world.desks["central"].letters[RECALL].concerns
    assert (seen.document_id, seen.summary) == (ABOUT, "recall-asked")
    assert seen.outstanding[0].reason == "Sai số liệu"
    assert world.desks["central"].letters[LETTER].concerns == ()
    answers = [
        item
        for item in world.desks["commune"].letters.values()
        if isinstance(item.verified.message, Status)
        and item.verified.message.code is StatusCode.CHANGE_ACCEPTED
    ]
    (answer,) = answers
    assert answer.verified.message.description == "đã xóa"
    assert [(item.receiver, item.state) for item in answer.concerns] == [(DISTRICT, State.RECALLED)]


def test_an_answer_may_come_later_and_only_once(world):
    """By recall or by letter; the same again changes nothing, an agreement is not taken back."""
    exchange(world)
    ask(world)
    central = world["central"]
    central.answer(RECALL, agree=False, reason=" đang dùng\nđến tháng 4 ")
    central.answer(LETTER, agree=False, reason="đang dùng")
    world.run()
    assert summaries(world)["central"] == "recall-refused"
    assert central.standing(ABOUT) == world["commune"].standing(ABOUT)[:1]
    central.answer(LETTER, agree=True)
    central.answer(LETTER, agree=True)
    with pytest.raises(UsageError) as caught:
        central.answer(RECALL, agree=False, reason="vẫn dùng")
    assert caught.value.code == "answer.agreed-before"
    world.run()
    assert summaries(world)["central"] == "recalled"
    codes = [item.code for item in world["commune"].store.statuses(_own_id("20"))]
    assert sorted(codes) == ["01", "01", "01", "15", "16"]
    (odd,) = world["commune"].standing(ABOUT)[0].warnings
    assert odd.what is Odd.CONTRADICTED
    assert central.standing(ABOUT) == world["commune"].standing(ABOUT)[:1]


def notes(world, name, book):
    """The last column of a book."""
    store = world[name].store
    ledger = ledger_of(store, CODES[name])
    return [line[-1] for line in book_table(store.book(book), ledger, book, vietnamese=True)][1:]


def _own_id(number):
    return str(asking(Asked.RECALL, letter(), number=number).document_id)


def test_what_cannot_be_answered_is_refused(world):
    """A letter that asks nothing, an unknown one, a refusal without a reason."""
    exchange(world)
    for name in (LETTER, MessageId("m-unknown")):
        with pytest.raises(UsageError) as caught:
            world["central"].answer(name, agree=True)
        assert caught.value.code == "answer.no-question"
    ask(world)
    with pytest.raises(UsageError) as caught:
        world["central"].answer(RECALL, agree=False, reason=" ")
    assert caught.value.code == "answer.no-reason"


def test_a_recalled_letter_stays_in_the_book(world):
    """Marked as recalled; its number is not given again, and the bytes are kept as evidence."""
    exchange(world, district={"m_20": Agree()})
    ask(world)
    world["commune"].send(letter(DISTRICT, message_id=MessageId("m-next"), number="13"))
    world.run()
    rows = world["district"].register.rows(Book.INCOMING)
    assert [(row.message_id, row.number) for row in rows] == [
        (LETTER, 1),
        (RECALL, None),
        (MessageId("m-next"), 2),
    ]
    assert rows[1].note == "Sai số liệu"
    assert notes(world, "district", Book.INCOMING) == ["đã thu hồi", "Sai số liệu", ""]
    marks = notes(world, "commune", Book.OUTGOING)
    assert marks == [f"đã thu hồi {DISTRICT}", "Sai số liệu", ""]
    record = world["district"].store.inbound(LETTER, DISTRICT)
    assert world["district"].point.payloads.contains(record.payload)


@pytest.mark.parametrize(
    ("kind", "state"), [(Asked.UPDATE, State.UPDATED), (Asked.REPLACEMENT, State.REPLACED)]
)
def test_an_agreed_change_brings_its_version_into_force(world, kind, state):
    """Who agreed uses the new one, who did not, the old one; both sides know which."""
    exchange(world, district={"m_20": Agree()}, province={"m_20": Refuse("đã chuyển xử lý")})
    ask(world, kind)
    found = {item.receiver: item for item in world["commune"].standing(ABOUT)}
    assert found[DISTRICT].state is state
    assert found[DISTRICT].in_force.message_id == RECALL
    assert found[PROVINCE].in_force.message_id == LETTER
    assert found[PROVINCE].asked[0].reason == "đã chuyển xử lý"
    assert [item.kind for item in found[CENTRAL].outstanding] == [kind]
    for name, code in RECEIVERS.items():
        assert world[name].standing(ABOUT) == (found[code],)


def test_a_refused_replacement_is_not_taken_a_refused_update_is(world):
    """A replacement is a document: it is refused by 02. What an update asks is refused by 16."""
    clerk = {"m_20": Refuse("thiếu phụ lục"), "m_21": Refuse("đã ban hành")}
    exchange(world, district=clerk)
    ask(world, Asked.REPLACEMENT)
    ask(world, Asked.UPDATE, number="21")
    rows = {row.message_id.value: row for row in world["district"].register.rows(Book.INCOMING)}
    assert (rows["m-20"].number, rows["m-20"].refusal) == (None, "thiếu phụ lục")
    assert (rows["m-21"].refusal, rows["m-21"].note) == ("", "Sai số liệu")
    said = {
        number: {
            item.code
            for item in world["commune"].store.statuses(_own_id(number))
            if item.reporter == DISTRICT
        }
        for number in ("20", "21")
    }
    assert said == {"20": {"02"}, "21": {"01", "16"}}


def test_a_replacement_hangs_together_with_what_it_replaces(world):
    """In the books of both sides, so that a thread leads from one to the other."""
    exchange(world)
    ask(world, Asked.REPLACEMENT)
    for name, book in (("commune", Book.OUTGOING), ("central", Book.INCOMING)):
        rows = world[name].register.rows(book)
        assert [row.message_id for row in rows] == [LETTER, RECALL]
        assert links(rows) == ((1, 0),)


def test_a_recall_may_overtake_its_letter(world):
    """It is asked about at once; the letter then comes with the answer that was given."""
    world.open("central", application=Clerk(m_20=Agree()))
    world["commune"].send(letter(CENTRAL))
    world["commune"].cancel(LETTER)
    ask(world, to=(CENTRAL,))
    early = world.desks["central"]
    assert [odd.what for odd in world["central"].standing(ABOUT)[0].warnings] == [Odd.NOT_HELD]
    world["commune"].resend(LETTER)
    world.run()
    assert early is not None
    assert summaries(world, "central") == summaries(world) == {"central": "recalled"}
    assert world["central"].standing(ABOUT) == world["commune"].standing(ABOUT)
    assert world["central"].standing(ABOUT)[0].warnings == ()


def test_a_letter_that_was_asked_back_comes_with_that(world):
    """The application sees what to do with a letter that is late."""
    world["commune"].send(letter(CENTRAL))
    world["commune"].cancel(LETTER)
    ask(world, to=(CENTRAL,))
    world["commune"].resend(LETTER)
    world.run()
    (seen,) = world.desks["central"].letters[LETTER].concerns
    assert (seen.summary, seen.in_force.message_id) == ("recall-asked", LETTER)


def test_a_recall_reaches_those_who_wait_for_their_letter(world):
    """Some have the letter, for others it is still queued: the recall follows it to all of them."""
    world.schedule = short(lifetime_seconds=86400)
    exchange(world, district={"m_20": Agree()})
    late = letter(*RECEIVERS.values(), message_id=MessageId("m-late"), number="15")
    world["commune"].send(late)
    world["commune"].send(asking(Asked.RECALL, late, number="21"))
    assert world.outbound("commune", MessageId("m-late")) == [OutboundState.QUEUED] * 3
    world.run()
    about = str(late.document_id)
    assert set(summaries(world, about=about).values()) == {"recall-asked"}
    for name in RECEIVERS:
        world[name].answer(MessageId("m-21"), agree=True)
    world.run()
    assert set(summaries(world, about=about).values()) == {"recalled"}


def test_only_the_sender_of_a_letter_asks_it_back(world):
    """Another agency's recall is refused with a reason, nobody is asked, and it counts nothing."""
    exchange(world, central={"m_20": Agree()})
    foreign = asking(Asked.RECALL, letter(), number="20", to=(CENTRAL,), sender=DISTRICT)
    world["district"].send(foreign)
    world.run()
    assert summaries(world, "central") == {"central": "valid"}
    assert set(summaries(world).values()) == {"valid"}
    (odd,) = world["central"].standing(ABOUT)[0].warnings
    assert (odd.what, odd.message_id) == (Odd.FOREIGN, RECALL)
    (refused,) = [
        item
        for item in world["district"].store.statuses(str(foreign.document_id))
        if item.code == StatusCode.CHANGE_REFUSED
    ]
    assert "cơ quan khác" in refused.description
    with pytest.raises(UsageError):
        world["central"].answer(RECALL, agree=True)
    assert world.handed_over("central", RECALL) == 0


def test_another_letter_under_the_same_id_is_another_document(world):
    """Who uses a foreign id has a document of its own, and the two are kept apart."""
    exchange(world)
    twin = letter(CENTRAL, message_id=MessageId("m-twin"), sender=DISTRICT)
    twin = replace(twin, document_id=letter().document_id)
    world["district"].send(twin)
    world["district"].send(asking(Asked.RECALL, twin, number="20"))
    world.run()
    world["central"].answer(RECALL, agree=True)
    world.run()
    found = {item.sender: item.summary for item in world["central"].standing(ABOUT)}
    assert found == {COMMUNE: "valid", DISTRICT: "recalled"}
    assert summaries(world)["central"] == "valid"
    assert summaries(world, "district")["central"] == "recalled"


def test_a_status_13_asks_every_receiver(world):
    """Each is told its own; an application may answer at once, or later by the letter."""
    exchange(world)

    @world["district"].on_status
    def answer(letter):
        return Agree() if letter.concerns[0].outstanding else None

    world["province"].on_status(lambda letter: Refuse("đã dùng") if letter.concerns else None)
    world["commune"].ask_back(LETTER, reason="Nhầm nơi nhận")
    world["commune"].ask_back(LETTER, reason="Nhầm nơi nhận")
    world.run()
    assert summaries(world) == {
        "district": "recalled",
        "province": "recall-refused",
        "central": "recall-asked",
    }
    assert world["central"].standing(ABOUT)[0].outstanding[0].reason == "Nhầm nơi nhận"
    world["central"].answer(LETTER, agree=True)
    world.run()
    assert summaries(world)["central"] == "recalled"
    for name in RECEIVERS:
        assert summaries(world, name) == {name: summaries(world)[name]}


def test_one_receiver_may_be_asked_alone(world):
    """The others hear nothing; what was not sent is not asked back, and nothing without reason."""
    exchange(world)
    world["commune"].ask_back(LETTER, CENTRAL, reason="Nhầm nơi nhận")
    world.run()
    assert summaries(world) == {
        "district": "valid", "province": "valid", "central": "recall-asked",
    }  # fmt: skip
    for wrong in ({"message_id": MessageId("m-other")}, {"recipient": COMMUNE}, {"reason": " "}):
        with pytest.raises(UsageError):
            world["commune"].ask_back(**({"message_id": LETTER, "reason": "nhầm"} | wrong))
    with pytest.raises(UsageError):
        world["central"].ask_back(LETTER, reason="of another")


def test_who_says_later_is_asked_again_and_nothing_is_told(world):
    """Until then the sender sees that the answer is outstanding."""
    exchange(world)
    clerk = Clerk(m_20=Later(after=timedelta(hours=1)))
    world.open("central", application=clerk)
    ask(world)
    assert summaries(world)["central"] == "recall-asked"
    assert summaries(world, "central")["central"] == "valid"
    clerk.decisions = {"m_20": Agree()}
    world.run_on(hours=2)
    assert summaries(world)["central"] == summaries(world, "central")["central"] == "recalled"


def test_standings_outlive_the_letters(world):
    """Books and statuses are never purged: what was recalled stays so."""
    exchange(world, district={"m_20": Agree()})
    ask(world)
    before = world["commune"].standing(ABOUT), world["district"].standing(ABOUT)
    world.clock.advance(timedelta(days=4000))
    now = world.clock.now()
    for name in ("commune", "district"):
        assert world[name].store.purge(Purge(before=now, at=now, who="hoa")).messages
    assert (world["commune"].standing(ABOUT), world["district"].standing(ABOUT)) == before
    assert world["district"].standing(RECALL) == before[1]
