"""A working day of the country, on real nodes: 1 + 63 + 700 + 11,000 agencies, 200,000 letters.

    python benchmarks/national_day.py [--letters 200000] [--seed 1] [--picture day.svg]

The shares of traffic and sizes are those of the shipped scenario ``national-day``. Every promise of
the exchange is checked for everything that is there, every ten simulated minutes; what is finished
is then forgotten. Prints the figures of the documents; exit code 1 if a promise was broken, or one
of the bounds (ten minutes, 2 GB) is not kept by a whole day.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.simulator import Scenario, Simulation, picture, read_scenario
from docexchange.simulator.picture import span_text

if TYPE_CHECKING:
    from docexchange.simulator import Outcome

TIERS: Final = (1, 63, 700, 11_000)
WHOLE_DAY: Final = 200_000
MOST_SECONDS: Final = 600.0
MOST_MEGABYTES: Final = 2000.0


def scenario_of(letters: int) -> Scenario:
    """The shipped day with the agencies of the country and so many letters."""
    small = read_scenario("national-day")
    known = sum(entry.letters for entry in small.traffic)
    counts = [entry.letters * letters // known for entry in small.traffic]
    counts[0] += letters - sum(counts)
    traffic = tuple(
        entry.model_copy(update={"letters": count})
        for entry, count in zip(small.traffic, counts, strict=True)
    )
    return small.model_copy(update={"tiers": TIERS, "traffic": traffic, "name": "national day"})


def played(letters: int, seed: int) -> tuple[Outcome, Scenario, dict[str, Any]]:
    """Play it, and measure."""
    scenario = scenario_of(letters)
    wall, cpu = time.perf_counter(), time.process_time()
    with Simulation(scenario, seed=seed, forgets=True) as simulation:
        # What is there now stays to the end; looking through it for garbage takes minutes.
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)
        founded = time.process_time() - cpu
        outcome = simulation.run(_Told(simulation.copies).told)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    figures = {
        "agencies": sum(TIERS),
        "letters": outcome.letters,
        "copies": outcome.copies,
        "arrived": outcome.arrived,
        "attempts": outcome.attempts,
        "octets": outcome.octets,
        "broken promises": len(outcome.problems),
        "p50": span_text(outcome.delays[0].p50_seconds),
        "p99": span_text(outcome.delays[0].p99_seconds),
        "seconds": round(time.perf_counter() - wall, 1),
        "CPU seconds": round(time.process_time() - cpu, 1),
        "CPU seconds to found the country": round(founded, 1),
        "CPU ms a letter": round(
            (time.process_time() - cpu - founded) * 1000 / max(outcome.letters, 1), 2
        ),
        "peak memory, MB": round(peak),
        "digest": outcome.digest,
    }
    return outcome, scenario, figures


class _Told:
    """Tells on standard error how far it is, for people."""

    def __init__(self, copies: int) -> None:
        self._copies = copies
        self._arrived = 0

    def told(self, more: int) -> None:
        """So many more have arrived."""
        self._arrived += more
        if sys.stderr.isatty():
            print(f"\r{self._arrived:,} / {self._copies:,} arrived", end="", file=sys.stderr)


def main() -> int:
    """Play the day, print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=WHOLE_DAY)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    outcome, scenario, figures = played(given.letters, given.seed)
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    if given.picture:
        given.picture.write_text(picture(outcome), encoding="utf-8")
    is_bounded = figures["seconds"] <= MOST_SECONDS and figures["peak memory, MB"] <= MOST_MEGABYTES
    return (
        0 if outcome.holds(scenario.expected) and (is_bounded or given.letters < WHOLE_DAY) else 1
    )


if __name__ == "__main__":
    sys.exit(main())
