"""A scenario that several processes play together: one history, on all processors of a machine.

>>> outcome = play_in_parts(read_scenario("national-day"), seed=1, processes=2)

The network is cut above tier 2: each agency of tier 2 is played with all below it, so that only
what the highest agency sends and gets may cross. Each part is a process that makes the whole
network and plays its own nodes of it; this one plays the highest agency, goes between them
(``middle``), and puts together what all counted. Why so: ``docs/adr/0024-a-country-in-parts.md``.
"""

from __future__ import annotations

import gc
import multiprocessing
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from heapq import heapreplace
from typing import TYPE_CHECKING, Final

from docexchange.errors import UsageError
from docexchange.simulator.border import MIDDLE, Part
from docexchange.simulator.cast import Cast
from docexchange.simulator.lines import Lines
from docexchange.simulator.middle import Failed, Line, Middle
from docexchange.simulator.played import outcome_of
from docexchange.simulator.simulation import Simulation
from docexchange.simulator.traffic import letters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from docexchange.simulator.border import Meet
    from docexchange.simulator.cast import Place
    from docexchange.simulator.history import Send
    from docexchange.simulator.outcome import Outcome
    from docexchange.simulator.played import Played
    from docexchange.simulator.scenario import Scenario

__all__ = ["lookahead_of", "parts_of", "play_in_parts", "shares_of"]

_TOP: Final = 1
_OBJECTS: Final = 500_000
"""How many are made, and not let go, before a part looks for those that hang in circles."""


def play_in_parts(
    scenario: Scenario,
    *,
    seed: int = 0,
    processes: int,
    forgets: bool = False,
    told: Callable[[int], object] = lambda _: None,
) -> Outcome:
    """Play a scenario in several processes.

    A program that calls this is imported by each of them, and must not do it again then: have it
    under ``if __name__ == "__main__"``.

    Args:
        scenario: what is played; without faults of nodes.
        seed: decides what is left to chance.
        processes: how many, 1 or more; this one plays the highest agency besides.
        forgets: as for `Simulation`.
        told: called now and then with how many copies have arrived since.

    Returns:
        The same as of ``Simulation.run``.

    Raises:
        UsageError: the scenario has faults of nodes, or what crosses between the parts takes no
            time.
    """
    lookahead_of(scenario)  # before anything is started
    pipes: list[Connection] = []
    workers: list[BaseProcess] = []
    try:
        for _ in range(processes):
            _begin(pipes, workers)
        own, *tasks = (
            Task(scenario, seed, forgets, part)
            for part in parts_of(scenario, seed=seed, processes=processes)
        )
        for pipe, task in zip(pipes, tasks, strict=True):
            with suppress(ConnectionError):  # who ended without a word is found when it is heard
                pipe.send(task)
        return between(own, pipes, told)
    finally:
        _end(pipes, workers)


def parts_of(scenario: Scenario, *, seed: int, processes: int) -> list[Part]:
    """Divide a scenario.

    Args:
        scenario: what is played.
        seed: decides what is left to chance.
        processes: how many play it, 1 or more, besides the one that plays the highest agency.

    Returns:
        What each plays; first the highest agency.

    Raises:
        UsageError: it cannot be divided.
    """
    lookahead = lookahead_of(scenario)
    letters = letters_of(scenario, seed=seed)
    parts = shares_of(scenario, letters, processes)
    last_minute = letters[-1].minute if letters else 0.0

    def concern(number: int) -> tuple[Send, ...]:
        return tuple(
            send for send in letters if number in map(parts.__getitem__, (send.sender, *send.to))
        )

    return [
        Part(
            parts=parts,
            own=number,
            letters=concern(number),
            last_minute=last_minute,
            lookahead=lookahead,
        )
        for number in range(processes + 1)
    ]


def shares_of(scenario: Scenario, letters: Sequence[Send], processes: int) -> dict[Place, int]:
    """Share the agencies out: the heaviest of tier 2 first, with all below it, to who has least.

    Args:
        scenario: how many agencies there are.
        letters: what they send; whoever sends or gets one is so much heavier.
        processes: among how many, 1 or more; the highest agency has one of its own.

    Returns:
        The number of the process that plays an agency, from 1; of the highest, `MIDDLE`.
    """
    branches = _branches(Cast(scenario.tiers))
    weights = dict.fromkeys(branches.values(), 0)
    for place in (place for send in letters for place in (send.sender, *send.to)):
        weights[branches[place]] += 1
    top = branches[_TOP, 0]
    loads = [(0, number) for number in range(1, processes + 1)]
    part_of = {top: MIDDLE}
    for branch in sorted(weights.keys() - {top}, key=lambda place: (-weights[place], place)):
        load, number = loads[0]
        part_of[branch] = number
        heapreplace(loads, (load + weights[branch], number))
    return {place: part_of[branch] for place, branch in branches.items()}


def _branches(cast: Cast) -> dict[Place, Place]:
    """The agency of tier 2 at or above each agency; the highest stands for itself."""
    places = {member.organ_id: member.place for member in cast.members}
    found: dict[Place, Place] = {}
    for member in cast.members:
        above = places[member.parent] if member.parent else None
        is_branch = above is None or above[0] == _TOP
        found[member.place] = member.place if is_branch or above is None else found[above]
    return found


def lookahead_of(scenario: Scenario) -> timedelta:
    """How long anything takes at least between the highest agency and those of tier 2.

    Args:
        scenario: has the lines.

    Raises:
        UsageError: no time at all; or there are faults of nodes, of which only their own process
            would know. Those of links are the same everywhere, and make nothing faster.
    """
    lines, profiles = Lines(scenario), scenario.known_profiles
    below = ((_TOP + 1, number) for number in range(scenario.tiers[1] if scenario.tiers[1:] else 0))
    names = {lines.profile_of((_TOP, 0), place) for place in below}
    seconds = min((profiles[name].latency_seconds for name in names), default=0.0)
    of_nodes = {str(entry.kind) for entry in scenario.faults if not entry.kind.is_of_links}
    if not seconds or of_nodes:
        raise UsageError(
            "processes: expected a scenario without faults of nodes, in which it takes some time "
            f"from the top to tier 2, found faults {', '.join(sorted(of_nodes)) or 'none'} "
            f"and {seconds} seconds",
            code="simulator.parts",
            advice="Play it in one process.",
        )
    return timedelta(seconds=seconds)


# --- all together ---


@dataclass(frozen=True, slots=True)
class Task:
    """What one process has to do."""

    scenario: Scenario
    seed: int
    forgets: bool
    part: Part

    def simulation(self, others: Meet) -> Simulation:
        """What is played there."""
        division = self.part, others
        return Simulation(self.scenario, seed=self.seed, forgets=self.forgets, division=division)


def between(task: Task, pipes: Sequence[Connection], told: Callable[[int], object]) -> Outcome:
    """Play the highest agency, and go between the others.

    Args:
        task: what is to be played here.
        pipes: to the others.
        told: as for `play_in_parts`.
    """
    middle = Middle(pipes, lookahead=task.part.lookahead, told=told)
    played = _played(task, middle, told)
    return outcome_of(task.scenario, task.seed, [played, *middle.played()])


def work(pipe: Connection) -> None:
    """Play one of the other parts.

    Args:
        pipe: to the one between, who says first what is to be played.
    """
    line = Line(pipe)
    try:
        pipe.send(_played(pipe.recv(), line, line.tell))
    except (EOFError, ConnectionError, KeyboardInterrupt):
        pass  # nobody wants to know any more
    except BaseException:  # noqa: BLE001  it is told where it is heard
        pipe.send(Failed(traceback.format_exc()))


def _played(task: Task, others: Meet, told: Callable[[int], object]) -> Played:
    with _seldom_searched(), task.simulation(others) as simulation:
        # What is there now stays to the end; looking through it for garbage takes minutes.
        gc.collect()
        gc.freeze()
        try:
            return simulation.play(told)
        finally:
            gc.unfreeze()


@contextmanager
def _seldom_searched() -> Iterator[None]:
    """Let memory be searched seldom for objects that hang together in circles.

    Of a letter some twenty do, and more are under way that do not.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _begin(pipes: list[Connection], workers: list[BaseProcess]) -> None:
    """Start one more process; it is told later what to do.

    Given it at its start, one that cannot even begin would be waited for without end.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=work, args=(theirs,), daemon=True)
    worker.start()
    theirs.close()
    pipes.append(ours)
    workers.append(worker)


def _end(pipes: Sequence[Connection], workers: Sequence[BaseProcess]) -> None:
    """Those that have played end by themselves; the others are not waited for."""
    for pipe in pipes:
        pipe.close()
    for worker in workers:
        worker.join(timeout=1)
        worker.terminate()
        worker.join()
