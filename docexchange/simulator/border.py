"""A network that several processes play, each some of its nodes: what crosses, and when.

>>> network.wire.divide(part, meet, network.cast)
>>> network.run(minutes=10)    # plays the own nodes, and hears from the others on the way

What crosses takes no less time than the *lookahead*, and comes from or goes to the process in the
middle, which plays the highest agency. From what the others have to do next follows until when
nothing of theirs can arrive here: so long a process plays alone. Each has the whole network in
memory; nodes that others play never work, and nothing is in their stores.

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
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from docexchange.delivery import InboundRecord, OutboundRecord
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.cast import Cast, Place
    from docexchange.simulator.delivery import Delivery
    from docexchange.simulator.history import Send
    from docexchange.simulator.wire import Coming, Wire
    from docexchange.transport import Parcel

__all__ = ["MIDDLE", "Border", "Guest", "Leave", "Meet", "Part", "Post"]

MIDDLE: Final = 0
"""The number of the process that plays the highest agency: everything that crosses passes it."""
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Post:
    """What one process gives another."""

    data: bytes
    """Pickled."""
    first_at: datetime | None = None
    """When the first of it arrives at a node; None: it is not for nodes."""


@dataclass(frozen=True, slots=True)
class Leave:
    """What a process is given, and how far it may go on."""

    posts: Sequence[bytes]
    """What others gave it."""
    end: datetime | None = None
    """Before then nothing else can arrive here; None: nobody has anything to do until the moment
    that was asked for."""
    next_at: datetime | None = None
    """When the first of all has something to do after that; None: never."""


class Meet(Protocol):
    """The others."""

    def go_on(self, posts: Mapping[int, Post], next_at: datetime | None, until: datetime) -> Leave:
        """Ask how far to go on; returns when there is something to do, or nothing for anybody.

        Args:
            posts: what is to arrive elsewhere, by number of the process.
            next_at: when this process has something to do; None: never.
            until: the moment until which all of them play, the same for all.
        """

    def exchange(self, posts: Mapping[int, Post]) -> Sequence[bytes]:
        """Give and take, all at the same moment of the simulation.

        Args:
            posts: what each of the others is given, by number.

        Returns:
            What is given to this process, by number of the giver.
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
        meet: the others.
        cast: the agencies.
        agenda: what there is to do here.
        wire: carries what arrives.
    """

    def __init__(self, part: Part, meet: Meet, cast: Cast, agenda: Agenda, wire: Wire) -> None:
        self._part: Final = part
        self._others: Final = meet
        self._parts: Final = {member.organ_id: part.parts[member.place] for member in cast.members}
        self._agenda: Final = agenda
        self._wire: Final = wire
        self._outbox: defaultdict[int, list[Coming]] = defaultdict(list)
        self.others: Final = sorted({*part.parts.values()} - {part.own})
        """The numbers of the other processes."""
        self.guests: Final[dict[MessageId, Guest]] = {}
        """Messages here that are at home elsewhere."""
        self.gone: Final[set[MessageId]] = set()
        """Messages here that have crossed."""
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
        """Give something to whoever plays a node, when the others are heard next."""
        number = self._part.parts[place]
        if MIDDLE not in {number, self._part.own}:
            raise AssertionError(
                f"{coming.to}: expected what crosses to come from the highest agency or to go "
                f"there, found {coming.parcel.kind} {coming.parcel.message_id} on another way"
            )
        if coming.at < self._agenda.now() + self._part.lookahead:
            raise AssertionError(
                f"{coming.to}: expected what crosses to take {self._part.lookahead} or more, "
                f"found it arriving at {coming.at}, sent at {self._agenda.now()}"
            )
        self.gone.add(coming.parcel.message_id)
        self._outbox[number].append(coming)

    # --- time ---

    def run_until(self, moment: datetime) -> None:
        """Do all that is to be done here until a moment, and let time pass until then."""
        while (end := self._heard(moment)) is not None:
            self._agenda.run_until(min(end - _MOMENT, moment))
        self._agenda.run_until(moment)

    def _heard(self, moment: datetime) -> datetime | None:
        """Give and take what is to arrive, and find out how far to go on."""
        posts = {
            number: Post(pickle.dumps(comings), min(coming.at for coming in comings))
            for number, comings in self._outbox.items()
        }
        self._outbox.clear()
        leave = self._others.go_on(posts, self._agenda.next_at, moment)
        for coming in _read(leave.posts):
            if coming.at <= self._agenda.now():
                raise AssertionError(
                    f"{coming.to}: expected it to arrive before {self._agenda.now()} was played, "
                    f"found it arriving at {coming.at}"
                )
            self.note(coming.parcel, self._wire.mailboxes[coming.to].place)
            self._wire.expect(coming)
        if leave.end is None:
            self.next_at = leave.next_at
        return leave.end

    def exchange(self, items: Mapping[int, Sequence[object]]) -> list[Any]:
        """Give the others something, and take what they give; no time passes.

        Args:
            items: what each is given, by number.

        Returns:
            What this process is given.
        """
        posts = {number: Post(pickle.dumps(given)) for number, given in items.items() if given}
        return list(_read(self._others.exchange(posts)))


def _read(posts: Sequence[bytes]) -> Iterator[Any]:
    for post in posts:
        yield from pickle.loads(post)  # noqa: S301  our own
