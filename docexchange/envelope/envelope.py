"""An envelope: a message, and the bytes that carry it.

>>> envelope = Envelope.of(document)            # to send
>>> envelope.write_to("letter.edxml")
>>> envelope = Envelope.read("letter.edxml")    # received
>>> envelope.message.subject

The bytes an envelope was read from are what it writes again: insertions (a signature, a trace
header) go in at their place and nothing else moves.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from docexchange.envelope.attachments.attachment import (
    Attachment,
    BytesSource,
    FileSource,
    SpanSource,
    readable,
)
from docexchange.envelope.attachments.base64_stream import encoded_chunks
from docexchange.envelope.files import write_whole
from docexchange.envelope.reading.dialects import STRICT, dialect_of, entrance
from docexchange.envelope.reading.encodings import Utf8Copy, declared_utf_16, utf_16_in
from docexchange.envelope.reading.places import Places
from docexchange.envelope.reading.reader import read_tree
from docexchange.envelope.reading.skeleton import held_tree, lead_of, scan
from docexchange.envelope.reading.strict import read_strict, read_written
from docexchange.envelope.rules.rules import check
from docexchange.envelope.writing.splice import place_signature, place_trace
from docexchange.envelope.writing.writer import write_skeleton
from docexchange.envelope.xml import check_size
from docexchange.errors import InvalidEnvelope, InvalidField, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Source
    from docexchange.envelope.model import Message, TraceHeader
    from docexchange.envelope.reading.dialects import Dialect
    from docexchange.envelope.reading.findings import Finding
    from docexchange.envelope.reading.reader import Reading
    from docexchange.envelope.reading.skeleton import Skeleton
    from docexchange.envelope.reading.strict import Strict
    from docexchange.envelope.writing.splice import Splice
    from docexchange.envelope.writing.writer import Written

__all__ = ["Envelope", "OpenEnvelope", "Slot"]


_USUAL: Final = Limits()
_TRACES: Final = b"<edXML:TraceHeaderList"


class Slot(NamedTuple):
    """Where the text of one attachment goes."""

    at: int
    """Byte offset of its stand-in number in the skeleton."""
    length: int
    """Bytes of that number."""
    source: Attachment | SpanSource
    """Octets to encode, or base64 text to copy."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One edXML file, read or about to be written."""

    message: Message
    """The document or status; not verified. It is what the bytes say: to say something else, make
    another envelope with `of`; a copy in which this alone was replaced would be neither."""
    skeleton: bytes = field(repr=False)
    """The XML with a number in place of each attachment's text."""
    slots: tuple[Slot, ...]
    """What goes in place of the numbers."""
    traces: tuple[TraceHeader, ...] = ()
    """Access points passed, oldest first; unsigned, so nothing more than a claim."""
    unlisted: int = 0
    """Attachments that the message does not name."""
    findings: tuple[Finding, ...] = ()
    """What is not as the standard says."""
    limits: Limits = field(default_factory=Limits)
    """The limits in force."""
    ours: bool = field(default=False, init=False, repr=False, compare=False)
    """Whether we wrote it, so that no tree is needed to know its form; of no copy either."""

    @classmethod
    def of(
        cls, message: Message, *, today: date | None = None, limits: Limits | None = None
    ) -> Envelope:
        """Put a message into an envelope of the strict dialect.

        Args:
            message: a document or status.
            today: the date in Vietnam; when given, a later date of issue is a fault.
            limits: bounds that receivers have.

        Raises:
            InvalidEnvelope: all faults at once.
            LimitExceeded: no receiver with these limits would read it.
        """
        return OpenEnvelope.of(message, today=today, limits=limits).closed()

    @classmethod
    def read(cls, path: Path | str, limits: Limits | None = None) -> Envelope:
        """Read an envelope file; attachment bytes stay in it.

        Args:
            path: the file; it must stay as it is while the envelope is in use.
            limits: bounds on what is read.

        Raises:
            InputNotFound: it cannot be opened.
            MalformedEnvelope: it is not an edXML envelope.
            LimitExceeded: it is larger than allowed.
        """
        place = path if isinstance(path, Path) else Path(path)
        return cls.from_source(FileSource(place), limits)

    @classmethod
    def from_bytes(cls, data: bytes, limits: Limits | None = None) -> Envelope:
        """Read an envelope in memory; arguments and errors as for ``read``."""
        return cls.from_source(BytesSource(data), limits)

    @classmethod
    def from_source(cls, source: Source, limits: Limits | None = None) -> Envelope:
        """Read an envelope from anything that can be opened again; errors as for ``read``."""
        limits = limits or _USUAL
        source, scanned, encoding = _scanned(source, limits)
        slots = tuple(
            Slot(part.at, len(part.stand_in(number)), SpanSource(source, part.start, part.length))
            for number, part in enumerate(scanned.parts)
        )
        strict = None if encoding else read_strict(scanned, source, limits)
        if strict is not None:
            told = cls(
                message=strict.message,
                skeleton=scanned.data,
                slots=slots,
                traces=strict.traces,
                limits=scanned.limits,
            )
            told.__dict__["strict"] = strict
            return told
        root, reading = _read(scanned, source, encoding)
        envelope = cls(
            message=reading.message,
            skeleton=scanned.data,
            slots=slots,
            traces=reading.traces,
            unlisted=reading.contents.count(None),
            findings=reading.findings,
            limits=scanned.limits,
        )
        envelope.__dict__["root"] = root  # fills the cached property: one parse, one tree
        return envelope

    @cached_property
    def strict(self) -> Strict | None:
        """What can be read from its octets without a parser; None where it has not the form.

        No copy takes it over: with other octets, or another message, it would be about something
        else.
        """
        return read_written(self.skeleton, self.message, self.limits) if self.ours else None

    @cached_property
    def root(self) -> _Element:
        """The ``edXML`` element of the one tree that is read and digested. Do not change it."""
        wanted = [str(number) if slot.length else "" for number, slot in enumerate(self.slots)]
        return entrance(held_tree(self.skeleton, wanted, self.limits))

    @cached_property
    def dialect(self) -> Dialect:
        """How its elements are named."""
        return STRICT if self.ours or self.strict else dialect_of(self.root)

    @cached_property
    def header(self) -> _Element:
        """The ``edXMLHeader`` element."""
        found = self.dialect.within(self.root, "edXMLEnvelope", "edXMLHeader")
        if not found:
            raise MalformedEnvelope("expected edXMLHeader, found none", code="envelope.no-header")
        return found[0]

    def with_signature(self, signature: bytes) -> Envelope:
        """The same envelope with a signature at the end of its header.

        Args:
            signature: a ``ds:Signature`` element that binds its own prefixes.

        Raises:
            MalformedEnvelope: where the header ends cannot be told.
        """
        return self.spliced(place_signature(self.skeleton, signature))

    def with_trace(self, trace: TraceHeader) -> Envelope:
        """The same envelope with one more trace header; what is signed does not change.

        Args:
            trace: who, and when to the second.

        Raises:
            InvalidField: its moment has no time zone.
            MalformedEnvelope: where the list of trace headers ends cannot be told.
        """
        dialect = self.dialect
        if self.ours or self.strict:  # no text and no attribute of such a letter can hold this
            listed = _TRACES in self.skeleton
        else:
            listed = self.header.find(dialect.tag("TraceHeaderList")) is not None
        try:
            splice = place_trace(self.skeleton, trace, listed=listed, namespace=dialect.namespace)
        except ValueError as error:
            path = "TraceHeaderList.TraceHeader.Timestamp"
            raise InvalidField(str(error), path=path, code=f"T.{path}") from error
        return self._spliced(splice, traces=(*self.traces, trace))

    def spliced(self, splice: Splice) -> Envelope:
        """The same envelope with new bytes, where nothing is signed or shown to people.

        Args:
            splice: the bytes, and where they go.
        """
        return self._spliced(splice, traces=self.traces)

    def _spliced(self, splice: Splice, *, traces: tuple[TraceHeader, ...]) -> Envelope:
        moved = tuple(
            slot._replace(at=slot.at + splice.growth) if slot.at >= splice.at else slot
            for slot in self.slots
        )
        skeleton = splice.into(self.skeleton)
        return replace(self, skeleton=skeleton, slots=moved, traces=traces)

    def chunks(self) -> Iterator[bytes]:
        """The bytes of the file, in pieces.

        Raises:
            InputNotFound: an attachment, or the envelope it is copied from, cannot be read.
            MalformedEnvelope: an attachment is not the one that was measured, or the envelope it is
                copied from has become shorter.
        """
        done = 0
        for slot in self.slots:
            yield self.skeleton[done : slot.at]
            if isinstance(slot.source, SpanSource):
                yield from slot.source.text_chunks()
            else:
                yield from _encode(slot.source)
            done = slot.at + slot.length
        yield self.skeleton[done:]

    def write(self, stream: BinaryIO) -> None:
        """Write the bytes of the file to a stream; errors as for ``chunks``."""
        stream.writelines(self.chunks())

    def write_to(self, path: Path | str, *, replace: bool = True) -> None:
        """Write the file whole or not at all.

        Args:
            path: where; its folder must exist.
            replace: whether an existing file may be replaced.

        Raises:
            UsageError: the place cannot be written to, or the file exists and may not be replaced.
            InputNotFound: see ``chunks``.
            MalformedEnvelope: see ``chunks``.
        """
        with write_whole(path, replace=replace) as stream:
            self.write(stream)


class OpenEnvelope(NamedTuple):
    """A message that is written, its header still open at the end, where a signature goes."""

    message: Message
    """The document or status."""
    written: Written
    """Its XML, and in it what is to be signed."""
    limits: Limits
    """The limits in force."""

    @classmethod
    def of(
        cls, message: Message, *, today: date | None = None, limits: Limits | None = None
    ) -> OpenEnvelope:
        """Write a message; arguments and errors as for ``Envelope.of``."""
        limits = limits or _USUAL
        known = message.known_faultless and today is None
        if not known and (faults := check(message, today=today)):
            raise InvalidEnvelope("the message cannot be sent", faults)
        _check_attachments(message.attachments, limits)
        written = write_skeleton(message)
        check_size(written.head + written.rest, limits)
        return cls(message, written, limits)

    def closed(self, signature: bytes = b"") -> Envelope:
        """The envelope.

        Args:
            signature: a ``ds:Signature`` over what was written; empty for none.
        """
        message, (head, rest, slots, _), limits = self
        skeleton = b"".join((head, signature, b"\n", rest) if signature else (head, rest))
        moved = len(skeleton) - len(rest)
        told = Envelope(
            message=message,
            skeleton=skeleton,
            slots=tuple(
                [
                    Slot(moved + at, len(str(number)), message.attachments[number])
                    for number, at in enumerate(slots)
                ]
            ),
            limits=limits,
        )
        told.__dict__["ours"] = True
        return told


def _check_attachments(attachments: Sequence[Attachment], limits: Limits) -> None:
    limits.hold("attachments", len(attachments))
    for attachment in attachments:
        limits.hold("attachment_bytes", attachment.size, found=str(attachment.size))


def _scanned(source: Source, limits: Limits) -> tuple[Source, Skeleton, str]:
    with readable("envelope"), source.open() as stream:
        head = stream.read(4)
        codec = utf_16_in(head)
        if not codec:
            return source, scan(stream, limits, head=head), ""
        copy = Utf8Copy(stream, head, codec, limits)
    with readable("envelope"), copy.open() as stream:
        return copy, scan(stream, limits), codec.upper()


def _read(scanned: Skeleton, source: Source, encoding: str) -> tuple[_Element, Reading]:
    lead = lead_of(scanned.data)
    places = Places(scanned.data, scanned.parts, lead=lead)
    if not encoding and declared_utf_16(scanned.data[lead:]):
        encoding = "UTF-8 that is declared as UTF-16"
    try:
        root = entrance(scanned.tree())
        return root, read_tree(
            root, scanned.parts, source, lead=lead, encoding=encoding, places=places
        )
    except MalformedEnvelope as error:
        places.tell(error)
        raise


def _encode(attachment: Attachment) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    with readable(f"attachment {attachment.name}"), attachment.source.open() as stream:
        for octets, text in encoded_chunks(stream):
            digest.update(octets)
            size += len(octets)
            yield text
    attachment.check(size, digest.digest())
