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
    Action,
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
        rows = [(state, event, row) for (state, event), row in table.items()]
        fresh = {r.state for s, e, r in rows if s in found and e not in without} - found
    return found


@BOTH
def test_every_row_and_no_other_can_be_stepped(table, states, events):
    """Of all pairs of state and event exactly the rows are allowed; the rest is refused by name."""
    for state, event in product(states, events):
        if row := table.get((state, event)):
            assert step(state, event) is row
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


@pytest.mark.parametrize("state", [s for s in OutboundState if s is not S.ACKNOWLEDGED])
def test_a_receipt_ends_the_delivery_from_every_state(state):
    """However late or early a receipt comes, the message is acknowledged and it is kept."""
    row = step(state, E.RECEIPT)
    assert row.state is S.ACKNOWLEDGED
    assert row.actions == (Action.KEEP_RECEIPT, Action.REPORT)


def test_a_further_receipt_is_kept_and_changes_nothing():
    """Acknowledged stays acknowledged; nobody is told again."""
    row = step(S.ACKNOWLEDGED, E.RECEIPT)
    assert (row.state, row.actions) == (S.ACKNOWLEDGED, (Action.KEEP_RECEIPT,))


def test_a_later_refusal_returns_what_was_acknowledged():
    """Whoever has a message and cannot deliver it says so; that is kept, reported and passed on."""
    row = step(S.ACKNOWLEDGED, E.REFUSAL)
    assert row.state is S.RETURNED
    assert row.actions == (Action.KEEP_RECEIPT, Action.REPORT, Action.TELL_BEARER)


def test_whoever_brought_a_message_is_told_of_every_failure():
    """Every step into a state that is a failure owes him the news, and no other step does."""
    for (state, _), row in OUTBOUND.items():
        turns = row.state is not state and row.state.is_failure
        assert (Action.TELL_BEARER in row.actions) == turns


def test_putting_off_changes_nothing_but_the_time():
    """A peer out of reach costs a message neither its state nor an attempt."""
    for state in (S.QUEUED, S.RETRY_WAIT):
        row = step(state, E.PUT_OFF)
        assert (row.state, row.actions) == (state, (Action.AWAIT_PEER,))


def test_a_crash_while_sending_is_recovered():
    """An attempt cut off by a crash is queued again and made due."""
    row = step(S.SENDING, E.RECOVERED)
    assert (row.state, row.actions) == (S.QUEUED, (Action.MAKE_DUE,))


def test_a_missing_receipt_leads_to_another_attempt():
    """The receipt's timeout puts the message into the wait for a retry."""
    row = step(S.AWAITING_RECEIPT, E.RECEIPT_OVERDUE)
    assert (row.state, row.actions) == (S.RETRY_WAIT, (Action.PLAN_RETRY,))


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


def test_entering_an_end_is_reported():
    """Every step that changes into a terminal state owes a report to whoever submitted."""
    for (state, _), row in OUTBOUND.items():
        if row.state.is_terminal and row.state is not state:
            assert Action.REPORT in row.actions


def test_nothing_is_handed_over_or_relayed_twice():
    """Once passed on, only if it was given up and comes again, or its recipient became us."""
    assert reachable(INBOUND, InboundState.HANDED_OVER) == {InboundState.HANDED_OVER}
    again = (InboundEvent.ARRIVED_AGAIN, InboundEvent.INHERITED)
    passed_on = reachable(INBOUND, InboundState.RELAYED, without=again)
    assert passed_on == {InboundState.RELAYED, InboundState.RETURNING, InboundState.REFUSED}


def test_a_receipt_is_given_once_and_then_repeated():
    """Only verified, or at its end after all, signs a receipt; repeats give the stored one."""
    signing = [key for key, row in INBOUND.items() if Action.GIVE_RECEIPT in row.actions]
    assert signing == [
        (InboundState.RECEIVED, InboundEvent.VERIFIED),
        (InboundState.REFUSED, InboundEvent.TAKEN_UP),
        (InboundState.RELAYED, InboundEvent.INHERITED),
        (InboundState.RETURNING, InboundEvent.TAKEN_UP),
    ]
    for state in (InboundState.VERIFIED, InboundState.RELAYED, InboundState.HANDED_OVER):
        assert step(state, InboundEvent.REPEATED).actions == (Action.REPEAT_RECEIPT,)


@given(st.lists(st.sampled_from(OutboundEvent), max_size=60))
def test_acknowledged_is_left_by_a_refusal_alone(events):
    """Whatever else happens after a receipt, the message stays acknowledged."""
    state, acknowledged = OutboundState.QUEUED, False
    for event in events:
        if (state, event) in OUTBOUND:
            state = step(state, event).state
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
    assert arrows == [(state, row.state, event) for (state, event), row in table.items()]
    ends = re.findall(r"^    (\w+) --> \[\*\]$", diagram(table), re.MULTILINE)
    assert set(ends) == {state for state in states if state.is_terminal}


def test_the_table_cannot_be_changed():
    """The tables are read-only: nobody teaches the machine a new step at run time."""
    with pytest.raises(TypeError):
        OUTBOUND[S.ACKNOWLEDGED, E.STARTED] = OUTBOUND[S.QUEUED, E.STARTED]
