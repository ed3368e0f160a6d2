"""The lines between neighbours, each a proxy on this machine that can be made bad.

    links = Links()
    url = links.lay("commune", "district", "https://localhost:8443/")   # what the commune calls
    links.set("commune", "district", LinkFault(state=LinkState.SLOW, bits_per_second=64_000))

A line has a direction: from the one who calls to the one who is called. A change cuts off what is
under way, as a change of a real line does.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from docexchange.errors import UsageError
from docexchange.testing.bad_line import BadLine, Fate

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

__all__ = ["LinkFault", "LinkState", "Links"]

_MOST_SECONDS: Final = 60
_HERE: Final = {"localhost", "127.0.0.1"}


class LinkState(StrEnum):
    """How a line is."""

    UP = "up"
    """As a line should be."""
    DOWN = "down"
    """Every connection is cut off at once."""
    SLOW = "slow"
    """It takes so many bits per second, after so much latency."""
    CUT = "cut"
    """Every connection is cut off once so many octets went toward the one who is called."""
    FROZEN = "frozen"
    """Nothing passes, and nobody is told."""
    NO_RECEIPTS = "no-receipts"
    """Letters arrive; instead of the receipt comes 502."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFault:
    """How a line is, and how much.

    Raises:
        UsageError: a number that does not go with the state.
    """

    state: LinkState = LinkState.UP
    """How it is."""
    after_bytes: int = 0
    """Of ``cut``: octets, those of the TLS handshake included."""
    bits_per_second: int = 0
    """Of ``slow``: in each direction; 0 for any speed."""
    latency_seconds: float = 0
    """Of ``slow``: before each piece of 16 KiB, in each direction."""

    def __post_init__(self) -> None:
        slow, cut = self.state is LinkState.SLOW, self.state is LinkState.CUT
        _check("after_bytes", self.after_bytes, "with state cut", allowed=cut)
        _check("bits_per_second", self.bits_per_second, "with state slow", allowed=slow)
        _check("latency_seconds", self.latency_seconds, "with state slow", allowed=slow)
        if slow and not (self.bits_per_second or self.latency_seconds):
            raise _unusable("bits_per_second or latency_seconds with state slow", "neither")
        if self.latency_seconds > _MOST_SECONDS:
            raise _unusable(f"latency_seconds up to {_MOST_SECONDS}", str(self.latency_seconds))

    @property
    def fate(self) -> Fate:
        """What happens to each connection."""
        if self.state is LinkState.DOWN:
            return Fate(cut_up=0)
        if self.state is LinkState.CUT:
            return Fate(cut_up=self.after_bytes)
        if self.state is LinkState.FROZEN:
            return Fate(freeze_up=0)
        return Fate(bits_per_second=self.bits_per_second, latency_seconds=self.latency_seconds)

    def as_json(self) -> dict[str, Any]:
        """The state, and the numbers that count."""
        numbers = {
            "after_bytes": self.after_bytes,
            "bits_per_second": self.bits_per_second,
            "latency_seconds": self.latency_seconds,
        }
        return {"state": str(self.state), **{name: each for name, each in numbers.items() if each}}


@dataclass(slots=True)
class _Link:
    line: BadLine
    url: str
    fault: LinkFault

    def put(self, fate: Fate) -> None:
        """Give all connections a fate; those that stand are cut off."""
        self.line.script = lambda _number: fate
        self.line.drop()


class Links:
    """All lines of a network; a context manager."""

    def __init__(self) -> None:
        self._links: dict[tuple[str, str], _Link] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._links)

    def lay(self, caller: str, called: str, url: str) -> str:
        """Lay a line; it works.

        Args:
            caller: who calls.
            called: who is called.
            url: where that one listens, on this machine.

        Returns:
            Where the caller calls.

        Raises:
            UsageError: that is not on this machine, or no address.
        """
        host, port = _place(url)
        line = self._open.enter_context(BadLine(port, scale=1, host=host))
        here = urlsplit(url)._replace(netloc=f"localhost:{line.port}").geturl()
        self._links[caller, called] = _Link(line, here, LinkFault())
        return here

    def url(self, caller: str, called: str) -> str:
        """Where one calls another.

        Args:
            caller: who calls.
            called: who is called.
        """
        return self._links[caller, called].url

    def fault(self, caller: str, called: str) -> LinkFault:
        """How a line is.

        Raises:
            UsageError: there is no such line.
        """
        return self._of(caller, called).fault

    def set(self, caller: str, called: str, fault: LinkFault) -> None:
        """Make a line bad or good; what is under way on it is cut off.

        Args:
            caller: who calls.
            called: who is called.
            fault: how it is from now on.

        Raises:
            UsageError: there is no such line.
        """
        link = self._of(caller, called)
        link.fault = fault
        link.put(fault.fate)

    def heal(self) -> None:
        """Make all lines good."""
        for caller, called in self._links:
            if self._links[caller, called].fault != LinkFault():
                self.set(caller, called, LinkFault())

    @contextmanager
    def shut(self, agencies: Container[str]) -> Iterator[None]:
        """Cut off what is under way to and from agencies, and let nobody through meanwhile.

        Args:
            agencies: their folders.
        """
        touched = [
            link for pair, link in self._links.items() if any(one in agencies for one in pair)
        ]
        for link in touched:
            link.put(Fate(cut_up=0))
        try:
            yield
        finally:
            for link in touched:
                link.put(link.fault.fate)

    def _of(self, caller: str, called: str) -> _Link:
        if (caller, called) in self._links:
            return self._links[caller, called]
        known = ", ".join(f"{one}/{other}" for one, other in self._links)
        raise UsageError(
            f"link: expected one of {known}, found {caller[:70]}/{called[:70]}",
            code="stand-in.unknown-link",
            advice="A link leads from an agency to its superior or back.",
        )


def _place(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or host not in _HERE or not port or parts.query:
        raise UsageError(
            f"address: expected https://127.0.0.1:PORT/ or http://127.0.0.1:PORT/, "
            f"found {url[:100]!r}",
            code="stand-in.address",
            advice="The tested system must listen on this machine; let a container publish a port.",
        )
    return "127.0.0.1", port


def _check(name: str, value: float, expected: str, *, allowed: bool) -> None:
    if value < 0 or (value and not allowed):
        raise _unusable(f"{name}: a number from 0 on, {expected} alone", str(value))


def _unusable(expected: str, found: str) -> UsageError:
    return UsageError(
        f"link: expected {expected}, found {found}",
        code="stand-in.link",
        advice="The states and their numbers are described at /v1/openapi.json.",
    )
