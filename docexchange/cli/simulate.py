"""``docexchange simulate``: play a scenario, tell what came of it, draw it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, progress
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from docexchange.cli._late_bar import Bar
    from docexchange.simulator import Outcome, Scenario, Send

__all__ = ["command"]

_SAMPLE: Final = "dead-province"
_OTHER_PICTURES: Final = (".gif", ".jpeg", ".jpg", ".pdf", ".png", ".webp")


def _print_example(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  click's signature
    if wanted and not context.resilient_parsing:
        from docexchange.simulator import scenario_text

        answer(scenario_text(_SAMPLE).rstrip())
        context.exit()


def _print_list(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  click's signature
    if wanted and not context.resilient_parsing:
        from docexchange.simulator import read_scenario, shipped_scenarios

        for name in shipped_scenarios():
            answer(f"{name:<14} {read_scenario(name).about}")
        context.exit()


@click.command("simulate")
@click.argument("scenario")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides what is chance.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 100_000),
    default=1,
    show_default=True,
    help="Play it so many times, with this seed and those after it.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the first run into this SVG file.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Divide each run among so many: the same history. Without faults of nodes.",
)
@json_option
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_list,
    help="List the scenarios that come with the package, and stop.",
)
@click.option(
    "--example",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_example,
    help="Print a scenario to begin with, and stop.",
)
def command(
    *, scenario: str, seed: int, seeds: int, picture: Path | None, processes: int, as_json: bool
) -> None:
    """Play a scenario: a network of real nodes with its traffic, its lines and its faults.

    SCENARIO is a TOML file, or the name of a scenario that comes with the package (--list). Time is
    simulated, and the same seed gives the same run. It ends with exit code 1 when a promise of the
    exchange was broken, or something that the scenario expects is not so.

    Example: docexchange simulate weekly-disk --seed 7 --picture disk.svg
    """
    from docexchange.simulator import read_scenario

    played = read_scenario(scenario)
    _check(picture)
    outcomes = _play(played, range(seed, seed + seeds), processes)
    if picture is not None:
        _draw(outcomes[0], picture)
    _tell(outcomes, played, as_json=as_json)
    holds = all(outcome.holds(played.expected) for outcome in outcomes)
    end(ExitCode.POSITIVE if holds else ExitCode.NEGATIVE)


def _play(scenario: Scenario, seeds: range, processes: int) -> list[Outcome]:
    play = _played if processes == 1 else partial(_played_in_parts, processes=processes)
    return [play(scenario, seed) for seed in seeds]


def _played(scenario: Scenario, seed: int) -> Outcome:
    from docexchange.simulator import Simulation

    with (
        Simulation(scenario, seed=seed) as simulation,
        _bar(scenario, seed, simulation.letters) as bar,
    ):
        return simulation.run(bar.update)


def _played_in_parts(scenario: Scenario, seed: int, *, processes: int) -> Outcome:
    from docexchange.simulator import play_in_parts
    from docexchange.simulator.traffic import letters_of

    with _bar(scenario, seed, letters_of(scenario, seed=seed)) as bar:
        return play_in_parts(scenario, seed=seed, processes=processes, told=bar.update)


def _bar(scenario: Scenario, seed: int, letters: Sequence[Send]) -> AbstractContextManager[Bar]:
    """How many copies have arrived, of all."""
    return progress(sum(len(letter.to) for letter in letters), f"{scenario.name} {seed}")


def _tell(outcomes: list[Outcome], scenario: Scenario, *, as_json: bool) -> None:
    from docexchange.cli._simulation_lines import outcome_json, print_outcome

    if as_json:
        answer_json([outcome_json(outcome, scenario) for outcome in outcomes])
        return
    for number, outcome in enumerate(outcomes):
        if number:
            answer()
        print_outcome(outcome, scenario)


def _check(picture: Path | None) -> None:
    """Find out before a long run whether its picture can be kept."""
    if picture is not None and picture.suffix.lower() in _OTHER_PICTURES:
        raise UsageError(
            f"--picture {picture}: expected a name that ends in .svg, found {picture.suffix}",
            code="output.not-writable",
            advice="It is drawn as SVG, which browsers show.",
        )
    if picture is not None and not picture.absolute().parent.is_dir():
        raise UsageError(
            f"--picture {picture}: expected a file in a folder, found no such folder",
            code="output.not-writable",
            advice="Make the folder, or choose another.",
        )


def _draw(outcome: Outcome, path: Path) -> None:
    from docexchange.cli._simulation_words import simulation_words
    from docexchange.cli._writing import write_out
    from docexchange.simulator import picture

    write_out([picture(outcome, say=simulation_words).encode()], str(path), force=True)
