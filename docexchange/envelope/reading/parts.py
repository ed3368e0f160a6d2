"""Parts: the base64 text of one attachment, taken in pieces, checked, decoded and hashed.

>>> text = PartText()
>>> text.take(b"JVBERi0x")
>>> text.part(start=431, at=431).size
6
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from docexchange.envelope.attachments.base64_stream import Base64Decoder
from docexchange.errors import MalformedEnvelope

__all__ = ["Part", "PartText"]

_HEAD: Final = 4
_NO_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """The base64 text of one attachment, as found in the file."""

    start: int
    """Byte offset of the text in the file."""
    length: int
    """Bytes of text."""
    size: int
    """Octets it decodes to."""
    sha256: bytes
    """SHA-256 of those octets."""
    at: int
    """Byte offset of its stand-in number in the skeleton."""
    head: bytes = b""
    """The first four octets."""
    breaks: int = 0
    """Line breaks in the text."""
    tail: int = 0
    """Bytes of the text behind the last of them."""
    self_closed: bool = False
    """Whether the element is one empty tag, which has no room for a stand-in."""

    def stand_in(self, number: int) -> str:
        """What stands for the part with this number in the skeleton."""
        return "" if self.self_closed else str(number)


class PartText:
    """The text of a part while it is read."""

    __slots__ = ("_decoder", "_digest", "breaks", "head", "length", "size", "tail")

    def __init__(self) -> None:
        self._decoder, self._digest = Base64Decoder(), hashlib.sha256()
        self.head = b""
        self.length = self.size = self.breaks = self.tail = 0

    @property
    def wanted(self) -> int:
        """How many bytes more than a round number the next piece should have: none is copied."""
        return self._decoder.wanted

    def take(self, text: bytes) -> None:
        """Take the next piece of text.

        Raises:
            MalformedEnvelope: it is not base64; its offset counts from the beginning of the part.
        """
        try:
            octets = self._decoder.feed(text)
        except MalformedEnvelope as error:
            odd = _NO_BASE64.search(text)
            self._count(text[: odd.start() if odd else 0])
            error.offset = self.length
            raise
        self._keep(octets)
        self._count(text)

    def take_pure(self, text: bytes) -> bool:
        """Take the next piece if it is nothing but base64, which is quicker; whether it was."""
        octets = self._decoder.feed_pure(text)
        if octets is None:
            return False
        self._keep(octets)
        self.length += len(text)
        self.tail += len(text)
        return True

    def _keep(self, octets: bytes) -> None:
        if len(self.head) < _HEAD:
            self.head += octets[: _HEAD - len(self.head)]
        self._digest.update(octets)
        self.size += len(octets)

    def _count(self, text: bytes) -> None:
        self.length += len(text)
        # Asking first costs a sixth of counting, and mostly there are none.
        breaks = text.count(b"\n") if b"\n" in text else 0
        self.breaks += breaks
        self.tail = len(text) - text.rfind(b"\n") - 1 if breaks else self.tail + len(text)

    def part(self, *, start: int, at: int, self_closed: bool = False) -> Part:
        """The whole part, once all of its text was taken.

        Args:
            start: byte offset of the text in the file.
            at: byte offset of its stand-in in the skeleton.
            self_closed: whether the element is one empty tag.

        Raises:
            MalformedEnvelope: the text ends in the middle of a group of four.
        """
        try:
            self._decoder.finish()
        except MalformedEnvelope as error:
            error.offset = self.length
            raise
        return Part(
            start=start,
            length=self.length,
            size=self.size,
            sha256=self._digest.digest(),
            at=at,
            head=self.head,
            breaks=self.breaks,
            tail=self.tail,
            self_closed=self_closed,
        )
