"""The lines of a scenario: which link has which profile, and what it is like at a moment.

>>> lines = Lines(scenario)
>>> lines.link((3, 0), (4, 0), at=now)
Link(latency_seconds=0.02, …)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM
from docexchange.simulator.weather import Link

if TYPE_CHECKING:
    from docexchange.simulator.cast import Place
    from docexchange.simulator.scenario import Line, Profile, Scenario

__all__ = ["Lines"]

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OCTETS_PER_KBIT: Final = 125.0


class Lines:
    """The lines of one scenario.

    Args:
        scenario: says what they are like.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._profiles: Final = scenario.known_profiles
        self._rules: Final = tuple(reversed(scenario.lines))
        self._known: Final[dict[tuple[Place, Place], str]] = {}
        self._links: Final = {
            name: _link(profile, scenario.start)
            for name, profile in self._profiles.items()
            if profile.down_from is None and profile.carried_on is None
        }
        """What those are like that are the same at all times."""

    def profile_of(self, sender: Place, receiver: Place) -> str:
        """The name of the profile of a link; the last rule that fits decides."""
        name = self._known.get((sender, receiver))
        if name is None:
            fitting = (rule.profile for rule in self._rules if _fits(rule, sender, receiver))
            name = self._known[sender, receiver] = next(fitting, "fibre")
        return name

    def link(self, sender: Place, receiver: Place, *, at: datetime) -> Link:
        """What a link is like at a moment.

        Args:
            sender: one end.
            receiver: the other end.
            at: the moment, timezone-aware.
        """
        name = self.profile_of(sender, receiver)
        return self._links.get(name) or _link(self._profiles[name], at)


def _link(profile: Profile, at: datetime) -> Link:
    rate = profile.kbit_per_second
    return Link(
        latency_seconds=profile.latency_seconds + _until_carried(profile, at),
        bytes_per_second=rate * _OCTETS_PER_KBIT if rate else None,
        jitter_seconds=profile.jitter_seconds,
        loss=profile.loss,
        is_down=_is_down(profile, at),
    )


def _fits(rule: Line, sender: Place, receiver: Place) -> bool:
    if rule.agency is not None:
        return rule.agency in (sender, receiver)
    return rule.tiers is not None and sorted(rule.tiers) == sorted((sender[0], receiver[0]))


def _is_down(profile: Profile, at: datetime) -> bool:
    """Whether it is in its daily outage, which may begin before midnight."""
    if profile.down_from is None:
        return False
    now = at.astimezone(VIETNAM)
    began = datetime.combine(now.date(), profile.down_from, VIETNAM)
    began -= timedelta(days=began > now)
    return now < began + timedelta(minutes=profile.down_minutes)


def _until_carried(profile: Profile, at: datetime) -> float:
    """How long it waits for the disk, in seconds."""
    if profile.carried_on is None:
        return 0.0
    now = at.astimezone(VIETNAM)
    days = (_DAYS.index(profile.carried_on) - now.weekday()) % 7
    leaves = datetime.combine(now.date() + timedelta(days=days), profile.carried_at, VIETNAM)
    leaves += timedelta(days=7 if leaves < now else 0)
    return (leaves - now).total_seconds()
