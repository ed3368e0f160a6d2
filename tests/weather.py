"""What may happen to parcels on their way: lost, doubled, held up, refused.

weather = Weather(fates=["lost", "twice"])
World(pki, folder, wrap=lambda _, transport: Link(transport, weather))
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from exchange_help import CODES
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from docexchange.errors import TransportError
from docexchange.transport import Parcel, ParcelKind, Transport

__all__ = ["FATES", "InWeather", "Link", "Weather"]

FATES = ["fine", "lost", "twice", "late", "refused"]
"""What can be asked of the weather."""


@dataclass
class Weather:
    """What happens to parcels on their way."""

    fates: list[str] = field(default_factory=list)
    late: list[tuple[Parcel, bytes]] = field(default_factory=list)
    carried: list[tuple[Parcel, bytes]] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)

    def next(self) -> str:
        """What happens to the next one; fine weather if nobody asked for other."""
        return self.fates.pop(0) if self.fates else "fine"


class Link(Transport):
    """A transport that is out in the weather."""

    def __init__(self, inner: Transport, weather: Weather) -> None:
        self._inner = inner
        self._weather = weather

    @property
    def capabilities(self):
        """Those of the transport within."""
        return self._inner.capabilities

    def send(self, parcel, payload, *, to):
        """Carry, or what the weather makes of it."""
        data, fate = payload.read(), self._weather.next()
        self._weather.carried.append((parcel, data))
        # What a transport accepts, it carries. Letters and receipts may be lost all the same, for
        # they are sent again; the news that a letter was given up is carried once.
        is_news = parcel.kind is ParcelKind.RECEIPT and b">false<" in data
        if to in self._weather.cut_off or (is_news and fate in ("lost", "late")):
            fate = "refused"
        if fate == "refused":
            raise TransportError("link: expected to send, found: no connection")
        if fate == "late":
            self._weather.late.append((parcel, data))
        for _ in range({"fine": 1, "twice": 2}.get(fate, 0)):
            self._inner.send(parcel, io.BytesIO(data), to=to)
        return ()

    def probe(self, to):
        """As the transport within."""
        return self._inner.probe(to)

    def receive(self, limit):
        """As the transport within."""
        return self._inner.receive(limit)

    def set_aside(self):
        """As the transport within."""
        return self._inner.set_aside()

    def close(self):
        """As the transport within."""
        self._inner.close()


class InWeather(RuleBasedStateMachine):
    """A ``world`` whose links are out in the ``weather``."""

    @rule(fates=st.lists(st.sampled_from(FATES), min_size=1, max_size=8))
    def change(self, fates):
        """What becomes of the parcels to come."""
        self.weather.fates += fates

    @rule(number=st.integers(0, 99))
    def arrive_late(self, number):
        """One that was held up comes in."""
        if self.weather.late:
            self.put(*self.weather.late.pop(number % len(self.weather.late)))

    @rule(number=st.integers(0, 999), times=st.integers(1, 3))
    def replay(self, number, times):
        """Anything that was ever carried is put into its mailbox again."""
        for _ in range(times if self.weather.carried else 0):
            self.put(*self.weather.carried[number % len(self.weather.carried)])

    def put(self, parcel, data):
        """Put a parcel into the mailbox of the node that it is for."""
        name = next(name for name, code in CODES.items() if code == parcel.to_node)
        self.world.put(name, parcel, data)
