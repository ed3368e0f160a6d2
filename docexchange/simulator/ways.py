"""Where letters should go, and where they should end: what promises are held against.

>>> network.ways.next_hop(commune, ministry, network.today)
>>> network.ways.takers(OrganId("H39"))      # itself until it was merged, and its heir since

The directory and the rules are asked for a day, because agencies merge, move and close.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.errors import NoRoute
from docexchange.routing import LinkHealth, network_of, route, ways_out

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from docexchange.identifiers import OrganId
    from docexchange.routing import Route
    from docexchange.simulator.premises import Premises

__all__ = ["Ways"]


class Ways:
    """The ways of one network.

    Args:
        premises: know the directory, the rules and the time.
    """

    def __init__(self, premises: Premises) -> None:
        self._premises: Final = premises
        self._known: Final[dict[tuple[OrganId, OrganId, date], tuple[OrganId, ...]]] = {}

    def next_hop(self, here: OrganId, recipient: OrganId, at: date) -> OrganId | None:
        """Where a letter goes next by directory and rules on a day; None where there is no way."""
        return next(iter(self.hops(here, recipient, at)), None)

    def hops(self, here: OrganId, recipient: OrganId, at: date) -> tuple[OrganId, ...]:
        """Where a letter may go next on a day: the usual way, then those around it."""
        known = self._known.get((here, recipient, at))
        if known is None:
            found = []
            with suppress(NoRoute):
                for hop in ways_out(partial(self._way, here, recipient, at)):
                    found.append(hop.organ_id)  # noqa: PERF401  those before an error count
            known = self._known[here, recipient, at] = tuple(found)
        return known

    def _way(self, here: OrganId, recipient: OrganId, at: date, down: Collection[OrganId]) -> Route:
        return route(
            here,
            recipient,
            directory=self._premises.directory,
            at=at,
            rules=self._premises.setting.rules,
            health=LinkHealth.of((here, hop) for hop in down),
        )

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
