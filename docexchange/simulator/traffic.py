"""The letters of a scenario, made up from a seed: who writes to whom, when, and how much.

>>> for send in letters_of(scenario, seed=7):
...     print(send.minute, send.sender, send.to, send.size)

Letters come in the order of their time, and are numbered in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM
from docexchange.simulator.cast import Cast
from docexchange.simulator.dice import Dice
from docexchange.simulator.history import Send

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, time

    from docexchange.simulator.cast import Place
    from docexchange.simulator.scenario import OfficeHours, Scenario, SizeClass, Traffic

__all__ = ["letters_of"]

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TRIES: Final = 20
_DAY_MINUTES: Final = 24 * 60


def letters_of(scenario: Scenario, *, seed: int) -> tuple[Send, ...]:
    """Make up the letters of a scenario.

    Args:
        scenario: how many there are of each kind.
        seed: the same gives the same.
    """
    people = _People(Cast(scenario.tiers))
    dice = Dice(seed)
    found = [
        send
        for number, traffic in enumerate(scenario.traffic)
        for send in _of_kind(scenario, traffic, number, people, dice)
    ]
    found.sort(key=lambda send: send.minute)
    return tuple(replace(send, name=name) for name, send in enumerate(found, start=1))


def _of_kind(
    scenario: Scenario, traffic: Traffic, kind: int, people: _People, dice: Dice
) -> Iterator[Send]:
    start = scenario.start.astimezone(VIETNAM)
    end = start + timedelta(hours=scenario.hours)
    day, last = start.date(), (end - timedelta(microseconds=1)).date()
    while day <= last:
        for nth in range(_number_on(day, traffic.letters, scenario.office)):
            about = (kind, day, nth)
            at = _moment(day, scenario.office, dice, about)
            to = people.recipients(traffic, dice, about) if start <= at < end else ()
            if to:
                yield Send(
                    0,
                    to[0],
                    to[1:],
                    minute=round((at - start).total_seconds() / 60, 4),
                    size=_size(scenario.sizes, dice, about),
                    is_urgent=dice.happens(traffic.urgent, "urgent", *about),
                )
        day += timedelta(days=1)


def _number_on(day: date, letters: int, office: OfficeHours) -> int:
    works = _DAYS[day.weekday()] in office.weekdays and day not in office.holidays
    return letters if works else round(letters * office.outside)


def _moment(day: date, office: OfficeHours, dice: Dice, about: tuple[object, ...]) -> datetime:
    works = _DAYS[day.weekday()] in office.weekdays and day not in office.holidays
    begin, length = 0.0, float(_DAY_MINUTES)
    if works and not dice.happens(office.outside, "outside", *about):
        begin = _minutes(office.opens)
        length = _minutes(office.closes) - begin
    minute = begin + length * dice.share("minute", *about)
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(minutes=minute)


def _minutes(moment: time) -> float:
    return moment.hour * 60 + moment.minute + moment.second / 60


def _size(classes: Sequence[SizeClass], dice: Dice, about: tuple[object, ...]) -> int:
    rest = dice.share("class", *about) * sum(item.share for item in classes)
    chosen = classes[-1]
    for item in classes:
        if rest < item.share:
            chosen = item
            break
        rest -= item.share
    low, high = chosen.octets
    return low + int((high - low + 1) * dice.share("size", *about))


@dataclass(frozen=True)
class _People:
    """Who can be written to."""

    cast: Cast

    @cached_property
    def _below(self) -> dict[Place, list[Place]]:
        above = {member.organ_id: member.place for member in self.cast.members}
        found: dict[Place, list[Place]] = {}
        for member in self.cast.members:
            if member.parent is not None:
                found.setdefault(above[member.parent], []).append(member.place)
        return found

    @cached_property
    def _above(self) -> dict[Place, Place]:
        return {below: above for above, places in self._below.items() for below in places}

    @cached_property
    def _all(self) -> list[Place]:
        return [member.place for member in self.cast.members]

    @cached_property
    def _tiers(self) -> dict[int, list[Place]]:
        found: dict[int, list[Place]] = {}
        for place in self._all:
            found.setdefault(place[0], []).append(place)
        return found

    def recipients(
        self, traffic: Traffic, dice: Dice, about: tuple[object, ...]
    ) -> tuple[Place, ...]:
        """A sender of such letters, and after it those who get one; nobody if there is nobody."""
        tier = self._tiers[traffic.tier]
        for attempt in range(_TRIES):
            sender = tier[int(dice.share("sender", attempt, *about) * len(tier))]
            known = self._candidates(traffic.to, sender)
            chosen = {
                known[int(dice.share("to", nth, *about) * len(known))]: None
                for nth in range(traffic.recipients if known else 0)
            }
            chosen.pop(sender, None)
            if chosen:
                return sender, *chosen
        return ()

    def _candidates(self, to: str, sender: Place) -> Sequence[Place]:
        match to:
            case "up":
                return [self._above[sender]] if sender in self._above else []
            case "down":
                return self._below.get(sender, [])
            case "sibling":
                return self._below[self._above[sender]] if sender in self._above else []
            case "across":
                return self._tiers[sender[0]]
            case _:
                return self._all
