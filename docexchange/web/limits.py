"""How much of a caller a server bears: one frozen object, passed down.

>>> WebLimits(requests=16, body_window_seconds=2)
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from docexchange.errors import ConfigurationError
from docexchange.limits import KIB, MIB, Limits

__all__ = ["WebLimits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebLimits:
    """Bounds on what callers may ask of the server.

    Raises:
        ConfigurationError: one of them is not positive.
    """

    letter_bytes: int = Limits().envelope_bytes
    """One letter, pushed or uploaded."""
    receipt_bytes: int = Limits().receipt_bytes
    """One receipt."""
    memory_bytes: int = MIB
    """A body up to this stays in memory until it is stored; a longer one goes to a file."""
    requests: int = 64
    """Requests in hand at once, of all callers."""
    requests_per_agency: int = 32
    """Requests in hand at once, of one agency."""
    rate_per_second: float = 500
    """Requests of one agency in the long run."""
    burst: float = 1000
    """Requests of one agency at once, after a rest."""
    connections: int = 512
    """Open connections."""
    pipelined: int = 16
    """Requests on one connection that wait for the one before them."""
    header_bytes: int = 32 * KIB
    """The head of one request."""
    header_seconds: float = 10
    """Until the head of a request is here, from its first byte or from the handshake."""
    handshake_seconds: float = 10
    """Until a TLS connection stands."""
    idle_seconds: int = 60
    """Until a connection without requests is closed."""
    body_window_seconds: float = 10
    """Within it ``body_window_bytes`` of a body must come, or of an answer leave."""
    body_window_bytes: int = 10 * KIB
    """See above; 1 KiB in a second is what a bad line has."""
    workers: int = 16
    """Letters that are stored and judged at once."""
    uploads_per_agency: int = 64
    """Unfinished uploads of one agency."""
    upload_bytes_per_agency: int = 4 * Limits().envelope_bytes
    """Octets that the unfinished uploads of one agency may come to."""
    upload_seconds: int = 7 * 24 * 3600
    """How long an upload is kept after it was begun."""
    upload_idle_seconds: int = 24 * 3600
    """After so long without a byte an upload makes room for another one of its agency."""
    upload_flush_bytes: int = 16 * MIB
    """After so many octets of an upload, what came is made durable."""
    lease_seconds: int = 3600
    """The longest lease of a parcel."""
    free_bytes: int = 256 * MIB
    """With less free space on the disk the node is not ready."""
    stop_seconds: int = 30
    """How long requests in hand may take once the server is told to stop."""

    def __post_init__(self) -> None:
        for item in fields(self):
            if getattr(self, item.name) <= 0:
                raise ConfigurationError(
                    f"server limits, {item.name}: expected more than 0, found "
                    f"{getattr(self, item.name)}",
                    code="configuration.server",
                )
