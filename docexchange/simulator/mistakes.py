"""What the parts of a scenario say against each other, or would do nothing: told, not passed over.

>>> mistakes_in(scenario)
["lines.0: expected two tiers of which one is right above the other, found 2 and 4"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.errors import UsageError
from docexchange.simulator.cast import Cast
from docexchange.simulator.faults import LINK_ENDS, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.simulator.cast import Member, Place
    from docexchange.simulator.scenario import Scenario

__all__ = ["mistakes_in"]


def mistakes_in(scenario: Scenario) -> list[str]:
    """All that cannot be meant, in the order of the file.

    Args:
        scenario: what is to be played; each part of it is right by itself.
    """
    try:
        cast = Cast(scenario.tiers)
    except UsageError as error:
        places = [str(error)]
    else:
        places = list(_unknown_places(scenario, cast)) or [
            *_lines_that_are_not_there(scenario),
            *_faults_of_no_line(scenario, cast),
        ]
    return [*places, *_unknown_profiles(scenario), *_letters_to_nobody(scenario)]


def _unknown_places(scenario: Scenario, cast: Cast) -> Iterator[str]:
    named: list[Place] = [place for entry in scenario.faults for place in entry.where]
    named += [line.agency for line in scenario.lines if line.agency]
    named += [(entry.tier, 0) for entry in scenario.traffic]
    named += [(tier, 0) for line in scenario.lines for tier in line.tiers or ()]
    for place in dict.fromkeys(named):
        try:
            cast.member(*place)
        except UsageError as error:
            yield str(error)


def _lines_that_are_not_there(scenario: Scenario) -> Iterator[str]:
    for number, line in enumerate(scenario.lines):
        if line.tiers and abs(line.tiers[0] - line.tiers[1]) != 1:
            yield (
                f"lines.{number}: expected two tiers of which one is right above the other, "
                f"found {line.tiers[0]} and {line.tiers[1]}"
            )


def _faults_of_no_line(scenario: Scenario, cast: Cast) -> Iterator[str]:
    for number, entry in enumerate(scenario.faults):
        of_lines = entry.kind.is_of_links and entry.kind is not FaultKind.PARTITION
        if not of_lines or len(entry.where) != LINK_ENDS:
            continue
        one, other = (cast.member(*place) for place in entry.where)
        if not _is_above(one, other) and not _is_above(other, one):
            yield (
                f"faults.{number}: expected two agencies of which one is right above the other, "
                f"found {list(one.place)} and {list(other.place)}"
            )


def _is_above(one: Member, other: Member) -> bool:
    return one.organ_id == other.parent


def _unknown_profiles(scenario: Scenario) -> Iterator[str]:
    known = scenario.known_profiles
    for line in scenario.lines:
        if line.profile not in known:
            yield (
                f"lines: expected one of the profiles {', '.join(known)}, found {line.profile!r}"
            )


def _letters_to_nobody(scenario: Scenario) -> Iterator[str]:
    from_the_top, from_below = ("up", "sibling", "across"), ("down",)
    for number, entry in enumerate(scenario.traffic):
        if (entry.tier == 1 and entry.to in from_the_top) or (
            1 < entry.tier == len(scenario.tiers) and entry.to in from_below
        ):
            yield (
                f"traffic.{number}: expected letters to somebody, found {entry.to!r} of tier "
                f"{entry.tier}"
            )
