"""An outage says what a breaker has to know to go on, and cannot be illegal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from contract.delivery_samples import NOON, at

from docexchange.delivery import BreakerPolicy, CircuitState, Outage
from docexchange.errors import UsageError

OUTAGE = Outage(endpoint="memory:district", failures=3, since=NOON, until=at(30), reason="gone")


def test_a_breaker_goes_on_from_an_outage():
    """Shut until its probe is due, and out of order as if nothing had been in between."""
    policy, circuit = BreakerPolicy(), OUTAGE.circuit
    assert (circuit.state, circuit.failures) == (CircuitState.OPEN, 3)
    assert policy.admit(circuit, at(29)) is None
    assert policy.admit(circuit, at(30)) is not None
    assert policy.is_out_of_order(circuit, NOON + timedelta(seconds=policy.patience_seconds))


@pytest.mark.parametrize(
    "change",
    [{"failures": 0}, {"since": at(0).replace(tzinfo=None)}, {"until": at(0).replace(tzinfo=None)}],
)
def test_an_illegal_outage_cannot_be_made(change):
    """No failure, or a time without a zone."""
    with pytest.raises(UsageError):
        replace(OUTAGE, **change)
