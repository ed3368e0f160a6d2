"""A bad line as a real TCP proxy on this machine, which does to the octets what it is told to.

    from docexchange.testing import BadLine, cut_every

    with BadLine(server_port, cut_every(2 * 1024 * 1024)) as line:
        ...                          # talk to 127.0.0.1:line.port
    assert line.up < 60 * 1024 * 1024

Each connection gets a `Fate` from the script, by its number from 0. The faults are at exact places
in the stream of octets, so that a test is the same each time. Slowness is told in real units and
divided by ``scale``: a line of 512 kbit/s and 600 ms is as slow to the program, only faster.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BadLine", "Fate", "cut_every"]

_PIECE: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What happens to one connection; a place is a count of octets in that direction."""

    cut_up: int | None = None
    """Both sides are cut off after so many octets toward the server."""
    cut_down: int | None = None
    """The same, toward the client: a truncated answer; 0 swallows it whole."""
    freeze_up: int | None = None
    """Nothing is passed on toward the server after so many octets, and nobody is told."""
    cut_answer: int | None = None
    """What comes back once so many octets went up is swallowed, and both sides are cut off."""
    freeze_answer: int | None = None
    """What comes back from then on is swallowed, and nobody is told."""
    freeze_down: int | None = None
    """Nothing is passed on toward the client after so many octets, and nobody is told."""
    spoil_up: int | None = None
    """The octet at this place is changed on its way to the server."""
    spoil_down: int | None = None
    """The same, toward the client."""
    bits_per_second: float = 0
    """How fast, in each direction; 0 for any speed."""
    latency_seconds: float = 0
    """Before each piece, in each direction."""


def cut_every(octets: int) -> Callable[[int], Fate]:
    """A line that takes so many octets and is cut, each time anew."""
    return lambda _number: Fate(cut_up=octets)


class BadLine:
    """The proxy; a context manager.

    Args:
        port: of the server on this machine; may be changed while it runs.
        script: gives each connection its fate.
        scale: by how much slowness is sped up; 1 for none.
        host: of the server, if it is not 127.0.0.1.
    """

    def __init__(
        self,
        port: int,
        script: Callable[[int], Fate] = lambda _: Fate(),
        *,
        scale: float = 100,
        host: str = "127.0.0.1",
    ) -> None:
        self.target = port
        """Where the server listens."""
        self.script = script
        """Gives each new connection its fate, by its number."""
        self.up = 0
        """Octets passed on toward the server."""
        self.down = 0
        """Octets passed on toward the client."""
        self.connections = 0
        """How many there were."""
        self._scale, self._host = scale, host
        self._ended = threading.Event()
        self._counting = threading.Condition()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def port(self) -> int:
        """Where the client connects."""
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in list(self._threads):
            thread.join()

    def drop(self) -> None:
        """Cut off all connections that stand; new ones are taken."""
        with self._counting:
            left, self._open = self._open, set()
        for end in left:
            _cut(end)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._counting:
                fate, self.connections = self.script(self.connections), self.connections + 1
            try:
                server = socket.create_connection((self._host, self.target))
            except OSError:
                client.close()
                continue
            self._serve(client, server, fate)

    def _serve(self, client: socket.socket, server: socket.socket, fate: Fate) -> None:
        up = _Up(self, client, server, fate)
        down = _Down(self, server, client, fate, up)
        with self._counting:
            if self._ended.is_set():
                _cut(client)
                _cut(server)
                return
            self._open |= {client, server}
        thread = threading.Thread(target=self._carry, args=(up, down), daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def _carry(self, up: _Lane, down: _Lane) -> None:
        back = threading.Thread(target=down.run, daemon=True)
        back.start()
        up.run()
        back.join()
        for end in up.ends:
            _cut(end)
        with self._counting:
            self._open.difference_update(up.ends)

    def count(self, octets: int, *, upward: bool) -> None:
        """Add to what was passed on."""
        with self._counting:
            if upward:
                self.up += octets
            else:
                self.down += octets
            self._counting.notify_all()

    def await_up(self, octets: int, *, seconds: float = 60) -> None:
        """Return when so many octets went up.

        Args:
            octets: how many.
            seconds: how long to wait for them.

        Raises:
            TimeoutError: fewer went.
        """
        with self._counting:
            if not self._counting.wait_for(lambda: self.up >= octets, seconds):
                raise TimeoutError(f"expected {octets} octets on their way up, found {self.up}")

    def rest(self, seconds: float) -> None:
        """Be slow, but not slower to end."""
        self._ended.wait(seconds / self._scale)


class _Lane:
    """One direction of one connection."""

    upward = True

    def __init__(
        self, line: BadLine, source: socket.socket, target: socket.socket, fate: Fate
    ) -> None:
        self.passed = 0
        self.ends = (source, target)
        self._line, self._source, self._target, self._fate = line, source, target, fate

    def run(self) -> None:
        with suppress(OSError):
            while piece := self._source.recv(_PIECE):
                if not self._pass_on(piece):
                    _cut(self._source)
                    _cut(self._target)
                    return
        with suppress(OSError):
            self._target.shutdown(socket.SHUT_WR)

    def _pass_on(self, piece: bytes) -> bool:
        """Pass a piece on, or what is left of it; tells whether the line still stands."""
        self._be_slow(len(piece))
        start, self.passed = self.passed, self.passed + len(piece)
        spoil, end, cut = self._faults()
        if spoil is not None and start <= spoil < self.passed:
            place = spoil - start
            piece = piece[:place] + bytes([piece[place] ^ 0x20]) + piece[place + 1 :]
        kept = piece if end is None else piece[: max(end - start, 0)]
        self._target.sendall(kept)
        self._line.count(len(kept), upward=self.upward)
        return not (cut and end is not None and self.passed >= end)

    def _faults(self) -> tuple[int | None, int | None, bool]:
        """Which octet is changed, after how many it ends, and whether that is by a cut."""
        fate = self._fate
        cut = fate.cut_up is not None
        return fate.spoil_up, fate.cut_up if cut else fate.freeze_up, cut

    def _be_slow(self, octets: int) -> None:
        seconds = self._fate.latency_seconds
        if self._fate.bits_per_second:
            seconds += octets * 8 / self._fate.bits_per_second
        if seconds:
            self._line.rest(seconds)


_Up = _Lane


class _Down(_Lane):
    """The answers to what went up."""

    upward = False

    def __init__(
        self,
        line: BadLine,
        source: socket.socket,
        target: socket.socket,
        fate: Fate,
        up: _Up,
    ) -> None:
        super().__init__(line, source, target, fate)
        self._up = up

    def _faults(self) -> tuple[int | None, int | None, bool]:
        fate, asked = self._fate, self._up.passed
        if fate.cut_answer is not None and asked >= fate.cut_answer:
            return None, 0, True
        if fate.freeze_answer is not None and asked >= fate.freeze_answer:
            return None, 0, False
        cut = fate.cut_down is not None
        return fate.spoil_down, fate.cut_down if cut else fate.freeze_down, cut


def _cut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
