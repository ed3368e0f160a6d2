"""A letter in exactly the form in which ``writer`` writes it, read without a parser.

Nearly all letters have that form: one element a line, no comments, no entities, attributes as they
are written here, signatures as ``strict_signature`` has them. Such text is a regular language. One
pattern takes it apart, the table of shapes says what may follow what, and what matches is XML with
one meaning and is its own canonical form. So what is read and what is digested are one string.

Anything else, however small, is none of this module's business: it says None, and the parser reads
the letter. What is read here has no findings, and reads the same there; tests hold both to each
other.

>>> read_strict(skeleton, source, limits)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NoReturn

from docexchange.envelope.dialects import PLACEHOLDERS
from docexchange.envelope.manifest import matched
from docexchange.envelope.names import CONTENT_ELEMENT, EDXML
from docexchange.envelope.octets import note_octets
from docexchange.envelope.reader import document_of, status_of, traces_of
from docexchange.envelope.rules import faults
from docexchange.envelope.shape import LETTER, SIGNATURE, Shape, ranks_of
from docexchange.envelope.strict_signature import read_signatures
from docexchange.envelope.values import Values
from docexchange.envelope.writer import FRAME, Fragment, fragment_of
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docexchange.envelope.attachments import Attachment, Source
    from docexchange.envelope.model import Message, TraceHeader
    from docexchange.envelope.skeleton import Skeleton
    from docexchange.envelope.strict_signature import StrictSignature
    from docexchange.envelope.tolerances import Tolerance
    from docexchange.limits import Limits

__all__ = ["Strict", "read_strict"]

_MOST_BYTES: Final = 256 * 1024
"""Larger skeletons are left to the parser, which needs less memory for each of many elements."""
_DEPTH: Final = 12
"""Nested elements of a strict letter at most, signatures included."""
_CONTENT: Final = f"edXML:{CONTENT_ELEMENT}"
_BINDING: Final = f' xmlns:edXML="{re.escape(EDXML)}"'
_PLAIN: Final = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+"
_TOKEN: Final = re.compile(
    rf"<{_CONTENT}{_BINDING}>([0-9]+)</{_CONTENT}>\n"
    rf"|<((?:edXML:)?[A-Za-z]++)(?:(?<=:TraceHeaderList){_BINDING})?"
    r'(?: (Id|version)="([A-Za-z0-9.:@_-]++)")?>'
    # Canonical XML writes these three so, everywhere, and nothing else of what stands here.
    rf"(?:((?=[^<\s]){_PLAIN}(?:&(?:amp|lt|gt);{_PLAIN})*+)</\2>)?\n"
    r"|</((?:edXML:)?[A-Za-z]++)>\n"
    r"|(.+)",
    re.DOTALL,
)
_SIGNED: Final = b"<ds:Signature "
_END_OF_HEADER: Final = b"</edXML:edXMLHeader>\n"


class _OtherwiseError(Exception):
    """The letter has another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strict:
    """What a letter of the strict form says, and what signatures on it are over."""

    message: Message
    """The document or status."""
    traces: tuple[TraceHeader, ...]
    """Access points passed, oldest first; unsigned."""
    fragments: tuple[Fragment, ...]
    """The elements that must be signed."""
    signatures: tuple[StrictSignature, ...]
    """Its signatures, in order."""


def read_strict(skeleton: Skeleton, source: Source, limits: Limits) -> Strict | None:
    """Read a letter, if it has the strict form and nothing is odd about it.

    Args:
        skeleton: the letter without attachment text.
        source: the bytes that was cut out of.
        limits: bounds on what is read.
    """
    data = skeleton.data
    tags = data.count(b"<")
    if not data.startswith(FRAME) or len(data) > _MOST_BYTES:
        return None
    if limits.depth < _DEPTH or (tags + 1) // 2 > limits.elements:
        return None
    try:
        return _read(data, skeleton, source)
    except (_OtherwiseError, DocExchangeError, KeyError, ValueError):
        return None  # and the parser says what is wrong, and where


def _read(data: bytes, skeleton: Skeleton, source: Source) -> Strict:
    begin = data.find(_SIGNED)
    end = data.index(_END_OF_HEADER, max(begin, 0))
    begin = end if begin < 0 else begin
    signatures = read_signatures(data[begin:end].decode())
    letter = _tree(data[len(FRAME) : begin].decode(), data[end:].decode())
    envelope = letter.one("edXMLEnvelope")
    header = envelope.one("edXMLHeader")
    traces, fields = header.one("TraceHeaderList"), header.one("MessageHeader")
    body = envelope.one("edXMLBody")
    business = traces.one("Bussiness")
    attachments = _attachments(letter, body, skeleton, source)
    message: Message
    if not fields.one("StatusCode"):
        message = document_of(fields, traces, attachments)
    elif attachments:
        raise _OtherwiseError
    else:
        message = status_of(fields)
    if next(faults(message), None) is not None:
        raise _OtherwiseError
    named = {"MessageHeader": fields, "Bussiness": business, "edXMLBody": body}
    return Strict(
        message=message,
        traces=traces_of(traces),
        fragments=tuple(
            fragment_of(name, element.attribute("Id"), data)
            for name, element in named.items()
            if element
        ),
        signatures=signatures,
    )


def _tree(*stretches: str) -> _Strict:
    """The ``edXML`` element out of what stands behind its frame, without signatures."""
    walk = _Walk()
    for text in stretches:
        walk.take(_TOKEN.findall(text))
    if not walk.ended:
        raise _OtherwiseError
    return walk.letter


def _attachments(
    letter: _Strict, body: _Strict, skeleton: Skeleton, source: Source
) -> tuple[Attachment, ...]:
    owners = list(letter.one("AttachmentEncoded").all("Attachment"))
    if [owner.text(CONTENT_ELEMENT) for owner in owners] != [*map(str, range(len(skeleton.parts)))]:
        raise _OtherwiseError
    listed = body.one("edXMLManifest").all("Reference")
    known, spans = matched(listed, owners, skeleton.parts, source)
    if known.keys() != spans.keys():
        raise _OtherwiseError
    note_octets(owners, skeleton.parts, [known[content_id] for content_id in spans])
    return tuple(known.values())


class _Strict(Values):
    """One element of a strict letter, and its children by name: texts, or elements that hold more.

    Whatever would need a finding or an error says that the letter has another form.
    """

    __slots__ = ("_identity", "children")

    def __init__(self, identity: str = "") -> None:
        self.children: dict[str, list[_Strict | str]] = {}
        self._identity = identity

    def __bool__(self) -> bool:
        return self is not _ABSENT

    @property
    def element(self) -> NoReturn:
        """There is none: asked for by errors and findings alone."""
        raise _OtherwiseError

    @property
    def path(self) -> NoReturn:
        """As for ``element``."""
        raise _OtherwiseError

    @property
    def has_children(self) -> bool:
        """Whether there is anything inside."""
        return bool(self.children)

    def all(self, name: str) -> Iterator[_Strict]:
        """Every child called ``name``."""
        found = self.children.get(name, ())
        return (_LEAF if isinstance(child, str) else child for child in found)

    def one(self, name: str) -> _Strict:
        """The only child called ``name``, or an absent one."""
        found = self.children.get(name)
        if found is None:
            return _ABSENT
        (child,) = found
        return _LEAF if isinstance(child, str) else child

    def attribute(self, name: str) -> str:
        """An attribute of the element; empty when absent."""
        return self._identity if name == "Id" else ""

    def hold_single(self, *names: str) -> None:
        """Refuse several of any of these."""
        if any(len(self.children.get(name, ())) > 1 for name in names):
            raise _OtherwiseError

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        found = self.children.get(name)
        if found is None:
            return ""
        (text,) = found
        if text in PLACEHOLDERS or not isinstance(text, str):
            raise _OtherwiseError
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``."""
        found = self.children.get(name, ())
        told = tuple(text for text in found if isinstance(text, str))
        if len(told) < len(found) or not PLACEHOLDERS.isdisjoint(told):
            raise _OtherwiseError
        return told

    def tell(self, problem: str) -> NoReturn:
        """Say that the letter has another form."""
        raise _OtherwiseError(problem)

    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> NoReturn:
        """Say that the letter has another form."""
        raise _OtherwiseError(tolerance, expected, found)

    tolerate_once = tolerate


_ABSENT: Final = _Strict()
_LEAF: Final = _Strict()


def _meant(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@cache
def _names_of(shape: Shape) -> dict[str, tuple[int, str, Shape]]:
    """Rank, name and shape of each child, by its name as it is written.

    The content of an attachment binds its own prefix, has a pattern of its own and no name here.
    """
    return {
        "" if name == CONTENT_ELEMENT else f"edXML:{name}" if inside.prefixed else name: (
            rank,
            name,
            inside,
        )
        for rank, name, inside in ranks_of(shape, "").values()
        if inside is not SIGNATURE
    }


class _Walk:
    """Builds the ``edXML`` element out of tokens, held to the table of shapes."""

    def __init__(self) -> None:
        self.letter = self._node = _Strict()
        self._names, self._last, self._name, self._bare = _names_of(LETTER), 0, "edXML", False
        self._above: list[tuple[_Strict, dict[str, tuple[int, str, Shape]], int, str, bool]] = []
        for name in ("edXML:edXMLEnvelope", "edXML:edXMLHeader"):  # both are in the frame
            self._open(name, "", "")

    def take(self, tokens: Iterable[tuple[str, ...]]) -> None:
        """Take the next tokens, as ``_TOKEN`` groups them."""
        for content, opened, attribute, value, text, closed, odd in tokens:
            if closed:
                self._close(closed)
            elif odd:
                raise _OtherwiseError
            elif text or content:
                self._leaf(opened, attribute, text or content)
            else:
                self._open(opened, attribute, value)

    def _below(self, opened: str) -> tuple[list[_Strict | str], Shape]:
        rank, name, inside = self._names[opened]
        if rank < self._last:
            raise _OtherwiseError
        self._last = rank
        return self._node.children.setdefault(name, []), inside

    def _leaf(self, opened: str, attribute: str, text: str) -> None:
        held, inside = self._below(opened)
        told = (_meant(text) if "&" in text else text).strip()
        if attribute or inside.names:
            raise _OtherwiseError
        held.append(told)

    def _open(self, opened: str, attribute: str, value: str) -> None:
        held, inside = self._below(opened)
        if not inside.names or (attribute and attribute not in inside.attributes):
            raise _OtherwiseError
        below = _Strict(value if attribute == "Id" else "")
        held.append(below)
        self._above.append((self._node, self._names, self._last, self._name, self._bare))
        self._node, self._names, self._last = below, _names_of(inside), 0
        self._name, self._bare = opened, inside.may_be_empty

    def _close(self, closed: str) -> None:
        if closed != self._name or not (self._node.children or self._bare):
            raise _OtherwiseError
        if self._above:
            self._node, self._names, self._last, self._name, self._bare = self._above.pop()
        else:
            self._names, self._name = {}, ""  # nothing may follow

    @property
    def ended(self) -> bool:
        """Whether the letter was closed."""
        return not self._name
