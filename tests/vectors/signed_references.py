"""Vectors of what is signed: references, transforms, canonical forms."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import forgeries
from dsig_help import Ref, filter2, xpath
from lxml import etree
from signing_help import Forgery, b64, exclusive, raw_signature
from vectors import signed_bases as base
from vectors.signed_vector import (
    BUDGET,
    COVERAGE,
    DIGEST,
    EXTERNAL,
    FORM,
    FORMAT,
    MISSING,
    NO_URI,
    TRANSFORM,
    WHOLE,
    XPATH,
    XPOINTER,
    fails,
)

from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import ENVELOPED, XSLT, Canonicalization

if TYPE_CHECKING:
    from collections.abc import Callable

    from vectors.signed_vector import SignedVector

_COVER: Final = "XMLDSig 1.1, clause 8.1.1: only what is signed is secure"
_NOTE: Final = "XML Signature Best Practices (W3C Note), {}"
_XSL: Final = "http://www.w3.org/1999/XSL/Transform"


def _swap_uris(forgery: Forgery) -> None:
    one, two = forgery.reference("cid:one"), forgery.reference("cid:two")
    one.set("URI", "cid:two")
    two.set("URI", "cid:one")


def _extra(forgery: Forgery) -> None:
    forgeries.add_attachment(forgery, "three", b"MZ evil")
    forgeries.add_entry(forgery, "three", "lương.exe")


def _to(uri: str) -> Callable[[Forgery], None]:
    return lambda forgery: forgery.reference("#m-1").set("URI", uri)


def _twice(forgery: Forgery) -> None:
    double = copy.deepcopy(forgery.reference("#m-1"))
    double.attrib.pop("Id", None)
    forgery.signed_info.append(double)


def _transform(step: str) -> Callable[[Forgery], None]:
    """Another transform of the header."""

    def change(forgery: Forgery) -> None:
        transforms = etree.fromstring(f'<ds:Transforms xmlns:ds="{DS}">{step}</ds:Transforms>')
        reference = forgery.reference("#m-1")
        reference.replace(reference[0], transforms)

    return change


def _stylesheet(body: str) -> str:
    return (
        f'<ds:Transform Algorithm="{XSLT}"><xsl:stylesheet version="1.0" xmlns:xsl="{_XSL}">'
        f"{body}</xsl:stylesheet></ds:Transform>"
    )


_LOOP: Final = _stylesheet(
    '<xsl:template match="/"><xsl:call-template name="a"/></xsl:template><xsl:template name="a">'
    '<xsl:call-template name="a"/><xsl:call-template name="a"/></xsl:template>'
)
_FETCH: Final = _stylesheet(
    '<xsl:template match="/"><xsl:copy-of select="document(\'file:///etc/hostname\')"/>'
    "</xsl:template>"
)
_BOMB: Final = "count(//node()[count(//node()[count(//node()) > 1]) > 1]) > 0"


def _info_form(form: str) -> Callable[[Forgery], None]:
    return lambda forgery: forgery.one("//ds:CanonicalizationMethod").set("Algorithm", form)


def _bomb(step: str) -> bytes:
    """A general signature whose value is good, over a transform that never ends."""

    def finish(signature: Any) -> None:
        steps = etree.fromstring(f'<ds:Transforms xmlns:ds="{DS}">{step}</ds:Transforms>')
        reference = signature.find(f".//{{{DS}}}Reference")
        reference.replace(reference[0], steps)
        _revalue(signature)

    return base.foreign(finish=finish)


def _revalue(signature: Any) -> None:
    value = raw_signature(base.key("commune"), exclusive(signature[0]))
    signature[1].text = b64(value)


def _empty(uri: str | None) -> bytes:
    def finish(signature: Any) -> None:
        reference = signature.find(f".//{{{DS}}}Reference")
        reference.attrib.pop("URI")
        if uri is not None:
            reference.set("URI", uri)
        _revalue(signature)

    return base.foreign(finish=finish)


def _declare(forgery: Forgery) -> None:
    forgery.message_header.append(etree.fromstring('<r:x xmlns:r="relative"/>'))


_NOTHING: Final = (Ref("", (xpath("false()"),)),)
_HALF: Final = (Ref("", (ENVELOPED, filter2(subtract="//*[local-name()='Subject']"))),)
REFERENCES: Final[tuple[SignedVector, ...]] = (
    fails(
        "references/to-another-attachment",
        base.resigned(_swap_uris, base.plain()),
        DIGEST,
        "The references to two attachments are exchanged, and signed so.",
        "Tham chiếu tới hai tệp đính kèm bị đổi cho nhau, và được ký như thế.",
        _COVER,
    ),
    fails(
        "references/attachment-dropped",
        base.forged(lambda forgery: forgeries.drop_attachment(forgery, 1), base.plain()),
        MISSING,
        "An attachment and its manifest entry are taken out.",
        "Một tệp đính kèm cùng mục của nó bị bỏ đi.",
        _COVER,
    ),
    fails(
        "references/attachment-added",
        base.forged(_extra, base.plain()),
        COVERAGE,
        "An attachment and a manifest entry are put in.",
        "Thêm vào một tệp đính kèm và một mục trong danh mục.",
        _COVER,
    ),
    fails(
        "references/attachment-unlisted",
        base.forged(lambda it: forgeries.add_attachment(it, "three", b"MZ evil"), base.plain()),
        COVERAGE,
        "An attachment is put in that no manifest entry names.",
        "Thêm vào một tệp đính kèm không có trong danh mục.",
        _COVER,
    ),
    fails(
        "references/external",
        base.resigned(_to("http://example.vn/letter.xml")),
        EXTERNAL,
        "A reference leads out of the file; nothing may be fetched.",
        "Tham chiếu ra ngoài tệp; không được tải gì về.",
        _NOTE.format("best practice 8"),
    ),
    fails(
        "references/local-file",
        base.resigned(_to("file:///etc/hostname")),
        EXTERNAL,
        "A reference leads to a file of the reader's machine.",
        "Tham chiếu tới tệp trên máy người đọc.",
        _NOTE.format("best practice 8"),
    ),
    fails(
        "references/whole-document",
        base.resigned(_to("")),
        WHOLE,
        "The whole document is signed, which breaks on its way through a hub.",
        "Ký toàn bộ tài liệu, sẽ hỏng khi đi qua trục liên thông.",
        "profile of this library",
    ),
    fails(
        "references/to-nothing",
        base.resigned(_to("#nothing")),
        MISSING,
        "A reference leads to an id that is not there.",
        "Tham chiếu tới Id không tồn tại.",
        "EN 319 102-1, table 5",
    ),
    fails(
        "references/twice",
        base.resigned(_twice),
        COVERAGE,
        "One part is referenced twice.",
        "Một phần được tham chiếu hai lần.",
        _NOTE.format("best practice 3"),
    ),
    fails(
        "references/no-uri",
        _empty(None),
        NO_URI,
        "A reference does not say what it is to.",
        "Tham chiếu không nói tới cái gì.",
        "XMLDSig 1.1, clause 4.4.3.1",
        policy="general",
    ),
    fails(
        "references/xpointer",
        _empty("#xpointer(//Subject)"),
        XPOINTER,
        "A pointer of a kind that nobody needs to know.",
        "Con trỏ thuộc loại không ai phải biết.",
        "XMLDSig 1.1, clause 4.4.3.2",
        policy="general",
    ),
    fails(
        "transforms/xslt",
        base.resigned(_transform(_FETCH)),
        TRANSFORM,
        "A stylesheet that reads a local file.",
        "Bảng định kiểu đọc tệp trên máy.",
        "CVE-2013-2155; W3C Note, best practice 5",
    ),
    fails(
        "transforms/xslt-general",
        _bomb(_LOOP),
        TRANSFORM,
        "A stylesheet that never ends, in a signature of another form.",
        "Bảng định kiểu chạy mãi, trong chữ ký dạng khác.",
        "W3C Note, best practice 5",
        policy="general",
    ),
    fails(
        "transforms/xpath",
        base.resigned(_transform(xpath("not(self::node()[name()='Subject'])"))),
        TRANSFORM,
        "An XPath leaves the subject out of what is signed.",
        "Biểu thức XPath bỏ trích yếu khỏi phần được ký.",
        _COVER,
    ),
    fails(
        "transforms/xpath-bomb",
        _bomb(xpath(_BOMB)),
        BUDGET,
        "An XPath whose cost grows with the third power of the document.",
        "Biểu thức XPath có chi phí tăng theo lũy thừa ba của tài liệu.",
        "W3C Note, best practice 6",
        policy="general",
        limits={"signature_steps": 100_000},
    ),
    fails(
        "transforms/xpath-function",
        _bomb(xpath("document('http://example.vn/') = 1")),
        XPATH,
        "An XPath that would fetch a document.",
        "Biểu thức XPath đòi tải tài liệu.",
        "XMLDSig 1.1, clause 6.6.3",
        policy="general",
    ),
    fails(
        "transforms/drops-everything",
        base.foreign(_NOTHING),
        COVERAGE,
        "A transform drops everything: the digest of nothing always holds.",
        "Phép biến đổi bỏ hết: giá trị băm của rỗng luôn đúng.",
        _COVER,
        policy="general",
    ),
    fails(
        "transforms/drops-a-part",
        base.foreign(_HALF),
        COVERAGE,
        "A transform drops the subject alone.",
        "Phép biến đổi chỉ bỏ trích yếu.",
        _COVER,
        policy="general",
    ),
    fails(
        "forms/inclusive-signed-info",
        base.resigned(_info_form(Canonicalization.INCLUSIVE.value)),
        FORM,
        "SignedInfo is to be read in an inclusive form, which a hub changes.",
        "SignedInfo theo dạng chuẩn tắc bao hàm, sẽ đổi khi qua trục.",
        "profile of this library",
    ),
    fails(
        "forms/inclusive-reference",
        base.resigned(
            _transform(f'<ds:Transform Algorithm="{Canonicalization.INCLUSIVE.value}"/>')
        ),
        TRANSFORM,
        "A part is to be digested in an inclusive form.",
        "Một phần được băm theo dạng chuẩn tắc bao hàm.",
        "profile of this library",
    ),
    fails(
        "forms/relative-namespace",
        base.forged(_declare),
        FORMAT,
        "A namespace that is a relative URI: there is no canonical form.",
        "Không gian tên là URI tương đối: không có dạng chuẩn tắc.",
        "Canonical XML 1.0, clause 1.3",
    ),
)
