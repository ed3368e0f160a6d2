"""Which ways does a letter to many take? One tree, in which every link carries it once.

However many recipients lie behind a link, the letter goes over it once, and whoever has it there
carries it on to the others::

    tree = fan_out(sender, recipients, directory=directory, at=today)
    for link in tree.links:
        print(link.sender, link.hop, link.behind)

An agency may occur twice where rules lead letters for different recipients to it by different ways:
those are different copies, and nobody waits for one of them to send the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docexchange.routing.health import ALL_WELL, LinkHealth
from docexchange.routing.router import DEFAULT_LIMITS, route
from docexchange.routing.rules import DEFAULT_RULES, Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from docexchange.directory import Directory
    from docexchange.identifiers import OrganId
    from docexchange.limits import Limits
    from docexchange.routing.route import Hop, Route

__all__ = ["Branch", "FanOut", "Link", "fan_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One agency that gets the letter, with all that follows from there."""

    hop: Hop
    """The agency, and why the letter passes it; of several reasons that of the first recipient."""
    recipients: tuple[OrganId, ...]
    """The recipients, as they were given, whose way ends here."""
    branches: tuple[Branch, ...]
    """Whom it carries the letter on to."""

    @property
    def behind(self) -> tuple[OrganId, ...]:
        """All recipients here and further on."""
        further = (code for branch in self.branches for code in branch.behind)
        return (*self.recipients, *further)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A letter that is carried once."""

    sender: OrganId
    """From whom."""
    hop: Hop
    """To whom, and why."""
    behind: tuple[OrganId, ...]
    """The recipients for whose sake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """The ways of one letter to all its recipients."""

    sender: OrganId
    """Where it starts, as the directory spells it."""
    at: date
    """The calendar date in Vietnam for which the directory was asked."""
    routes: tuple[Route, ...]
    """The way to each agency, in the order of the recipients."""
    branches: tuple[Branch, ...]
    """Whom the sender gives the letter to."""
    repeated: tuple[OrganId, ...] = ()
    """Codes that mean an agency named before; it gets the letter once."""

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link, nearest first along each way."""
        return tuple(_links(self.sender, self.branches))


def fan_out(
    sender: OrganId,
    recipients: Iterable[OrganId],
    *,
    directory: Directory,
    at: date,
    rules: Rules = DEFAULT_RULES,
    health: LinkHealth = ALL_WELL,
    limits: Limits = DEFAULT_LIMITS,
) -> FanOut:
    """Find the ways from one agency to many.

    Args:
        sender: where the letter is now.
        recipients: where it should arrive; of two codes that mean one agency the first counts.
        directory: who stands above whom.
        at: calendar date in Vietnam for which the directory is asked.
        rules: exceptions from the way through the superiors.
        health: links that are avoided where the rules allow another way.
        limits: how many hops a letter may take.

    Raises:
        NoRoute: as ``route``, for the first recipient that cannot be reached.
    """
    root, ways, repeated = _Growing(), {}, []
    for recipient in recipients:
        way = route(
            sender,
            recipient,
            directory=directory,
            at=at,
            rules=rules,
            health=health,
            limits=limits,
        )
        if way.recipient in ways:
            repeated.append(recipient)
        else:
            ways[way.recipient] = way
            root.grow(way, recipient)
    own = next((way.sender for way in ways.values()), sender)
    return FanOut(
        sender=own,
        at=at,
        routes=tuple(ways.values()),
        branches=root.branches(),
        repeated=tuple(repeated),
    )


@dataclass(slots=True)
class _Growing:
    """A branch that is still being put together."""

    hop: Hop | None = None
    recipients: list[OrganId] = field(default_factory=list)
    further: dict[OrganId, _Growing] = field(default_factory=dict)

    def grow(self, way: Route, recipient: OrganId) -> None:
        place = self
        for hop in way.hops:
            place = place.further.setdefault(hop.organ_id, _Growing(hop))
        place.recipients.append(recipient)

    def branches(self) -> tuple[Branch, ...]:
        return tuple(
            Branch(hop=branch.hop, recipients=tuple(branch.recipients), branches=branch.branches())
            for branch in self.further.values()
            if branch.hop is not None
        )


def _links(sender: OrganId, branches: Iterable[Branch]) -> Iterator[Link]:
    for branch in branches:
        yield Link(sender=sender, hop=branch.hop, behind=branch.behind)
        yield from _links(branch.hop.organ_id, branch.branches)
