"""The memory of a simulated node: it survives the node, and its disk may be full.

>>> store = SimulatedStore(who, disk)

Planted defects and other stores are subclasses, given to ``SimulatedNetwork.create``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.delivery import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.delivery import BookRow, Change, KeptBytes, Outage, Purge, PurgeReport

__all__ = ["SimulatedStore"]


class SimulatedStore(MemoryStore):
    """A store in memory.

    Args:
        who: the agency whose store it is.
        check: raises `StoreFailure` while nothing can be written.
    """

    def __init__(self, who: str, check: Callable[[], None]) -> None:
        super().__init__(who=who)
        self._check_disk: Final = check

    def apply(self, changes: Sequence[Change]) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().apply(changes)

    def enter(self, row: BookRow) -> BookRow:
        """Write, if the disk takes it."""
        self._check_disk()
        return super().enter(row)

    def let_go(self, kept: Sequence[KeptBytes]) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().let_go(kept)

    def put_outage(self, outage: Outage) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().put_outage(outage)

    def end_outage(self, endpoint: str) -> None:
        """Write, if the disk takes it."""
        self._check_disk()
        super().end_outage(endpoint)

    def purge(self, wanted: Purge) -> PurgeReport:
        """Write, if the disk takes it."""
        self._check_disk()
        return super().purge(wanted)

    def after_crash(self) -> SimulatedStore:
        """What is there when the node that used it has died: everything that was applied."""
        return self
