"""Several processes play the history that one would, and find whatever promise is broken."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

import pytest

from docexchange.delivery import OutboundState
from docexchange.errors import UsageError
from docexchange.simulator import START, play_in_parts
from docexchange.simulator.agenda import Agenda
from docexchange.simulator.border import Leave
from docexchange.simulator.cast import Cast
from docexchange.simulator.middle import Line, Middle
from docexchange.simulator.parts import parts_of, shares_of
from docexchange.simulator.played import outcome_of
from docexchange.simulator.scenario import Scenario
from docexchange.simulator.simulation import Simulation
from docexchange.simulator.traffic import letters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from multiprocessing.connection import Connection
    from pathlib import Path

    from docexchange.simulator.agency import Agency
    from docexchange.simulator.border import Meet, Part, Post
    from docexchange.simulator.outcome import Outcome
    from docexchange.simulator.played import Played


def scenario(**values: Any) -> Scenario:
    """Letters up, down and across the country, over lines that lose some."""
    traffic = [
        {"tier": 3, "to": "anywhere", "letters": 8, "recipients": 2},
        {"tier": 2, "to": "up", "letters": 3},
        {"tier": 1, "to": "down", "letters": 3, "recipients": 3},
    ]
    return Scenario.model_validate(
        {
            "name": "small",
            "tiers": (1, 3, 6),
            "hours": 14,
            "traffic": traffic,
            "profiles": {"axis": {"latency_seconds": 5, "jitter_seconds": 5, "loss": 0.1}},
            "lines": [{"tiers": (1, 2), "profile": "axis"}],
            **values,
        }
    )


def in_parts(
    asked: Scenario,
    *,
    seed: int,
    parts: int,
    forgets: bool = True,
    disturb: Callable[[Simulation], object] = lambda _: None,
) -> Outcome:
    """Play it as several processes would, each in a thread; something happens after each step."""

    def play(part: Part, others: Meet) -> Played:
        division = part, others
        with Simulation(asked, seed=seed, forgets=forgets, division=division) as simulation:
            played = simulation.play(lambda _: disturb(simulation))
            disturb(simulation)
            return played

    def play_apart(part: Part, pipe: Connection) -> Played:
        with pipe:  # who waits for it hears that it has ended
            return play(part, Line(pipe))

    own, *rest = parts_of(asked, seed=seed, processes=parts)
    ends = [Pipe() for _ in rest]
    middle = Middle([ours for ours, _ in ends], lookahead=own.lookahead)
    with ThreadPoolExecutor(parts) as pool, ExitStack() as stack:
        for ours, _ in ends:
            stack.enter_context(ours)
        apart = [
            pool.submit(play_apart, *given)
            for given in zip(rest, (theirs for _, theirs in ends), strict=True)
        ]
        played = play(own, middle)
        return outcome_of(asked, seed, [played, *(item.result() for item in apart)])


def alone(asked: Scenario, *, seed: int, forgets: bool = True) -> Outcome:
    """Play it in one process."""
    with Simulation(asked, seed=seed, forgets=forgets) as simulation:
        return simulation.run()


@pytest.mark.parametrize(("seed", "forgets"), [(1, True), (2, True), (3, False)])
def test_any_number_of_parts_plays_one_history(seed: int, *, forgets: bool) -> None:
    """Figures and digest are those of one process, for one beside the middle and for three."""
    expected = alone(scenario(), seed=seed, forgets=forgets)
    assert expected.arrived == expected.copies
    assert expected.problems == ()
    for parts in (1, 3):
        assert in_parts(scenario(), seed=seed, parts=parts, forgets=forgets) == expected


def test_faults_of_links_are_the_same_for_all() -> None:
    """Wherever they are: across the border, within a part, or everywhere."""
    asked = scenario(
        faults=[
            {"kind": "loss", "chance": 0.3, "begin_minutes": 500},
            {"kind": "duplicate", "where": [(1, 0), (2, 1)]},
            {"kind": "reorder", "amount": 90, "where": [(2, 0)]},
            {"kind": "partition", "where": [(1, 0), (2, 0), (3, 0)], "minutes": 600},
            {"kind": "corrupt", "chance": 0.2, "where": [(3, 1)]},
        ]
    )
    expected = alone(asked, seed=5)
    assert (expected.problems, expected.lost > 0) == ((), True)
    assert in_parts(asked, seed=5, parts=2) == expected


def test_processes_play_it_as_well() -> None:
    """Two real ones, and a word about what has arrived."""
    arrived: list[int] = []
    outcome = play_in_parts(scenario(), seed=4, processes=2, forgets=True, told=arrived.append)
    assert outcome == alone(scenario(), seed=4)
    assert 0 < sum(arrived) <= outcome.arrived


def test_what_is_finished_is_forgotten_by_all() -> None:
    """Whoever carried a letter, or was to get it, knows nothing of it in the end."""
    left: dict[int, tuple[int, ...]] = {}

    def count(simulation: Simulation) -> None:
        border = simulation.network.wire.border
        assert border is not None
        known = border.guests, border.announced, border.gone, simulation.network.deliveries
        left[id(simulation)] = tuple(map(len, known))
        seen.append(len(border.guests))

    seen: list[int] = []
    outcome = in_parts(scenario(), seed=1, parts=2, disturb=count)
    assert (outcome.arrived, outcome.is_quiet) == (outcome.copies, True)
    assert any(seen)
    assert [*left.values()] == [(0, 0, 0, 0)] * 3


_UNGUARDED = """
from docexchange.simulator import Scenario, play_in_parts

letters = {"tier": 3, "to": "anywhere", "letters": 3000}
asked = {"name": "x", "tiers": (1, 2, 6), "hours": 14, "traffic": [letters]}
play_in_parts(Scenario.model_validate(asked), processes=1)
"""


def test_a_program_that_would_start_itself_again_ends(tmp_path: Path) -> None:
    """Each process imports it, and says why it cannot begin; the first one does not wait."""
    program = tmp_path / "program.py"
    program.write_text(_UNGUARDED, encoding="utf-8")
    found = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=60, check=False
    )
    assert found.returncode == 1
    assert "process 1 of the simulation: it ended without a word" in found.stderr


def strangers(simulation: Simulation) -> list[Agency]:
    """Agencies here that were given a letter from elsewhere."""
    border = simulation.network.wire.border
    assert border is not None
    agencies = simulation.network.agencies.values()
    return [item for item in agencies if any(x.message_id in border.announced for x in item.inbox)]


def lose(simulation: Simulation) -> None:
    """What was handed over is gone."""
    for agency in strangers(simulation):
        agency.host.desk.forget([letter.message_id for letter in agency.inbox])


def misplace(simulation: Simulation) -> None:
    """It is handed over once more, to somebody it is not for."""
    for agency in strangers(simulation):
        if agency.tier == 2:
            below = simulation.network.agency(tier=3, n=agency.place[1] * 2)
            below.host.desk.letters.extend(agency.inbox)


def deny(simulation: Simulation) -> None:
    """Whoever gave a receipt does not know of it."""
    for agency in strangers(simulation):
        agency.store._receipts.clear()


def hush(simulation: Simulation) -> None:
    """It is forgotten how it came to its state."""
    for agency in strangers(simulation):
        agency.store._timeline.clear()


def outlive(simulation: Simulation) -> None:
    """A letter is not brought away, though its life is over."""
    for agency in strangers(simulation):
        shelf = agency.store._outbound
        for record in list(shelf.records.values()):
            over = record.created_at - timedelta(days=1)
            shelf.put(replace(record, state=OutboundState.QUEUED, expires_at=over))


@pytest.mark.parametrize(
    ("disturb", "rules"),
    [
        (lose, "lost"),
        (misplace, "changed"),
        (deny, "receipt"),
        (hush, "timeline"),
        (outlive, "expired lost"),
    ],
)
def test_what_is_broken_beyond_the_border_is_found(disturb: Any, rules: str) -> None:
    """By the part that sent the letter, or by the one that has it."""
    asked = scenario(traffic=[{"tier": 1, "to": "down", "letters": 6, "recipients": 3}])
    assert in_parts(asked, seed=1, parts=2).problems == ()
    found = in_parts(asked, seed=1, parts=2, disturb=disturb).problems
    assert {problem.split(":")[0] for problem in found} == {*rules.split()}


def test_nothing_is_left_behind() -> None:
    """What is finished is forgotten by all parts, guests as well."""
    left: dict[int, tuple[object, ...]] = {}

    def look(simulation: Simulation) -> None:
        network = simulation.network
        assert network.wire.border is not None
        counts = [agency.store.counts() for agency in network.agencies.values()]
        guests, announced = network.wire.border.guests, network.wire.border.announced
        left[id(simulation)] = network.deliveries, guests, announced, [c for c in counts if c]

    outcome = in_parts(scenario(), seed=2, parts=2, disturb=look)
    assert outcome.is_quiet
    assert list(left.values()) == [({}, {}, {}, [])] * 3


def test_a_branch_stays_together() -> None:
    """An agency is played with its superior, but for the highest; the load is shared."""
    asked = scenario(tiers=(1, 5, 20, 60))
    letters = letters_of(asked, seed=1)
    parts = shares_of(asked, letters, 2)
    cast = Cast(asked.tiers)
    places = {member.organ_id: member.place for member in cast.members}
    below = [member for member in cast.members if member.tier > 2]
    assert all(parts[member.place] == parts[places[member.parent]] for member in below)
    assert parts[1, 0] == 0
    assert {parts[2, number] for number in range(5)} == {1, 2}
    assert set(shares_of(asked, letters, 1).values()) == {0, 1}


@pytest.mark.parametrize(
    "values",
    [
        {"faults": [{"kind": "loss"}, {"kind": "down", "where": [(3, 0)]}]},
        {"profiles": {"axis": {"latency_seconds": 0}}},
        {"tiers": (1,), "lines": [], "traffic": [{"tier": 1, "to": "down", "letters": 1}]},
    ],
)
def test_what_cannot_be_divided_is_refused(values: dict[str, Any]) -> None:
    """Faults of nodes, of which other processes would not know; and what crosses in no time."""
    with pytest.raises(UsageError) as caught:
        play_in_parts(scenario(**values), processes=2)
    assert caught.value.code == "simulator.parts"


class Nobody:
    """Others who have nothing to say."""

    def go_on(self, posts: Mapping[int, Post], next_at: datetime | None, until: datetime) -> Leave:
        """Let it go on to the end."""
        del posts
        return Leave([]) if next_at is None or next_at > until else Leave([], end=until)

    def exchange(self, posts: Mapping[int, Post]) -> Sequence[bytes]:
        """Give nothing."""
        del posts
        return []


def test_what_is_faster_than_it_may_be_is_a_mistake() -> None:
    """What arrives before others may have gone on to is never put among what they did."""
    asked = scenario()
    part = parts_of(asked, seed=1, processes=2)[0]
    division = replace(part, lookahead=timedelta(seconds=60)), Nobody()
    with (
        Simulation(asked, seed=1, division=division) as simulation,
        pytest.raises(AssertionError, match="expected what crosses to take 0:01:00 or more"),
    ):
        simulation.play()


class TooLate(Nobody):
    """Others who give something for a moment that was played."""

    def go_on(self, posts: Mapping[int, Post], next_at: datetime | None, until: datetime) -> Leave:
        """Give back what was posted, when it is too late."""
        late = [post.data for post in posts.values()]
        return Leave(late, end=until) if late else super().go_on(posts, next_at, until)


def test_what_comes_too_late_is_a_mistake() -> None:
    """Nothing that has arrived by now is put among what is still to come."""
    asked = scenario(traffic=[{"tier": 1, "to": "down", "letters": 9}])
    part = parts_of(asked, seed=1, processes=2)[0]
    with (
        Simulation(asked, seed=1, division=(part, TooLate())) as simulation,
        pytest.raises(AssertionError, match="expected it to arrive before"),
    ):
        simulation.play()


def test_what_crosses_without_the_highest_agency_is_a_mistake() -> None:
    """Others may have gone on further than it takes from one of them to the next."""
    asked = scenario(traffic=[{"tier": 2, "to": "sibling", "letters": 6}])
    part = parts_of(asked, seed=1, processes=2)[1]
    division = replace(part, parts={**part.parts, (1, 0): 2}), Nobody()
    with (
        Simulation(asked, seed=1, division=division) as simulation,
        pytest.raises(AssertionError, match="expected what crosses to come from the highest"),
    ):
        simulation.play()


def test_a_process_that_ends_early_is_told() -> None:
    """Nobody waits for it for ever."""
    ours, theirs = Pipe()
    theirs.close()
    middle = Middle([ours], lookahead=timedelta(seconds=5))
    with pytest.raises(RuntimeError, match="process 1 of the simulation: it ended without a word"):
        middle.go_on({}, None, START)


def test_the_order_of_a_moment_does_not_depend_on_who_plays() -> None:
    """What arrives comes before all else, by sender; whoever entered it, and when."""
    agenda, done = Agenda(START), list[str]()
    agenda.at(START, lambda: done.append("first entered"))
    agenda.at(START, lambda: done.append("from province 1"), rank=(2, 1, 1))
    agenda.at(START, lambda: done.append("from province 0, the second"), rank=(2, 0, 2))
    agenda.at(START, lambda: done.append("last entered"))
    agenda.at(START, lambda: done.append("from province 0, the first"), rank=(2, 0, 1))
    agenda.run_until(START)
    assert [text.split(", ")[-1] for text in done] == [
        "the first",
        "the second",
        "from province 1",
        "first entered",
        "last entered",
    ]
