"""What was played, by one process or by several, as a value; put together, it is an `Outcome`.

>>> outcome_of(scenario, seed, [played, the_rest])
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from docexchange.simulator.cast import Cast
from docexchange.simulator.lines import Lines
from docexchange.simulator.log import digest_of
from docexchange.simulator.outcome import Flow, Outcome, Queue, delays_of
from docexchange.simulator.watching import Figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docexchange.simulator.cast import Place
    from docexchange.simulator.outcome import Delays
    from docexchange.simulator.scenario import Scenario

__all__ = ["Played", "outcome_of"]

_QUEUES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What one process has played."""

    letters: int
    """How many the nodes of this process have sent."""
    copies: int
    """How many recipients they have altogether."""
    figures: Figures
    """What was counted at the nodes of this process."""
    failed: int
    """Of how many copies senders here were told that they could not be delivered."""
    hours: float
    """How long it took, in hours of the simulation."""
    is_quiet: bool
    """Whether nothing was left to do anywhere."""
    problems: tuple[str, ...]
    """Promises that were broken."""
    digests: Mapping[Place, str]
    """Of what happened at each node."""


def outcome_of(scenario: Scenario, seed: int, parts: Sequence[Played]) -> Outcome:
    """Put together what was played.

    Args:
        scenario: what.
        seed: with which seed.
        parts: by whom, one process or more.
    """
    figures = Figures()
    digests: dict[Place, str] = {}
    for part in parts:
        figures.add(part.figures)
        digests |= part.digests
    links = figures.links.values()
    return Outcome(
        name=scenario.name,
        seed=seed,
        tiers=scenario.tiers,
        letters=sum(part.letters for part in parts),
        copies=sum(part.copies for part in parts),
        arrived=figures.arrived,
        failed=sum(part.failed for part in parts),
        hours=parts[0].hours,
        is_quiet=parts[0].is_quiet,
        delays=tuple(_delays(figures)),
        flows=tuple(_flows(figures, Lines(scenario))),
        attempts=figures.attempts,
        octets=sum(link.octets for link in links),
        resent_octets=figures.resent_octets,
        lost=sum(link.lost for link in links),
        queues=tuple(_queues(figures, Cast(scenario.tiers))),
        problems=tuple(chain.from_iterable(part.problems for part in parts)),
        digest=digest_of(digests),
    )


def _delays(figures: Figures) -> Iterator[Delays]:
    found = figures.delays
    if found:
        yield delays_of(chain.from_iterable(found.values()), tiers=None)
    for tiers in sorted(found):
        yield delays_of(found[tiers], tiers=tiers)


def _flows(figures: Figures, lines: Lines) -> Iterator[Flow]:
    for (sender, receiver), link in sorted(figures.links.items()):
        yield Flow(
            sender=sender,
            receiver=receiver,
            messages=link.messages,
            octets=link.octets,
            lost=link.lost,
            refused=link.refused,
            mean_seconds=round(link.waited_seconds / max(link.messages, 1), 3),
            profile=lines.profile_of(sender, receiver),
        )


def _queues(figures: Figures, cast: Cast) -> Iterator[Queue]:
    longest = sorted(figures.queues.items(), key=lambda item: (-item[1], item[0]))
    for place, most in longest[:_QUEUES]:
        if most:
            yield Queue(place=place, name=cast.member(*place).name, messages=most)
