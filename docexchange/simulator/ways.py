"""Where letters should go, and where they should end: what promises are held against.

>>> network.ways.next_hop(commune, ministry, network.today)
>>> network.ways.takers(OrganId("H39"))      # itself until it was merged, and its heir since

The directory and the rules are asked for a day, because agencies merge, move and close.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.errors import NoRoute
from docexchange.routing import network_of, route

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.identifiers import OrganId
    from docexchange.simulator.premises import Premises

__all__ = ["Ways"]


class Ways:
    """The ways of one network.

    Args:
        premises: know the directory, the rules and the time.
    """

    def __init__(self, premises: Premises) -> None:
        self._premises: Final = premises
        self._known: Final[dict[tuple[OrganId, OrganId, date], OrganId]] = {}

    def next_hop(self, here: OrganId, recipient: OrganId, at: date) -> OrganId | None:
        """Where a letter goes next by directory and rules on a day; None where there is no way."""
        known = self._known.get((here, recipient, at))
        if known is None:
            directory, rules = self._premises.directory, self._premises.setting.rules
            with suppress(NoRoute):
                way = route(here, recipient, directory=directory, at=at, rules=rules)
                known = self._known[here, recipient, at] = way.hops[0].organ_id
        return known

    def days_since(self, moment: datetime) -> tuple[date, ...]:
        """The day of a moment, and each since on which something changed in the directory."""
        first, last = vietnam_date(moment), vietnam_date(self._premises.agenda.now())
        return first, *(day for day in self._turns if first < day <= last)

    def taker(self, recipient: OrganId, at: date) -> OrganId | None:
        """At whose node letters to a code end on a day; None where they cannot be sent."""
        table = network_of(self._premises.directory, at, self._premises.setting.rules)
        with suppress(NoRoute):
            return table.node_of(table.meaning(recipient).entry).organ_id
        return None

    def takers(self, recipient: OrganId) -> tuple[OrganId, ...]:
        """All at whose nodes letters to a code ended since the start: its own, then its heir's."""
        days = self.days_since(self._premises.agenda.start)
        found = filter(None, (self.taker(recipient, day) for day in days))
        return tuple(dict.fromkeys(found)) or (recipient,)

    @cached_property
    def _turns(self) -> tuple[date, ...]:
        changes = self._premises.directory.changes(after=date.min, until=date.max)
        return tuple(dict.fromkeys(change.on for change in changes))
