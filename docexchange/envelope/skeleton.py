"""Skeleton and parts: how megabytes of base64 stay out of the XML parser. Only this module knows.

An edXML file is a few KB of header around attachments. ``scan`` walks the raw bytes once. The text
of each ``ContentTransferEncoded`` element is cut out, checked, decoded and hashed in chunks; in its
place the skeleton gets the number of the part. Only the skeleton is parsed.

The cut is made by position, before any parser has seen the bytes, so the two could be made to
disagree (a start tag inside a comment, say). Therefore the parsed tree is held to the cuts
(``held_tree``): as many content elements as cuts, the k-th with exactly the number k inside (or
nothing, where the cut was made at one empty tag), and no further bytes anywhere that look like such
a start tag. Every real start tag looks like one, so with equal counts the cuts were made at the
real ones, all of them. Whatever made scanner and parser disagree is refused, not interpreted.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.base64_stream import CHUNK, Base64Decoder
from docexchange.envelope.names import CONTENT_ELEMENT
from docexchange.envelope.xml import parse
from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

__all__ = ["Part", "Skeleton", "held_tree", "lead_of", "scan"]

_OPEN: Final = re.compile(
    rb"<(?:[^\s<>/!?:\"'=]{1,64}:)?" + CONTENT_ELEMENT.encode() + rb"(?:\s[^<>]*|/)?>"
)
_LIKE_OPEN: Final = re.compile(
    rb"<(?:[^\s<>/!?:\"'=]+:)?" + CONTENT_ELEMENT.encode() + rb"(?=[\s/>])"
)
_HEAD: Final = 4
_NOTHING: Final = hashlib.sha256(b"").digest()
_MOST_LEAD: Final = 1024  # log lines and headers of mails were seen; nobody needs more


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
    self_closed: bool = False
    """Whether the element is one empty tag, which has no room for a stand-in."""

    def stand_in(self, number: int) -> str:
        """What stands for the part with this number in the skeleton."""
        return "" if self.self_closed else str(number)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A file without its attachment text."""

    data: bytes
    """The XML, with numbers in place of attachments."""
    parts: tuple[Part, ...]
    """What was cut out, in order."""
    size: int
    """Bytes of the whole file."""
    limits: Limits
    """The limits it was read under."""

    def tree(self) -> _Element:
        """Parse the skeleton and hold it to the cuts; see ``held_tree``."""
        wanted = [part.stand_in(number) for number, part in enumerate(self.parts)]
        return held_tree(self.data, wanted, self.limits)


def lead_of(data: bytes) -> int:
    """How many bytes stand before the XML declaration: white space, or a short text without tags.

    It is 0 when anything else stands there, which the parser then refuses.
    """
    if data.startswith((b"<", b"\xef\xbb\xbf<")):
        return 0
    lead = data.find(b"<", 0, _MOST_LEAD + 1)
    if lead < 0 or not data.startswith(b"<?xml", lead):
        return 0  # whatever this is, the parser says what it finds at its beginning
    try:
        text = data[:lead].decode()
    except UnicodeDecodeError:
        return 0
    return 0 if "\0" in text else lead


def held_tree(data: bytes, wanted: Sequence[str], limits: Limits) -> _Element:
    """Parse a skeleton and hold it to the cuts.

    Args:
        data: the skeleton; what stands before its XML declaration is passed over.
        wanted: the text that each content element must have: its number, or none when the element
            is one empty tag.
        limits: bounds on what is parsed.

    Raises:
        MalformedEnvelope: not well-formed, or parser and scanner disagree.
        LimitExceeded: too many or too deep elements.
    """
    lead = lead_of(data)
    root = parse(data[lead:] if lead else data, limits)
    elements = list(root.iter("{*}" + CONTENT_ELEMENT))
    stand_ins = [(element.text or "") if not len(element) else None for element in elements]
    alike = len(_LIKE_OPEN.findall(data))
    if alike != len(wanted) or stand_ins != list(wanted):
        raise MalformedEnvelope(
            f"expected every {CONTENT_ELEMENT} to hold base64 text and nothing else, found "
            f"{len(wanted)} of them with text, {alike} in the bytes and {len(elements)} in the "
            "parsed XML",
            code="envelope.attachment-markup",
        )
    return root


def scan(source: BinaryIO, limits: Limits | None = None) -> Skeleton:
    """Walk an envelope once, from the current position of ``source`` to its end.

    Args:
        source: the raw bytes; need not be seekable.
        limits: bounds on size and number.

    Raises:
        MalformedEnvelope: an attachment is not base64, or the file ends inside one.
        LimitExceeded: too large, or too many attachments.
    """
    return _Scanner(source, limits or Limits()).run()


class _Scanner:
    """The walk: ``_window`` holds bytes read but not yet given to skeleton or part."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._window = b""
        self._read = 0
        self._skeleton = bytearray()
        self._parts: list[Part] = []
        self._head = b""

    def run(self) -> Skeleton:
        while self._window or self._fill():
            opened = _OPEN.search(self._window)
            if opened is None:
                if not self._keep_markup():
                    break
            else:
                self._take(opened.end())
                if opened[0].endswith(b"/>"):
                    self._note_empty()
                else:
                    self._cut_part()
        skeleton = bytes(self._skeleton)
        self._check_tags(skeleton)
        return Skeleton(skeleton, tuple(self._parts), self._read, self._limits)

    def _fill(self) -> bool:
        piece = self._source.read(CHUNK)
        self._window = self._window + piece if self._window else piece
        self._read += len(piece)
        if self._read > self._limits.envelope_bytes:
            raise LimitExceeded(
                f"expected at most {self._limits.envelope_bytes} bytes (envelope_bytes), "
                "found more",
                code="limit.envelope-bytes",
            )
        return bool(piece)

    def _take(self, count: int) -> None:
        if len(self._skeleton) + count > self._limits.skeleton_bytes:
            raise LimitExceeded(
                f"expected at most {self._limits.skeleton_bytes} bytes outside attachments "
                "(skeleton_bytes), found more",
                code="limit.skeleton-bytes",
            )
        self._skeleton += self._window[:count]
        self._window = self._window[count:]

    def _keep_markup(self) -> bool:
        """Move what holds no content element; a tag cut by the chunk waits for its rest."""
        last = self._window.rfind(b"<")
        cut_tag = last >= 0 and self._window.find(b">", last) < 0
        self._take(last if cut_tag else len(self._window))
        if len(self._window) > self._limits.tag_bytes:
            raise self._long_tag(f"byte {self._read - len(self._window)}")
        if not self._fill():
            self._take(len(self._window))
            return False
        return True

    def _check_tags(self, skeleton: bytes) -> None:
        """Find long tags that no chunk has cut, so that the chunks decide nothing."""
        if len(skeleton) > self._limits.tag_bytes:
            found = re.search(rb"<[^<>]{%d}" % self._limits.tag_bytes, skeleton)
            if found:
                line = skeleton.count(b"\n", 0, found.start()) + 1
                raise self._long_tag(f"line {line}")

    def _long_tag(self, where: str) -> LimitExceeded:
        return LimitExceeded(
            f"expected tags of at most {self._limits.tag_bytes} bytes (tag_bytes), "
            f"found a longer one at {where}",
            code="limit.tag-bytes",
        )

    def _next_part(self) -> tuple[int, int, int]:
        """Number, place in the file and place in the skeleton of the part that begins here."""
        if len(self._parts) >= self._limits.attachments:
            raise LimitExceeded(
                f"expected at most {self._limits.attachments} attachments (attachments), "
                "found more",
                code="limit.attachments",
            )
        return len(self._parts), self._read - len(self._window), len(self._skeleton)

    def _note_empty(self) -> None:
        _, start, at = self._next_part()
        self._parts.append(Part(start, 0, 0, _NOTHING, at, self_closed=True))

    def _cut_part(self) -> None:
        number, start, at = self._next_part()
        decoder, digest, size = Base64Decoder(), hashlib.sha256(), 0
        self._head = b""
        end = self._window.find(b"<")
        while end < 0:
            size += self._decode(decoder, digest, self._window)
            self._check_attachment(size)
            self._window = b""
            if not self._fill():
                raise MalformedEnvelope(
                    f"expected the end of attachment {number + 1}, found the end of the file",
                    code="envelope.truncated",
                    offset=self._read,
                )
            end = self._window.find(b"<")
        size += self._decode(decoder, digest, self._window[:end])
        self._check_attachment(size)
        decoder.finish()
        self._window = self._window[end:]
        length = self._read - len(self._window) - start
        self._parts.append(Part(start, length, size, digest.digest(), at, self._head))
        self._skeleton += str(number).encode()

    def _decode(self, decoder: Base64Decoder, digest: hashlib._Hash, text: bytes) -> int:
        octets = decoder.feed(text)
        if len(self._head) < _HEAD:
            self._head += octets[: _HEAD - len(self._head)]
        digest.update(octets)
        return len(octets)

    def _check_attachment(self, size: int) -> None:
        if size > self._limits.attachment_bytes:
            raise LimitExceeded(
                f"expected attachments of at most {self._limits.attachment_bytes} bytes "
                "(attachment_bytes), found a larger one",
                code="limit.attachment-bytes",
            )
