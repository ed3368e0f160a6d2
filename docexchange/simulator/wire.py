"""The wire between simulated nodes: what is sent arrives later, as an event, or does not.

>>> transport = wire.transport(endpoint)
>>> transport.send(parcel, file, to="sim:H01.00000")    # schedules the arrival

Mailboxes belong to the wire, not to nodes: a node that dies finds its own as it left it.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import TransportError
from docexchange.simulator.border import Border
from docexchange.simulator.weather import Damage, Fate, Link, Transfer, fate_of
from docexchange.transport import Arrival, Capabilities, ParcelKind, SetAside, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from docexchange.identifiers import MessageId
    from docexchange.simulator.agenda import Agenda, Rank
    from docexchange.simulator.border import Meet, Part
    from docexchange.simulator.cast import Cast, Place
    from docexchange.simulator.dice import Dice
    from docexchange.simulator.faults import Fault
    from docexchange.simulator.log import EventLog
    from docexchange.transport import Parcel

__all__ = ["Coming", "Mailbox", "SimulatedTransport", "Wire"]

_REST: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Mailbox:
    """What one node has been sent, in the order of its coming."""

    place: Place
    """Whose it is."""
    told: Callable[[], None]
    """Is called when something comes in."""
    is_open: bool = True
    """Whether the node can be reached."""
    new: dict[int, tuple[Parcel, bytes]] = field(default_factory=dict)
    """What waits, by number."""
    rests: dict[int, datetime] = field(default_factory=dict)
    """Until when what could not be dealt with is not given out again."""
    aside: list[tuple[Parcel, str]] = field(default_factory=list)
    """What was rejected, and why."""
    sent: int = 0
    """How many arrivals there were, or will be, of what the node sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A parcel that will arrive."""

    at: datetime
    """When."""
    rank: Rank
    """Before which others of that moment."""
    to: str
    """At which endpoint."""
    parcel: Parcel
    """Its note."""
    data: bytes
    """As they arrive."""
    waits: bool
    """Whether it waits there for a node that does not run."""


class Wire:
    """All links of a network.

    Args:
        agenda: when things happen.
        dice: decide what is left to chance.
        log: is told what is carried.
        link_of: how fast the link between two nodes is in fine weather.
    """

    def __init__(
        self,
        agenda: Agenda,
        dice: Dice,
        log: EventLog,
        link_of: Callable[[Place, Place], Link],
    ) -> None:
        self._agenda: Final = agenda
        self._dice: Final = dice
        self._log: Final = log
        self._link_of: Final = link_of
        self.mailboxes: Final[dict[str, Mailbox]] = {}
        self.faults: Final[dict[int, Fault]] = {}
        """Those of links that are in force."""
        self._carried: Final[dict[str, Counter[tuple[str, ...]]]] = {}
        self._flying: Final[Counter[MessageId]] = Counter()
        self._number = 0
        self.watchers: Final[list[Callable[[Transfer, Fate], object]]] = []
        """Are told about everything that is given to the wire."""
        self.border: Border | None = None
        """To what other processes play; None where this one plays everything."""

    def divide(self, part: Part, meet: Meet, cast: Cast) -> None:
        """Play only some nodes, together with other processes that play the rest.

        Args:
            part: who plays what.
            meet: meets the others.
            cast: the agencies.
        """
        self.border = Border(part, meet, cast, self._agenda, self)

    @property
    def now(self) -> datetime:
        """The present."""
        return self._agenda.now()

    def transport(self, endpoint: str) -> SimulatedTransport:
        """One node's end; its mailbox must be there."""
        return SimulatedTransport(self, self.mailboxes[endpoint])

    def reach(self, sender: Mailbox, to: str) -> Mailbox:
        """The mailbox of an endpoint.

        Raises:
            TransportError: there is none, or the node there does not run and nothing waits for it.
        """
        mailbox = self.mailboxes.get(to)
        if mailbox is None:
            raise TransportError(
                f"endpoint: expected one of the simulation, found {to[:200]!r}",
                retryable=False,
                code="transport.bad-url",
                advice="Correct the endpoint in the directory or in the configuration.",
            )
        reached = mailbox.is_open or self._link_of(sender.place, mailbox.place).keeps
        if not (reached and sender.is_open):
            raise _broken(to, "no connection")
        return mailbox

    def is_under_way(self, message_id: MessageId) -> bool:
        """Whether a parcel about a message is on its way, or waits in a mailbox."""
        if self.is_flying(message_id):
            return True
        boxes = self.mailboxes.values()
        return any(
            parcel.message_id == message_id for box in boxes for parcel, _ in box.new.values()
        )

    def is_flying(self, message_id: MessageId) -> bool:
        """Whether a parcel about a message is between two nodes."""
        if self.border and message_id in self.border.busy_abroad:
            return True
        return self._flying[message_id] > 0

    def forget(self, messages: Iterable[MessageId]) -> None:
        """Have never carried anything about these."""
        for message_id in messages:
            self._carried.pop(str(message_id), None)
            self._flying.pop(message_id, None)

    def carry(self, sender: Mailbox, parcel: Parcel, data: bytes, to: str) -> None:
        """Accept a parcel for carriage.

        Raises:
            TransportError: the other side cannot be reached, as far as is known.
        """
        mailbox = self.reach(sender, to)
        transfer = self._transfer(sender.place, mailbox.place, parcel)
        link = self._link_of(sender.place, mailbox.place)
        fate = fate_of(transfer, link, self.faults.values(), self._dice)
        outcome = fate.refusal or ", ".join(
            f"{landing.after_seconds:.3f} s {landing.damage}" for landing in fate.landings
        )
        said = f"carry {sender.place} {to} {parcel.kind} {parcel.sha256}: {outcome}"
        self._log.add(said, at=sender.place)
        for watch in self.watchers:
            watch(transfer, fate)
        if fate.refusal:
            raise _broken(to, fate.refusal)
        if self.border:
            self.border.note(parcel, sender.place, mailbox.place)
        for landing in fate.landings:
            sender.sent += 1
            coming = Coming(
                at=self.now + timedelta(seconds=landing.after_seconds),
                rank=(*sender.place, sender.sent),
                to=to,
                parcel=parcel,
                data=self._damaged(data, landing.damage, transfer),
                waits=link.keeps,
            )
            if self.border and self.border.is_abroad(mailbox.place):
                self.border.post(mailbox.place, coming)
            else:
                self.expect(coming)

    def expect(self, coming: Coming) -> None:
        """Have something arrive at a node."""
        self._flying[coming.parcel.message_id] += 1
        self._agenda.at(coming.at, partial(self._land, coming), rank=coming.rank)

    def _transfer(self, sender: Place, receiver: Place, parcel: Parcel) -> Transfer:
        what = (str(sender), str(receiver), parcel.kind, str(parcel.message_id))
        times = self._carried.setdefault(str(parcel.message_id), Counter())
        times[what] += 1
        return Transfer(
            sender=sender,
            receiver=receiver,
            about=(*what, str(times[what])),
            size=parcel.size,
            is_receipt=parcel.kind is ParcelKind.RECEIPT,
        )

    def _damaged(self, data: bytes, damage: Damage, transfer: Transfer) -> bytes:
        if damage is Damage.NONE:
            return data
        place = int(self._dice.share(damage, *transfer.about) * len(data))
        if damage is Damage.TRUNCATE:
            return data[:place]
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    def _land(self, coming: Coming) -> None:
        """Put it into the mailbox; what meets a closed door is gone, if it cannot wait there."""
        mailbox, parcel = self.mailboxes[coming.to], coming.parcel
        self._flying[parcel.message_id] -= 1
        place = mailbox.place
        if not (mailbox.is_open or coming.waits):
            self._log.add(f"lost at the door {place} {parcel.sha256}", at=place)
            return
        self._number += 1
        mailbox.new[self._number] = parcel, coming.data
        mailbox.told()


class SimulatedTransport(Transport):
    """One node's end of the wire; made by `Wire.transport`."""

    def __init__(self, wire: Wire, mailbox: Mailbox) -> None:
        self._wire: Final = wire
        self._mailbox: Final = mailbox

    @property
    def capabilities(self) -> Capabilities:
        """Nothing outlives the process."""
        return Capabilities(durable=False)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Give it to the wire."""
        data = payload.read()
        if len(data) != parcel.size or sha256(data).hexdigest() != parcel.sha256:
            raise TransportError(
                f"parcel {parcel.message_id}: expected what its note says, found other bytes",
                retryable=False,
                code="transport.payload-mismatch",
            )
        self._wire.carry(self._mailbox, parcel, data, to)
        return ()

    def probe(self, to: str) -> None:
        """Look whether the node runs."""
        self._wire.reach(self._mailbox, to)

    def receive(self, limit: int) -> Iterator[Arrival]:
        """In the order in which they came; what was given out before, after a while only.

        Nodes that wait for evidence would look at everything again whenever something comes in.
        """
        now, rests = self._wire.now, self._mailbox.rests
        ready = [number for number in self._mailbox.new if rests.get(number, now) <= now]
        for number in ready[: max(limit, 0)]:
            if number in self._mailbox.new:
                rests[number] = now + _REST
                yield _Waiting(self._mailbox, number)

    def set_aside(self) -> list[SetAside]:
        """What was rejected."""
        return [
            SetAside(name=f"{parcel.message_id}.{number}", reason=reason)
            for number, (parcel, reason) in enumerate(self._mailbox.aside)
        ]

    def close(self) -> None:
        """The mailbox stays with the wire."""


class _Waiting(Arrival):
    """A parcel in a mailbox."""

    def __init__(self, mailbox: Mailbox, number: int) -> None:
        self._mailbox: Final = mailbox
        self._number: Final = number
        self._found: Final = mailbox.new[number]

    @property
    def parcel(self) -> Parcel:
        """As it was sent."""
        return self._found[0]

    def open(self) -> BinaryIO:
        """Read it."""
        return io.BytesIO(self._found[1])

    def settle(self) -> None:
        """Forget it."""
        self._mailbox.new.pop(self._number, None)
        self._mailbox.rests.pop(self._number, None)

    def reject(self, reason: str) -> None:
        """Keep the note apart."""
        self._mailbox.rests.pop(self._number, None)
        if self._mailbox.new.pop(self._number, None):
            self._mailbox.aside.append((self.parcel, reason))


def _broken(to: str, found: str) -> TransportError:
    return TransportError(
        f"endpoint {to}: expected to reach it, found: {found}", code="transport.unreachable"
    )
