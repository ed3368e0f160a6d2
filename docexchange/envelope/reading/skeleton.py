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

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.envelope.attachments.base64_stream import CHUNK
from docexchange.envelope.names import CONTENT_ELEMENT
from docexchange.envelope.reading.parts import Part, PartText
from docexchange.envelope.reading.places import Places
from docexchange.envelope.xml import parse
from docexchange.errors import MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

__all__ = ["Skeleton", "held_tree", "lead_of", "scan"]

_NAME: Final = CONTENT_ELEMENT.encode()
# A prefix ends at its colon or is none, so there is no sense in trying a shorter one (``++``).
# Groups are never possessive: Python before 3.11.5 then takes half of one for a match.
_OPEN: Final = re.compile(rb"<(?:[^\s<>/!?:\"'=]{1,64}+:)?" + _NAME + rb"(?:\s[^<>]*|/)?>")
_LIKE_OPEN: Final = re.compile(rb"<(?:[^\s<>/!?:\"'=]++:)?" + _NAME + rb"(?=[\s/>])")
_MOST_LEAD: Final = 1024  # log lines and headers of mails were seen; nobody needs more


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
    try:
        root = parse(data[lead:] if lead else data, limits)
    except MalformedEnvelope as error:
        error.offset = None if error.offset is None else error.offset + lead
        raise
    elements = list(root.iter("{*}" + CONTENT_ELEMENT))
    stand_ins = [(element.text or "") if not len(element) else None for element in elements]
    alike = len(_LIKE_OPEN.findall(data, _earliest(data)))
    if alike != len(wanted) or stand_ins != list(wanted):
        raise MalformedEnvelope(
            f"expected every {CONTENT_ELEMENT} to hold base64 text and nothing else, found "
            f"{len(wanted)} of them with text, {alike} in the bytes and {len(elements)} in the "
            "parsed XML",
            code="envelope.attachment-markup",
        )
    return root


def _earliest(data: bytes) -> int:
    """Where the first start tag of a content element can begin: patterns need longer to tell."""
    name = data.find(_NAME)
    return len(data) if name < 0 else max(data.rfind(b"<", 0, name), 0)


def scan(source: BinaryIO, limits: Limits | None = None, *, head: bytes = b"") -> Skeleton:
    """Walk an envelope once, from the current position of ``source`` to its end.

    Args:
        source: the raw bytes; need not be seekable.
        limits: bounds on size and number.
        head: bytes that were read from it already.

    Raises:
        MalformedEnvelope: an attachment is not base64, or the file ends inside one.
        LimitExceeded: too large, or too many attachments.
    """
    return _Scanner(source, limits or Limits(), head).run()


class _Scanner:
    """The walk: ``_window`` holds bytes read but not yet given to skeleton or part."""

    def __init__(self, source: BinaryIO, limits: Limits, head: bytes) -> None:
        self._source = source
        self._limits = limits
        self._window = head
        self._read = len(head)
        self._skeleton = bytearray()
        self._parts: list[Part] = []

    def run(self) -> Skeleton:
        if self._window:
            self._fill()  # or its few bytes would be searched apart
        while self._window or self._fill():
            opened = _OPEN.search(self._window, _earliest(self._window))
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

    def _fill(self, more: int = 0) -> bool:
        piece = self._source.read(CHUNK + more)
        self._window = self._window + piece if self._window else piece
        self._read += len(piece)
        self._limits.hold("envelope_bytes", self._read)
        return bool(piece)

    def _take(self, count: int) -> None:
        self._limits.hold("skeleton_bytes", len(self._skeleton) + count)
        self._skeleton += self._window[:count]
        self._window = self._window[count:]

    def _keep_markup(self) -> bool:
        """Move what holds no content element; a tag cut by the chunk waits for its rest."""
        last = self._window.rfind(b"<")
        cut_tag = last >= 0 and self._window.find(b">", last) < 0
        self._take(last if cut_tag else len(self._window))
        begun = len(self._window)
        self._limits.hold("tag_bytes", begun, found=f"more at byte {self._read - begun}")
        if not self._fill():
            self._take(len(self._window))
            return False
        return True

    def _check_tags(self, skeleton: bytes) -> None:
        """Find long tags that no chunk has cut, so that the chunks decide nothing."""
        most = self._limits.tag_bytes
        if len(skeleton) > most and (found := re.search(rb"<[^<>]{%d}" % most, skeleton)):
            place = Places(skeleton, self._parts).at(found.start())
            self._limits.hold("tag_bytes", most + 1, found=f"more at line {place.line}")

    def _next_part(self) -> tuple[int, int]:
        """Place in the file and place in the skeleton of the part that begins here."""
        self._limits.hold("attachments", len(self._parts) + 1)
        return self._read - len(self._window), len(self._skeleton)

    def _note_empty(self) -> None:
        start, at = self._next_part()
        self._parts.append(PartText().part(start=start, at=at, self_closed=True))

    def _cut_part(self) -> None:
        start, at = self._next_part()
        text = PartText()
        try:
            self._take_text(text)
            part = text.part(start=start, at=at)
        except MalformedEnvelope as error:
            self._place(error, text, start)
            raise
        self._skeleton += str(len(self._parts)).encode()
        self._parts.append(part)

    def _take_text(self, text: PartText) -> None:
        while not self._take_window(text):
            self._window = b""
            if not self._fill(text.wanted):
                raise MalformedEnvelope(
                    f"expected the end of attachment {len(self._parts) + 1}, found the end of the "
                    "file",
                    code="envelope.truncated",
                    offset=text.length,
                )

    def _take_window(self, text: PartText) -> bool:
        """Take what there is of the text; whether it ends here."""
        # Megabytes of nothing but base64 tell by being decoded that they hold no tag.
        pure = len(self._window) >= CHUNK and text.take_pure(self._window)
        end = -1 if pure else self._window.find(b"<")
        if not pure:
            text.take(self._window if end < 0 else self._window[:end])
        self._limits.hold("attachment_bytes", text.size)
        if end >= 0:
            self._window = self._window[end:]
        return end >= 0

    def _place(self, error: MalformedEnvelope, text: PartText, start: int) -> None:
        """Tell where in the file it is, for an error that knows where in the text it is."""
        if error.offset is None:
            return
        place = Places(bytes(self._skeleton), self._parts).at(len(self._skeleton))
        error.line = place.line + text.breaks
        error.column = text.tail + 1 + (0 if text.breaks else place.column - 1)
        error.offset += start
