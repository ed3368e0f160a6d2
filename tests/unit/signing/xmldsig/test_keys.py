"""Which key it is: certificates in any order, names, bare keys."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dsig_help import Ref, certificate_info, examined, sign_into
from lxml import etree
from signing_help import b64, certify, private_key

from docexchange.envelope.names import DS
from docexchange.limits import Limits
from docexchange.signing import SubIndication
from docexchange.signing.certificates import MAX_CERTIFICATE
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.keyinfo import KeyInfo, read_key_info
from docexchange.signing.xmldsig.keys import KnownKeys, choose_key
from docexchange.signing.xmldsig.transforms import Pipeline

KEY = private_key("p256")
ROOT = certify("root", ca=True, key=private_key("p384"))
SIGNER = certify("signer", issuer=ROOT, key=KEY)
STRANGER = certify("stranger", issuer=ROOT)
DIGEST = hashlib.sha256(SIGNER.der).digest()
SERIAL = SIGNER.certificate.serial_number
ISSUER = SIGNER.certificate.issuer.rfc4514_string()
SUBJECT = SIGNER.certificate.subject.rfc4514_string()
SKI = SIGNER.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
DS11 = "http://www.w3.org/2009/xmldsig11#"


def read(inside: str, *, around: str = "", **limits: int) -> KeyInfo:
    """A ``KeyInfo`` as it stands in a document."""
    root = etree.fromstring(
        f'<r xmlns:ds="{DS}" xmlns:d="{DS11}"><ds:KeyInfo>{inside}</ds:KeyInfo>{around}</r>'
    )
    document = SignedDocument(root, limits=Limits(**limits))
    return read_key_info(root[0], Pipeline.of(document, root, frozenset()))


def certificates(*items: Any) -> str:
    """``X509Certificate`` elements."""
    return "".join(certificate(item.der) for item in items)


def certificate(der: bytes) -> str:
    """One of them."""
    return f"<ds:X509Data><ds:X509Certificate>{b64(der)}</ds:X509Certificate></ds:X509Data>"


def chosen(info: KeyInfo, *, known: KnownKeys | None = None, **options: Any) -> bytes:
    """The certificate of the key that is taken."""
    return choose_key(info, known or KnownKeys(), **options).certificate


NAMED = {
    "subject": f"<ds:X509SubjectName>{SUBJECT}</ds:X509SubjectName>",
    "identifier": f"<ds:X509SKI>{b64(SKI)}</ds:X509SKI>",
    "serial": (
        f"<ds:X509IssuerSerial><ds:X509IssuerName>{ISSUER}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{SERIAL}</ds:X509SerialNumber></ds:X509IssuerSerial>"
    ),
    "digest": f'<d:X509Digest Algorithm="{Digest.SHA256}">{b64(DIGEST)}</d:X509Digest>',
}


@pytest.mark.parametrize("how", NAMED)
def test_a_certificate_is_found_by_what_names_it(how: str) -> None:
    """Among those in the signature, and among those that the caller knows."""
    named = f"<ds:X509Data>{NAMED[how]}</ds:X509Data>"
    assert chosen(read(certificates(STRANGER, SIGNER, ROOT) + named)) == SIGNER.der
    known = KnownKeys(certificates=(ROOT.der, STRANGER.der, SIGNER.der))
    assert chosen(read(named), known=known) == SIGNER.der
    with pytest.raises(Refusal) as caught:
        chosen(read(named), known=KnownKeys(certificates=(STRANGER.der,)))
    assert caught.value.code == "signature.no-certificate"


@pytest.mark.parametrize("tag", ["X509SubjectName", "X509IssuerSerial", "X509SKI"])
def test_what_a_template_left_empty_names_nothing(tag: str) -> None:
    """xmlsec1 leaves such elements behind and accepts them; something inside must still fit."""
    named = f"<ds:X509Data><ds:{tag}> </ds:{tag}></ds:X509Data>"
    assert chosen(read(named + certificates(ROOT, SIGNER))) == SIGNER.der
    with pytest.raises(Refusal):
        chosen(read(named.replace("> <", ">AAAA<") + certificates(ROOT, SIGNER)))


def test_names_without_their_certificate_are_told_from_nothing() -> None:
    """Who reads the refusal learns that the certificate is what is missing, and what to ask for."""
    for inside, found in (
        (f"<ds:X509Data>{NAMED['serial']}</ds:X509Data>", "only what names it"),
        ("", "none"),
    ):
        with pytest.raises(Refusal, match=f"found {found}$") as caught:
            chosen(read(inside))
        assert caught.value.advice


def test_all_that_is_said_must_fit() -> None:
    """The subject of one and the identifier of another name nobody."""
    other = (
        f"<ds:X509SubjectName>{STRANGER.certificate.subject.rfc4514_string()}</ds:X509SubjectName>"
    )
    info = read(
        certificates(STRANGER, SIGNER) + f"<ds:X509Data>{other}{NAMED['digest']}</ds:X509Data>"
    )
    with pytest.raises(Refusal):
        chosen(info)


def test_without_a_name_it_is_the_only_one_that_issued_none() -> None:
    """In whatever order they come; two leaves of different keys are one too many."""
    for order in ((SIGNER, ROOT), (ROOT, SIGNER), (SIGNER,), (SIGNER, SIGNER)):
        assert chosen(read(certificates(*order))) == SIGNER.der
    twin = certify("twin", issuer=ROOT, key=KEY)
    for other in (STRANGER, twin):  # the same key under two names is one name too many
        with pytest.raises(Refusal, match="one certificate that can be the signer's"):
            chosen(read(certificates(SIGNER, other)))


def test_the_signed_digest_goes_before_everything() -> None:
    """Another certificate with the same key, or none that fits, is no signer."""
    twin = certify("twin", issuer=ROOT, key=KEY)
    info = read(certificates(twin, SIGNER))
    assert chosen(info, named=[(Digest.SHA256, DIGEST)]) == SIGNER.der
    with pytest.raises(Refusal) as caught:
        chosen(read(certificates(twin)), named=[(Digest.SHA256, DIGEST)])
    assert caught.value.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND


def test_keys_are_followed_inside_the_document() -> None:
    """``RetrievalMethod`` and ``KeyInfoReference``; nothing outside is asked."""
    data = certificates(SIGNER).replace("<ds:X509Data>", '<ds:X509Data Id="x">')
    method = f'<ds:RetrievalMethod URI="#x" Type="{DS}X509Data"/>'
    assert chosen(read(method, around=data)) == SIGNER.der
    whole = f'<ds:KeyInfo Id="k">{certificates(SIGNER)}</ds:KeyInfo>'
    assert chosen(read('<d:KeyInfoReference URI="#k"/>', around=whole)) == SIGNER.der
    with pytest.raises(Refusal) as caught:
        read('<ds:RetrievalMethod URI="http://localhost/c.der"/>')
    assert caught.value.code == "signature.external-reference"
    circle = '<ds:KeyInfo Id="k"><d:KeyInfoReference URI="#k"/></ds:KeyInfo>'
    with pytest.raises(Refusal, match="circle"):
        read('<d:KeyInfoReference URI="#k"/>', around=circle)


def test_lists_and_names_are_read_and_the_unknown_is_passed_over() -> None:
    """Revocation lists are carried; PGP and the like are none of ours."""
    info = read(
        "<ds:KeyName> clerk </ds:KeyName><ds:PGPData/><x/>"
        f"<ds:X509Data><ds:X509CRL>{b64(b'crl')}</ds:X509CRL><y/></ds:X509Data>"
    )
    assert info.names == ["clerk"]
    assert info.crls == [b"crl"]
    assert not info.describes_certificate


@pytest.mark.parametrize(
    "inside",
    [
        "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>",
        "<ds:KeyValue><ds:Other/></ds:KeyValue>",
        "<ds:RSAKeyValue><ds:Modulus>AQ==</ds:Modulus><ds:Exponent>AQ==</ds:Exponent></ds:RSAKeyValue>",
        '<d:ECKeyValue><d:NamedCurve URI="urn:oid:1.2.3"/><d:PublicKey/></d:ECKeyValue>',
        "<d:ECKeyValue/>",
        "<d:DEREncodedKeyValue>AQ==</d:DEREncodedKeyValue>",
        "<ds:KeyName>a<b/></ds:KeyName>",
        "<ds:X509Data><ds:X509SKI>?</ds:X509SKI></ds:X509Data>",
        "<ds:X509Data><ds:X509IssuerSerial> <x/></ds:X509IssuerSerial></ds:X509Data>",
        "<ds:KeyName/>" * 400,
        certificates(SIGNER) * 40,
        certificate(bytes(MAX_CERTIFICATE + 1)),
    ],
)
def test_what_makes_no_sense_is_refused(inside: str) -> None:
    """By the form, before any key is made of it."""
    with pytest.raises(Refusal) as caught:
        read(inside)
    assert caught.value.code == "signature.format"


def test_a_certificate_that_is_none() -> None:
    """A placeholder is named for what it is."""
    info = read(certificate(b"none"))
    with pytest.raises(Refusal) as caught:
        chosen(info)
    assert caught.value.code == "signature.bad-certificate"


def key_value(key: Any) -> str:
    """``KeyValue`` of a public key."""
    numbers = key.public_key().public_numbers()
    if hasattr(numbers, "n"):
        n, e = (item.to_bytes((item.bit_length() + 7) // 8) for item in (numbers.n, numbers.e))
        inside = f"<ds:Modulus>{b64(n)}</ds:Modulus><ds:Exponent>{b64(e)}</ds:Exponent>"
        return f"<ds:KeyValue><ds:RSAKeyValue>{inside}</ds:RSAKeyValue></ds:KeyValue>"
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    inside = (
        f'<d:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"/><d:PublicKey>{b64(point)}</d:PublicKey>'
    )
    return f"<ds:KeyValue><d:ECKeyValue>{inside}</d:ECKeyValue></ds:KeyValue>"


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_bare_keys_are_read(kind: str) -> None:
    """And taken only where that is said."""
    key = private_key(kind)
    info = read(key_value(key))
    assert choose_key(info, KnownKeys(), bare=True).key == key.public_key()
    with pytest.raises(Refusal, match="bare key"):
        choose_key(info, KnownKeys())
    with pytest.raises(Refusal, match="different ones"):
        choose_key(
            read(key_value(key) + key_value(private_key("p256" if kind[0] == "r" else "rsa2048"))),
            KnownKeys(),
            bare=True,
        )


def test_the_engine_says_which_certificate_it_was() -> None:
    """With the others as its chain."""
    info = certificate_info(ROOT.der, SIGNER.der)
    element = sign_into(etree.fromstring('<a><b Id="b"/></a>'), [Ref("#b")], key=KEY, info=info)
    result = examined(element)
    assert result.intact
    assert result.chosen.certificate == SIGNER.der
    assert result.chosen.chain == (ROOT.der,)
