"""The table is complete, closed and honest about its ends."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.delivery import (
    INBOUND,
    OUTBOUND,
    WAITING,
    InboundEvent,
    InboundState,
    OutboundEvent,
    OutboundState,
    diagram,
    step,
)
from docexchange.errors import IllegalTransition

S, E = OutboundState, OutboundEvent
BOTH = pytest.mark.parametrize(
    ("table", "states", "events"),
    [(OUTBOUND, OutboundState, OutboundEvent), (INBOUND, InboundState, InboundEvent)],
    ids=["outbound", "inbound"],
)


def reachable(table, start, *, without=()):
    """All states to which some chain of events leads."""
    found, fresh = set(), {start}
    while fresh:
        found |= fresh
        steps = table.items()
        fresh = {after for (s, e), after in steps if s in found and e not in without} - found
    return found


@BOTH
def test_every_row_and_no_other_can_be_stepped(table, states, events):
    """Of all pairs of state and event exactly the rows are allowed; the rest is refused by name."""
    for state, event in product(states, events):
        if after := table.get((state, event)):
            assert step(state, event) is after
            continue
        with pytest.raises(IllegalTransition) as caught:
            step(state, event)
        assert caught.value.code == "delivery.illegal-transition"
        assert f"{state}: expected one of" in str(caught.value)
        assert str(event) in str(caught.value)


@BOTH
def test_every_state_and_event_is_used(table, states, events):
    """No state is out of reach, and no event is without a row."""
    assert reachable(table, next(iter(states))) == set(states)
    assert {event for _, event in table} == set(events)


@BOTH
def test_every_state_can_come_to_an_end(table, states, events):
    """From every state some chain of events leads to a terminal one."""
    del events
    for state in states:
        assert any(end.is_terminal for end in reachable(table, state))


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (OutboundState.SENDING, InboundEvent.REFUSED),
        (InboundState.RECEIVED, OutboundEvent.RECEIPT),
        (InboundState.VERIFIED, "handed_over"),
        ("queued", "started"),
        (OutboundState.QUEUED, "started"),
    ],
)
def test_the_two_directions_never_mix(state, event):
    """Texts that are equal across the directions, or mere text, are not taken for the other."""
    with pytest.raises(IllegalTransition):
        step(state, event)


@BOTH
def test_what_is_equal_to_its_text_is_found_by_it(table, states, events):
    """A state or an event and its text are one key."""
    del table
    for word in (*states, *events):
        assert word == str(word)
        assert {str(word): word}[word] is {word: word}[str(word)] is word


@pytest.mark.parametrize("state", [s for s in OutboundState if s is not S.ACKNOWLEDGED])
def test_a_receipt_ends_the_delivery_from_every_state(state):
    """However late or early a receipt comes, the message is acknowledged."""
    assert step(state, E.RECEIPT) is S.ACKNOWLEDGED


def test_a_later_refusal_returns_what_was_acknowledged():
    """Whoever has a message and cannot deliver it says so; a further receipt changes nothing."""
    assert step(S.ACKNOWLEDGED, E.REFUSAL) is S.RETURNED
    assert step(S.ACKNOWLEDGED, E.RECEIPT) is S.ACKNOWLEDGED


def test_putting_off_changes_nothing_but_the_time():
    """A peer out of reach costs a message neither its state nor an attempt."""
    for state in (S.QUEUED, S.RETRY_WAIT):
        assert step(state, E.PUT_OFF) is state


def test_a_crash_while_sending_is_recovered():
    """An attempt cut off by a crash is queued again."""
    assert step(S.SENDING, E.RECOVERED) is S.QUEUED


def test_a_missing_receipt_leads_to_another_attempt():
    """The receipt's timeout puts the message into the wait for a retry."""
    assert step(S.AWAITING_RECEIPT, E.RECEIPT_OVERDUE) is S.RETRY_WAIT


def test_only_what_waits_can_be_late():
    """Exactly the states in which time counts, and sending, can run out of lifetime."""
    late = {state for state, event in OUTBOUND if event is E.LIFETIME_OVER}
    assert late == {*WAITING, S.SENDING}


def test_terminal_states_say_so():
    """A state is terminal if and only if nothing but the receiver or a person leaves it."""
    outside = {E.RECEIPT, E.REFUSAL, E.RESENT}
    for state in OutboundState:
        own = {event for at, event in OUTBOUND if at is state} - outside
        assert state.is_terminal == (not own)


def test_nothing_is_handed_over_or_relayed_twice():
    """Once passed on, only if it was given up and comes again, or its recipient became us."""
    assert reachable(INBOUND, InboundState.HANDED_OVER) == {InboundState.HANDED_OVER}
    again = (InboundEvent.ARRIVED_AGAIN, InboundEvent.INHERITED)
    passed_on = reachable(INBOUND, InboundState.RELAYED, without=again)
    assert passed_on == {InboundState.RELAYED, InboundState.RETURNING, InboundState.REFUSED}


def test_what_comes_again_changes_nothing():
    """A repetition or a conflict leaves a message where it is."""
    for (state, event), after in INBOUND.items():
        if event in (InboundEvent.REPEATED, InboundEvent.CONFLICTED):
            assert after is state


@given(st.lists(st.sampled_from(OutboundEvent), max_size=60))
def test_acknowledged_is_left_by_a_refusal_alone(events):
    """Whatever else happens after a receipt, the message stays acknowledged."""
    state, acknowledged = OutboundState.QUEUED, False
    for event in events:
        if (state, event) in OUTBOUND:
            state = step(state, event)
            acknowledged = (acknowledged or event is E.RECEIPT) and event is not E.REFUSAL
        assert not acknowledged or state is S.ACKNOWLEDGED


@BOTH
def test_the_diagram_has_an_arrow_for_each_row(table, states, events):
    """The Mermaid text shows every row once, the start, and the ends."""
    del events
    lines = diagram(table).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert lines[1] == f"    [*] --> {next(iter(states))}"
    arrows = re.findall(r"^    (\w+) --> (\w+): (\w+)$", diagram(table), re.MULTILINE)
    assert arrows == [(state, after, event) for (state, event), after in table.items()]
    ends = re.findall(r"^    (\w+) --> \[\*\]$", diagram(table), re.MULTILINE)
    assert set(ends) == {state for state in states if state.is_terminal}


def test_the_table_cannot_be_changed():
    """The tables are read-only: nobody teaches the machine a new step at run time."""
    with pytest.raises(TypeError):
        OUTBOUND[S.ACKNOWLEDGED, E.STARTED] = OUTBOUND[S.QUEUED, E.STARTED]
