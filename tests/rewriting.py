"""The same letter as other systems write it: rewritings of bytes, each without a change of content.

Only tags are rewritten, never texts: ``<`` and ``>`` are escaped there, so a tag is a tag.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from letters import CLOSE, NAMESPACE, changed, plain, plain_base64

if TYPE_CHECKING:
    from collections.abc import Callable

GO_VN: Final = b"http://www.go.vn/eDoc"
E_DOC: Final = b"http://www.e-doc.vn/Schema/"
SOAP: Final = b"http://schemas.xmlsoap.org/soap/envelope/"
DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_TAG: Final = re.compile(rb"<[^<>]+>")
_ATTACHED: Final = re.compile(
    rb"(?<=<)/?(AttachmentEncoded|Attachment|ContentId|AttachmentName|Description|ContentType)\b"
)


def in_tags(data: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    """The letter with each tag rewritten."""
    return _TAG.sub(lambda tag: rewrite(tag[0]), data)


def namespaced(namespace: bytes, data: bytes | None = None) -> bytes:
    """The letter in another namespace."""
    data = plain() if data is None else data
    return in_tags(data, lambda tag: tag.replace(NAMESPACE, namespace))


def bare(data: bytes | None = None) -> bytes:
    """The letter without any namespace and prefix."""
    data = plain() if data is None else data
    unbound = in_tags(data, lambda tag: re.sub(rb' xmlns(:edXML)?="[^"]*"', b"", tag))
    return in_tags(unbound, lambda tag: tag.replace(b"edXML:", b""))


def prefixed(prefix: bytes, data: bytes | None = None) -> bytes:
    """The letter with another prefix, or none."""
    data = plain() if data is None else data
    binding = b"xmlns:" + prefix.rstrip(b":") + b"=" if prefix else b"xmlns="
    bound = in_tags(data, lambda tag: tag.replace(b"xmlns:edXML=", binding))
    return in_tags(bound, lambda tag: tag.replace(b"edXML:", prefix))


def prefixed_attachments(data: bytes | None = None) -> bytes:
    """The letter with the prefix also on what stands behind the envelope, as one sample has it."""
    data = plain() if data is None else data
    named = in_tags(data, lambda tag: _ATTACHED.sub(lambda name: _with_prefix(name[0]), tag))
    start = b"<edXML:AttachmentEncoded"
    return re.sub(start + rb"(?=[\s>])", b'%s xmlns:edXML="%s"' % (start, NAMESPACE), named)


def _with_prefix(name: bytes) -> bytes:
    return b"/edXML:" + name[1:] if name.startswith(b"/") else b"edXML:" + name


def wrapped(data: bytes | None = None, *, place: bytes = b"Body", beside: bytes = b"") -> bytes:
    """The letter inside a SOAP envelope."""
    inner = (plain() if data is None else data).removeprefix(DECLARATION)
    opened = b'<s:Envelope xmlns:s="%s">%s<s:%s>' % (SOAP, beside, place)
    return DECLARATION + opened + inner + b"</s:%s></s:Envelope>" % place


def inside(data: bytes | None = None) -> bytes:
    """The letter with its attachments inside the envelope element."""
    data = plain() if data is None else data
    start, end = data.index(b"<AttachmentEncoded>"), data.index(b"</edXML>")
    block, close = data[start:end], b"</edXML:edXMLEnvelope>\n"
    return data[:start].removesuffix(close) + block + close + data[end:]


def moved(name: bytes, before: bytes) -> bytes:
    """The letter with one leaf of its header at another place."""
    leaf = re.search(rb"<edXML:%s>.*?</edXML:%s>\n" % (name, name), plain())[0]
    return changed(before, leaf + before, changed(leaf, b""))


def other_type(octets: bytes, media_type: bytes) -> bytes:
    """The letter with other octets under a type that the manifest claims."""
    data = plain().replace(b"application/pdf", media_type)
    return data.replace(plain_base64(), base64.b64encode(octets))


def dated(form: str, data: bytes) -> bytes:
    """The letter with its dates in another form.

    Args:
        form: with ``{y}``, ``{m}`` and ``{d}`` where year, month and day go.
        data: the letter.
    """
    return re.sub(
        rb"(?<=Date>)(\d{4})/(\d\d)/(\d\d)(?=</edXML:)",
        lambda day: form.format(y=day[1].decode(), m=day[2].decode(), d=day[3].decode()).encode(),
        data,
    )


def timed(data: bytes) -> bytes:
    """The letter with its moments as ISO 8601 writes them."""
    return re.sub(rb"(?<=Timestamp>)(\d{4})/(\d\d)/(\d\d) ", rb"\1-\2-\3T", data)


def broken_lines(data: bytes, *, every: int = 76, by: bytes = b"\r\n") -> bytes:
    """The letter with line breaks in the base64 of its attachments, as mail programs write it."""

    def lines(found: re.Match[bytes]) -> bytes:
        text = found[1]
        return by.join(text[at : at + every] for at in range(0, len(text), every)) + by + CLOSE

    return re.sub(rb"(?<=>)([A-Za-z0-9+/=]+)" + CLOSE, lines, data)
