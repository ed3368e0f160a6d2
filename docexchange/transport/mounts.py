"""Several transports as one: our own ends together, and to each endpoint the way that leads there.

    transport = Mounts(
        {"folder:mailbox": folder, "https://hub.example/": hub},
        ways={"https:": lambda: HttpTransport(…)},
    )

The way out is chosen by the beginning of the endpoint, the most specific one first; what is only
needed to send is opened when it is first needed. An end that fails does not hold up the others.
"""

from __future__ import annotations

import threading
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import ConfigurationError, TransportError
from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from docexchange.transport.parcel import Parcel

__all__ = ["Mounts"]

_NONE: Final[Mapping[str, Callable[[], Transport]]] = MappingProxyType({})


class Mounts(Transport):
    """Our ends and the ways out.

    Args:
        ends: our own ends, by URL; each is also the way to endpoints of its scheme, unless
            ``ways`` has one.
        ways: more ways out, each by how the endpoints begin that it leads to; the beginning ends
            with a colon or a slash (``https:``, ``https://inner.example/``).

    Raises:
        ConfigurationError: a beginning that would cut a name in two.
    """

    def __init__(
        self,
        ends: Mapping[str, Transport],
        *,
        ways: Mapping[str, Callable[[], Transport]] = _NONE,
    ) -> None:
        self._ends: Final = tuple(ends.values())
        self._opening: Final = threading.Lock()
        self._opened: Final[dict[str, Transport]] = {}
        for url, end in ends.items():
            scheme = url.partition(":")[0] + ":"
            if scheme not in ways:
                self._opened.setdefault(scheme, end)
        self._ways: Final = dict(ways)
        self._beginnings: Final = sorted({*self._opened, *ways}, key=len, reverse=True)
        for beginning in ways:
            if not beginning.endswith((":", "/")):
                raise ConfigurationError(
                    f"way {beginning!r}: expected a colon or slash at its end, found none",
                    code="transport.way",
                    advice="Else it would also lead to other hosts whose names begin like that.",
                )

    @property
    def capabilities(self) -> Capabilities:
        """What can be relied on whichever way a parcel takes, as far as ways are open."""
        with self._opening:
            known = [item.capabilities for item in {*self._ends, *self._opened.values()}]
        sizes = [item.largest_bytes for item in known if item.largest_bytes is not None]
        return Capabilities(
            durable=all(item.durable for item in known),
            answers_at_once=bool(self._ways) or any(item.answers_at_once for item in known),
            largest_bytes=min(sizes, default=None),
        )

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Send by the most specific way to ``to``."""
        return self._way(to).send(parcel, payload, to=to)

    def waits_for_pickup(self, to: str) -> bool:
        """As the way by which we would send to ``to``."""
        return self._way(to).waits_for_pickup(to)

    def probe(self, to: str) -> datetime | None:
        """Try the way by which we would send to ``to``."""
        return self._way(to).probe(to)

    def receive(self, limit: int) -> Iterator[Arrival]:
        """From all ends in turn; what is wrong with one is said after the others were emptied."""
        trouble: list[TransportError] = []
        walks = {number: end.receive(limit) for number, end in enumerate(self._ends)}
        for number in cycle(range(len(self._ends))):
            if limit < 1 or not walks:
                break
            if number not in walks:
                continue
            arrival = _next(walks[number], trouble)
            if arrival is None:
                del walks[number]
            else:
                limit -= 1
                yield arrival
        if trouble:
            raise trouble[0]

    def set_aside(self) -> list[SetAside]:
        """What was set aside at all ends."""
        return [item for end in self._ends for item in end.set_aside()]

    def close(self) -> None:
        """Close everything that was opened."""
        with self._opening:
            opened = {*self._ends, *self._opened.values()}
        for transport in opened:
            transport.close()

    def _way(self, to: str) -> Transport:
        for beginning in self._beginnings:
            if to.startswith(beginning):
                with self._opening:
                    if beginning not in self._opened:
                        self._opened[beginning] = self._ways[beginning]()
                    return self._opened[beginning]
        raise TransportError(
            f"endpoint: expected one that begins with {', '.join(sorted(self._beginnings))}, "
            f"found {to[:200]!r}",
            retryable=False,
            code="transport.bad-url",
            advice="Correct the endpoint in the directory, or give the node an end of that kind.",
        )


def _next(walk: Iterator[Arrival], trouble: list[TransportError]) -> Arrival | None:
    try:
        return next(walk, None)
    except TransportError as error:
        trouble.append(error)
        return None
