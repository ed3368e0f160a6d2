"""Nodes with defects, to see that the simulator finds them.

Each is put into a network by ``Setting.new_store`` or ``Setting.new_point``, as any other part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.delivery import InboundState, PutInbound, PutOutbound
from docexchange.node.point import AccessPoint
from docexchange.simulator import USUAL, SimulatedStore
from docexchange.simulator.dice import Dice

if TYPE_CHECKING:
    from docexchange.identifiers import OrganId
    from docexchange.routing import Route

__all__ = ["DEFECTS"]


class LosesRows(SimulatedStore):
    """Now and then what a hub wants to pass on is not in its outbox."""

    def apply(self, changes):
        """Drop one row in fifty."""
        kept = [change for change in changes if not self._is_lost(change)]
        super().apply(kept)

    def _is_lost(self, change):
        is_new = isinstance(change, PutOutbound) and change.expected is None
        return is_new and Dice(0).happens(0.02, change.record.message_id, self._who)


class ForgetsInCrashes(SimulatedStore):
    """Says that it has written down what it has not: receipts leave before their commit."""

    def __init__(self, who, check):
        super().__init__(who, check)
        self.journal = []

    def apply(self, changes):
        """Write, and remember what was written."""
        super().apply(changes)
        self.journal.append(changes)

    def after_crash(self):
        """All but the last write."""
        left = ForgetsInCrashes(self._who, lambda: None)
        for changes in self.journal[:-1]:
            left.apply(changes)
        left._check_disk = self._check_disk
        return left


class ForgetsDuplicates(SimulatedStore):
    """Does not know what was handed over already."""

    def inbound(self, message_id, recipient):
        """Hide what came before."""
        found = super().inbound(message_id, recipient)
        return None if found and found.state is InboundState.HANDED_OVER else found

    def apply(self, changes):
        """Write over what came before."""
        super().apply(list(map(self._let_through, changes)))

    def _let_through(self, change):
        if isinstance(change, PutInbound) and change.expected is None:
            key = change.record.message_id, change.record.recipient
            known = super().inbound(*key)
            return PutInbound(change.record, expected=known.state if known else None)
        return change


class WrongWay(AccessPoint):
    """Now and then takes a neighbour of the right agency for it."""

    def way_to(self, recipient: OrganId, **passed) -> Route:
        """The way to one agency in three leads to its neighbour."""
        if not Dice(0).happens(0.3, recipient):
            return super().way_to(recipient, **passed)
        parent = self.directory.parent(recipient, self.today)
        children = self.directory.children(parent.organ_id, self.today) if parent else ()
        others = [child.organ_id for child in children if child.organ_id != recipient]
        return super().way_to((others or [recipient])[0], **passed)


DEFECTS: Final = {
    "lost outbox row": replace(USUAL, new_store=LosesRows),
    "receipt before commit": replace(USUAL, new_store=ForgetsInCrashes),
    "forgotten duplicate check": replace(USUAL, new_store=ForgetsDuplicates),
    "wrong successor": replace(USUAL, new_point=WrongWay),
}
