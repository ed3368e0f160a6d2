"""Where things stand in the picture of a network: rows of nodes, and the links between them.

A tier with too many agencies for one row is drawn by groups: all agencies below one agency of the
last tier that fits are one node.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.simulator.cast import Cast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docexchange.simulator.cast import Place
    from docexchange.simulator.outcome import Flow, Outcome

__all__ = ["Edge", "Spot", "edges_of", "spots_of"]

_MOST_IN_A_ROW: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A node in the picture: an agency, or all of a tier below one agency."""

    key: Place
    """Row, from 1, and number in the row, from 0."""
    label: str
    """The agency, or how many they are."""
    share: float
    """How far to the right, from 0 to 1."""
    agencies: int
    """How many it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """All links between two nodes of the picture, both directions together."""

    upper: Place
    """The node further up."""
    lower: Place
    """The other one."""
    messages: int
    """What it carried."""
    octets: int
    """And how much that was."""
    lost: int
    """What was lost or damaged."""
    refused: int
    """How often it took nothing."""
    mean_seconds: float
    """How long a message took."""

    @property
    def loss(self) -> float:
        """The share of what was lost, from 0 to 1."""
        return self.lost / max(self.messages + self.lost, 1)


def spots_of(outcome: Outcome) -> dict[Place, Spot]:
    """Place all nodes, superiors over the middle of those below them.

    Args:
        outcome: of a run.
    """
    sizes = outcome.tiers
    rows = [min(size, sizes[_last_row(sizes)]) for size in sizes]
    shares: dict[Place, float] = {}
    for row in range(len(sizes), 0, -1):
        for number in range(rows[row - 1]):
            below = [shares[row + 1, item] for item in _below(rows, row, number)]
            even = (number + 0.5) / rows[row - 1]
            shares[row, number] = sum(below) / len(below) if below else even
    return {key: _spot(key, share, sizes, rows) for key, share in sorted(shares.items())}


def _last_row(sizes: tuple[int, ...]) -> int:
    """The last tier that has room in a row."""
    return max(number for number, size in enumerate(sizes) if size <= _MOST_IN_A_ROW)


def _below(rows: list[int], row: int, number: int) -> Iterable[int]:
    """The nodes of the next row under a node; agencies are shared out as in `Cast`."""
    if row == len(rows):
        return ()
    here, there = rows[row - 1], rows[row]
    return (item for item in range(there) if item * here // there == number)


def _spot(key: Place, share: float, sizes: tuple[int, ...], rows: list[int]) -> Spot:
    row, number = key
    size, drawn = sizes[row - 1], rows[row - 1]
    if size == drawn:
        label = Cast(sizes[:row]).member(row, number).name
        return Spot(key=key, label=label, share=share, agencies=1)
    count = sum(item * drawn // size == number for item in range(size))
    return Spot(key=key, label=f"x {count}", share=share, agencies=count)


def edges_of(outcome: Outcome) -> list[Edge]:
    """Put the links together that lie between the same nodes of the picture.

    Args:
        outcome: of a run.
    """
    sizes = outcome.tiers
    rows = [min(size, sizes[_last_row(sizes)]) for size in sizes]
    found: defaultdict[tuple[Place, Place], list[Flow]] = defaultdict(list)
    for flow in outcome.flows:
        upper, lower = sorted(_drawn(end, sizes, rows) for end in (flow.sender, flow.receiver))
        found[upper, lower].append(flow)
    return [_edge(*ends, flows) for ends, flows in sorted(found.items())]


def _drawn(place: Place, sizes: tuple[int, ...], rows: list[int]) -> Place:
    tier, number = place
    return tier, number * rows[tier - 1] // sizes[tier - 1]


def _edge(upper: Place, lower: Place, flows: list[Flow]) -> Edge:
    messages = sum(flow.messages for flow in flows)
    seconds = sum(flow.mean_seconds * flow.messages for flow in flows)
    return Edge(
        upper=upper,
        lower=lower,
        messages=messages,
        octets=sum(flow.octets for flow in flows),
        lost=sum(flow.lost for flow in flows),
        refused=sum(flow.refused for flow in flows),
        mean_seconds=seconds / max(messages, 1),
    )
