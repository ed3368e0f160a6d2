"""Vectors of markup inside a signature, of two of what must be one, and of broken digests."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from signing_help import ONE, Forgery, b64
from vectors import signed_bases as base
from vectors.signed_vector import (
    DIGEST,
    FORMAT,
    fails,
)

from docexchange.envelope.names import DS

if TYPE_CHECKING:
    from collections.abc import Callable

    from vectors.signed_vector import SignedVector

_COMMENTS: Final = "CVE-2025-29775"
_TWO: Final = "CVE-2025-29774"
_COMMENT, _INSTRUCTION = etree.Comment("x"), etree.ProcessingInstruction("x")


def _markup(path: str, what: Any) -> Callable[[Forgery], None]:
    """Put a comment or an instruction into a text."""

    def change(forgery: Forgery) -> None:
        found, added = forgery.one(path), copy.deepcopy(what)
        found.text, added.tail = found.text[:6], found.text[6:]
        found.insert(0, added)

    return change


def _second_info(forgery: Forgery) -> None:
    evil = copy.deepcopy(forgery.signed_info)
    for item in evil.xpath("descendant-or-self::*[@Id]"):
        del item.attrib["Id"]
    forgery.signed_info.addprevious(evil)


def _info_inside(forgery: Forgery) -> None:
    evil = copy.deepcopy(forgery.signed_info)
    for item in evil.xpath("descendant-or-self::*[@Id]"):
        del item.attrib["Id"]
    forgery.signed_info.append(evil)


def _inclusive(forgery: Forgery) -> None:
    """Digest the header in another form than the one that is named."""
    octets = etree.tostring(forgery.message_header, method="c14n", exclusive=False)
    _digest(forgery, octets)


def _digest(forgery: Forgery, octets: bytes, uri: str = "#m-1") -> None:
    value = forgery.reference(uri).find(f"{{{DS}}}DigestValue")
    value.text = b64(hashlib.sha256(octets).digest())
    forgery.resign(base.key("commune"))


def _all_alike(forgery: Forgery) -> None:
    for value in forgery.root.iterfind(f".//{{{DS}}}Reference/{{{DS}}}DigestValue"):
        value.text = b64(hashlib.sha256(b"digest").digest())
    forgery.resign(base.key("commune"))


def _doctype(internal: str) -> bytes:
    head, mark, rest = base.small().partition(b"<edXML")
    return head + f"<!DOCTYPE edXML [{internal}]>".encode() + mark + rest


MARKUP: Final[tuple[SignedVector, ...]] = (
    *(
        fails(
            f"markup/comment-in-{name}",
            base.forged(_markup(path, _COMMENT)),
            FORMAT,
            f"A comment stands inside {what}: half of it is what some read.",
            f"Chú thích nằm trong {what}: có phần mềm chỉ đọc một nửa.",
            _COMMENTS,
        )
        for name, path, what in (
            ("digest-value", "//ds:SignedInfo/ds:Reference/ds:DigestValue", "DigestValue"),
            ("signature-value", "//ds:SignatureValue", "SignatureValue"),
            ("certificate", "//ds:X509Certificate", "X509Certificate"),
        )
    ),
    fails(
        "markup/instruction-in-digest-value",
        base.forged(_markup("//ds:SignedInfo/ds:Reference/ds:DigestValue", _INSTRUCTION)),
        FORMAT,
        "A processing instruction stands inside DigestValue.",
        "Chỉ thị xử lý nằm trong DigestValue.",
        _COMMENTS,
    ),
    fails(
        "markup/comment-in-text",
        base.forged(_markup("//e:MessageHeader/e:Subject", _COMMENT), base.short()),
        (None, "xml.mixed-content"),
        "A comment stands inside a signed text; the digest still holds.",
        "Chú thích nằm trong đoạn chữ đã ký; giá trị băm vẫn đúng.",
        "CVE-2017-11427; CVE-2018-0489",
    ),
    fails(
        "markup/doctype",
        _doctype(""),
        (None, "xml.dtd"),
        "A document type stands before a signed letter.",
        "Khai báo DOCTYPE đứng trước văn bản đã ký.",
        "W3C Note, best practice 9",
    ),
    fails(
        "markup/entities",
        _doctype('<!ENTITY a "a"><!ENTITY b "&a;&a;">'),
        (None, "xml.dtd"),
        "Entities are declared in a signed letter.",
        "Khai báo thực thể trong văn bản đã ký.",
        "CWE-776",
    ),
    fails(
        "form/two-signed-infos",
        base.forged(_second_info),
        FORMAT,
        "Two SignedInfos: one to be checked, one to be read.",
        "Hai SignedInfo: một để kiểm, một để đọc.",
        _TWO,
    ),
    fails(
        "form/signed-info-nested",
        base.forged(_info_inside),
        FORMAT,
        "A SignedInfo stands in a SignedInfo.",
        "Một SignedInfo lồng trong SignedInfo.",
        _TWO,
    ),
    fails(
        "digests/another-form",
        base.forged(_inclusive),
        DIGEST,
        "The digest holds under a canonical form other than the one named.",
        "Giá trị băm chỉ đúng theo dạng chuẩn tắc khác với dạng đã ghi.",
        "letters met on the national axis",
        says="it holds under inclusive canonical XML 1.0",
    ),
    fails(
        "digests/of-base64-text",
        base.forged(lambda forgery: _digest(forgery, b64(ONE).encode(), "cid:one"), base.plain()),
        DIGEST,
        "The digest is that of the base64 text and not of the file.",
        "Giá trị băm là của đoạn base64 chứ không phải của tệp.",
        "letters met on the national axis",
        says="it holds over the base64 text",
    ),
    fails(
        "digests/of-nothing",
        base.forged(lambda forgery: _digest(forgery, b"")),
        DIGEST,
        "The digest is that of nothing.",
        "Giá trị băm là của rỗng.",
        "letters met on the national axis",
        says="the digest of nothing: a placeholder",
    ),
    fails(
        "digests/all-alike",
        base.forged(_all_alike),
        DIGEST,
        "Every reference has the same digest.",
        "Mọi tham chiếu có cùng một giá trị băm.",
        "letters met on the national axis",
        says="every reference has this same digest: a placeholder",
    ),
)
