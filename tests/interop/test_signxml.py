"""signxml as a second opinion: it accepts what we sign, and refuses what we refuse.

It is given the signer's certificate: the opinion asked for is on the signature, not on trust.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from lxml import etree
from signing_help import (
    CENTRAL,
    DISTRICT,
    NOW,
    ONE,
    SHA2,
    SHA256,
    TWO,
    Forgery,
    assert_passed,
    attachments,
    b64,
    between,
    certify,
    edit,
    element,
    letter,
    private_key,
    sign,
    status,
    verifier_for,
)
from signxml.exceptions import SignXMLException
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier
from timestamp_help import client

from docexchange.envelope import Envelope, TraceHeader
from docexchange.envelope.names import edxml
from docexchange.signing.xmldsig.algorithms import Digest, Padding

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.testing import DemoPki

EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N = "http://www.w3.org/2006/12/xml-c14n11"
PLACE = f"./{edxml('edXMLEnvelope')}/{edxml('edXMLHeader')}/"
REFUSES = (SignXMLException, InvalidSignature, ValueError, etree.DocumentInvalid)


def octets(data: bytes) -> dict[str, bytes]:
    """Attachments by URI, taken out of the file as it stands."""
    root = etree.fromstring(data)
    import base64

    return {
        item.findtext(edxml("ContentId")): base64.b64decode(
            item.findtext(edxml("ContentTransferEncoded"))
        )
        for item in root.iter(edxml("Attachment"))
    }


def second_opinion(data: bytes, certificate: Certificate, references: int) -> list[Any]:
    """What signxml finds signed."""
    config = XAdESSignatureConfiguration(
        location=PLACE, expect_references=references, verification_time=NOW
    )
    return XAdESVerifier().verify(
        data,
        x509_cert=certificate,
        expect_config=config,
        uri_resolver=octets(data).get,
        id_attribute="Id",
    )


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384"])
@pytest.mark.parametrize("digest", SHA2)
def test_our_letters_are_accepted(pki: DemoPki, kind: str, digest: Digest) -> None:
    """With the very number of references, and the very octets signed."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(letter(*attachments()), credential, digest=digest)
    results = second_opinion(data, credential.certificate, references=6)
    assert [item.signed_data for item in results[3:5]] == [ONE, TWO]
    assert results[0].signed_xml.get("Id") == "m-1"
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("p521", {}),
        ("p256", {"role": "leader"}),
        ("rsa2048", {"padding": Padding.PSS}),
        ("rsa3072", {"padding": Padding.PSS, "digest": Digest.SHA384}),
        ("rsa2048", {"padding": Padding.PSS, "digest": Digest.SHA512}),
    ],
)
def test_every_other_way_to_sign_is_accepted_with_a_timestamp(
    pki: DemoPki, kind: str, options: dict[str, Any]
) -> None:
    """RSA-PSS, the largest curve; what is unsigned beside the signature changes nothing."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(letter(*attachments()), credential, timestamps=client(pki.tsa), **options)
    assert len(second_opinion(data, credential.certificate, references=6)) == 6
    assert assert_passed(verifier_for(pki), data).signatures[0].level == "XAdES-B-T"


@pytest.mark.parametrize(
    ("message", "references"), [(letter(), 4), (letter(*attachments()), 6), (status(), 2)]
)
def test_letters_and_status_messages_that_passed_a_hub_are_accepted(
    pki: DemoPki, message: Any, references: int
) -> None:
    """The trace header is outside of what was signed for them too."""
    commune = pki.agency("commune")
    envelope = Envelope.from_bytes(sign(message, commune)).with_trace(TraceHeader(DISTRICT, NOW))
    data = b"".join(envelope.chunks())
    assert len(second_opinion(data, commune.certificate, references)) == references
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize("references", [1, 5, 7])
def test_another_number_of_references_is_refused(pki: DemoPki, references: int) -> None:
    """So the number above is no formality."""
    commune = pki.agency("commune")
    data = sign(letter(*attachments()), commune)
    with pytest.raises(REFUSES):
        second_opinion(data, commune.certificate, references)


def doubled_id(data: bytes) -> bytes:
    forgery = Forgery(data)
    forgery.root.append(element("Decoy", Id="m-1"))
    return forgery.bytes()


def evil_header_in_front(data: bytes) -> bytes:
    forgery = Forgery(data)
    genuine = forgery.message_header
    forgery.header.replace(genuine, forgery.evil_header("m-1"))
    forgery.root.append(genuine)
    return forgery.bytes()


CHANGES = {
    "header": lambda data: edit(data, "V/v báo cáo", "V/v báo cao"),
    "recipient": lambda data: edit(data, str(CENTRAL), "000.00.00.H53"),
    "business": lambda data: edit(data, "BussinessDocType>0", "BussinessDocType>1"),
    "manifest": lambda data: edit(data, "AttachmentName>quyết định", "AttachmentName>Quyết định"),
    "attachment": lambda data: edit(data, b64(ONE), b64(ONE[::-1])),
    "signed info": lambda data: edit(data, 'URI="cid:one"', 'URI="cid:two"'),
    "digest value": lambda data: edit(
        data, between(data, b"<ds:DigestValue>", b"</"), b64(bytes(32))
    ),
    "digest method": lambda data: edit(data, SHA256, Digest.SHA512.value),
    "signature method": lambda data: edit(data, "ecdsa-sha256", "ecdsa-sha384"),
    "signing time": lambda data: edit(data, "02:00:00Z", "03:00:00Z"),
    "role": lambda data: edit(data, "ClaimedRole>agency", "ClaimedRole>leader"),
    "signature value": lambda data: edit(data, between(data, b'-value">', b"</"), b64(bytes(64))),
    "status of the body": lambda data: edit(data, 'Id="m-1.body"', 'Id="m-1.bodi"'),
    "longer attachment": lambda data: edit(data, b64(ONE), b64(ONE + b"\0")),
    "second attachment": lambda data: edit(data, b64(TWO), b64(TWO[::-1])),
    "manifest type": lambda data: edit(data, "ContentType>application/pdf", "ContentType>text/x"),
    "white space in the header": lambda data: edit(data, "<edXML:From>", " <edXML:From>"),
    "reference id": lambda data: edit(data, '-0" URI="#m-1"', '-9" URI="#m-1"'),
    "reference type": lambda data: edit(data, "01903#SignedProperties", "01903#Signed"),
    "every digest method": lambda data: edit(data, SHA256, Digest.SHA512.value, times=3),
    "canonicalization": lambda data: edit(
        data, 'Method Algorithm="' + EXC, f'Method Algorithm="{C14N}'
    ),
    "transform": lambda data: edit(
        data, 'Transform Algorithm="' + EXC, f'Transform Algorithm="{C14N}'
    ),
    "certificate digest": lambda data: edit(
        data,
        between(data, b"DigestMethod><ds:DigestValue xmlns", b"</").rpartition(b">")[2],
        b64(bytes(32)),
    ),
    "no certificate digest": lambda data: edit(
        data, between(data, b"CertDigest><ds:Diges", b"</xades:CertDigest>"), b"tMethod/>"
    ),
    "media type": lambda data: edit(data, "MimeType>text/xml", "MimeType>text/html"),
    "format of another": lambda data: edit(data, '-0"><xades:MimeType', '-1"><xades:MimeType'),
    "properties id": lambda data: edit(data, '-properties"><xades', '-propertiez"><xades'),
    "comma in signed info": lambda data: edit(data, "</ds:SignedInfo>", ",</ds:SignedInfo>"),
    "doubled id": doubled_id,
    "wrapping": evil_header_in_front,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_by_both(pki: DemoPki, change: str) -> None:
    """A disagreement would never be a pass."""
    commune = pki.agency("commune")
    data = sign(letter(*attachments()), commune, timestamps=client(pki.tsa))
    second_opinion(data, commune.certificate, references=6)
    forged = CHANGES[change](data)
    with pytest.raises(REFUSES):
        second_opinion(forged, commune.certificate, references=6)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed


def test_another_key_is_refused_by_both(pki: DemoPki) -> None:
    """The certificate of the district does not check what the commune signed."""
    data = sign(letter(), pki.agency("commune"))
    with pytest.raises(REFUSES):
        second_opinion(data, pki.agency("district").certificate, references=4)
    forgery = Forgery(data).resign(pki.agency("district").private_key)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forgery.bytes())).passed
