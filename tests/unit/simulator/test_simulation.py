"""Scenarios are played by real nodes: the figures fit what happened, and a seed is a history."""

from __future__ import annotations

from typing import Any

import pytest

from docexchange.simulator.outcome import Outcome, delays_of
from docexchange.simulator.scenario import Scenario
from docexchange.simulator.simulation import Simulation


def scenario(**values: Any) -> Scenario:
    """A few letters between seven agencies."""
    traffic = [
        {"tier": 3, "to": "up", "letters": 6},
        {"tier": 2, "to": "down", "letters": 4, "recipients": 2},
        {"tier": 3, "to": "anywhere", "letters": 2},
    ]
    return Scenario.model_validate(
        {"name": "small", "tiers": (1, 2, 4), "traffic": traffic, **values}
    )


def played(asked: Scenario, seed: int = 1) -> Outcome:
    """What comes of it."""
    with Simulation(asked, seed=seed) as simulation:
        return simulation.run()


def test_a_seed_is_a_history() -> None:
    """The same seed gives the same outcome to the last byte, another one another."""
    first = played(scenario())
    assert first == played(scenario())
    assert first.digest != played(scenario(), seed=2).digest


def test_good_lines_bring_everything() -> None:
    """On good lines everything arrives within a second, nothing is lost or sent again."""
    asked = scenario(expected={"all_arrive": True, "longest_minutes": 1.0})
    told: list[int] = []
    with Simulation(asked, seed=3) as simulation:
        outcome = simulation.run(told.append)
    assert (outcome.arrived, outcome.failed, outcome.problems) == (outcome.copies, 0, ())
    assert (outcome.lost, outcome.resent_octets, outcome.queues) == (0, 0, ())
    assert sum(told) == outcome.copies
    assert outcome.delays[0].copies == sum(item.copies for item in outcome.delays[1:])
    assert outcome.delays[0].longest_seconds < 1
    assert outcome.holds(asked.expected)


def test_a_bad_line_loses_and_sends_again() -> None:
    """Where half of everything is lost, the figures say so, and everything arrives all the same."""
    asked = scenario(
        profiles={"bad": {"loss": 0.5}},
        lines=[{"tiers": (2, 3), "profile": "bad"}],
        expected={"p99_minutes": 0.01},
    )
    outcome = played(asked)
    bad = [flow for flow in outcome.flows if flow.profile == "bad"]
    assert outcome.arrived == outcome.copies
    assert outcome.lost == sum(flow.lost for flow in bad) > 0
    assert outcome.resent_octets > 0
    assert outcome.problems == ()
    (unmet,) = outcome.unmet(asked.expected)
    assert (unmet.what, unmet.expected) == ("p99_minutes", 0.01)
    assert not outcome.holds(asked.expected)


def test_what_is_down_for_good_is_told() -> None:
    """Letters to an agency that never comes back fail, and the senders know; that is no loss."""
    asked = scenario(
        traffic=[{"tier": 2, "to": "down", "letters": 6, "recipients": 2}],
        faults=[{"kind": "partition", "where": [(3, 0)]}],
        retry={"lifetime_seconds": 36_000, "longest_seconds": 7200},
        expected={"all_arrive": True},
    )
    outcome = played(asked)
    missing = outcome.copies - outcome.arrived
    assert missing == outcome.failed > 0
    assert outcome.problems == ()
    assert outcome.is_quiet
    assert [item.what for item in outcome.unmet(asked.expected)] == ["all_arrive"]
    assert outcome.queues[0].place == (2, 0)


def test_an_impatient_scenario_is_not_finished() -> None:
    """What is under way when the time is over is told, and does not hold."""
    asked = scenario(faults=[{"kind": "partition", "where": [(2, 0)]}], hours=18.0, rest_hours=0.0)
    outcome = played(asked)
    assert not outcome.is_quiet
    assert not outcome.holds(asked.expected)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([5.0], (5, 5, 5, 5)), ([float(number) for number in range(100, 0, -1)], (50, 90, 99, 100))],
)
def test_percentiles_are_times_that_occurred(
    seconds: list[float], expected: tuple[float, ...]
) -> None:
    """By nearest rank, of one letter or of a hundred in any order."""
    found = delays_of(seconds, tiers=None)
    assert expected == (
        found.p50_seconds,
        found.p90_seconds,
        found.p99_seconds,
        found.longest_seconds,
    )
