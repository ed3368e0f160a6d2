"""Is there another way for a letter whose link is out of order? Pure; the rules decide.

    hop = detour(present, way_with=way_with, is_down=peers.is_out_of_order)

The router takes the next candidate where a link is out of order, and there is one only where a rule
or the default of the rules allows it: no letter leaves the tree because something failed. The way
back is found by the same question: once the usual link is in order, it is the first candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from docexchange.identifiers import OrganId
    from docexchange.routing.route import Hop, Route

__all__ = ["detour"]


def detour(
    present: OrganId,
    *,
    way_with: Callable[[Collection[OrganId]], Route],
    is_down: Callable[[OrganId], bool],
) -> Hop | None:
    """Find the next hop to take instead of one that is out of order.

    Only links from here count: what lies further on is known better there.

    Args:
        present: the next hop that is out of order.
        way_with: the way of the letter from here, while the links to these are out of order.
        is_down: whether the link from here to an agency is out of order.

    Returns:
        A hop by a link in order; None where no rule allows one: the letter stays where it is.

    Raises:
        NoRoute: as `way_with`.
    """
    down = [present]
    while True:
        hop = way_with(down).hops[0]
        if hop.out_of_order:
            return None
        if not is_down(hop.organ_id):
            return hop
        down.append(hop.organ_id)
