"""A network that several processes play, each some of its nodes: what crosses, and when.

>>> network.wire.divide(part, meet, network.cast)
>>> network.run(minutes=10)    # plays the own nodes, and meets the others on the way

What crosses takes no less time than the *lookahead*. From the next thing that anybody has to do,
until a lookahead later, nobody can hear of what others do: so long each process plays alone. Then
they meet, and give each other what is to arrive. Each has the whole network in memory; nodes that
others play never work, and nothing is in their stores.

A message is *at home* where the agency is played that sent the letter, or the letter that a status
is about. Elsewhere it is a guest: who plays it tells home about it when promises are checked
(``guests``).
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from docexchange.delivery import InboundRecord, OutboundRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.cast import Cast, Place
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.history import Send
    from docexchange.simulator.wire import Coming, Wire
    from docexchange.transport import Parcel

__all__ = ["Border", "Guest", "Meet", "Part"]

_MOMENT: Final = timedelta(microseconds=1)


class Meet(Protocol):
    """Meets all others, who wait for it."""

    def __call__(
        self, posts: Mapping[int, bytes], next_at: datetime | None
    ) -> tuple[list[bytes], datetime | None]:
        """Give and take.

        Args:
            posts: what each of the others is given, by number.
            next_at: when this process has something to do; None: never.

        Returns:
            What is given to this process, by number of the giver; and when the first of all has
            something to do.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one of several processes plays of a network."""

    parts: Mapping[Place, int]
    """Which process plays which node, by number."""
    own: int
    """The number of this one."""
    letters: tuple[Send, ...]
    """What nodes here send, or get, by time."""
    last_minute: float
    """When the last letter of all is sent, in minutes from the start."""
    lookahead: timedelta
    """How long anything that crosses takes at least."""

    def plays(self, place: Place) -> bool:
        """Whether a node is played here."""
        return self.parts[place] == self.own


@dataclass(slots=True)
class Guest:
    """A message that is at home elsewhere."""

    home: int
    """Where."""
    places: set[Place]
    """Nodes that have had it here."""


class Border:
    """What one process has to do with the others; a clock that waits for them.

    Args:
        part: who plays what.
        meet: meets the others.
        cast: the agencies.
        agenda: what there is to do here.
        wire: carries what arrives.
    """

    def __init__(self, part: Part, meet: Meet, cast: Cast, agenda: Agenda, wire: Wire) -> None:
        self._part: Final = part
        self._meet_all: Final = meet
        self._parts: Final = {member.organ_id: part.parts[member.place] for member in cast.members}
        self._agenda: Final = agenda
        self._wire: Final = wire
        self._outbox: defaultdict[int, list[Coming]] = defaultdict(list)
        self.others: Final = sorted({*part.parts.values()} - {part.own})
        """The numbers of the other processes."""
        self.guests: Final[dict[MessageId, Guest]] = {}
        """Messages here that are at home elsewhere."""
        self.announced: Final[dict[MessageId, Delivery]] = {}
        """Letters from elsewhere to agencies here, as they were sent."""
        self.busy_abroad: set[MessageId] = set()
        """Messages that are between two nodes elsewhere, as was told last."""
        self.next_at: datetime | None = agenda.start
        """When the first of all has something to do; None: never."""

    def is_abroad(self, place: Place) -> bool:
        """Whether others play a node."""
        return not self._part.plays(place)

    def is_guest(self, record: OutboundRecord | InboundRecord) -> bool:
        """Whether a message is at home elsewhere."""
        return self.home_of(record) != self._part.own

    def home_of(self, record: OutboundRecord | InboundRecord) -> int:
        """Where a message is at home."""
        is_letter = record.kind == "document"
        return self._parts[record.origin if is_letter else record.recipient]

    def note(self, parcel: Parcel, *places: Place) -> None:
        """Remember where guests have been."""
        home = self._home_by_note(parcel.origin, parcel)
        if home != self._part.own:
            guest = self.guests.setdefault(parcel.message_id, Guest(home, set()))
            guest.places.update(place for place in places if not self.is_abroad(place))

    def _home_by_note(self, origin: OrganId, parcel: Parcel) -> int:
        is_letter = parcel.message_kind == "document"
        return self._parts[origin if is_letter else parcel.recipient]

    def announce(self, send: Send, written: Callable[[Send], Delivery]) -> None:
        """Know, when it is sent elsewhere, what a letter to an agency here says."""

        def note() -> None:
            delivery = written(send)
            self.announced[delivery.message_id] = delivery

        self._agenda.at(self._agenda.start + timedelta(minutes=send.minute), note)

    def post(self, place: Place, coming: Coming) -> None:
        """Give something to whoever plays a node, at the next meeting."""
        if coming.at < self._agenda.now() + self._part.lookahead:
            raise AssertionError(
                f"{coming.to}: expected what crosses to take {self._part.lookahead} or more, "
                f"found it arriving at {coming.at}, sent at {self._agenda.now()}"
            )
        self._outbox[self._part.parts[place]].append(coming)

    # --- time ---

    def run_until(self, moment: datetime) -> None:
        """Do all that is to be done here until a moment, and let time pass until then."""
        self._meet()
        while self.next_at is not None and self.next_at <= moment:
            end = self.next_at + self._part.lookahead - _MOMENT
            self._agenda.run_until(min(end, moment))
            self._meet()
        self._agenda.run_until(moment)

    def _meet(self) -> None:
        """Give and take what is to arrive, and find out when there is something to do."""
        moments = [coming.at for comings in self._outbox.values() for coming in comings]
        if self._agenda.next_at is not None:
            moments.append(self._agenda.next_at)
        given, self.next_at = self._exchanged(self._outbox, min(moments, default=None))
        self._outbox.clear()
        for coming in given:
            self.note(coming.parcel, self._wire.mailboxes[coming.to].place)
            self._wire.expect(coming)

    def exchange(self, items: Mapping[int, Sequence[object]]) -> list[Any]:
        """Meet the others; no time passes.

        Args:
            items: what each is given, by number.

        Returns:
            What this process is given.
        """
        return self._exchanged(items, None)[0]

    def _exchanged(
        self, items: Mapping[int, Sequence[object]], next_at: datetime | None
    ) -> tuple[list[Any], datetime | None]:
        posts = {number: pickle.dumps(given) for number, given in items.items() if given}
        taken, first = self._meet_all(posts, next_at)
        return [item for post in taken for item in pickle.loads(post)], first  # noqa: S301  our own
