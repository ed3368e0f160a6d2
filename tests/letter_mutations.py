"""Changes to a letter that know what a letter is made of: elements, prefixes, texts, base64.

Blind changes to bytes mostly make XML that no parser takes; these mostly make XML that it does.

>>> mutated(plain(), Random(1))
b'...'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from letters import CLOSE, NAMESPACE, OPEN
from rewriting import E_DOC, GO_VN, SOAP

from docexchange.envelope.names import DS

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["SNIPPETS", "VALUES", "mutated"]

_TAG: Final = re.compile(rb"<(/?)((?:[\w.-]+:)?)([\w.-]+)([^<>]*?)(/?)>")
_TEXT: Final = re.compile(rb">([^<>]+)<")
_ATTRIBUTE: Final = re.compile(rb"""\s[\w:.-]+=("[^"<]*"|'[^'<]*')""")
_CONTENT: Final = re.compile(rb"(ContentTransferEncoded[^<>]*>)([^<>]*)<")
SNIPPETS: Final = (
    OPEN, CLOSE, b"<ContentTransferEncoded>", b"</ContentTransferEncoded>",
    b"<ContentTransferEncoded/>", b"<!--", b"-->", b"<!-- -->", b"<![CDATA[", b"]]>",
    b"<![CDATA[x]]>", b"<?x", b"?>", b"<?x?>", b"<!DOCTYPE a>", b"&#0;", b"&lt;", b"&#13;", b"\0",
    b"\xff", b"\xef\xbb\xbf", b"<", b">", b"/>", b'"', b"=", b"AAAA", b"0", b"1",
    b"<edXML:Subject>", b"</edXML:Subject>", b"<edXML:TraceHeaderList/>", b"<edXML:ResponseFor/>",
    b"<edXML:TraceHeaderList><edXML:TraceHeader/></edXML:TraceHeaderList>",
    b"</edXML:TraceHeaderList>", b"</edXML:edXMLHeader>", b"cid:209",
    b"<edXML:StatusCode>01</edXML:StatusCode>", b' Id="m-1"', b' xmlns:edXML="urn:x"', b' xmlns=""',
    b' xlink:href="cid:209" xmlns:xlink="http://www.w3.org/1999/xlink"', b" ", b"\n", b"\r\n",
    b'<s:Envelope xmlns:s="%s"><s:Body>' % SOAP, b"</s:Body></s:Envelope>",
)  # fmt: skip
"""Pieces of markup that readers have been fooled with."""
VALUES: Final = (
    b"", b" ", b"null", b"NULL", b"N/A", b"0", b"-1", b"1", b"01", b"999999999999", b"1e9", b"true",
    b"2026/03/02", b"02/03/2026", b"2026-03-02", b"0000/00/00", b"0001/01/01", b"9999/12/31",
    b"2026/03/02 09:00:00", b"0001/01/01 00:00:00", b"9999-12-31T23:59:59.999999999",
    "٢٠٢٦/٠٣/٠٢".encode(), "１".encode(), "\u0130".encode(), b"000.00.00.G22", b"G22", b"H53.31.21",
    b"cid:", b"cid:cid:209", b"209", b"cid:2 09", b"../a", b"a/b", b"a\tb", b"a\nb", b"a&#13;b",
    b"a&#9;b", b"&#xA0;", b"&#x200B;a", "\u202efdp.exe".encode(), "e\u0301".encode(), b"x" * 600,
    b"application/pdf", b"image/png", b"UEsDBA==", b"JVBERi0=", b"QUJD", b"QUI=", b"QQ==", b"Q Q==",
    b"A", b"====", b"QUJD=", b"QU=D", b"<!-- -->", b"<![CDATA[x]]>", b"<b/>",
)  # fmt: skip
"""Texts at the edges of what a field may say."""
_PREFIXES: Final = (b"", b"edXML:", b"x:", b"s:", b"EDXML:")
_NAMESPACES: Final = (NAMESPACE, GO_VN, E_DOC, SOAP, DS.encode(), b"", b"urn:x")
_ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-8-sig", "latin-1", "utf-32", "utf-7", "cp037")


def mutated(data: bytes, random: Random) -> bytes:
    """The letter after one to four changes.

    Args:
        data: a letter, or what is left of one.
        random: decides everything.
    """
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        data = random.choice(_CHANGES)(data, random)
    return data


def _element(data: bytes, random: Random) -> tuple[int, int]:
    """Where an element begins and ends; nothing where there is none."""
    starts = [found for found in _TAG.finditer(data) if not found[1]]
    if not starts:
        return 0, 0
    start = random.choice(starts)
    if start[5]:
        return start.span()
    end = re.compile(rb"</%s\s*>" % re.escape(start[2] + start[3])).search(data, start.end())
    return start.start(), end.end() if end else start.end()


def _place(data: bytes, random: Random) -> int:
    """Between two tags, or in an attribute; anywhere where there is neither."""
    edges = [found.start() for found in _TAG.finditer(data)]
    edges += [found.end() - random.choice((0, 1, 2)) for found in _TAG.finditer(data)]
    return random.choice(edges) if edges else random.randint(0, len(data))


def _drop(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    return data[:start] + data[end:]


def _double(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 5)) + data[end:]


def _move(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    rest = data[:start] + data[end:]
    at = _place(rest, random)
    return rest[:at] + data[start:end] + rest[at:]


def _wrap(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    opened, closed = random.choice(
        ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?x ", b"?>"), (b"<a>", b"</a>"))
    )
    return data[:start] + opened + data[start:end] + closed + data[end:]


def _empty(data: bytes, random: Random) -> bytes:
    start, end = _element(data, random)
    tag = data[start : data.find(b">", start)].rstrip(b"/")
    return data[:start] + tag + b"/>" + data[end:] if end > start else data


def _rename(data: bytes, random: Random) -> bytes:
    names = sorted({found[3] for found in _TAG.finditer(data)})
    if not names:
        return data
    old, new = random.choice(names), random.choice(names)
    return re.sub(rb"(</?(?:[\w.-]+:)?)%s(?=[\s/>])" % re.escape(old), rb"\g<1>" + new, data)


def _prefix(data: bytes, random: Random) -> bytes:
    prefixes = sorted({found[2] for found in _TAG.finditer(data)})
    if not prefixes:
        return data
    old, new = random.choice(prefixes), random.choice(_PREFIXES)
    if old and random.random() < 0.5:  # with its binding, so that it stays XML
        data = data.replace(b"xmlns:" + old[:-1] + b"=", (b"xmlns:" + new).rstrip(b":") + b"=")
    return re.sub(rb"(</?)%s(?=[\w])(?![\w.-]+:)" % re.escape(old), rb"\g<1>" + new, data)


def _namespace(data: bytes, random: Random) -> bytes:
    old, new = random.choice(_NAMESPACES), random.choice(_NAMESPACES)
    count = random.choice((-1, 1))
    return data.replace(b'"' + old + b'"', b'"' + new + b'"', count)


def _attribute(data: bytes, random: Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(data))
    if not found:
        return data
    chosen, at = random.choice(found), _place(data, random)
    moved = data[:at].removesuffix(b">") + chosen[0] + b">" * data[:at].endswith(b">") + data[at:]
    dropped = data[: chosen.start()] + data[chosen.end() :]
    value = data[: chosen.start(1) + 1] + random.choice(VALUES) + data[chosen.end(1) - 1 :]
    return random.choice((moved, dropped, value))


def _text(data: bytes, random: Random) -> bytes:
    found = [item for item in _TEXT.finditer(data) if item[1].strip()]
    if not found:
        return data
    chosen = random.choice(found)
    value = random.choice((*VALUES, *(item[1] for item in found)))
    return data[: chosen.start(1)] + value + data[chosen.end(1) :]


def _base64(data: bytes, random: Random) -> bytes:
    found = list(_CONTENT.finditer(data))
    if not found:
        return data
    chosen = random.choice(found)
    text, at = chosen[2], random.randint(0, len(chosen[2]))
    piece = random.choice((b"=", b" ", b"\n", b"\r\n\t", b"A", b"-", b"\0", b"&#65;", b"QUJD"))
    new = random.choice((text[:at] + piece + text[at:], text[:at], text[:at] + text[at + 1 :]))
    return data[: chosen.start(2)] + new + data[chosen.end(2) :]


def _insert(data: bytes, random: Random) -> bytes:
    at = _place(data, random)
    return data[:at] + random.choice(SNIPPETS) + data[at:]


def _encode(data: bytes, random: Random) -> bytes:
    name = random.choice(_ENCODINGS)
    declared = data.replace(b'"UTF-8"', b'"%s"' % name.encode(), random.choice((0, 1)))
    return declared.decode("utf-8", "replace").encode(name, "replace")


def _lead(data: bytes, random: Random) -> bytes:
    return random.choice((b" ", b"\r\n", b"\xef\xbb\xbf", b"X: y\n", b"<!-- -->", b"\0")) + data


def _cut(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return random.choice((data[:at], data[:at] + data[at + random.choice((1, 2, 40)) :]))


def _byte(data: bytes, random: Random) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + bytes([random.randint(0, 255)]) + data[at + random.choice((0, 1)) :]


_CHANGES: Final[tuple[Callable[[bytes, Random], bytes], ...]] = (
    *(_drop, _double, _move, _wrap, _empty, _rename, _prefix, _namespace, _attribute),
    *(_text, _text, _text, _base64, _base64, _insert, _insert, _encode, _lead, _cut, _byte),
)
