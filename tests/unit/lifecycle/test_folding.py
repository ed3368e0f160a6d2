from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.envelope.codes import StatusCode
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.lifecycle import (
    Asked,
    Evidence,
    Held,
    Odd,
    Question,
    Standing,
    State,
    Word,
    standing_of,
    standings,
)

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
SENDER, OTHER = OrganId("H53"), OrganId("H54")
DISTRICT, COMMUNE = OrganId("H53.31"), OrganId("H53.31.21")
DOC = "H53,2026/03/02,1/UBND"


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def held(name: str = DOC, *receivers: OrganId) -> Held:
    return Held(
        message_id=MessageId("m-doc" if name == DOC else f"m-{name}"),
        document_id=name,
        sender=SENDER,
        receivers=frozenset(receivers or (DISTRICT, COMMUNE)),
    )


def asks(kind: Asked, name: str, minutes: int = 0, **values: object) -> Question:
    """A letter that asks the district about the document; without a name it is a status 13."""
    plain = {
        "message_id": MessageId("m-doc" if name == DOC else f"m-{name or 'status'}"),
        "kind": kind,
        "about": DOC,
        "sender": SENDER,
        "receiver": DISTRICT,
        "at": at(minutes),
        "document_id": name,
    }
    return Question(**(plain | values))


def says(code: str, about: str, minutes: int = 60, **values: object) -> Word:
    plain = {
        "message_id": MessageId.derived(code, about, str(minutes)),
        "code": StatusCode(code),
        "about": about,
        "receiver": DISTRICT,
        "to": SENDER,
        "at": at(minutes),
    }
    return Word(**(plain | values))


def stand(*facts: Held | Question | Word, receiver: OrganId = DISTRICT) -> Standing:
    return standing_of(DOC, sender=SENDER, receiver=receiver, evidence=evidence(facts))


def evidence(facts: object) -> Evidence:
    return Evidence(
        held=frozenset(item for item in facts if isinstance(item, Held)),
        questions=frozenset(item for item in facts if isinstance(item, Question)),
        words=frozenset(item for item in facts if isinstance(item, Word)),
    )


def odd(standing: Standing) -> list[Odd]:
    return [item.what for item in standing.warnings]


RECALL = asks(Asked.RECALL, "R", 10)
UPDATE = asks(Asked.UPDATE, "U", 20)
NEW = asks(Asked.REPLACEMENT, "N", 30)


def test_a_document_nobody_asked_about_is_valid():
    """What was sent is in force, and nothing is to be answered."""
    found = stand(held())
    assert (found.state, found.summary, found.outstanding) == (State.VALID, "valid", ())
    assert found.in_force.message_id == MessageId("m-doc")


@pytest.mark.parametrize(
    ("question", "state", "in_force"),
    [
        (RECALL, State.RECALLED, None),
        (UPDATE, State.UPDATED, "m-U"),
        (NEW, State.REPLACED, "m-N"),
        (replace(UPDATE, kind=Asked.RECEIVERS), State.UPDATED, "m-doc"),
    ],
)
def test_an_agreement_does_what_was_asked(question, state, in_force):
    """Asked, the document stands as it was; agreed to, it is recalled, updated or replaced."""
    asked = stand(held(), question)
    assert asked.state is State.VALID
    assert asked.summary == f"{question.kind}-asked"
    assert asked.outstanding == (question,)
    agreed = stand(held(), question, says("15", question.document_id))
    assert (agreed.state, agreed.summary, agreed.outstanding) == (state, state, ())
    assert (str(agreed.in_force.message_id) if agreed.in_force else None) == in_force


@pytest.mark.parametrize("question", [RECALL, UPDATE, NEW])
@pytest.mark.parametrize("code", ["16", "02"])
def test_a_refusal_leaves_it_as_it_was_with_the_reason(question, code):
    """16 about the letter that asked, or 02 about it, refuses; the reason is kept."""
    found = stand(held(), question, says(code, question.document_id, reason="đã ban hành"))
    assert (found.state, found.summary) == (State.VALID, f"{question.kind}-refused")
    assert found.asked[0].reason == "đã ban hành"
    assert found.in_force.message_id == MessageId("m-doc")
    assert found.outstanding == ()


def test_receivers_answer_each_for_itself():
    """One agrees, another refuses, a third has not answered."""
    third = OrganId("H53.32")
    facts = [held(DOC, DISTRICT, COMMUNE, third)]
    facts += [replace(RECALL, receiver=code) for code in (DISTRICT, COMMUNE, third)]
    facts += [says("15", "R"), says("16", "R", receiver=COMMUNE, reason="đã dùng")]
    found = standings(DOC, sender=SENDER, evidence=evidence(facts))
    assert {str(item.receiver): item.summary for item in found} == {
        "H53.31": "recalled",
        "H53.31.21": "recall-refused",
        "H53.32": "recall-asked",
    }


@pytest.mark.parametrize(
    ("minutes", "agreed"), [(5, [True, None]), (15, [True, None]), (25, [None, True])]
)
def test_an_answer_that_names_the_document_is_for_the_latest_question_before_it(minutes, agreed):
    """By the times stated; an answer older than every question is for the first."""
    found = stand(
        held(), replace(UPDATE, at=at(10)), replace(NEW, at=at(20)), says("15", DOC, minutes)
    )
    assert [item.agreed for item in found.asked] == agreed


def test_a_status_13_is_answered_by_the_id_of_the_document():
    """It has no id of its own that an answer could name."""
    back = asks(Asked.RECALL, "", 10)
    assert stand(held(), back, says("15", DOC)).state is State.RECALLED
    # A later letter that asks can be named, so it is not meant.
    assert stand(held(), back, UPDATE, says("15", DOC)).outstanding == ()
    assert stand(held(), back, UPDATE, says("15", DOC)).state is State.RECALLED
    assert stand(held(), back, UPDATE, says("16", "U")).outstanding == (back,)
    # Where the document is itself a letter that asks, the time tells which of them is meant.
    earlier = asks(Asked.UPDATE, DOC, 5, about="H53,2026/03/01,9/UBND")
    assert stand(held(), back, earlier, says("15", DOC, 7)).summary == "recall-asked"
    assert stand(held(), back, earlier, says("15", DOC, 12)).summary == "recalled"


@pytest.mark.parametrize("times", [(1, 2), (2, 1)])
def test_an_agreement_outweighs_a_refusal_whenever_it_was_given(times):
    """What was deleted cannot be refused any more, and who refused may agree after all."""
    found = stand(held(), RECALL, says("15", "R", times[0]), says("16", "R", times[1]))
    assert found.state is State.RECALLED
    assert odd(found) == [Odd.CONTRADICTED]


def test_of_several_refusals_the_last_reason_counts():
    """Nothing else could be meant by repeating it."""
    found = stand(held(), RECALL, says("16", "R", 5, reason="b"), says("16", "R", 4, reason="a"))
    assert found.asked[0].reason == "b"
    assert odd(found) == []


def test_the_update_asked_last_is_in_force_however_the_answers_came():
    """The order of the questions decides, not that of the agreements."""
    later = asks(Asked.UPDATE, "V", 25)
    found = stand(held(), UPDATE, later, says("15", "V", 30), says("15", "U", 40))
    assert found.in_force.document_id == "V"
    assert stand(held(), UPDATE, later, says("15", "U")).in_force.document_id == "U"


def test_a_recall_ends_it():
    """What is asked afterwards, or was not answered before, is not to be answered any more."""
    found = stand(held(), asks(Asked.UPDATE, "A", 5), RECALL, UPDATE, says("15", "R"))
    assert found.state is State.RECALLED
    assert (found.in_force, found.outstanding) == (None, ())
    assert odd(found) == [Odd.AFTER_RECALL]


def test_after_a_replacement_the_document_can_be_recalled_and_replaced_again():
    """An update of what is no longer in force changes nothing, and needs no answer."""
    update = replace(UPDATE, at=at(40))
    found = stand(held(), NEW, update, says("15", "N"), says("15", "U"))
    assert (found.state, found.in_force.document_id) == (State.REPLACED, "N")
    assert odd(found) == [Odd.AFTER_REPLACEMENT]
    assert stand(held(), NEW, update, says("15", "N")).outstanding == ()
    again = asks(Asked.REPLACEMENT, "M", 50)
    found = stand(held(), NEW, again, says("15", "N"), says("15", "M"))
    assert found.in_force.document_id == "M"
    recalled = stand(held(), NEW, replace(RECALL, at=at(50)), says("15", "N"), says("15", "R"))
    assert recalled.state is State.RECALLED
    assert odd(recalled) == [Odd.AFTER_REPLACEMENT]


def test_a_document_that_was_refused_needs_no_answer():
    """Nobody holds it; an agreement all the same counts."""
    refused = says("02", DOC, 5)
    found = stand(held(), refused, RECALL)
    assert (found.state, found.outstanding, found.in_force) == (State.REFUSED, (), None)
    assert odd(found) == [Odd.AFTER_REFUSAL]
    assert odd(stand(held(), replace(refused, at=at(11)), RECALL)) == []
    assert stand(held(), refused, UPDATE, says("15", "U")).state is State.UPDATED


def test_another_agency_asks_nothing():
    """Who did not send the document can neither recall nor change it, and is named."""
    found = stand(held(), replace(RECALL, sender=OTHER), says("15", "R"))
    assert found.state is State.VALID
    assert found.outstanding == ()
    assert odd(found) == [Odd.FOREIGN]


def test_the_same_agency_under_its_other_code_is_the_same():
    """Both spellings of a code mean one agency."""
    asked = replace(RECALL, sender=OrganId("000.00.00.H53"), receiver=OrganId("000.00.31.H53"))
    assert stand(held(), asked, says("15", "R")).state is State.RECALLED


def test_a_recall_may_come_before_the_document():
    """Until that is here it is said to be missing; then nothing is odd."""
    early = stand(RECALL)
    assert (early.summary, early.in_force, odd(early)) == ("recall-asked", None, [Odd.NOT_HELD])
    assert odd(stand(RECALL, held())) == []
    assert odd(stand(RECALL, held(DOC, COMMUNE))) == [Odd.NOT_HELD]


def test_an_answer_without_a_question_is_odd():
    """It changes nothing."""
    found = stand(held(), says("15", DOC))
    assert (found.state, odd(found)) == (State.VALID, [Odd.NO_QUESTION])


def test_whoever_an_update_adds_needs_not_answer():
    """It has the update as its first version; it may refuse to take it."""
    added = replace(UPDATE, kind=Asked.ADDITION)
    found = stand(held(DOC, COMMUNE), added)
    assert (found.state, found.in_force.document_id) == (State.UPDATED, "U")
    assert (found.outstanding, odd(found)) == ((), [])
    assert stand(held(DOC, COMMUNE), added, says("02", "U")).state is State.VALID


def test_a_letter_that_was_recalled_asks_nothing_any_more():
    """The recall of an update leaves the document as before; until it is agreed to, nothing."""
    back = asks(Asked.RECALL, "B", 40, about="U")
    facts = [held(), UPDATE, says("15", "U", 25), back]
    assert stand(*facts).in_force.document_id == "U"
    found = stand(*facts, says("15", "B", 45))
    assert (found.state, found.in_force.message_id) == (State.VALID, MessageId("m-doc"))
    assert odd(found) == [Odd.WITHDRAWN]
    # Letters that recall each other lead to no endless question.
    circle = [
        RECALL,
        asks(Asked.RECALL, "C", 50, about="R"),
        asks(Asked.RECALL, "R", 10, about="C"),
    ]
    assert stand(held(), *circle, says("15", "R"), says("15", "C")).state in State


def test_one_letter_replaces_several_documents():
    """Who agrees to it agrees for all of them."""
    other = replace(NEW, about="H53,2026/03/02,2/UBND")
    found = standing_of(
        other.about,
        sender=SENDER,
        receiver=DISTRICT,
        evidence=evidence([NEW, other, says("15", "N")]),
    )
    assert found.state is State.REPLACED
    assert stand(held(), NEW, other, says("15", "N")).state is State.REPLACED


def test_a_time_needs_a_zone():
    """A fact without one is refused: it could not be put in order."""
    naive = datetime(2026, 3, 2)  # noqa: DTZ001
    for fact in (RECALL, says("15", "R")):
        with pytest.raises(UsageError, match="timezone"):
            replace(fact, at=naive)


names = st.sampled_from(["R", "U", "N", "V", ""])
documents = st.sampled_from([DOC, "U", "N"])
parties = st.sampled_from([DISTRICT, COMMUNE])
facts_of_all_kinds = st.lists(
    st.one_of(
        st.builds(held, documents),
        st.builds(
            lambda kind, name, about, receiver, minutes, sender: asks(
                kind,
                name,
                minutes,
                about=about,
                receiver=receiver,
                sender=sender,
                message_id=MessageId(f"m-{name}{minutes}"),
            ),
            st.sampled_from(Asked),
            names,
            documents,
            parties,
            st.integers(0, 3),
            st.sampled_from([SENDER, SENDER, OTHER]),
        ),
        st.builds(
            lambda code, about, receiver, minutes: says(code, about, minutes, receiver=receiver),
            st.sampled_from(["02", "15", "16"]),
            st.sampled_from([DOC, "R", "U", "N", "V"]),
            parties,
            st.integers(0, 4),
        ),
    ),
    max_size=14,
)


@given(st.data(), facts_of_all_kinds)
def test_no_order_and_no_repetition_changes_anything(data, facts):
    """Sender and receiver who have the same messages, in whatever order, doubled, agree."""
    doubled = facts + (data.draw(st.lists(st.sampled_from(facts))) if facts else [])
    came = data.draw(st.permutations(doubled))
    whole = Evidence()
    for fact in came:
        whole |= evidence([fact])
    for name in (DOC, "U", "N"):
        expected = standings(name, sender=SENDER, evidence=evidence(facts))
        assert standings(name, sender=SENDER, evidence=whole) == expected
        for standing in expected:
            mine = [
                item
                for item in facts
                if isinstance(item, Held) or item.receiver == standing.receiver
            ]
            assert (
                standing_of(
                    name, sender=SENDER, receiver=standing.receiver, evidence=evidence(mine)
                )
                == standing
            )


@given(facts_of_all_kinds)
def test_a_standing_holds_together(facts):
    """Nothing in force after a recall or refusal, and nothing outstanding; all else is asked."""
    for standing in standings(DOC, sender=SENDER, evidence=evidence(facts)):
        if standing.state in {State.RECALLED, State.REFUSED}:
            assert standing.in_force is None
            assert standing.outstanding == ()
        assert {item.message_id for item in standing.outstanding} <= {
            item.question.message_id for item in standing.asked if item.agreed is None
        }
        for item in standing.asked:
            assert item.question.sender == SENDER


def test_letters_that_all_replace_all_before_them_are_folded_at_once():
    """Each is looked at once, however many ways lead from one to another."""
    names = [DOC, *(f"r{number}" for number in range(60))]
    questions = [
        asks(Asked.REPLACEMENT, name, place, about=earlier)
        for place, name in enumerate(names)
        for earlier in names[:place]
    ]
    last = names[-1]
    agreed = [says("15", name) for name in names[1:]]
    standing = stand(*map(held, names), *questions, *agreed)
    assert standing.state is State.REPLACED
    assert standing.in_force.document_id == last


@pytest.mark.parametrize("count", [400, 401])
def test_a_recall_of_a_recall_of_a_recall_ends(count):
    """However long the row is, every second one counts."""
    names = [DOC, *(f"r{number}" for number in range(count))]
    questions = [
        asks(Asked.RECALL, name, place, about=names[place - 1])
        for place, name in enumerate(names)
        if place
    ]
    standing = stand(*questions, *(says("15", name, 5000) for name in names[1:]))
    assert standing.state is (State.RECALLED if count % 2 else State.VALID)


def test_letters_that_ask_about_each_other_are_folded():
    """Nobody withdraws himself by way of another."""
    circle = [asks(Asked.RECALL, "a"), asks(Asked.RECALL, "a", about="b")]
    circle += [asks(Asked.RECALL, "b", about="a"), asks(Asked.RECALL, "b", 2)]
    assert stand(*circle, says("15", "a"), says("15", "b")).state in State
