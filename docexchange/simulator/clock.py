"""The clock of a network, for code under test: who sleeps by it lets the network work.

>>> network.clock.sleep(60)    # the same as ``network.run(seconds=60)``
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.simulator.network import SimulatedNetwork

__all__ = ["NetworkClock"]


class NetworkClock:
    """The time of a network.

    Args:
        network: whose.
    """

    def __init__(self, network: SimulatedNetwork) -> None:
        self._network: Final = network

    def now(self) -> datetime:
        """The present, timezone-aware UTC."""
        return self._network.now

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass, and do what is due meanwhile."""
        self._network.run(seconds=seconds)
