"""A history as a value: a seed, letters, and faults; played, it is always the same.

>>> history = History(tiers=(1, 3, 9, 27), seed=7, sends=(Send(1, (4, 0), ((1, 0),)),), faults=())
>>> network = play(history)
>>> shortest_failing(history)

What is left out of a history changes nothing for the rest of it, as far as that can be: the dice
are thrown for each parcel by what it is. Printed, a history is the Python that makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from docexchange.errors import UsageError
from docexchange.lifecycle import Asked

if TYPE_CHECKING:
    from docexchange.simulator.cast import Place
    from docexchange.simulator.faults import Fault

__all__ = ["History", "Reply", "Send"]


class Reply(StrEnum):
    """What the applications of recipients say when a letter is handed over."""

    TAKEN = "taken"
    """They have it; what it asks they answer another time."""
    AGREED = "agreed"
    """They have it, and agree to what it asks."""
    REFUSED = "refused"
    """They do not take it, or refuse what it asks."""
    LATER = "later"
    """Not now: they take it half an hour after it arrived."""


@dataclass(frozen=True, slots=True)
class Send:
    """A letter that somebody wants sent."""

    name: int
    """Its number in the history; its id follows from it."""
    sender: Place
    """The agency that sends it."""
    to: tuple[Place, ...]
    """The agencies it is for."""
    minute: float = 0.0
    """When, from the start of the history."""
    size: int = 200
    """Octets of its attachment."""
    is_urgent: bool = False
    """Whether it goes before others."""
    reply: Reply = Reply.TAKEN
    """What its recipients say."""
    asks: Asked | None = None
    """What it asks about an earlier letter; nothing, where that is not there."""
    about: int = 0
    """The number of that letter."""

    def __post_init__(self) -> None:
        is_known = self.asks in {None, Asked.RECALL, Asked.UPDATE, Asked.REPLACEMENT}
        if not (self.to and self.minute >= 0 and self.size >= 0 and is_known):
            raise UsageError(
                "letter: expected recipients, a minute and a size from 0 on, and a recall, an "
                f"update, a replacement or nothing that it asks, found {self!r}",
                code="simulator.letter",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is decided beforehand."""

    tiers: tuple[int, ...] = (1, 3, 9, 27)
    """How many agencies each tier has, from the top."""
    seed: int = 0
    """Decides what is left to chance."""
    sends: tuple[Send, ...] = ()
    """The letters."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong."""
    minutes: float | None = None
    """When it is looked at; once it is quiet, where there is none."""

    def __str__(self) -> str:
        lines = [f"History(tiers={self.tiers}, seed={self.seed}, minutes={self.minutes},"]
        lines += ["  sends=(", *(f"    {_call(send)}," for send in self.sends), "  ),"]
        lines += ["  faults=(", *(f"    {_call(fault)}," for fault in self.faults), "  ),", ")"]
        return "\n".join(lines)


def _call(item: Send | Fault) -> str:
    """The Python that makes it; what is as usual is left out."""
    said = ((known.name, getattr(item, known.name), known.default) for known in fields(item))
    given = (f"{name}={_literal(value)}" for name, value, usual in said if value != usual)
    return f"{type(item).__name__}({', '.join(given)})"


def _literal(value: object) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)
