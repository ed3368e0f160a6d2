"""Which links of a node are out of order, as it saw them last: for those who look at it.

>>> links_out_of_order(store, directory, now=clock.now())
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import BreakerPolicy

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.delivery import Outage, Store
    from docexchange.directory import Directory
    from docexchange.identifiers import OrganId

__all__ = ["BrokenLink", "links_out_of_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """A link that letters avoid where a rule allows another way."""

    outage: Outage
    """Since when, and why."""
    peers: tuple[OrganId, ...]
    """The agencies that are reached there today."""


def links_out_of_order(store: Store, directory: Directory, *, now: datetime) -> list[BrokenLink]:
    """Find the links that have been out of reach for long.

    Args:
        store: that of the node.
        directory: who is reached where.
        now: the present.

    Returns:
        By endpoint.
    """
    policy = BreakerPolicy()
    broken = [item for item in store.outages() if policy.is_out_of_order(item.circuit, now)]
    peers: dict[str, list[OrganId]] = {item.endpoint: [] for item in broken}
    for entry in directory if broken else ():
        for place in {entry.endpoint, str(entry.organ_id)} & peers.keys():
            if entry.valid_on(vietnam_date(now)):
                peers[place].append(entry.organ_id)
    return [BrokenLink(outage=item, peers=tuple(peers[item.endpoint])) for item in broken]
