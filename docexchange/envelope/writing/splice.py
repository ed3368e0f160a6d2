"""Splicing: where new XML goes into bytes that otherwise stay as they came.

Places are searched in the bytes, because a tree cannot say at which byte an element ends. What is
searched looks the same inside a comment, so a place counts only when it is the only one: the real
tag always looks like what is searched, hence the only one found is the real one.

>>> splice = place_signature(skeleton, signature)
>>> splice.into(skeleton)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import EDXML
from docexchange.envelope.writing.writer import trace_header, trace_header_list
from docexchange.envelope.xml import attribute
from docexchange.errors import MalformedEnvelope

if TYPE_CHECKING:
    from docexchange.envelope.model import TraceHeader

__all__ = ["Splice", "place_in_signature", "place_signature", "place_trace"]

_PREFIX: Final = rb"(?P<prefix>[^\s<>/!?:\"'=]+:)?"
_START_TAG: Final = re.compile(rb"<" + _PREFIX + rb"TraceHeaderList(?=[\s/>])")
_REST_OF_TAG: Final = re.compile(
    rb"""(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^<"]*"|'[^<']*'))*\s*(?P<end>/?>)"""
)
_END_TAG: Final = {
    name: re.compile(rb"</" + _PREFIX + name.encode() + rb"\s*>")
    for name in ("edXMLHeader", "MessageHeader", "TraceHeaderList")
}
_USUAL_LIST: Final = b'<edXML:TraceHeaderList version="1.0">'
_SIGNED_END: Final = re.compile(rb"</" + _PREFIX + rb"SignedProperties\s*>")
_UNSIGNED_START: Final = re.compile(
    rb"\s*<"
    + _PREFIX
    + rb"UnsignedProperties(?:\s[^<>]*)?(?<!/)>\s*<(?P=prefix)UnsignedSignatureProperties"
    rb"(?:\s[^<>]*)?(?<!/)>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """New bytes, and where they go."""

    at: int
    """Byte offset in the skeleton."""
    xml: bytes
    """What goes in."""
    replaces: int = 0
    """How many bytes it takes the place of: those of ``/>`` when an empty list is opened."""

    @property
    def growth(self) -> int:
        """By how much everything behind it moves."""
        return len(self.xml) - self.replaces

    def into(self, skeleton: bytes) -> bytes:
        """The skeleton with the new bytes."""
        return skeleton[: self.at] + self.xml + skeleton[self.at + self.replaces :]


def place_signature(skeleton: bytes, signature: bytes) -> Splice:
    """A signature goes to the end of the header.

    Raises:
        MalformedEnvelope: where that is cannot be told.
    """
    at = _usual_end(skeleton, b"edXMLHeader")
    if at < 0:
        at = _only(_END_TAG["edXMLHeader"], skeleton, "end tag of edXMLHeader").start()
    return Splice(at=at, xml=signature + b"\n")


def place_in_signature(skeleton: bytes, identity: str, properties: bytes) -> Splice:
    """An unsigned property goes behind the signed ones of the signature that is meant.

    Args:
        skeleton: the bytes of a well-formed envelope without attachment text.
        identity: ``Id`` of the signature, of letters, digits, ``.``, ``_`` and ``-``.
        properties: what goes in, with its own prefixes bound.

    Raises:
        MalformedEnvelope: the place cannot be told.
    """
    target = re.compile(
        rb"<"
        + _PREFIX
        + rb"QualifyingProperties\s[^<>]*\bTarget\s*=\s*[\"']#"
        + re.escape(identity.encode())
        + rb"[\"'][^<>]*>"
    )
    start = _only(target, skeleton, f"QualifyingProperties of #{identity}")
    end = _SIGNED_END.search(skeleton, start.end())
    if end is None:
        raise MalformedEnvelope(
            f"expected the end of SignedProperties of #{identity}, found none",
            code="envelope.no-place",
        )
    held = _UNSIGNED_START.match(skeleton, end.end())
    if held:
        return Splice(at=held.end(), xml=properties)
    prefix = end["prefix"] or b""
    names = [prefix + b"UnsignedProperties", prefix + b"UnsignedSignatureProperties"]
    opened = b"".join(b"<" + name + b">" for name in names)
    closed = b"".join(b"</" + name + b">" for name in reversed(names))
    return Splice(at=end.end(), xml=opened + properties + closed)


def place_trace(
    skeleton: bytes, trace: TraceHeader, *, listed: bool, namespace: str = EDXML
) -> Splice:
    """A trace header goes to the end of its list, or into a new list behind ``MessageHeader``.

    Args:
        skeleton: the bytes of a well-formed envelope without attachment text.
        trace: who and when.
        listed: whether its header has a ``TraceHeaderList``.
        namespace: that of its elements; empty for none.

    Raises:
        MalformedEnvelope: the place cannot be told.
        ValueError: the moment cannot be written.
    """
    if not listed:
        end = _only(_END_TAG["MessageHeader"], skeleton, "end tag of MessageHeader")
        return Splice(at=end.end(), xml=b"\n" + _new_list(trace, namespace).rstrip("\n").encode())
    at = _usual_end(skeleton, b"TraceHeaderList")
    if at >= 0 and _USUAL_LIST in skeleton:  # which has an end tag, as one empty tag has not
        return Splice(at=at, xml=trace_header(trace).encode())
    start = _only(_START_TAG, skeleton, "start tag of TraceHeaderList")
    prefix = (start["prefix"] or b"").decode()
    xml = trace_header(trace, prefix=prefix)
    rest = _REST_OF_TAG.match(skeleton, start.end())
    if rest and rest["end"] == b"/>":
        opened = f">\n{xml}</{prefix}TraceHeaderList>".encode()
        return Splice(at=rest.start("end"), xml=opened, replaces=len(b"/>"))
    end = _only(_END_TAG["TraceHeaderList"], skeleton, "end tag of TraceHeaderList")
    return Splice(at=end.start(), xml=xml.encode())


def _new_list(trace: TraceHeader, namespace: str) -> str:
    if namespace:
        return trace_header_list(trace).replace(EDXML, attribute(namespace), 1)
    entry = trace_header(trace, prefix="")
    return f'<TraceHeaderList xmlns="" version="1.0">\n{entry}</TraceHeaderList>\n'


def _usual_end(skeleton: bytes, name: bytes) -> int:
    """Where the usual end tag begins, seen in plain bytes; -1 where it may not be the only one."""
    at = skeleton.find(b"</edXML:%b>" % name)
    return at if skeleton.count(name) == 2 else -1  # noqa: PLR2004 - start and end


def _only(pattern: re.Pattern[bytes], skeleton: bytes, what: str) -> re.Match[bytes]:
    found = list(pattern.finditer(skeleton))
    if len(found) != 1:
        raise MalformedEnvelope(
            f"expected one {what}, found {len(found)}", code="envelope.no-place"
        )
    return found[0]
