"""Which ways has a letter from here, when links from here are out of order? Pure; the rules decide.

    for hop in ways_out(way_with): ...       # the usual one, then those around it

The router takes the next candidate where a link is out of order, and there is one only where a rule
or the default of the rules allows it: no letter leaves the tree because something failed. Only
links from here count: what lies further on is known better there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from docexchange.identifiers import OrganId
    from docexchange.routing.route import Hop, Route

__all__ = ["detour", "ways_out"]


def ways_out(way_with: Callable[[Collection[OrganId]], Route]) -> Iterator[Hop]:
    """Ask the router again and again, as one link after the other is out of order.

    Args:
        way_with: the way of the letter from here, while the links to these are out of order.

    Yields:
        Each next hop that it may take, the usual one first.

    Raises:
        NoRoute: as `way_with`.
    """
    down: list[OrganId] = []
    hop = way_with(down).hops[0]
    # The hop of a letter to oneself is no link, and never out of order.
    while not hop.out_of_order and hop.organ_id not in down:
        yield hop
        down.append(hop.organ_id)
        hop = way_with(down).hops[0]


def detour(
    present: OrganId,
    *,
    way_with: Callable[[Collection[OrganId]], Route],
    is_down: Callable[[OrganId], bool],
) -> Hop | None:
    """Find the next hop to take instead of one that is out of order.

    The way back is found by the same question: once the usual link is in order, it comes first.

    Args:
        present: the next hop that is out of order.
        way_with: as for `ways_out`.
        is_down: whether the link from here to an agency is out of order.

    Returns:
        A hop by a link in order; None where no rule allows one: the letter stays where it is.

    Raises:
        NoRoute: as `way_with`.
    """
    for hop in ways_out(way_with):
        if hop.organ_id.as_decision_20 != present.as_decision_20 and not is_down(hop.organ_id):
            return hop
    return None
