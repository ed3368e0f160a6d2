"""What a network still waits for, in words for whoever waited in vain.

>>> under_way(network)
'<Delivery of m-1-1: G22: retry_wait>'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["under_way"]

_SHOWN: Final = 5


def under_way(network: SimulatedNetwork) -> str:
    """The letters that have not arrived; or else whose nodes have something to do.

    Args:
        network: whose.
    """
    late = [repr(item) for item in network.deliveries.values() if not item.has_arrived]
    if late:
        return ", ".join(late[:_SHOWN])
    busy = list(_busy(network))
    told = "all letters arrived"
    return f"{told}, and work that is due at {', '.join(busy[:_SHOWN])}" if busy else told


def _busy(network: SimulatedNetwork) -> Iterator[str]:
    for agency in network.agencies.values():
        node = agency.host.node
        if node is not None and node.next_due() is not None:
            yield str(agency.organ_id)
