"""A Hypothesis state machine of the whole exchange, to be subclassed.

    class TestMyAgency(ExchangeStateMachine.TestCase): ...

or, with something of your own in it::

    class MyMachine(ExchangeStateMachine):
        tiers = (1, 2, 4)

        @rule()
        def my_archive_takes_the_inbox(self):
            my_archive.take(self.network.agency(tier=1).inbox)

        @invariant()
        def my_archive_has_nothing_twice(self):
            assert my_archive.count() == len(set(my_archive.ids()))

    TestMyArchive = MyMachine.TestCase

Agencies send, things go wrong and are over, time passes. After every step the promises of the
exchange are checked; at the end everything comes to rest and they are checked again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from docexchange.simulator import USUAL, FaultKind, Setting, SimulatedNetwork
from docexchange.testing.strategies import faults, sends

__all__ = ["ExchangeStateMachine"]


class ExchangeStateMachine(RuleBasedStateMachine):
    """Drives a simulated network; subclasses add rules and invariants of their own."""

    tiers: ClassVar[tuple[int, ...]] = (1, 2, 4)
    """How many agencies each tier has, from the top."""
    kinds: ClassVar[tuple[FaultKind, ...]] = tuple(FaultKind)
    """What may go wrong."""
    setting: ClassVar[Setting] = USUAL
    """How the network is."""
    limit_hours: ClassVar[float] = 24 * 20
    """How long it may take to come to rest at the end."""

    network: SimulatedNetwork
    """The network of this run; there from the first step on."""

    @initialize(seed=st.integers(0, 2**16))
    def _open(self, seed: int) -> None:
        self._letters = 0
        self.network = SimulatedNetwork.create(tiers=self.tiers, seed=seed, setting=self.setting)

    @rule(data=st.data())
    def an_agency_sends(self, data: Any) -> None:
        """A letter from one agency to one or two others, now."""
        self._letters += 1
        send = data.draw(sends(self.tiers, self._letters))
        elapsed = self.network.elapsed.total_seconds() / 60
        self.network.outgoing.expect(_at(send, elapsed))

    @rule(data=st.data())
    def something_goes_wrong(self, data: Any) -> None:
        """A fault at one agency, from now on for some time."""
        fault = data.draw(faults(self.tiers, self.kinds))
        self.network.trouble(_at(fault, self.network.elapsed.total_seconds() / 60))

    @rule(minutes=st.integers(1, 240))
    def time_passes(self, minutes: int) -> None:
        """Some minutes, up to four hours."""
        self.network.run(minutes=minutes)

    @invariant()
    def promises_are_kept(self) -> None:
        """Nothing lost, nothing twice, no unsigned hop: see ``docexchange.simulator``."""
        self.network.check_invariants()

    def teardown(self) -> None:
        """Let everything come to rest, check once more, and let go."""
        if hasattr(self, "network"):
            with self.network as network:
                network.run_until_quiet(limit_hours=self.limit_hours)
                network.check_invariants()


def _at(item: Any, minute: float) -> Any:
    """A letter or a fault as of another moment."""
    name = "minute" if hasattr(item, "minute") else "begin_minutes"
    return replace(item, **{name: minute})
