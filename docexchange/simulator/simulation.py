"""A scenario that is played: letters, lines, faults and hours in, an `Outcome` out.

>>> with Simulation(read_scenario("dead-province"), seed=7) as simulation:
...     outcome = simulation.run()
>>> outcome.arrived, outcome.delays[0].p99_seconds
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final, Self

from docexchange.simulator.forgetting import Forgetter
from docexchange.simulator.guests import told_home
from docexchange.simulator.invariants import problems
from docexchange.simulator.lines import Lines
from docexchange.simulator.network import SimulatedNetwork
from docexchange.simulator.played import Played, outcome_of
from docexchange.simulator.premises import Setting
from docexchange.simulator.traffic import letters_of
from docexchange.simulator.watching import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from docexchange.instrumentation import Event
    from docexchange.simulator.border import Meet, Part
    from docexchange.simulator.cast import Place
    from docexchange.simulator.history import Send
    from docexchange.simulator.outcome import Outcome
    from docexchange.simulator.scenario import Scenario
    from docexchange.simulator.weather import Link

__all__ = ["Simulation"]

_STEP_MINUTES: Final = 30.0
_SHORT_STEP_MINUTES: Final = 10.0
_AT_REST: Final = timedelta(minutes=1)
_PROBLEMS: Final = 100


class Simulation:
    """One scenario with one seed.

    Args:
        scenario: what is played.
        seed: decides what is left to chance.
        forgets: whether what is finished is checked and then forgotten, so that a run of any length
            takes little memory. What the stores hold can then not be looked at afterwards.
        division: what is played here, where other processes play the rest, and how to meet them;
            see ``parts``.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int = 0,
        forgets: bool = False,
        division: tuple[Part, Meet] | None = None,
    ) -> None:
        self.scenario: Final = scenario
        self.letters: Final = division[0].letters if division else letters_of(scenario, seed=seed)
        """What is sent, by time; where it is divided, what nodes here send or get."""
        last = self.letters[-1].minute if self.letters else 0.0
        self._last_minute: Final = division[0].last_minute if division else last
        self._lines: Final = Lines(scenario)
        self._start: Final = scenario.start.astimezone(UTC).replace(microsecond=0)
        setting = Setting(
            start=self._start,
            link_of=self._link_of,
            schedule=scenario.schedule,
            keeps_log=False,
            hooks=(self._heard,),
        )
        if division:
            setting = replace(setting, is_played=division[0].plays)
        self._watcher: Watcher | None = None
        self.network: Final = SimulatedNetwork.create(
            tiers=scenario.tiers, seed=seed, setting=setting
        )
        self.watcher: Final = Watcher(self.network.cast, lambda: self.network.now)
        """Gathers the figures."""
        self._watcher = self.watcher
        self.network.wire.watchers.append(self.watcher.carried)
        self._forgetter: Final = Forgetter(self.network) if forgets else None
        if division is not None:
            self.network.wire.divide(*division, self.network.cast)

    def run(self, told: Callable[[int], object] = lambda _: None) -> Outcome:
        """Let it happen.

        Args:
            told: called now and then with how many copies have arrived since.

        Returns:
            What came of it, and whether all promises were kept.
        """
        return outcome_of(self.scenario, self.network.seed, [self.play(told)])

    def play(self, told: Callable[[int], object] = lambda _: None) -> Played:
        """Let it happen, or what of it is played here.

        Args:
            told: called now and then with how many copies have arrived since.
        """
        for entry in self.scenario.faults:
            self.network.trouble(entry.fault)
        before = 0
        broken: dict[str, None] = {}
        for _ in self.steps():
            told(self.watcher.figures.arrived - before)
            before = self.watcher.figures.arrived
            if self._forgetter:
                found = self._forgetter.sweep(older_than=_AT_REST)
                broken |= dict.fromkeys(map(str, found[:_PROBLEMS]))
        with told_home(self.network):
            broken |= dict.fromkeys(map(str, problems(self.network)[:_PROBLEMS]))
        return self._played(tuple(broken))

    def steps(self) -> Iterator[datetime]:
        """Let it happen, some minutes at a time, until nothing is left to do."""
        step = _SHORT_STEP_MINUTES if self._forgetter else _STEP_MINUTES
        rest = iter(self.letters)
        send = next(rest, None)
        # All processes take as many steps, whatever is left to be sent in each.
        limit = (self.scenario.hours + self.scenario.rest_hours) * 60
        until = 0.0
        while until < limit and (until <= self._last_minute or not self.network.is_quiet):
            until += step
            while send and send.minute < until:
                self._expect(send)
                send = next(rest, None)
            self.network.run(minutes=step)
            if until % _STEP_MINUTES == 0:
                self.watcher.look(self.network)
            yield self.network.now

    def _expect(self, send: Send) -> None:
        at = self._start + timedelta(minutes=send.minute)
        here = [place for place in send.to if not self._is_abroad(place)]
        if here:
            message_id = str(self.network.letters.id_of(send.name))
            self.watcher.expect(send, here, message_id, at)
        if not self._is_abroad(send.sender):
            self.network.outgoing.expect(send)
        elif border := self.network.wire.border:
            border.announce(send, self.network.outgoing.written)

    def _is_abroad(self, place: Place) -> bool:
        border = self.network.wire.border
        return border is not None and border.is_abroad(place)

    def _link_of(self, sender: Place, receiver: Place) -> Link:
        return self._lines.link(sender, receiver, at=self.network.now)

    def _heard(self, event: Event) -> None:
        if self._watcher is not None:
            self._watcher.heard(event)

    def _played(self, broken: tuple[str, ...]) -> Played:
        network = self.network
        states = (state for item in network.deliveries.values() for state in item.states.values())
        forgotten = self._forgetter.failed if self._forgetter else 0
        own = [send for send in self.letters if not self._is_abroad(send.sender)]
        return Played(
            letters=len(own),
            copies=sum(len(send.to) for send in own),
            figures=self.watcher.figures,
            failed=sum(state.is_failure for state in states) + forgotten,
            hours=round(network.elapsed.total_seconds() / 3600, 2),
            is_quiet=network.is_quiet,
            problems=broken,
            digests=network.log.digests,
        )

    def close(self) -> None:
        """Let go of everything; closing twice is harmless."""
        self.network.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
