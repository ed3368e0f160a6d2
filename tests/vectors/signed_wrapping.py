"""Vectors of wrapping: what is signed is moved away, and something else stands in its place."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

import forgeries
from signing_help import Forgery, element
from vectors import signed_bases as base
from vectors.signed_vector import COVERAGE, DIGEST, DOUBLE, FORMAT, MISSING, NONE, fails

if TYPE_CHECKING:
    from vectors.signed_vector import SignedVector

_XSW: Final = 'Somorovsky et al., "On Breaking SAML", USENIX Security 2012, XSW {}'
_CWE: Final = "CWE-347; McIntosh and Austel, SWS 2005"
_REPEATED: Final = (None, "envelope.repeated-element")
_FORMS: Final = (
    (forgeries.xsw1, FORMAT, "inside the signature", "vào trong chữ ký"),
    (forgeries.xsw2, COVERAGE, "before the signature", "ra trước chữ ký"),
    (forgeries.xsw3, _REPEATED, "behind the forged one", "ra sau phần giả mạo"),
    (forgeries.xsw4, COVERAGE, "inside the forged one", "vào trong phần giả mạo"),
    (forgeries.xsw5, DOUBLE, "to the end, under the same id", "xuống cuối tệp, cùng một Id"),
    (forgeries.xsw6, DOUBLE, "into the Object, under the same id", "vào Object, cùng một Id"),
    (forgeries.xsw7, DOUBLE, "into an extension, same id", "vào phần mở rộng, cùng một Id"),
    (forgeries.xsw8, FORMAT, "into a further Object", "vào một Object thêm vào"),
)


def _swap_ids(forgery: Forgery) -> None:
    business, body = forgery.one("//e:Bussiness"), forgery.one("//e:edXMLBody")
    business.set("Id", "m-1.body")
    body.set("Id", "m-1.business")


def _move_id(forgery: Forgery) -> None:
    del forgery.message_header.attrib["Id"]
    forgery.root.append(element("Decoy", Id="m-1"))


def _decoy(forgery: Forgery) -> None:
    forgery.root.append(element("Decoy", id="m-1"))


def _signature_of(identity: str, subject: str) -> bytes:
    forgery = Forgery(base.short())
    other = Forgery(base.short(identity, subject))
    forgery.header.replace(forgery.signature, other.signature)
    return forgery.bytes()


def _outside(forgery: Forgery) -> None:
    forgery.root.append(forgery.signature)


def _nested(forgery: Forgery) -> None:
    genuine, outer = forgery.signature, copy.deepcopy(forgery.signature)
    for item in outer.xpath("descendant-or-self::*[@Id]"):
        item.set("Id", f"outer-{item.get('Id')}")
    forgery.header.replace(genuine, outer)
    outer.append(genuine)


def _twin(forgery: Forgery) -> None:
    forgery.signature.addnext(copy.deepcopy(forgery.signature))


_PUBLISHED: Final = tuple(
    fails(
        f"wrapping/xsw-{number}",
        base.forged(change, base.short()),
        verdict,
        f"The signed header is moved {en}; a forged one stands in its place.",
        f"MessageHeader đã ký bị chuyển {vi}; phần giả mạo đứng vào chỗ của nó.",
        _XSW.format(number),
    )
    for number, (change, verdict, en, vi) in enumerate(_FORMS, 1)
)
WRAPPING: Final[tuple[SignedVector, ...]] = (
    *_PUBLISHED,
    fails(
        "wrapping/header-without-id",
        base.forged(forgeries.header_without_id, base.short()),
        COVERAGE,
        "The forged header has no id at all; the signed one is at the end.",
        "MessageHeader giả mạo không có Id; phần đã ký nằm cuối tệp.",
        _CWE,
    ),
    fails(
        "wrapping/business-moved",
        base.forged(forgeries.business_moved, base.short()),
        COVERAGE,
        "Another business part stands where the signed one was.",
        "Phần nghiệp vụ khác đứng vào chỗ phần đã ký.",
        _CWE,
    ),
    fails(
        "wrapping/business-left",
        base.forged(forgeries.business_left, base.short()),
        COVERAGE,
        "The signed business part has left its list.",
        "Phần nghiệp vụ đã ký bị đưa ra khỏi danh sách.",
        _CWE,
    ),
    fails(
        "wrapping/body-moved",
        base.forged(forgeries.body_moved, base.plain()),
        COVERAGE,
        "A manifest with another file name stands where the signed one was.",
        "Danh mục với tên tệp khác đứng vào chỗ danh mục đã ký.",
        _CWE,
    ),
    fails(
        "wrapping/header-travels",
        base.forged(forgeries.signature_on_the_original, base.short()),
        NONE,
        "The signed header takes its signature along to another place.",
        "Phần đầu đã ký mang theo chữ ký sang chỗ khác.",
        _CWE,
    ),
    fails(
        "wrapping/id-doubled",
        base.forged(_decoy),
        DOUBLE,
        "A second element claims a signed id, in another spelling.",
        "Một phần tử thứ hai mang Id đã ký, viết kiểu khác.",
        "CVE-2024-45409; CWE-347",
    ),
    fails(
        "wrapping/id-moved",
        base.forged(_move_id),
        COVERAGE,
        "The signed id is moved to an element that nobody reads.",
        "Id đã ký bị chuyển sang phần tử không ai đọc.",
        _CWE,
    ),
    fails(
        "wrapping/ids-swapped",
        base.forged(_swap_ids, base.short()),
        DIGEST,
        "Two signed parts exchange their ids.",
        "Hai phần đã ký đổi Id cho nhau.",
        _CWE,
    ),
    fails(
        "wrapping/signature-outside",
        base.forged(_outside),
        NONE,
        "The signature stands outside the header.",
        "Chữ ký nằm ngoài phần đầu văn bản.",
        _CWE,
    ),
    fails(
        "wrapping/signature-nested",
        base.forged(_nested),
        FORMAT,
        "A good signature is nested in a copy of itself.",
        "Chữ ký tốt lồng trong một bản sao của chính nó.",
        "CVE-2025-29774",
    ),
    fails(
        "wrapping/signature-doubled",
        base.forged(_twin),
        DOUBLE,
        "The same signature stands there twice.",
        "Cùng một chữ ký xuất hiện hai lần.",
        _CWE,
    ),
    fails(
        "wrapping/of-another-letter",
        _signature_of("m-1", "Khác"),
        DIGEST,
        "The signature comes from another letter with the same ids.",
        "Chữ ký lấy từ văn bản khác có cùng Id.",
        _CWE,
    ),
    fails(
        "wrapping/of-another-id",
        _signature_of("m-2", "V/v báo cáo"),
        MISSING,
        "The signature comes from a letter with other ids.",
        "Chữ ký lấy từ văn bản có Id khác.",
        _CWE,
    ),
)
