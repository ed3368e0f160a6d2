"""Letters as other systems write them: one per tolerance, with the codes it must be told under."""

from __future__ import annotations

import base64
import re
from typing import Final

from letters import (
    CLOSE,
    NAMESPACE,
    OPEN,
    changed,
    plain,
    plain_base64,
    status,
    with_content,
    written,
)

GO_VN: Final = b"http://www.go.vn/eDoc"
E_DOC: Final = b"http://www.e-doc.vn/Schema/"
SOAP: Final = b"http://schemas.xmlsoap.org/soap/envelope/"
DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_TRACE: Final = b"<edXML:TraceHeader>%s</edXML:TraceHeader><edXML:Bussiness "
_CID: Final = b"<edXML:ContentId>cid:209</edXML:ContentId>"
_ORGAN_ID: Final = b"<edXML:OrganId>000.21.31.H53</edXML:OrganId>\n"
_ORGAN_NAME: Final = "<edXML:OrganName>UBND xã An Thạnh</edXML:OrganName>\n".encode()
_HREF: Final = b'<edXML:Reference xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="cid:209">'


def bare(data: bytes | None = None) -> bytes:
    """The letter without any namespace and prefix."""
    data = plain() if data is None else data
    return re.sub(rb' xmlns(:edXML)?="[^"]*"', b"", data).replace(b"edXML:", b"")


def prefixed(prefix: bytes, data: bytes | None = None) -> bytes:
    """The letter with another prefix, or none."""
    data = plain() if data is None else data
    binding = b"xmlns:" + prefix.rstrip(b":") + b"=" if prefix else b"xmlns="
    return data.replace(b"xmlns:edXML=", binding).replace(b"edXML:", prefix)


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


def utf_16(codec: str) -> bytes:
    """The letter in UTF-16, with its declaration."""
    return changed(b'"UTF-8"', b'"UTF-16"').decode().encode(codec)


def other_type(octets: bytes, media_type: bytes) -> bytes:
    """The letter with other octets under a type that the manifest claims."""
    data = plain().replace(b"application/pdf", media_type)
    return data.replace(plain_base64(), base64.b64encode(octets))


VECTORS: Final[dict[str, tuple[bytes, list[str]]]] = {
    "strict": (plain(), []),
    "namespace-go-vn": (plain().replace(NAMESPACE, GO_VN), ["D.namespace"]),
    "namespace-e-doc": (plain().replace(NAMESPACE, E_DOC), ["D.namespace"]),
    "namespace-none": (bare(), ["D.namespace"]),
    "prefix-other": (prefixed(b"x:"), ["D.prefix"]),
    "prefix-none": (prefixed(b""), ["D.prefix"]),
    "prefix-attachments": (
        re.sub(
            rb"<(/?)(AttachmentEncoded|Attachment|ContentId|AttachmentName|ContentType)(?=[ >])",
            rb"<\1edXML:\2",
            plain(),
        ).replace(
            b"<edXML:AttachmentEncoded>",
            b'<edXML:AttachmentEncoded xmlns:edXML="%s">' % NAMESPACE,
        ),
        ["D.prefix"],
    ),
    "soap-body": (wrapped(), ["D.soap"]),
    "soap-header-beside": (wrapped(beside=b"<s:Header><x/></s:Header>"), ["D.soap"]),
    "soap-in-header": (wrapped(place=b"Header"), ["D.soap"]),
    "soap-none": (wrapped(bare()), ["D.soap", "D.namespace"]),
    "date-dmy": (changed(b"Date>2026/03/02<", b"Date>02/03/2026<"), ["D.date"]),
    "date-iso": (changed(b"Date>2026/03/02<", b"Date>2026-03-02<"), ["D.date"]),
    "date-short": (changed(b"Date>2026/03/02<", b"Date>2026/3/2<"), ["D.date"]),
    "response-empty": (
        changed(b"</edXML:OtherInfo>\n", b"</edXML:OtherInfo>\n<edXML:ResponseFor/>"),
        ["D.empty-response"],
    ),
    "null": (
        changed(
            b"</edXML:SignerInfo>\n", b"</edXML:SignerInfo><edXML:DueDate>null</edXML:DueDate>"
        ),
        ["D.placeholder"],
    ),
    "n-a": (
        changed(b"<edXML:SignerInfo>\n", b"<edXML:Content>N/A</edXML:Content><edXML:SignerInfo>"),
        ["D.placeholder"],
    ),
    "trace-without-organ": (changed(b"<edXML:Bussiness ", _TRACE % b""), ["D.trace-organ-id"]),
    "trace-null": (
        changed(b"<edXML:Bussiness ", _TRACE % b"<edXML:OrganId>null</edXML:OrganId>"),
        ["D.placeholder", "D.trace-organ-id"],
    ),
    "order-net": (moved(b"DocumentId", b"</edXML:MessageHeader>"), ["D.order"]),
    "order-type": (moved(b"Type", b"</edXML:DocumentType>"), ["D.order"]),
    "content-id-bare": (plain().replace(b"cid:209", b"209"), ["D.content-id"]),
    "href": (
        changed(b"<edXML:Reference>", _HREF, changed(_CID + b"\n", b"")),
        ["D.href"],
    ),
    "href-and-id": (changed(b"<edXML:Reference>", _HREF), ["D.href"]),
    "unknown-element": (
        changed(b"</edXML:MessageHeader>", b"<edXML:New>x<y/></edXML:New></edXML:MessageHeader>"),
        ["D.unknown-element"],
    ),
    "unknown-attribute": (
        changed(b"<edXML:Subject>", b'<edXML:Subject lang="vi">'),
        ["D.unknown-attribute"],
    ),
    "net-trace-list": (
        changed(
            b' version="1.0">\n<edXML:Bussiness ',
            b' version="1.0" mustUnderstand="1">\n<edXML:Bussiness ',
        ),
        ["D.unknown-attribute"],
    ),
    "stray-text": (changed(b"<edXML:Code>", b"<edXML:Code>x"), ["D.stray-text"]),
    "stray-text-behind": (changed(b"</edXML:Code>", b"</edXML:Code>x"), ["D.stray-text"]),
    "empty": (changed(b"<edXML:SignerInfo>", b"<edXML:Content/><edXML:SignerInfo>"), ["D.empty"]),
    "order-party": (
        changed(_ORGAN_ID + _ORGAN_NAME, _ORGAN_NAME + _ORGAN_ID),
        ["D.order"],
    ),
    "attachments-inside": (inside(), ["D.attachments-inside"]),
    "base64-lines": (
        with_content(OPEN + plain_base64()[:8] + b"\r\n" + plain_base64()[8:] + b"\n" + CLOSE),
        ["D.base64"],
    ),
    "base64-spaces": (with_content(OPEN + b" " + plain_base64() + CLOSE), ["D.base64"]),
    "leading-white": (b"\r\n " + plain(), ["D.leading-bytes"]),
    "leading-junk": (b"Content-Type: text/xml\r\n\r\n" + plain(), ["D.leading-bytes"]),
    "utf-16-declared-only": (changed(b'"UTF-8"', b'"utf-16"'), ["D.encoding"]),
    "bom": (b"\xef\xbb\xbf" + plain(), []),
}
"""Letters with the content of ``plain()``."""
OTHERS: Final[dict[str, tuple[bytes, list[str]]]] = {
    "self-closed": (
        with_content(b"<ContentTransferEncoded/>"),
        ["D.prefix", "D.self-closed"],
    ),
    "self-closed-prefixed": (
        with_content(b'<edXML:ContentTransferEncoded xmlns:edXML="%s" />' % NAMESPACE),
        ["D.self-closed"],
    ),
    "type-wrong": (other_type(b"%PDF-1.4", b"image/png"), ["D.content-type"]),
    "type-unsaid": (other_type(b"%PDF-1.4", b"application/octet-stream"), []),
    "zipped": (other_type(b"PK\x03\x04...", b"application/pdf"), ["D.zipped"]),
    "zip": (other_type(b"PK\x03\x04...", b"application/zip"), []),
    "status-int": (changed(b"Code>01<", b"Code>1<", written(status())), ["D.status-code"]),
    "status-iso": (
        changed(b"2026/03/02 09:00:00", b"2026-03-02T09:00:00", written(status())),
        ["D.timestamp"],
    ),
}
"""Other letters."""
UTF_16: Final[dict[str, tuple[bytes, list[str]]]] = {
    "utf-16": (utf_16("utf-16"), ["D.encoding"]),
    "utf-16-le": (utf_16("utf-16-le"), ["D.encoding"]),
    "utf-16-be": (utf_16("utf-16-be"), ["D.encoding"]),
    "utf-16-undeclared": (
        plain().removeprefix(DECLARATION).decode().encode("utf-16"),
        ["D.encoding"],
    ),
}
"""The letter of ``plain()`` in UTF-16, which goes on in UTF-8."""
