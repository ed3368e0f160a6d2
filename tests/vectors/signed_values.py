"""Vectors of signature values and algorithms, with the keys they are made by."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signing_help import Forgery, b64, exclusive
from vectors import signed_bases as base
from vectors.rsa_forgeries import garbage_behind, garbage_inside
from vectors.signed_vector import (
    ALGORITHM,
    DIGEST_ALGORITHM,
    HMAC,
    KEY_KIND,
    VALUE,
    fails,
)

from docexchange.envelope.names import DS
from docexchange.signing import SubIndication
from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

if TYPE_CHECKING:
    from collections.abc import Callable

    from vectors.signed_vector import SignedVector

_S: Final = SubIndication
_FIELD: Final = "letters met on the national axis"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_DS11: Final = "http://www.w3.org/2009/xmldsig11#"
_DAY: Final = base.DAY
_RFC: Final = "RFC 5280, clause {}"
_CHAIN: Final = (_S.CERTIFICATE_CHAIN_GENERAL_FAILURE, "certificate.path")
_PERIOD: Final = (_S.OUT_OF_BOUNDS_NO_POE, "certificate.out-of-bounds")


def _public(key: Any, encoding: Encoding = Encoding.PEM) -> bytes:
    octets: bytes = key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    return octets


def _hmac(forgery: Forgery) -> None:
    forgery.set_method(_MORE + "hmac-sha256")
    secret = _public(base.key("commune"))
    value = hmac.digest(secret, exclusive(forgery.signed_info), "sha256")
    forgery.one("//ds:SignatureValue").text = b64(value)


def _general_hmac(bits: str = "") -> bytes:
    """A general signature by HMAC under the public key, cut short if wanted."""
    secret = _public(base.key("commune"))

    def cut(signature: Any) -> None:
        etree.SubElement(signature[0][1], f"{{{DS}}}HMACOutputLength").text = bits
        value = hmac.digest(secret, exclusive(signature[0]), "sha256")
        signature[1].text = b64(value[: int(bits) // 8])

    method = SignatureAlgorithm.HMAC_SHA256.value
    return base.foreign(method=method, secret=secret, finish=cut if bits else None)


def _value(octets: bytes) -> Callable[[Forgery], None]:
    def change(forgery: Forgery) -> None:
        forgery.one("//ds:SignatureValue").text = b64(octets)

    return change


def _flip(forgery: Forgery) -> None:
    value = forgery.one("//ds:SignatureValue")
    value.text = ("B" if value.text[0] == "A" else "A") + value.text[1:]


def _cube(make: Callable[[bytes, int], bytes]) -> bytes:
    """A letter of somebody with a public exponent of 3, forged without the private key."""
    signer = base.issued(by="three")
    for minute in range(64):  # one digest in two has the last bit that is needed
        forgery = Forgery(base.under(signer))
        forgery.one("//xades:SigningTime").text = f"2026-03-02T01:{minute:02}:00Z"
        forgery.redigest()
        digest = hashlib.sha256(exclusive(forgery.signed_info)).digest()
        if digest[-1] % 2:
            break
    forgery.one("//ds:SignatureValue").text = b64(make(digest, 256))
    return forgery.bytes()


def _psychic() -> bytes:
    """A letter under a certificate on a curve, with zeros for r and s."""
    forgery = Forgery(base.small())
    forgery.set_method(_MORE + "ecdsa-sha256").set_certificates(base.stated().der)
    forgery.redigest()
    forgery.one("//ds:SignatureValue").text = b64(bytes(64))
    return forgery.bytes()


def _weak_digest(forgery: Forgery) -> None:
    reference = forgery.reference("#m-1")
    reference.find(f"{{{DS}}}DigestMethod").set("Algorithm", f"{DS}sha1")
    octets = exclusive(forgery.message_header)
    reference.find(f"{{{DS}}}DigestValue").text = b64(hashlib.sha1(octets).digest())
    forgery.resign(base.key("commune"))


def _weak_method(forgery: Forgery) -> None:
    forgery.set_method(f"{DS}rsa-sha1").resign(base.key("commune"), hashes.SHA1())


VALUES: Final[tuple[SignedVector, ...]] = (
    fails(
        "values/changed",
        base.forged(_flip),
        VALUE,
        "One character of the signature value is another.",
        "Một ký tự của giá trị chữ ký bị đổi.",
        "XMLDSig 1.1, clause 3.2.2",
    ),
    fails(
        "values/another-key",
        base.forged(lambda forgery: forgery.resign(base.key("attacker"))),
        VALUE,
        "Another key made the value than the one in the certificate.",
        "Giá trị do khóa khác với khóa trong chứng thư số tạo ra.",
        "EN 319 102-1, clause 5.2.7",
    ),
    fails(
        "values/placeholder",
        base.forged(_value(b"\0\0\0")),
        VALUE,
        "Three octets stand in the place of the value.",
        "Ba byte đứng vào chỗ giá trị chữ ký.",
        _FIELD,
        says="a placeholder of 3 octets",
    ),
    fails(
        "values/zeros",
        base.forged(_value(bytes(256))),
        VALUE,
        "Zeros stand in the place of the value.",
        "Toàn số không đứng vào chỗ giá trị chữ ký.",
        _FIELD,
        says="a placeholder: 256 octets that are all alike",
    ),
    fails(
        "values/rsa-garbage-behind",
        _cube(garbage_behind),
        VALUE,
        "Exponent 3, the digest on the left, garbage behind it; no private key was used.",
        "Số mũ 3, giá trị băm ở bên trái, rác ở sau; không cần khóa bí mật.",
        "Bleichenbacher, Crypto 2006 rump session; CVE-2006-4339",
    ),
    fails(
        "values/rsa-garbage-inside",
        _cube(garbage_inside),
        VALUE,
        "Exponent 3, garbage in the parameters of the digest algorithm; no private key was used.",
        "Số mũ 3, rác trong tham số thuật toán băm; không cần khóa bí mật.",
        "BERserk, CVE-2014-1568; Kühn et al., 2008",
    ),
    fails(
        "values/ecdsa-zeros",
        _psychic(),
        VALUE,
        "An ECDSA value with zeros for r and s.",
        "Giá trị ECDSA có r và s bằng không.",
        "CVE-2022-21449",
    ),
    fails(
        "values/hmac-public-key",
        base.forged(_hmac),
        HMAC,
        "An HMAC keyed with the public key, which everybody has.",
        "HMAC dùng khóa công khai mà ai cũng có.",
        "W3C Note, best practice 13; CVE-2015-9235 (the same of tokens)",
    ),
    fails(
        "values/hmac-public-key-legacy",
        _general_hmac(),
        KEY_KIND,
        "The same where HMAC is allowed: a public key is no secret.",
        "Như trên khi HMAC được phép: khóa công khai không phải bí mật.",
        "W3C Note, best practice 13",
        policy="legacy",
    ),
    fails(
        "values/hmac-cut-short",
        _general_hmac("8"),
        KEY_KIND,
        "An HMAC cut to eight bits.",
        "HMAC bị cắt còn tám bit.",
        "CVE-2009-0217",
        policy="legacy",
    ),
    fails(
        "values/hmac-cut-short-general",
        _general_hmac("8"),
        HMAC,
        "An HMAC cut to eight bits, where none is allowed.",
        "HMAC bị cắt còn tám bit, khi HMAC không được phép.",
        "CVE-2009-0217",
        policy="general",
    ),
    fails(
        "values/sha-1",
        base.forged(_weak_method),
        ALGORITHM,
        "RSA with SHA-1; the value is good.",
        "RSA với SHA-1; giá trị chữ ký đúng.",
        "Circular 15/2025; Leurent and Peyrin, 2020",
        says="RSA with SHA-1",
    ),
    fails(
        "values/sha-1-digest",
        base.forged(_weak_digest),
        DIGEST_ALGORITHM,
        "A digest by SHA-1 that holds.",
        "Giá trị băm SHA-1, đúng.",
        "Circular 15/2025",
        says="SHA-1",
    ),
    fails(
        "values/method-for-another-key",
        base.forged(lambda forgery: forgery.set_method(_MORE + "ecdsa-sha256")),
        KEY_KIND,
        "An ECDSA method over an RSA key.",
        "Phương thức ECDSA với khóa RSA.",
        "RFC 9231, clause 2.3.6",
    ),
)
