"""How patient the HTTP client is: with a connection, with each wait, with a whole request.

>>> HttpSettings(read_seconds=20).whole_seconds(50 * 1024 * 1024)
25630.0

The times of one request are bounded three times over, so that nobody on the other side or on the
way can hold us: for the connection, for each wait, and for all of it by a least rate.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from docexchange.errors import ConfigurationError
from docexchange.limits import KIB, MIB

__all__ = ["HttpSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Times and sizes of the HTTP client.

    Raises:
        ConfigurationError: one of them is negative, or nothing where something is needed.
    """

    connect_seconds: float = 10.0
    """How long to wait for a connection."""
    read_seconds: float = 60.0
    """How long to wait for the next octets, or for the line to take the next ones."""
    least_rate: float = 2.0 * KIB
    """Bytes per second that a whole request must reach: 16 kbit/s."""
    at_once_bytes: int = MIB
    """Letters up to this size go in one request; larger ones so that they can be resumed."""
    chunk_bytes: int = 256 * KIB
    """Without TLS an upload goes in pieces of this size, each with its digest."""
    resumes: int = 1000
    """How often one attempt takes up a broken line again while it gets on."""
    stalls: int = 3
    """How often in a row it does so without getting on."""
    pause_seconds: float = 1.0
    """Rest after a broken line; doubled each time that nothing was gained."""
    lease_seconds: int = 300
    """How long a parcel fetched from a mailbox is ours to settle."""
    rest_seconds: float = 30.0
    """How long a neighbour who could not be reached is left alone before we look for mail again."""
    allow_plain: bool = False
    """Whether to go to other machines without TLS: never over a network of others."""

    def __post_init__(self) -> None:
        needed = ("connect_seconds", "read_seconds", "least_rate", "chunk_bytes", "lease_seconds")
        for field in fields(self):
            value = getattr(self, field.name)
            if value < 0 or (not value and field.name in needed):
                raise ConfigurationError(
                    f"[http] {field.name}: expected a number above 0, found {value}",
                    code="configuration.http",
                    advice="Leave it out to take the usual value.",
                )

    def whole_seconds(self, octets: int) -> float:
        """How long a request with so many octets, there or back, may take."""
        return self.connect_seconds + self.read_seconds + octets / self.least_rate
