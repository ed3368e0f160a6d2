"""A working day of the country, on real nodes: 1 + 63 + 700 + 11,000 agencies, 200,000 letters.

    python benchmarks/national_day.py [--letters 200000] [--seed 1] [--processes 3]

The shares of traffic and sizes are those of the shipped scenario ``national-day``. Every promise of
the exchange is checked for everything that is there, every ten simulated minutes; what is finished
is then forgotten. One process for each processor, and one more that works while another waits, play
the same history that one would. Prints the figures of the documents; exit code 1 if a
promise was broken, or one of the bounds (ten minutes, 2 GB) is not kept by a whole day.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.simulator import Scenario, picture, play_in_parts, read_scenario
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


def played(letters: int, seed: int, processes: int) -> tuple[Outcome, Scenario, dict[str, Any]]:
    """Play it, and measure."""
    scenario = scenario_of(letters)
    wall = time.perf_counter()
    outcome = play_in_parts(
        scenario, seed=seed, processes=processes, forgets=True, told=_Told(letters).told
    )
    seconds = time.perf_counter() - wall
    own, parts = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in (own, parts))
    # The system tells the peak of the largest process alone; no other had more.
    peak = (own.ru_maxrss + processes * parts.ru_maxrss) / 1000
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
        "Python": sys.version,
        "processes": processes,
        "seconds": round(seconds, 1),
        "CPU seconds": round(cpu, 1),
        "CPU ms a letter": round(cpu * 1000 / max(outcome.letters, 1), 2),
        "peak memory, MB, at most": round(peak),
        "digest": outcome.digest,
    }
    return outcome, scenario, figures


class _Told:
    """Tells on standard error how far it is, for people."""

    def __init__(self, letters: int) -> None:
        self._letters = letters
        self._arrived = 0

    def told(self, more: int) -> None:
        """So many more have arrived."""
        self._arrived += more
        if sys.stderr.isatty():
            said = f"\r{self._arrived:,} copies of {self._letters:,} letters arrived"
            print(said, end="", file=sys.stderr)


def main() -> int:
    """Play the day, print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=WHOLE_DAY)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=(os.cpu_count() or 1) + 1)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    outcome, scenario, figures = played(given.letters, given.seed, given.processes)
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    if given.picture:
        given.picture.write_text(picture(outcome), encoding="utf-8")
    is_quick = figures["seconds"] <= MOST_SECONDS
    is_bounded = is_quick and figures["peak memory, MB, at most"] <= MOST_MEGABYTES
    return (
        0 if outcome.holds(scenario.expected) and (is_bounded or given.letters < WHOLE_DAY) else 1
    )


if __name__ == "__main__":
    sys.exit(main())
