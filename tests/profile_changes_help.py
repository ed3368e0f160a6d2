"""What may become of a signed letter of our profile, by name, and the letter before it is signed.

>>> CHANGES["recipient"](data)     # the same letter, to somebody else
>>> template_of(data)              # the same letter, for another program to sign
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from lxml import etree
from signing_help import (
    CENTRAL,
    EXCLUSIVE,
    ONE,
    SHA256,
    TWO,
    Forgery,
    b64,
    between,
    edit,
    element,
    leaf,
)

from docexchange.envelope.names import DS, edxml
from docexchange.signing.xades.properties import XADES
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from collections.abc import Callable


def _decoy(data: bytes) -> bytes:
    forgery = Forgery(data)
    forgery.root.append(element("Decoy", Id="m-1"))
    return forgery.bytes()


def _evil_header_in_front(data: bytes) -> bytes:
    forgery = Forgery(data)
    genuine = forgery.message_header
    forgery.header.replace(genuine, forgery.evil_header("m-1"))
    forgery.root.append(genuine)
    return forgery.bytes()


def _other_certificate(data: bytes) -> bytes:
    forgery = Forgery(data)
    forgery.one("//xades:CertDigest/ds:DigestValue").text = b64(bytes(32))
    return forgery.bytes()


def template_of(data: bytes) -> bytes:
    """A letter with all of our profile but digests, value and certificates.

    Args:
        data: a signed letter.
    """
    forgery = Forgery(data)
    for name in ("DigestValue", "SignatureValue"):
        for found in forgery.root.iterfind(f".//ds:Signature//ds:{name}", {"ds": DS}):
            if not found.xpath("ancestor::xades:CertDigest", namespaces={"xades": XADES}):
                found.text = None
    held = forgery.one("//ds:X509Data")
    held[:] = [leaf("X509Certificate", b"")]
    held[0].text = None
    return forgery.bytes()


def extracted(data: bytes) -> dict[str, bytes]:
    """Attachments by their URI, taken out of a letter by an eye other than ours."""
    root = etree.fromstring(data)
    return {
        item.findtext(edxml("ContentId")): base64.b64decode(
            item.findtext(edxml("ContentTransferEncoded"))
        )
        for item in root.iter(edxml("Attachment"))
    }


CHANGES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "header": lambda data: edit(data, "V/v báo cáo", "V/v báo cao"),
    "white space in the header": lambda data: edit(data, "<edXML:From>", " <edXML:From>"),
    "recipient": lambda data: edit(data, str(CENTRAL), "000.00.00.H53"),
    "business": lambda data: edit(data, "BussinessDocType>0", "BussinessDocType>1"),
    "manifest name": lambda data: edit(
        data, "AttachmentName>quyết định", "AttachmentName>Quyết định"
    ),
    "manifest type": lambda data: edit(data, "ContentType>application/pdf", "ContentType>text/x"),
    "body id": lambda data: edit(data, 'Id="m-1.body"', 'Id="m-1.bodi"'),
    "attachment": lambda data: edit(data, b64(ONE), b64(ONE[::-1])),
    "longer attachment": lambda data: edit(data, b64(ONE), b64(ONE + b"\0")),
    "attachments swapped": lambda data: edit(
        edit(edit(data, b64(ONE), "@"), b64(TWO), b64(ONE)), "@", b64(TWO)
    ),
    "signed info": lambda data: edit(data, 'URI="cid:one"', 'URI="cid:two"'),
    "reference id": lambda data: edit(data, '-0" URI="#m-1"', '-9" URI="#m-1"'),
    "digest value": lambda data: edit(
        data, between(data, b"<ds:DigestValue>", b"</"), b64(bytes(32))
    ),
    "digest method": lambda data: edit(data, SHA256, Digest.SHA512.value, times=3),
    "signature method": lambda data: edit(data, "ecdsa-sha256", "ecdsa-sha384"),
    "signing time": lambda data: edit(data, "02:00:00Z", "03:00:00Z"),
    "role": lambda data: edit(data, "ClaimedRole>agency", "ClaimedRole>leader"),
    "signature value": lambda data: edit(data, between(data, b'-value">', b"</"), b64(bytes(64))),
    "reference type": lambda data: edit(data, "01903#SignedProperties", "01903#Signed"),
    "reference left out": lambda data: edit(
        data, b"<ds:Reference " + between(data, b"<ds:Reference ", b"</ds:Reference>"), b"<ds:X>"
    ).replace(b"<ds:X></ds:Reference>", b"", 1),
    "canonicalization": lambda data: edit(
        data,
        'Method Algorithm="' + EXCLUSIVE,
        'Method Algorithm="http://www.w3.org/2006/12/xml-c14n11',
    ),
    "transform": lambda data: edit(
        data,
        'Transform Algorithm="' + EXCLUSIVE,
        'Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11',
    ),
    "transform with comments": lambda data: edit(
        data,
        'Transform Algorithm="' + EXCLUSIVE,
        'Transform Algorithm="' + EXCLUSIVE + "WithComments",
    ),
    "certificate digest": lambda data: edit(
        data, between(data, b"CertDigest><ds:Diges", b"</xades:CertDigest>"), b"tMethod/>"
    ),
    "media type": lambda data: edit(data, "MimeType>text/xml", "MimeType>text/html"),
    "format of another": lambda data: edit(data, '-0"><xades:MimeType', '-1"><xades:MimeType'),
    "properties id": lambda data: edit(data, '-properties"><xades', '-propertiez"><xades'),
    "header id": lambda data: edit(data, 'MessageHeader Id="m-1"', 'MessageHeader Id="m-2"'),
    "white space in the properties": lambda data: edit(
        data, "<xades:SigningTime>", " <xades:SigningTime>"
    ),
    "comma in signed info": lambda data: edit(data, "</ds:SignedInfo>", ",</ds:SignedInfo>"),
    "namespace": lambda data: edit(data, 'xmlns:ds="', 'xmlns:ds="x:', times=1),
    "digest method of one": lambda data: edit(data, SHA256, Digest.SHA512.value),
    "second attachment": lambda data: edit(data, b64(TWO), b64(TWO[::-1])),
    "certificate digest of another": _other_certificate,
    "decoy with a signed id": _decoy,
    "header with the id of the signed one": _evil_header_in_front,
}
"""Each changes something that the signature covers, or what it covers."""

TAKEN_BY_LIBXMLSEC: Final = {
    "decoy with a signed id": "it takes the first element with the id, or is told which elements "
    "have ids; we let no id stand twice, whoever it belongs to",
}
"""What xmlsec1 and python-xmlsec take and we refuse, each with the reason."""
