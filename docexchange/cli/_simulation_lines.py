"""What came of a simulation, as lines for people and as plain values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from docexchange.cli._output import answer, plain, styled
from docexchange.cli._simulation_words import simulation_words as words
from docexchange.cli._timeline import print_table
from docexchange.simulator.picture import span_text

if TYPE_CHECKING:
    from docexchange.simulator import Outcome, Scenario
    from docexchange.simulator.outcome import Delays

__all__ = ["outcome_json", "print_outcome"]

_SHOWN = 5


def print_outcome(outcome: Outcome, scenario: Scenario) -> None:
    """Print what came of a run.

    Args:
        outcome: of the run.
        scenario: what was played.
    """
    answer(f"{plain(outcome.name)} · {words('seed')} {outcome.seed}")
    print_table([["   ", *cells] for cells in _figures(outcome)])
    answer()
    answer(words("How long letters took"))
    head = [words("from → to"), words("copies"), "50 %", "90 %", "99 %", words("longest")]
    print_table([["   ", *cells] for cells in (head, *map(_delay_cells, outcome.delays))])
    if outcome.queues:
        answer()
        answer(words("Longest queues"))
        shown = outcome.queues[:_SHOWN]
        print_table([["   ", item.name, f"{item.messages:,}"] for item in shown])
    answer()
    _print_promises(outcome)
    _print_expected(outcome, scenario)


def _figures(outcome: Outcome) -> list[list[str]]:
    arrived = f"{outcome.arrived:,} / {outcome.copies:,} {words('copies arrived')}"
    shares = (
        f"{outcome.octets:,} {words('octets')} · {words('sent again')} {outcome.resent_octets:,} · "
        f"{outcome.lost:,} {words('lost on the way')}"
    )
    return [
        [words("Tiers"), " · ".join(f"{size:,}" for size in outcome.tiers)],
        [words("Letters"), f"{outcome.letters:,} · {arrived}"],
        [words("Failed"), f"{outcome.failed:,}"],
        [words("Finished after"), f"{outcome.hours:g} {words('hours')}"],
        [words("Carried"), f"{outcome.attempts:,} {words('attempts')} · {shares}"],
        [words("Digest"), outcome.digest],
    ]


def _delay_cells(item: Delays) -> list[str]:
    name = words("all") if item.tiers is None else f"{item.tiers[0]} → {item.tiers[1]}"
    spans = (item.p50_seconds, item.p90_seconds, item.p99_seconds, item.longest_seconds)
    return [name, f"{item.copies:,}", *(span_text(span, words) for span in spans)]


def _print_promises(outcome: Outcome) -> None:
    kept = not outcome.problems
    told = words("all kept") if kept else f"{len(outcome.problems)} {words('broken')}"
    answer(f"{words('Promises')}: {styled(told, 'green' if kept else 'red')}")
    for problem in outcome.problems[:_SHOWN]:
        answer(f"    {plain(problem)}")
    if not outcome.is_quiet:
        answer(styled(words("something is still under way"), "red"))


def _print_expected(outcome: Outcome, scenario: Scenario) -> None:
    unmet = {item.what: item for item in outcome.unmet(scenario.expected)}
    asked = {key: limit for key, limit in scenario.expected.model_dump().items() if limit}
    for key, asked_for in asked.items():
        item = unmet.get(key)
        mark = styled(words("NO"), "red") if item else styled(words("ok"), "green")
        bound = words("at least" if key == "all_arrive" else "at most")
        limit = outcome.copies if key == "all_arrive" else asked_for
        found = f"; {words('found')} {item.found:g}" if item else ""
        answer(f"{words('Expected')}: {words(key)}, {bound} {limit:g}{found}  {mark}")


def outcome_json(outcome: Outcome, scenario: Scenario) -> dict[str, Any]:
    """A run as plain values.

    Args:
        outcome: of the run.
        scenario: what was played.
    """
    return {
        **asdict(outcome),
        "unmet": [asdict(item) for item in outcome.unmet(scenario.expected)],
        "holds": outcome.holds(scenario.expected),
    }
