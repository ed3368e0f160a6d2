"""The state machine of the exchange, as it is and with a rule of one's own."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from docexchange.delivery import PutOutbound
from docexchange.simulator import START, Setting, SimulatedStore
from docexchange.testing.machine import ExchangeStateMachine

FEW = settings(
    max_examples=5, stateful_step_count=6, deadline=None, derandomize=True, phases=[Phase.generate]
)


class Forgetful(SimulatedStore):
    """A store that forgets what was to be sent on: the defect that is planted here."""

    def apply(self, changes):
        """Apply all changes but those."""
        kept = [item for item in changes if not isinstance(item, PutOutbound) or item.expected]
        super().apply(kept)


def test_the_exchange_keeps_its_promises():
    """Whatever is sent and goes wrong, in any order."""
    run_state_machine_as_test(ExchangeStateMachine, settings=FEW)


def test_a_lost_outbox_is_found():
    """A node whose store loses what it accepted breaks the machine."""

    class Machine(ExchangeStateMachine):
        setting = Setting(start=START, new_store=Forgetful)

    with pytest.raises(AssertionError, match="lost"):
        run_state_machine_as_test(Machine, settings=FEW)


def test_an_invariant_of_ones_own_is_checked():
    """What a subclass adds can fail."""

    class Machine(ExchangeStateMachine):
        @invariant()
        def nobody_writes(self):
            assert self._letters == 0, "somebody wrote"

    with pytest.raises(AssertionError, match="somebody wrote"):
        run_state_machine_as_test(Machine, settings=FEW)
