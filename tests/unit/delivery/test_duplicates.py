"""The one decision about duplicates, in all its cases."""

from __future__ import annotations

import pytest
from contract.delivery_samples import BYTES, OTHER_BYTES, inbound

from docexchange.delivery import INBOUND, Arrival, InboundEvent, InboundState, judge

EVENTS = {
    Arrival.REPEAT: InboundEvent.REPEATED,
    Arrival.CONFLICT: InboundEvent.CONFLICTED,
    Arrival.AGAIN: InboundEvent.ARRIVED_AGAIN,
}
MAKING_WAY = [InboundState.REFUSED, InboundState.RETURNING]
CLAIMING = [state for state in InboundState if state not in MAKING_WAY]


def test_an_unknown_message_is_new():
    """What is not known cannot be a duplicate."""
    assert judge(None, BYTES) is Arrival.NEW


@pytest.mark.parametrize("state", CLAIMING)
def test_the_same_bytes_are_a_repeat(state):
    """A resend of a message that has not been refused is a repeat."""
    assert judge(inbound(state=state), BYTES) is Arrival.REPEAT


@pytest.mark.parametrize("state", CLAIMING)
def test_other_bytes_are_a_conflict(state):
    """Other bytes under an id that has not been refused are a conflict."""
    assert judge(inbound(state=state), OTHER_BYTES) is Arrival.CONFLICT


@pytest.mark.parametrize("state", MAKING_WAY)
@pytest.mark.parametrize("payload", [BYTES, OTHER_BYTES])
def test_a_refused_message_makes_way(state, payload):
    """A forged letter that came first shuts out nothing, nor does one that was given up."""
    assert judge(inbound(state=state), payload) is Arrival.AGAIN


@pytest.mark.parametrize("state", list(InboundState))
@pytest.mark.parametrize("payload", [BYTES, OTHER_BYTES])
def test_the_table_has_a_row_for_every_judgement(state, payload):
    """Whatever is judged about a known message, the transition table knows what follows."""
    assert (state, EVENTS[judge(inbound(state=state), payload)]) in INBOUND
