"""Vectors of what says whose key it is; and of what is no signature at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dsig_help import certificate_info
from lxml import etree
from signing_help import Forgery, b64, edit, exclusive, status
from vectors import signed_bases as base
from vectors.rsa_forgeries import DIGEST_INFO
from vectors.signed_vector import (
    BAD_CERTIFICATE,
    FORMAT,
    KEY_SIZE,
    KEY_VALUE,
    NO_CERTIFICATE,
    NONE,
    PLACEHOLDER,
    SUBSTITUTED,
    fails,
)

from docexchange.envelope import Envelope
from docexchange.envelope.names import DS, EDXML
from docexchange.signing import SubIndication

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


def _public(name: str) -> bytes:
    octets: bytes = (
        base.key(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    return octets


def _certificate(text: str) -> Callable[[Forgery], None]:
    def change(forgery: Forgery) -> None:
        forgery.one("//ds:X509Certificate").text = text

    return change


def _key_info(inside: str) -> Callable[[Forgery], None]:
    """Another KeyInfo."""

    def change(forgery: Forgery) -> None:
        text = f'<ds:KeyInfo xmlns:ds="{DS}" xmlns:d="{_DS11}">{inside}</ds:KeyInfo>'
        made = etree.fromstring(text)
        found = forgery.one("//ds:Signature/ds:KeyInfo")
        found.getparent().replace(found, made)

    return change


def _bare(name: str) -> str:
    octets = b64(_public(name))
    return f"<d:DEREncodedKeyValue>{octets}</d:DEREncodedKeyValue>"


def _both(name: str) -> str:
    info = certificate_info(base.commune().der)
    return info.replace("<ds:KeyInfo>", f'<ds:KeyInfo xmlns:d="{_DS11}">{_bare(name)}')


def _no_certificate(forgery: Forgery) -> None:
    data = forgery.one("//ds:X509Data")
    data[:] = []


def _exponent_one() -> bytes:
    """The commune's certificate, with a public exponent of 1: every value is then good."""
    made = asn1_x509.Certificate.load(base.commune().der)
    body = made["tbs_certificate"]
    key = body["subject_public_key_info"]["public_key"].parsed
    numbers = {"modulus": key["modulus"].native, "public_exponent": 1}
    body["subject_public_key_info"] = {
        "algorithm": {"algorithm": "rsa"},
        "public_key": asn1_keys.RSAPublicKey(numbers),
    }
    octets = body.dump(force=True)
    made["signature_value"] = base.key("root").sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return bytes(made.dump(force=True))


def _one(forgery: Forgery) -> None:
    forgery.set_certificates(_exponent_one()).redigest()
    digest = hashlib.sha256(exclusive(forgery.signed_info)).digest()
    value = b"\0\1" + b"\xff" * 202 + b"\0" + DIGEST_INFO + digest
    forgery.one("//ds:SignatureValue").text = b64(value)


_PLACEHOLDER: Final = (
    f'<Signature xmlns="{EDXML}"><SignedInfo/><SignatureValue>AAAA</SignatureValue><KeyInfo>'
    "<X509Data><X509Certificate>MIID</X509Certificate></X509Data></KeyInfo></Signature>"
)


def _unsigned(addition: str = "") -> bytes:
    plain = b"".join(Envelope.of(status()).chunks())
    return edit(plain, "</edXML:edXMLHeader>", f"{addition}</edXML:edXMLHeader>")


KEYS: Final[tuple[SignedVector, ...]] = (
    fails(
        "keys/key-value-beside-certificate",
        base.forged(_key_info(_bare("attacker") + certificate_info(base.commune().der)[12:-13])),
        FORMAT,
        "Another key stands in front of the certificate.",
        "Khóa khác đứng trước chứng thư số.",
        "W3C Note, best practice 12",
    ),
    fails(
        "keys/key-value-beside-certificate-general",
        base.foreign(info=_both("attacker")),
        KEY_VALUE,
        "Certificate and bare key differ: two readers would take two keys.",
        "Chứng thư số và khóa trần khác nhau: hai phần mềm dùng hai khóa.",
        "W3C Note, best practice 12",
        policy="general",
    ),
    fails(
        "keys/key-value-alone",
        base.foreign(info=f'<ds:KeyInfo xmlns:d="{_DS11}">{_bare("commune")}</ds:KeyInfo>'),
        (_S.NO_SIGNING_CERTIFICATE_FOUND, "signature.key-value"),
        "A key that anyone can make, without a certificate.",
        "Khóa ai cũng tạo được, không có chứng thư số.",
        "W3C Note, best practice 12",
        policy="general",
    ),
    fails(
        "keys/elsewhere",
        base.forged(_key_info('<ds:RetrievalMethod URI="http://example.vn/key"/>')),
        FORMAT,
        "KeyInfo says where the key is to be fetched.",
        "KeyInfo chỉ chỗ tải khóa về.",
        "W3C Note, best practice 11",
    ),
    fails(
        "keys/elsewhere-general",
        base.foreign(
            info='<ds:KeyInfo><ds:RetrievalMethod URI="http://example.vn/key"/></ds:KeyInfo>'
        ),
        (_S.SIG_CONSTRAINTS_FAILURE, "signature.external-reference"),
        "The same in a signature of another form; nothing may be fetched.",
        "Như trên trong chữ ký dạng khác; không được tải gì về.",
        "W3C Note, best practice 11",
        policy="general",
    ),
    fails(
        "keys/circle",
        base.foreign(
            info=f'<ds:KeyInfo Id="k"><d:KeyInfoReference xmlns:d="{_DS11}" URI="#k"/></ds:KeyInfo>'
        ),
        FORMAT,
        "KeyInfo refers to itself.",
        "KeyInfo tham chiếu chính nó.",
        "W3C Note, best practice 4",
        policy="general",
    ),
    fails(
        "keys/no-certificate",
        base.forged(_no_certificate),
        NO_CERTIFICATE,
        "X509Data is empty.",
        "X509Data rỗng.",
        "EN 319 132-1, clause 6.3",
    ),
    fails(
        "keys/certificate-of-11-characters",
        base.forged(_certificate("MIIDdummy12")),
        FORMAT,
        "Eleven characters stand in the place of the certificate.",
        "Mười một ký tự đứng vào chỗ chứng thư số.",
        _FIELD,
        says="a placeholder of 11 characters",
    ),
    fails(
        "keys/certificate-of-8-characters",
        base.forged(_certificate("MIIDAAAA")),
        BAD_CERTIFICATE,
        "Six octets stand in the place of the certificate.",
        "Sáu byte đứng vào chỗ chứng thư số.",
        _FIELD,
        says="a placeholder of 6 octets",
    ),
    fails(
        "keys/certificate-substituted",
        base.forged(_certificate(b64(base.issued("Kẻ khác", by="attacker").der))),
        SUBSTITUTED,
        "Another certificate than the one that the signer named.",
        "Chứng thư số khác với cái người ký đã nêu.",
        "EN 319 132-1, clause 5.2.2",
    ),
    fails(
        "keys/exponent-one",
        base.forged(_one),
        BAD_CERTIFICATE,
        "A certified key with exponent 1: any value is then a good one.",
        "Khóa có số mũ 1: giá trị nào cũng thành đúng.",
        "FIPS 186-5, clause 5.1",
    ),
    fails(
        "keys/rsa-1024",
        base.under(base.issued(by="weak")),
        KEY_SIZE,
        "A key of 1024 bits.",
        "Khóa dài 1024 bit.",
        "Circular 15/2025",
    ),
    fails(
        "field/signature-in-edxml-namespace",
        _unsigned(_PLACEHOLDER),
        PLACEHOLDER,
        "A signature element in the namespace of edXML.",
        "Phần tử chữ ký trong không gian tên của edXML.",
        _FIELD,
        says="placeholder",
    ),
    fails(
        "field/empty-digital-signature",
        _unsigned("<edXML:DigitalSignature/>"),
        PLACEHOLDER,
        "An empty element with the name of a signature.",
        "Phần tử rỗng mang tên chữ ký.",
        _FIELD,
        says="placeholder",
    ),
    fails(
        "field/unsigned",
        _unsigned(),
        NONE,
        "No signature at all.",
        "Không có chữ ký.",
        "Decision 28/2018/QĐ-TTg, article 4",
    ),
)
