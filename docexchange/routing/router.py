"""Which way does a letter go? A pure function of sender, recipient, date and directory.

A letter climbs from superior to superior up to the nearest one that both sides have in common, and
descends from there to the recipient. Every node can ask for its own next hop and gets the
continuation of the same route::

    way = route(sender, recipient, directory=directory, at=vietnam_date(clock.now()))
    for line in way.explain():
        log.info(line)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.errors import NoRoute, UsageError
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.identifiers import OrganId

__all__ = ["Hop", "HopReason", "Route", "next_hop", "route"]

_DEFAULT_LIMITS: Final = Limits()


class HopReason(StrEnum):
    """Why a letter passes through an agency."""

    SELF = "the sender writes to itself"
    UP = "superior on the way up"
    COMMON = "nearest common superior"
    DOWN = "superior of the recipient on the way down"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One agency that a letter is passed to."""

    organ_id: OrganId
    """Its code, as the directory spells it on that date."""
    reason: HopReason
    """Why the letter passes through it."""
    name: str = ""
    """Its name on that date."""

    def __str__(self) -> str:
        return f"{self.organ_id} {self.name}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The way of a letter, hop by hop; the last hop is the recipient."""

    sender: OrganId
    """Where it starts, as the directory spells it; not a hop."""
    recipient: OrganId
    """Where it ends, as the directory spells it."""
    at: date
    """The calendar date in Vietnam for which the directory was asked."""
    hops: tuple[Hop, ...]
    """Every agency after the sender, in order; at least one."""

    def explain(self) -> tuple[str, ...]:
        """The route in lines of text, each hop with its reason."""
        hops = (f"{number}. {hop}" for number, hop in enumerate(self.hops, start=1))
        return (f"from {self.sender} to {self.recipient} on {self.at}", *hops)


def route(
    sender: OrganId,
    recipient: OrganId,
    *,
    directory: Directory,
    at: date,
    limits: Limits = _DEFAULT_LIMITS,
) -> Route:
    """Find the way from one agency to another.

    Args:
        sender: where the letter is now; either code system, or an alias.
        recipient: where it should arrive; likewise.
        directory: who stands above whom.
        at: calendar date in Vietnam for which the directory is asked.
        limits: how many hops a letter may take.

    Raises:
        NoRoute: ``route.unknown-agency``, ``route.closed-agency``, ``route.different-trees`` or
            ``route.too-many-hops``.
    """
    start = _locate("sender", sender, directory, at)
    end = _locate("recipient", recipient, directory, at)
    hops = _hops(start, end, directory, at)
    if len(hops) > limits.hops:
        raise NoRoute(
            f"route from {start.organ_id} to {end.organ_id}: expected at most {limits.hops} hops, "
            f"found {len(hops)}",
            code="route.too-many-hops",
            advice="Check the superiors in the directory, or raise `Limits.hops`.",
        )
    return Route(sender=start.organ_id, recipient=end.organ_id, at=at, hops=hops)


def next_hop(
    own: OrganId,
    recipient: OrganId,
    *,
    directory: Directory,
    at: date,
    limits: Limits = _DEFAULT_LIMITS,
) -> Hop:
    """Find the agency to which a node passes a letter on.

    Args:
        own: the agency of the node.
        recipient: where the letter should arrive.
        directory: who stands above whom.
        at: calendar date in Vietnam for which the directory is asked.
        limits: how many hops a letter may take from here.

    Raises:
        NoRoute: as ``route``.
    """
    return route(own, recipient, directory=directory, at=at, limits=limits).hops[0]


def _locate(role: str, organ_id: OrganId, directory: Directory, at: date) -> DirectoryEntry:
    try:
        return directory.lookup(organ_id, at)
    except UsageError as error:
        kind = error.code.removeprefix("directory.")
        raise NoRoute(f"{role}: {error}", code=f"route.{kind}", advice=error.advice) from error


def _hops(
    start: DirectoryEntry, end: DirectoryEntry, directory: Directory, at: date
) -> tuple[Hop, ...]:
    if start.organ_id == end.organ_id:
        return (_hop(end, HopReason.SELF),)
    up = [start, *directory.ancestors(start.organ_id, at)]
    down = [end, *directory.ancestors(end.organ_id, at)]
    climb, descent = _meeting_point(up, down)
    path = [*up[1 : climb + 1], *reversed(down[:descent])]
    return tuple(
        _hop(entry, _reason(position, climb=climb, last=len(path)))
        for position, entry in enumerate(path, start=1)
    )


def _reason(position: int, *, climb: int, last: int) -> HopReason:
    """Why the hop at ``position`` (from 1), where ``climb`` hops go up, is taken."""
    if position == last:
        return HopReason.RECIPIENT
    if position == climb:
        return HopReason.COMMON
    return HopReason.UP if position < climb else HopReason.DOWN


def _meeting_point(up: Sequence[DirectoryEntry], down: Sequence[DirectoryEntry]) -> tuple[int, int]:
    """Where the nearest common superior stands in both lines of superiors."""
    heights = {entry.organ_id: height for height, entry in enumerate(up)}
    for depth, entry in enumerate(down):
        if entry.organ_id in heights:
            return heights[entry.organ_id], depth
    raise NoRoute(
        f"route from {up[0].organ_id} to {down[0].organ_id}: expected a common superior, "
        f"found the separate roots {up[-1].organ_id} and {down[-1].organ_id}",
        code="route.different-trees",
        advice="Write to an agency of the same network, or ask its operator for a gateway.",
    )


def _hop(entry: DirectoryEntry, reason: HopReason) -> Hop:
    return Hop(organ_id=entry.organ_id, reason=reason, name=entry.name)
