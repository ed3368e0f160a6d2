"""Who has a parcel in his hands: leases that end by themselves.

>>> leases.take(("H53", name), now=now, seconds=300, lease="")

They are kept in memory alone: after a restart a parcel may be given out once more, and whoever
fetches it twice finds that he has it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Key", "Lease", "Leases"]

Key = tuple[str, str]
"""The agency and the name of the parcel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease."""

    token: str
    """Proves whose it is."""
    until: datetime
    """When it ends, UTC."""


class Leases:
    """The leases in force; for one thread.

    Args:
        token: makes a text that nobody can guess.
    """

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token
        self._leases: dict[Key, Lease] = {}

    def at(self, key: Key, now: datetime) -> Lease | None:
        """The lease of a parcel, if somebody has one."""
        lease = self._leases.get(key)
        return lease if lease and now < lease.until else None

    def take(self, key: Key, *, now: datetime, seconds: int, lease: str) -> Lease | None:
        """Give a lease, or prolong one.

        Args:
            key: of the parcel.
            now: the present.
            seconds: how long from now.
            lease: the token of the one to prolong; empty for a new one.

        Returns:
            None when somebody else has one.
        """
        if self.held_by_another(key, now=now, lease=lease):
            return None
        self._forget_ended(now)
        given = Lease(token=lease or self._token(), until=now + timedelta(seconds=seconds))
        self._leases[key] = given
        return given

    def held_by_another(self, key: Key, *, now: datetime, lease: str) -> bool:
        """Whether somebody else than the holder of a token has a lease."""
        held = self.at(key, now)
        return held is not None and held.token != lease

    def end(self, key: Key) -> None:
        """Nobody has it any more."""
        self._leases.pop(key, None)

    def _forget_ended(self, now: datetime) -> None:
        self._leases = {key: item for key, item in self._leases.items() if now < item.until}
