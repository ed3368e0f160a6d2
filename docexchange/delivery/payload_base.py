"""What a node needs of the place where the bytes of messages are; its docstrings are the contract.

    payload = payloads.put(stream)             # payload.sha256, payload.size
    payloads.envelope(payload.sha256, limits)

`PayloadStore` keeps them on disk. The simulator has another, for thousands of nodes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from docexchange.envelope import Envelope
    from docexchange.limits import Limits

__all__ = ["Payload", "Payloads"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What was stored."""

    sha256: str
    """Its digest, lower-case hexadecimal: its name from now on."""
    size: int
    """Its length in bytes."""


class Payloads(ABC):
    """Bytes by their SHA-256, each content once."""

    @abstractmethod
    def put(self, stream: BinaryIO) -> Payload:
        """Store what ``stream`` has left; durable when this returns.

        Args:
            stream: read to its end, not closed.

        Raises:
            LimitExceeded: it is longer than the largest payload allowed.
            StoreFailure: it could not be kept; nothing stands under the name.
        """

    @abstractmethod
    def lay(self, data: bytes) -> Payload | None:
        """Put new, small content under its name, not durable yet.

        Args:
            data: at most `SMALL_BYTES` octets.

        Returns:
            Digest and size; None when there is content of this name already: then `put` it.

        Raises:
            LimitExceeded: it is longer than the largest payload allowed.
            StoreFailure: it could not be kept; nothing stands under the name.
        """

    @abstractmethod
    def flush(self, names: Collection[str]) -> None:
        """Return when payloads that were laid down would survive a power cut.

        Args:
            names: their digests.

        Raises:
            StoreFailure: one of them is not there, or could not be written.
        """

    @abstractmethod
    def open(self, sha256: str) -> BinaryIO:
        """Open a payload for reading.

        Raises:
            StoreFailure: code ``store.payload-missing``; it is not here.
        """

    @abstractmethod
    def path(self, sha256: str) -> Path:
        """The file that a payload is in, or would be.

        Raises:
            UsageError: not a SHA-256 in lower-case hexadecimal.
        """

    @abstractmethod
    def contains(self, sha256: str) -> bool:
        """Whether a payload is here."""

    @abstractmethod
    def verify(self, sha256: str) -> Payload:
        """Read a payload again from end to end and compare.

        Raises:
            StoreFailure: code ``store.payload-damaged`` or ``store.payload-missing``.
        """

    @abstractmethod
    def clean_up(self) -> int:
        """Remove what crashed writers left behind; returns how much that was."""

    def envelope(self, sha256: str, limits: Limits) -> Envelope:
        """Read a payload that holds a message; attachment bytes stay where they are.

        Args:
            sha256: its name.
            limits: bounds on what is read.

        Raises:
            InputNotFound: it is not here.
            MalformedEnvelope: it holds no message.
            LimitExceeded: it is larger than allowed.
        """
        from docexchange.envelope import Envelope

        return Envelope.read(self.path(sha256), limits)
