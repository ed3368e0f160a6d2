"""Letters made to cost memory or time, as recipes; and archives that inflate."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import replace
from typing import Final

from letters import NAMESPACE, PDF, changed, plain, plain_base64
from vectors.vector import PLAIN, SDK, Recipe, Step, Vector, accepted, refused

from docexchange.envelope import Attachment

_BASE: Final = "valid/plain"
_HEADER: Final = "<edXML:Subject>"
_CONTENT: Final = (
    "<Attachment><ContentId>a%d</ContentId>"
    f'<edXML:ContentTransferEncoded xmlns:edXML="{NAMESPACE.decode()}">QUJD'
    "</edXML:ContentTransferEncoded></Attachment>"
)


def _large(
    name: str,
    code: str,
    *pieces: tuple[str, int],
    en: str,
    vi: str,
    at: str = _HEADER,
    **more: object,
) -> Vector:
    recipe = Recipe(base=_BASE, at=at, pieces=pieces)
    return refused(f"attacks/{name}", recipe, code, en=en, vi=vi, source="CWE-400; CWE-770", **more)


LARGE: Final = (
    _large("manifest-of-100-mb", "limit.skeleton-bytes",
           ("<edXML:Reference><edXML:ContentId>cid:a%d</edXML:ContentId></edXML:Reference>",
           1_400_000),
           at="</edXML:edXMLManifest>",
           en="A manifest of 100 MB.", vi="Bản kê dài 100 MB."),
    _large("elements-100000-deep", "xml.syntax", ("<a>", 100_000), ("</a>", 100_000),
           en="100,000 elements, one inside the other.", vi="100.000 phần tử lồng nhau."),
    _large("elements-65-deep", "limit.depth", ("<a>", 65), ("</a>", 65),
           en="65 elements one inside the other, where 64 levels are allowed.",
           vi="65 phần tử lồng nhau, trong khi chỉ được 64 tầng."),
    _large("a-million-elements", "limit.elements", ("<a/>", 1_000_000),
           en="A million elements.", vi="Một triệu phần tử."),
    _large("600000-elements", "limit.elements", ("<a/>", 600_000),
           en="600,000 elements, where 500,000 are allowed.",
           vi="600.000 phần tử, trong khi chỉ được 500.000."),
    _large("attribute-of-a-megabyte", "limit.tag-bytes", ('<a b="', 1), ("x", 1_000_000),
           ('"/>', 1),
           en="An attribute of a megabyte.", vi="Thuộc tính dài một megabyte."),
    _large("attribute-of-70-kb", "limit.tag-bytes", ('<a b="', 1), ("x", 70_000), ('"/>', 1),
           en="An attribute of 70 kB, where 64 are allowed.",
           vi="Thuộc tính dài 70 kB, trong khi chỉ được 64."),
    _large("comment-of-a-megabyte", "limit.tag-bytes", ("<!--", 1), ("x", 1_000_000), ("-->", 1),
           en="A comment of a megabyte.", vi="Chú thích dài một megabyte."),
    _large("10001-attachments", "limit.attachments", (_CONTENT, 10_000), at="</AttachmentEncoded>",
           en="10,001 attachments.", vi="10.001 tệp đính kèm."),
    _large("attachment-over-its-limit", "limit.attachment-bytes", ("QUJD", 4000),
           at="JVBERiBoZWxsbw==", limits={"attachment_bytes": 10_000},
           en="An attachment larger than the bound in force.",
           vi="Tệp đính kèm lớn hơn giới hạn hiện hành."),
    _large("file-over-its-limit", "limit.envelope-bytes", ("QUJD", 4000),
           at="JVBERiBoZWxsbw==", limits={"envelope_bytes": 10_000},
           en="A file larger than the bound in force.", vi="Tệp lớn hơn giới hạn hiện hành."),
)  # fmt: skip

# Written by hand, because compressors differ in their octets from version to version: one block of
# deflate whose every zero octet stands for 1,032 zeros.
_ZEROS: Final = bytes.fromhex("edc13101000000c2a0f54f6d0d0fa0") + bytes(2000) + b"\x80\x57\x03"
_NAME: Final = b"3f0c.pdf"


def _archive(packed: bytes, octets: bytes, *, method: int, name: bytes = _NAME) -> bytes:
    """A ZIP archive of one file, as PKWARE APPNOTE 4.3 has it."""
    told = struct.pack(
        "<5H3L2H", 20, 0, method, 0, 33, zlib.crc32(octets), len(packed), len(octets), len(name), 0
    )
    local = b"PK\x03\x04" + told + name + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + told + struct.pack("<3H2L", 0, 0, 0, 0, 0)
    end = struct.pack("<4H2LH", 0, 0, 1, 1, len(central + name), len(local), 0)
    return local + central + name + b"PK\x05\x06" + end


def _attached(octets: bytes) -> tuple[bytes, object]:
    attachment = Attachment.from_bytes(
        octets, name=PDF.name, media_type="application/zip", content_id=PDF.content_id
    )
    data = plain().replace(b"application/pdf", b"application/zip")
    data = changed(plain_base64(), base64.b64encode(octets), data)
    return data, replace(PLAIN, attachments=(attachment,))


def _zipped(name: str, octets: bytes, then: Step, *, en: str, vi: str, source: str) -> Vector:
    data, message = _attached(octets)
    return accepted(name, data, en=en, vi=vi, source=source, message=message, then=then)


_STORED: Final = _archive(b"%PDF hello", b"%PDF hello", method=0)
_BOMB: Final = _archive(_ZEROS, zlib.decompress(_ZEROS, -15), method=8)
ARCHIVES: Final = (
    _zipped("valid/zipped", _STORED, Step(do="inflate"),
            en="A file in a ZIP archive of its own, as the SDK sends.",
            vi="Tệp nằm trong tệp nén ZIP riêng, như SDK vẫn gửi.", source=SDK),
    _zipped("attacks/zip-bomb", _BOMB, Step(do="inflate", error="limit.inflation-ratio"),
            en="Two thousand octets that inflate to two million.",
            vi="Hai nghìn byte bung ra thành hai triệu.", source="CWE-409"),
    _zipped("attacks/zip-too-large", _BOMB,
            Step(do="inflate", error="limit.inflated-bytes",
                 limits={"inflated_bytes": 1_000_000, "inflation_ratio": 2000}),
            en="An archive that inflates beyond the bound in force.",
            vi="Tệp nén bung ra quá giới hạn hiện hành.", source="CWE-409"),
    _zipped("attacks/zip-of-two-names", _STORED.replace(_NAME, b"evil.exe", 1),
            Step(do="inflate", error="envelope.attachment-archive"),
            en="An archive that calls its file one thing in front and another in its directory.",
            vi="Tệp nén ghi một tên ở đầu và tên khác trong mục lục.", source="CWE-436"),
    _zipped("attacks/zip-with-folder", _archive(b"x", b"x", method=0, name=b".."),
            Step(do="inflate", error="envelope.attachment-archive"),
            en="An archive whose file is the folder above.",
            vi="Tệp nén có tên là thư mục cha.", source="CWE-22"),
)  # fmt: skip
