"""Parcels between nodes of one process: for tests and the simulator.

    network = MemoryNetwork()
    ministry, commune = network.transport("ministry"), network.transport("commune")
    ministry.send(parcel, file, to="memory:commune")

A network is an object, so that two tests never see each other's parcels. Mailboxes live as long as
the network: opening a transport again is a node that restarts and finds its mailbox as it was.
"""

from __future__ import annotations

import io
import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import ConfigurationError, TransportError
from docexchange.transport._payload import checked
from docexchange.transport.base import Arrival, Capabilities, SetAside, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.transport.parcel import Parcel

__all__ = ["MemoryNetwork", "MemoryTransport"]

_SCHEME: Final = "memory:"


@dataclass(slots=True)
class _Mailbox:
    """What one node has been sent, by the order of its coming."""

    new: dict[int, tuple[Parcel, bytes]] = field(default_factory=dict)
    aside: dict[int, tuple[Parcel, bytes, str]] = field(default_factory=dict)


class MemoryNetwork:
    """Mailboxes by name."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._numbers: Final = itertools.count(1)
        self._mailboxes: Final[dict[str, _Mailbox]] = {}

    def transport(self, name: str) -> MemoryTransport:
        """Open the mailbox ``name``, reached as ``memory:name``; made on first use."""
        with self._lock:
            mailbox = self._mailboxes.setdefault(name, _Mailbox())
        return MemoryTransport(self, mailbox, self._lock)

    def open(self, url: str, *, base: Path | None = None) -> MemoryTransport:
        """Open ``memory:name``: an opener for `registry.open_transport`."""
        del base  # a place on the disk means nothing here
        return self.transport(_name_of(url))

    def deliver(self, to: str, parcel: Parcel, payload: bytes) -> None:
        """Put a parcel into the mailbox of the endpoint ``to``.

        Raises:
            TransportError: there is no such mailbox yet.
        """
        with self._lock:
            self._mailbox(to).new[next(self._numbers)] = (parcel, payload)

    def probe(self, to: str) -> None:
        """Look for the mailbox of the endpoint ``to``.

        Raises:
            TransportError: there is no such mailbox yet.
        """
        with self._lock:
            self._mailbox(to)

    def _mailbox(self, to: str) -> _Mailbox:
        mailbox = self._mailboxes.get(_name_of(to))
        if mailbox is None:
            raise TransportError(
                f"endpoint {to}: expected one of {sorted(self._mailboxes)}, found none",
                code="transport.peer-missing",
                advice="Open the peer's transport on the same network first.",
            )
        return mailbox


class MemoryTransport(Transport):
    """One node's end of a `MemoryNetwork`; made by `MemoryNetwork.transport`."""

    def __init__(self, network: MemoryNetwork, mailbox: _Mailbox, lock: threading.Lock) -> None:
        self._network: Final = network
        self._mailbox: Final = mailbox
        self._lock: Final = lock

    @classmethod
    def from_url(cls, url: str, *, base: Path) -> MemoryTransport:
        """Refuse: which network is meant cannot be told by a URL.

        Raises:
            ConfigurationError: always.
        """
        raise ConfigurationError(
            f"transport {url!r}: expected a network to open it on, found only {base}",
            code="transport.no-network",
            advice="Give open_transport openers={'memory': network.open}.",
        )

    @property
    def capabilities(self) -> Capabilities:
        """Nothing outlives the process."""
        return Capabilities(durable=False)

    def send(self, parcel: Parcel, payload: BinaryIO, *, to: str) -> tuple[bytes, ...]:
        """Read the payload into memory and put it into the peer's mailbox."""
        self._network.deliver(to, parcel, b"".join(checked(parcel, payload)))
        return ()

    def probe(self, to: str) -> None:
        """Look for the peer's mailbox on the network."""
        self._network.probe(to)

    def receive(self, limit: int) -> Iterator[Arrival]:
        """In the order in which they came."""
        with self._lock:
            waiting = [(number, parcel) for number, (parcel, _) in self._mailbox.new.items()]
        for number, parcel in waiting[: max(limit, 0)]:
            if number in self._mailbox.new:
                yield _MemoryArrival(self._mailbox, self._lock, number, parcel)

    def set_aside(self) -> list[SetAside]:
        """What was rejected; nothing can be damaged on the way here."""
        with self._lock:
            kept = sorted(self._mailbox.aside.items())
        return [
            SetAside(name=f"{parcel.message_id}.{number}", reason=reason)
            for number, (parcel, _, reason) in kept
        ]

    def close(self) -> None:
        """The mailbox stays with the network."""


class _MemoryArrival(Arrival):
    """A parcel in a mailbox."""

    def __init__(
        self, mailbox: _Mailbox, lock: threading.Lock, number: int, parcel: Parcel
    ) -> None:
        self._mailbox: Final = mailbox
        self._lock: Final = lock
        self._number: Final = number
        self._parcel: Final = parcel

    @property
    def parcel(self) -> Parcel:
        """As it was sent."""
        return self._parcel

    def open(self) -> BinaryIO:
        """Read it from memory."""
        with self._lock:
            found = self._mailbox.new.get(self._number)
        if found is None:
            raise TransportError(
                f"parcel {self._parcel.message_id}: expected it to wait, found it settled",
                code="transport.parcel-gone",
                advice="Open a parcel before settling it.",
            )
        return io.BytesIO(found[1])

    def settle(self) -> None:
        """Forget it."""
        with self._lock:
            self._mailbox.new.pop(self._number, None)

    def reject(self, reason: str) -> None:
        """Keep it apart."""
        with self._lock:
            if found := self._mailbox.new.pop(self._number, None):
                self._mailbox.aside[self._number] = (*found, reason)


def _name_of(url: str) -> str:
    if not url.startswith(_SCHEME) or url == _SCHEME:
        raise TransportError(
            f"endpoint: expected memory:name, found {url[:200]!r}",
            retryable=False,
            code="transport.bad-url",
            advice="Correct the endpoint in the directory or in the configuration.",
        )
    return url.removeprefix(_SCHEME)
