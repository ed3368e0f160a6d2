"""Letters, keys and forgeries for the tests of signatures.

``Forgery`` is the attacker's workbench: a signed letter as a tree, with the means to make digests
and signature value right again after any change, so that a test shows a rule at work and not a
broken sum.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from docexchange.clock import VirtualClock
from docexchange.envelope import (
    Attachment,
    Document,
    DocumentBuilder,
    Envelope,
    Organization,
    Receipt,
    Status,
    StatusCode,
    status_of,
)
from docexchange.envelope.names import DS, EDXML
from docexchange.errors import VerificationFailed
from docexchange.identifiers import ContentId, MessageId, OrganId
from docexchange.signing import Signer, SigningKey, TrustStore, Verifier
from docexchange.signing.xades.properties import SIGNED_PROPERTIES, XADES
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import Authority, Credential, new_key, subject_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.envelope import Message
    from docexchange.signing import Report, Signatory, SubIndication
    from docexchange.testing import DemoPki, KeyKind

NOW: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
COMMUNE: Final = OrganId("000.21.31.H53")
CENTRAL: Final = OrganId("000.00.00.G22")
DISTRICT: Final = OrganId("000.00.31.H53")
NAMES: Final = {"ds": DS, "xades": XADES, "e": EDXML}
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
PLAIN_RECEIPT: Final = Receipt(
    message_id=MessageId("m-1"),
    recipient=CENTRAL,
    from_node=COMMUNE,
    issuer=DISTRICT,
    sha256="0" * 64,
    size=4096,
    at=NOW,
    hop=1,
    accepted=True,
)
"""Of the district, for a letter of the commune."""
SHA2: Final = (Digest.SHA256, Digest.SHA384, Digest.SHA512)
"""The digests we sign with."""
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
ONE: Final = b"%PDF-1.4 one"
TWO: Final = b"%PDF-1.4 two and more"


# --- letters ---


def attachments() -> tuple[Attachment, Attachment]:
    """Two small files with known content ids."""
    return (
        Attachment.from_bytes(ONE, name="quyết định.pdf", content_id=ContentId("one")),
        Attachment.from_bytes(TWO, name="phụ lục.pdf", content_id=ContentId("two")),
    )


def letter(*attached: Attachment, identity: str = "m-1", subject: str = "V/v báo cáo") -> Document:
    """A letter of the commune to the central office."""
    return (
        DocumentBuilder()
        .message_id(MessageId(identity))
        .sender(Organization(COMMUNE, "UBND xã An Thạnh"))
        .to(Organization(CENTRAL, "Văn phòng Chính phủ"))
        .code("12", "UBND-VX")
        .promulgated(date(2026, 3, 2), place="An Thạnh")
        .type("Công văn")
        .subject(subject)
        .signer("Nguyễn Thị Hoa")
        .attach(*attached)
        .build()
    )


def status() -> Status:
    """The commune tells that a letter of the central office has arrived."""
    document = replace(letter(), sender=Organization(CENTRAL, "Văn phòng Chính phủ"))
    reporter = Organization(COMMUNE, "UBND xã An Thạnh")
    return status_of(
        document, StatusCode.ARRIVED, reporter=reporter, at=NOW, message_id=MessageId("st-1")
    )


def sign(
    message: Message | Envelope, credential: Credential, *, role: str = "agency", **options: Any
) -> bytes:
    """The bytes of a signed letter."""
    signer = Signer(signing_key(credential), clock=VirtualClock(NOW), role=role, **options)
    return b"".join(signer.sign(message).envelope.chunks())


@cache
def signed_letter(pki: DemoPki) -> bytes:
    """The commune's letter with two attachments, under its seal."""
    return sign(letter(*attachments()), pki.agency("commune"))


@cache
def signed_status(pki: DemoPki) -> bytes:
    """The commune's status message, under its seal."""
    return sign(status(), pki.agency("commune"))


# --- keys, certificates, trust ---


def signing_key(credential: Credential) -> SigningKey:
    """A credential as what ``Signer`` takes."""
    return SigningKey(
        private_key=credential.private_key,
        certificate=credential.certificate,
        chain=credential.chain,
    )


def der(item: Any) -> bytes:
    """DER of a certificate or revocation list."""
    return item.public_bytes(Encoding.DER)


def trust_in(pki: DemoPki, **options: Any) -> TrustStore:
    """The root of a PKI with its revocation lists."""
    return TrustStore([pki.root.credential.der], crls=[der(item) for item in pki.crls()], **options)


@cache
def verifier_for(pki: DemoPki, **options: Any) -> Verifier:
    """A verifier whose present is that of the PKI."""
    return Verifier(trust_in(pki), clock=VirtualClock(NOW), **options)


def named_agency(organ_id: OrganId, signer: Signatory, _at: datetime) -> str:
    """A binding that believes the agency code in the certificate."""
    if signer.organ_id == organ_id:
        return ""
    return f"expected a certificate of {organ_id}, found one of {signer.organ_id}"


SIGNS: Final = frozenset({"digital_signature", "content_commitment"})
CERTIFIES: Final = frozenset({"key_cert_sign", "crl_sign"})
_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def key_usage(*allowed: str) -> x509.KeyUsage:
    """The extension with these bits set."""
    return x509.KeyUsage(**{name: name in allowed for name in _USAGES})


def certify(
    name: str,
    *,
    issuer: Credential | None = None,
    key: Any = None,
    begin: datetime = NOW - timedelta(days=30),
    end: datetime = NOW + timedelta(days=300),
    ca: bool = False,
    path_length: int | None = None,
    usage: frozenset[str] | None = None,
    extensions: Sequence[tuple[Any, bool]] = (),
    digest: Any = None,
    code: str = str(COMMUNE),
) -> Credential:
    """A certificate as one likes it; signed by itself when there is no issuer.

    Args:
        name: common name.
        issuer: who signs it.
        key: private or public key; a fresh one on P-256 when left out.
        begin: valid from.
        end: valid to.
        ca: whether it may issue others.
        path_length: how many more authorities may stand below it.
        usage: names of key usages; the usual ones when left out, none of it when empty.
        extensions: more of them, each with whether it is critical.
        digest: what the issuer signs with.
        code: agency code.
    """
    key = key or new_key("p256")
    public = key.public_key() if hasattr(key, "public_key") else key
    subject = subject_name(name, code=code)
    above = issuer.certificate.subject if issuer else subject
    allowed = usage if usage is not None else (CERTIFIES if ca else SIGNS)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    )
    if allowed:
        builder = builder.add_extension(key_usage(*allowed), critical=True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    signing = issuer.private_key if issuer else key
    keyed = hasattr(signing, "curve") or hasattr(signing, "key_size")
    certificate = builder.sign(signing, (digest or hashes.SHA256()) if keyed else None)
    chain = (issuer.certificate, *issuer.chain) if issuer and not self_signed(issuer) else ()
    return Loose(certificate=certificate, private_key=key, chain=chain)


def self_signed(credential: Credential) -> bool:
    """Whether it stands at the top."""
    return credential.certificate.issuer == credential.certificate.subject


class Loose(Credential):
    """A credential whose key need not be one that may sign letters."""

    def __post_init__(self) -> None:
        """Nothing is checked."""


def revocation_list(
    issuer: Credential,
    *revoked: Credential,
    at: datetime = NOW - timedelta(hours=1),
    lifetime: timedelta = timedelta(days=30),
    since: datetime = NOW - timedelta(days=1),
) -> bytes:
    """DER of a list by this issuer."""
    authority = Authority(credential=issuer, crl_uri="http://crl.demo.invalid/x.crl")
    entries = {item.certificate: since for item in revoked}
    return der(authority.crl(entries, at=at, lifetime=lifetime))


@cache
def private_key(kind: KeyKind | str) -> Any:
    """A key of each kind, made once: RSA keys are slow to make."""
    if kind == "rsa1024":
        return rsa.generate_private_key(public_exponent=65537, key_size=1024)
    if kind == "p521":
        return ec.generate_private_key(ec.SECP521R1())
    return new_key(kind)


# --- verdicts ---


def assert_refused(
    verifier: Verifier, data: bytes | Envelope, sub_indication: SubIndication, code: str
) -> Report:
    """The report, after asserting that both doors say no, with this reason."""
    envelope = data if isinstance(data, Envelope) else Envelope.from_bytes(data)
    report = verifier.examine(envelope)
    assert (report.sub_indication, report.code) == (sub_indication, code), report.summary
    assert report.indication is sub_indication.indication
    assert not report.passed
    with pytest.raises(VerificationFailed) as caught:
        verifier.verify(envelope)
    assert caught.value.report == report
    assert caught.value.code == code
    return report


def assert_passed(verifier: Verifier, data: bytes | Envelope) -> Report:
    """The report, after asserting that the letter passes."""
    envelope = data if isinstance(data, Envelope) else Envelope.from_bytes(data)
    report = verifier.examine(envelope)
    assert report.passed, report.summary
    assert verifier.verify(envelope).report == report
    return report


def content(data: bytes | Envelope) -> tuple[Message, list[tuple[str, ...]], list[bytes]]:
    """What an application sees of a letter: fields, what attachments are called, their octets."""
    envelope = data if isinstance(data, Envelope) else Envelope.from_bytes(data)
    message, attached = envelope.message, envelope.message.attachments
    fields = replace(message, attachments=()) if isinstance(message, Document) else message
    names = [
        (item.content_id.uri, item.name, item.media_type, item.description) for item in attached
    ]
    return fields, names, [b"".join(item.chunks()) for item in attached]


# --- forgeries ---


class Forgery:
    """A signed letter as a tree that can be changed, and made to add up again."""

    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)

    def one(self, path: str) -> Any:
        """The first element at a path (prefixes ``e``, ``ds`` and ``xades``)."""
        found = self.root.xpath(path, namespaces=NAMES)
        assert found, path
        return found[0]

    @property
    def header(self) -> Any:
        """``edXMLHeader``."""
        return self.one("e:edXMLEnvelope/e:edXMLHeader")

    @property
    def message_header(self) -> Any:
        """The signed one, wherever it has been moved to."""
        return self.one("//e:MessageHeader[@Id='m-1']")

    @property
    def signature(self) -> Any:
        """The first in the header."""
        return self.one("e:edXMLEnvelope/e:edXMLHeader/ds:Signature")

    @property
    def signed_info(self) -> Any:
        """Of the first signature."""
        return self.one("//ds:Signature/ds:SignedInfo")

    def reference(self, uri: str) -> Any:
        """The reference to a URI."""
        return self.one(f"//ds:SignedInfo/ds:Reference[@URI='{uri}']")

    @property
    def own_reference(self) -> Any:
        """The reference to the signed properties."""
        return self.one(f"//ds:SignedInfo/ds:Reference[@Type='{SIGNED_PROPERTIES}']")

    def evil_header(self, identity: str | None = "evil") -> Any:
        """A copy of the message header that says something else."""
        evil = copy.deepcopy(self.message_header)
        evil.find(f"{{{EDXML}}}Subject").text = "Chuyển tiền"
        evil.attrib.pop("Id")
        if identity is not None:
            evil.set("Id", identity)
        return evil

    def set_certificates(self, *certificates: bytes) -> Forgery:
        """Carry other certificates; the signed properties name the first of them."""
        data = self.one("//ds:Signature/ds:KeyInfo/ds:X509Data")
        data[:] = [leaf("X509Certificate", certificate) for certificate in certificates]
        value = self.one("//xades:CertDigest/ds:DigestValue")
        value.text = b64(hashlib.sha256(certificates[0]).digest())
        return self

    def set_method(self, uri: str) -> Forgery:
        """Claim another signature algorithm."""
        self.one("//ds:SignedInfo/ds:SignatureMethod").set("Algorithm", uri)
        return self

    def redigest(self) -> Forgery:
        """Make the digests of same-document references right."""
        for reference in self.root.iterfind(f".//{{{DS}}}SignedInfo/{{{DS}}}Reference"):
            found = self.root.xpath("//*[@Id=$id]", id=(reference.get("URI") or "")[1:])
            value = reference.find(f"{{{DS}}}DigestValue")
            if found and value is not None:
                value.text = b64(hashlib.sha256(exclusive(found[0])).digest())
        return self

    def resign(self, key: Any, digest: Any = None) -> Forgery:
        """Make the signature value right, with any kind of key."""
        value = self.one("//ds:Signature/ds:SignatureValue")
        value.text = b64(raw_signature(key, exclusive(self.signed_info), digest))
        return self

    def bytes(self) -> bytes:
        """The letter."""
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")


def raw_signature(key: Any, data: bytes, digest: Any = None) -> bytes:
    """A signature value as XML signatures want it, by any kind of key."""
    digest = digest or hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), digest)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size = (key.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(
            key.sign(data, ec.ECDSA(digest, deterministic_signing=True))
        )
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    return key.sign(data)


def exclusive(element: Any) -> bytes:
    """Exclusive canonical XML, by lxml, of an element in its document."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def leaf(name: str, octets: bytes) -> Any:
    """A ``ds`` element with base64 in it."""
    element = etree.Element(f"{{{DS}}}{name}")
    element.text = b64(octets)
    return element


def element(name: str, namespace: str = EDXML, **attributes: str) -> Any:
    """An empty element."""
    return etree.Element(f"{{{namespace}}}{name}", attributes)


def b64(octets: bytes) -> str:
    """Base64 as text."""
    return base64.b64encode(octets).decode()


def edit(data: bytes, old: bytes | str, new: bytes | str, *, times: int = 1) -> bytes:
    """Replace text that must be there."""
    old, new = (item.encode() if isinstance(item, str) else item for item in (old, new))
    assert data.count(old) >= times, old
    return data.replace(old, new, times)


def between(data: bytes, before: bytes, after: bytes) -> bytes:
    """What stands between two marks."""
    found = re.search(re.escape(before) + b"(.*?)" + re.escape(after), data, re.DOTALL)
    assert found, before
    return found[1]
