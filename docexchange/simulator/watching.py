"""Figures of a run, gathered while it runs: how long letters take, what the links carry, queues.

The nodes' own events and what is given to the wire are counted; nothing is kept of a letter that
has arrived, so that a run may be as long as it likes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.delivery import OutboundState
from docexchange.instrumentation import EventName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from docexchange.instrumentation import Event
    from docexchange.simulator.cast import Cast, Place
    from docexchange.simulator.history import Send
    from docexchange.simulator.network import SimulatedNetwork
    from docexchange.simulator.weather import Fate, Transfer

__all__ = ["Figures", "LinkCount", "Watcher"]

_UNDER_WAY: Final = frozenset(str(state) for state in OutboundState if not state.is_terminal)


@dataclass(slots=True)
class LinkCount:
    """What one link carried, in one direction."""

    messages: int = 0
    """Letters and statuses that arrived, each as often as it did."""
    octets: int = 0
    """Everything that was given to it, receipts included."""
    lost: int = 0
    """What it lost or damaged."""
    refused: int = 0
    """How often it took nothing."""
    waited_seconds: float = 0.0
    """The time from the first attempt to the arrival, of all messages together."""


@dataclass(slots=True)
class _Open:
    """A letter that has not arrived everywhere."""

    at: datetime
    sender: Place
    missing: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Figures:
    """What was counted in one run, or by one of several processes that share it."""

    delays: dict[tuple[int, int], array[float]] = field(default_factory=dict)
    """Seconds that letters took, by the tiers of sender and recipient."""
    links: dict[tuple[Place, Place], LinkCount] = field(default_factory=dict)
    """What links carried, by sender and receiver."""
    queues: Counter[Place] = field(default_factory=Counter)
    """The most messages that waited at a node when somebody looked."""
    arrived: int = 0
    """How many copies of letters have arrived."""
    attempts: int = 0
    """How often nodes tried to send something."""
    resent_octets: int = 0
    """What was given to the wire once more."""

    def add(self, other: Figures) -> None:
        """Add what was counted at other nodes."""
        for tiers, seconds in other.delays.items():
            self.delays.setdefault(tiers, array("d")).extend(seconds)
        self.links |= other.links
        self.queues |= other.queues
        self.arrived += other.arrived
        self.attempts += other.attempts
        self.resent_octets += other.resent_octets


class Watcher:
    """Gathers the figures of one run.

    Args:
        cast: the agencies.
        now: tells the time.
    """

    def __init__(self, cast: Cast, now: Callable[[], datetime]) -> None:
        self._now: Final = now
        self._places: Final = {str(member.organ_id): member.place for member in cast.members}
        self._codes: Final = {place: code for code, place in self._places.items()}
        self._open: Final[dict[str, _Open]] = {}
        self._started: Final[dict[tuple[Place, str], datetime]] = {}
        self.figures: Final = Figures()
        """What was counted so far."""

    def expect(self, send: Send, to: Iterable[Place], message_id: str, at: datetime) -> None:
        """Wait for a letter at some of its recipients; its time counts from ``at``."""
        missing = {self._codes[place] for place in to}
        self._open[message_id] = _Open(at, send.sender, missing)

    def heard(self, event: Event) -> None:
        """A hook for all nodes."""
        if event.name is EventName.HANDOVER_TAKEN:
            self._taken(str(event.fields["message_id"]), str(event.fields["node"]))
        elif event.name is EventName.OUTBOUND_STARTED:
            self.figures.attempts += 1
            self._started.setdefault(self._key(event), self._now())
        elif event.name is EventName.RECEIPT_RECORDED:
            self._started.pop(self._key(event), None)

    def _key(self, event: Event) -> tuple[Place, str]:
        return self._places[str(event.fields["node"])], str(event.fields["message_id"])

    def _taken(self, message_id: str, code: str) -> None:
        known = self._open.get(message_id)
        if known is None or code not in known.missing:
            return
        known.missing.discard(code)
        tiers = known.sender[0], self._places[code][0]
        seconds = (self._now() - known.at).total_seconds()
        self.figures.delays.setdefault(tiers, array("d")).append(seconds)
        self.figures.arrived += 1
        if not known.missing:
            del self._open[message_id]

    def carried(self, transfer: Transfer, fate: Fate) -> None:
        """Something was given to the wire."""
        link = self.figures.links.setdefault((transfer.sender, transfer.receiver), LinkCount())
        link.octets += transfer.size
        link.refused += bool(fate.refusal)
        link.lost += not fate.refusal and not fate.landings
        link.lost += sum(landing.damage != "none" for landing in fate.landings)
        if transfer.is_receipt:
            return
        self.figures.resent_octets += transfer.size if transfer.about[-1] != "1" else 0
        started = self._started.get((transfer.sender, transfer.about[-2]))
        for landing in fate.landings[:1]:
            link.messages += 1
            waited = (self._now() - started).total_seconds() if started else 0.0
            link.waited_seconds += waited + landing.after_seconds

    def look(self, network: SimulatedNetwork) -> None:
        """Count what waits at each node that is played here."""
        queues, is_played = self.figures.queues, network.setting.is_played
        for agency in network.agencies.values():
            counts = agency.store.counts() if is_played(agency.place) else {}
            waiting = sum(counts.get(state, 0) for state in _UNDER_WAY) if counts else 0
            if waiting:
                queues[agency.place] = max(queues[agency.place], waiting)
