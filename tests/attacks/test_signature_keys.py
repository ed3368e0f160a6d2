"""Whose key is it? Keys and algorithms confused, certificates that are not what they seem."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from signing_help import (
    NOW,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    b64,
    certify,
    edit,
    element,
    exclusive,
    key_usage,
    leaf,
    letter,
    named_agency,
    private_key,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.directory import Directory
from docexchange.directory.binding import signer_matches
from docexchange.envelope import Envelope
from docexchange.envelope.names import DS, EDXML
from docexchange.signing import SubIndication, VerificationPolicy, Verifier
from docexchange.signing.certificates import MAX_CERTIFICATE

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import DemoPki

FORMAT = (SubIndication.FORMAT_FAILURE, "signature.format")
VALUE = (SubIndication.SIG_CRYPTO_FAILURE, "signature.value")
NO_CHAIN = (SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain")
BAD_CERTIFICATE = (SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signature.bad-certificate")
SUBSTITUTED = (SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signature.certificate-substituted")
WEAK_KEY = (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "signature.key-size")
WRONG_KIND = (SubIndication.SIG_CRYPTO_FAILURE, "signature.key-kind")
ALGORITHM = (SubIndication.CRYPTO_CONSTRAINTS_FAILURE, "signature.algorithm")
MORE = "http://www.w3.org/2001/04/xmldsig-more#"


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Trusts the PKI."""
    return verifier_for(pki)


@pytest.fixture
def forgery(pki: DemoPki) -> Forgery:
    """The commune's letter with two attachments."""
    return Forgery(signed_letter(pki))


@pytest.fixture
def key(pki: DemoPki) -> Any:
    """The commune's own key."""
    return pki.agency("commune").private_key


# --- algorithms ---


@pytest.mark.parametrize(
    "uri", [MORE + "hmac-sha256", MORE + "hmac-sha512", f"{DS}hmac-sha1", MORE + "hmac-md5"]
)
def test_an_hmac_keyed_with_the_public_key_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, uri: str
) -> None:
    """Everybody has that key: whoever can check such a value can also make it."""
    forgery.set_method(uri)
    public = pki.agency("commune").certificate.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    digest = hmac.digest(secret, exclusive(forgery.signed_info), "sha256")
    forgery.one("//ds:SignatureValue").text = b64(digest)
    verdict = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.algorithm")
    report = assert_refused(verifier, forgery.bytes(), *verdict)
    assert "HMAC" in report.reason


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        (f"{DS}rsa-sha1", "RSA with SHA-1"),
        (f"{DS}dsa-sha1", "DSA with SHA-1"),
        (MORE + "rsa-md5", "RSA with MD5"),
        (MORE + "ecdsa-sha1", "ECDSA with SHA-1"),
        ("http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", "RSA-PSS with SHA-1"),
        ("http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519ph", "Ed25519 over a digest"),
        ("none", "none"),
        ("", "none"),
        ("urn:evil", "urn:evil"),
    ],
)
def test_an_algorithm_outside_the_list_is_refused_by_name(
    verifier: Verifier, forgery: Forgery, key: Any, uri: str, name: str
) -> None:
    """Whatever is not allowed is forbidden, the unknown included."""
    data = forgery.set_method(uri).resign(key).bytes()
    assert name in assert_refused(verifier, data, *ALGORITHM).reason


def test_ecdsa_with_sha1_is_refused_although_the_value_is_good(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The rule decides, not the sum."""
    forgery.set_method(MORE + "ecdsa-sha1").resign(key, hashes.SHA1())
    assert_refused(verifier, forgery.bytes(), *ALGORITHM)


def test_an_rsa_algorithm_over_an_elliptic_key_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The kind of key belongs to the algorithm."""
    assert_refused(
        verifier, forgery.set_method(MORE + "rsa-sha256").resign(key).bytes(), *WRONG_KIND
    )


def test_an_elliptic_algorithm_over_an_rsa_key_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """And the other way round."""
    rsa = certify("RSA", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    forgery.set_certificates(rsa.der).redigest().resign(rsa.private_key)
    assert_refused(verifier, forgery.bytes(), *WRONG_KIND)


def test_another_hash_in_the_method_than_in_the_value_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The value is checked with the hash that ``SignedInfo`` names."""
    assert_refused(verifier, forgery.set_method(MORE + "ecdsa-sha512").resign(key).bytes(), *VALUE)


def test_a_signature_method_with_parameters_is_refused(
    verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """``HMACOutputLength`` and its like can shorten what is compared (CVE-2009-0217)."""
    parameter = element("HMACOutputLength", DS)
    parameter.text = "0"
    forgery.one("//ds:SignatureMethod").append(parameter)
    assert_refused(verifier, forgery.resign(key).bytes(), *FORMAT)


# --- keys ---


@pytest.mark.parametrize(
    ("kind", "method", "named"),
    [
        ("rsa1024", "rsa-sha256", "RSA of 1024 bits"),
        ("secp256k1", "ecdsa-sha256", "secp256k1"),
    ],
)
def test_a_key_outside_the_policy_is_refused_although_the_authority_certified_it(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, kind: str, method: str, named: str
) -> None:
    """Size and kind are the verifier's business, not the issuer's."""
    odd = kind == "secp256k1"
    key = ec.generate_private_key(ec.SECP256K1()) if odd else private_key(kind)
    weak = certify("Weak", issuer=pki.sub_ca.credential, key=key)
    digest = hashes.SHA512() if method.endswith("512") else hashes.SHA256()
    forgery.set_certificates(weak.der).set_method(MORE + method).redigest().resign(key, digest)
    assert named in assert_refused(verifier, forgery.bytes(), *WEAK_KEY).reason


def test_a_policy_may_ask_for_longer_keys(pki: DemoPki) -> None:
    """RSA-2048 passes by default and does not under a policy of 3072 bits."""
    rsa = certify("RSA", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    data = sign(letter(), rsa)
    assert_passed(verifier_for(pki), data)
    strict = VerificationPolicy(min_rsa_bits=3072)
    verifier = Verifier(trust_in(pki), policy=strict, clock=VirtualClock(NOW))
    assert "3072 bits or more" in assert_refused(verifier, data, *WEAK_KEY).reason


def test_another_key_behind_the_same_certificate_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """The district signs and carries the commune's certificate."""
    forgery.resign(pki.agency("district").private_key)
    assert_refused(verifier, forgery.bytes(), *VALUE)


# --- key info ---


def key_value(credential: Any) -> Any:
    """A ``KeyValue`` with the attacker's key."""
    value = element("KeyValue", DS)
    point = credential.private_key.public_key().public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    value.append(etree.Element("{http://www.w3.org/2009/xmldsig11#}ECKeyValue"))
    value[0].text = b64(point)
    return value


def texted(name: str, text: str, **attributes: str) -> Any:
    """A ``ds`` element with text."""
    made = element(name, DS, **attributes)
    made.text = text
    return made


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("name", ["KeyValue", "KeyName", "RetrievalMethod", "PGPData", "SPKIData"])
def test_anything_but_certificates_in_key_info_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, name: str, position: int
) -> None:
    """Two statements about the key invite a reader to take the wrong one."""
    if name == "KeyValue":
        added = key_value(pki.stranger)
    else:
        added = texted(name, "evil", URI="http://example.vn/evil.cer")
    forgery.one("//ds:KeyInfo").insert(position, added)
    report = assert_refused(verifier, forgery.bytes(), *FORMAT)
    assert name in report.reason


def test_a_key_value_instead_of_a_certificate_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """A bare key belongs to nobody."""
    forgery.one("//ds:KeyInfo")[:] = [key_value(pki.stranger)]
    forgery.resign(pki.stranger.private_key)
    assert_refused(verifier, forgery.bytes(), *FORMAT)


@pytest.mark.parametrize("name", ["X509CRL", "X509Digest", "Anything"])
def test_anything_but_certificates_in_x509_data_is_refused(
    verifier: Verifier, forgery: Forgery, name: str
) -> None:
    """Revocation lists come from us, not from the letter."""
    forgery.one("//ds:X509Data").append(texted(name, "AAAA"))
    assert name in assert_refused(verifier, forgery.bytes(), *FORMAT).reason


def test_names_beside_the_certificate_are_read_by_nobody(
    verifier: Verifier, forgery: Forgery
) -> None:
    """What ``X509SubjectName`` claims does not reach the report."""
    forgery.one("//ds:X509Data").insert(0, texted("X509SubjectName", "CN=Thủ tướng"))
    report = assert_passed(verifier, forgery.bytes())
    who = report.signatures[0].signatory
    assert who is not None
    assert who.name == "UBND xã An Thạnh"


def test_key_info_without_a_certificate_is_no_signature(
    verifier: Verifier, forgery: Forgery
) -> None:
    """There is nobody to trust."""
    forgery.one("//ds:X509Data")[:] = [texted("X509SubjectName", "CN=x")]
    verdict = (SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "signature.no-certificate")
    assert_refused(verifier, forgery.bytes(), *verdict)


# --- certificates ---


def test_another_certificate_for_the_same_key_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The signer names the certificate that is meant; another may say other things of the key."""
    twin = certify("UBND xã khác", issuer=pki.sub_ca.credential, key=key, code="000.22.31.H53")
    forgery.one("//ds:X509Certificate").text = b64(twin.der)
    assert_refused(verifier, forgery.bytes(), *SUBSTITUTED)


def test_a_certificate_and_the_digest_that_names_it_cannot_be_replaced_together(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The digest is under the signature."""
    twin = certify("UBND xã khác", issuer=pki.sub_ca.credential, key=key, code="000.22.31.H53")
    forgery.set_certificates(twin.der)
    assert_refused(verifier, forgery.bytes(), SubIndication.HASH_FAILURE, "signature.digest")


def test_the_order_of_the_certificates_matters(verifier: Verifier, forgery: Forgery) -> None:
    """The signer's comes first; anything else is not guessed at."""
    first, second = forgery.one("//ds:X509Data")
    first.text, second.text = second.text, first.text
    assert_refused(verifier, forgery.bytes(), *SUBSTITUTED)


def test_a_stranger_in_the_name_of_the_commune_is_refused(pki: DemoPki, verifier: Verifier) -> None:
    """Same names, same code, from a root nobody trusts and which comes along."""
    assert_refused(verifier, sign(letter(*attachments()), pki.stranger), *NO_CHAIN)


def test_a_self_signed_certificate_is_refused(verifier: Verifier) -> None:
    """Everybody can make one."""
    assert_refused(verifier, sign(letter(), certify("UBND xã An Thạnh")), *NO_CHAIN)


def test_a_false_authority_of_the_same_name_is_refused(pki: DemoPki, verifier: Verifier) -> None:
    """A name proves nothing; the signature on the certificate does."""
    name = pki.sub_ca.credential.certificate.subject
    false = certify("x", ca=True)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(false.private_key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(
                pki.sub_ca.credential.private_key.public_key()
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    certificate = builder.sign(false.private_key, hashes.SHA256())
    false = type(false)(certificate=certificate, private_key=false.private_key)
    assert_refused(verifier, sign(letter(), certify("Giả", issuer=false)), *NO_CHAIN)


def test_an_agency_cannot_issue_certificates(pki: DemoPki, verifier: Verifier) -> None:
    """The commune's genuine key signs a certificate in the name of the central office."""
    commune = pki.agency("commune")
    false = certify("Văn phòng Chính phủ", issuer=commune, code="000.00.00.G22")
    assert_refused(verifier, sign(letter(), false), *NO_CHAIN)


def test_a_letter_of_another_agency_is_refused_by_the_certificate_of_this_one(
    pki: DemoPki,
) -> None:
    """The district's good signature under a letter that says it comes from the commune."""
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)
    data = sign(letter(), pki.agency("district"))
    verdict = (SubIndication.FORMAT_FAILURE, "signature.wrong-sender")
    report = assert_refused(verifier, data, *verdict)
    assert "000.00.31.H53" in report.reason
    assert_passed(verifier, sign(letter(), pki.agency("commune")))


def test_a_second_signature_by_another_agency_spoils_the_letter(pki: DemoPki) -> None:
    """Every signature on a letter must be one that belongs there."""
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)
    data = sign(letter(), pki.agency("commune"))
    data = sign(Envelope.from_bytes(data), pki.agency("district"))
    report = assert_refused(verifier, data, SubIndication.FORMAT_FAILURE, "signature.wrong-sender")
    assert [item.sub_indication for item in report.signatures] == [
        None,
        SubIndication.FORMAT_FAILURE,
    ]


def test_the_directory_decides_whose_certificate_it_is(pki: DemoPki, pki_folder: Path) -> None:
    """A certificate that claims the code of the commune, and which the directory does not list."""
    directory = Directory.from_path(pki_folder / "directory.toml")

    def binding(organ_id: Any, signer: Any, at: Any) -> str:
        found = signer_matches(directory, organ_id, signer.sha256, at=at.date())
        return "" if found.bound else found.reason

    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=binding)
    assert_passed(verifier, sign(letter(), pki.agency("commune")))
    claimed = certify("UBND xã An Thạnh", issuer=pki.sub_ca.credential)
    verdict = (SubIndication.FORMAT_FAILURE, "signature.wrong-sender")
    assert "does not list" in assert_refused(verifier, sign(letter(), claimed), *verdict).reason


# --- certificates that cannot be read ---


def mauled(pki: DemoPki, old: str, new: str) -> bytes:
    """The commune's certificate with some of its DER replaced, given in hexadecimal."""
    return edit(pki.agency("commune").der, bytes.fromhex(old), bytes.fromhex(new))


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("a version that does not exist", "a003020102", "a003020105"),
        ("an unknown curve", "06082a8648ce3d030107", "06082a8648ce3d030177"),
        ("a curve that the point is not on", "06082a8648ce3d030107", "06082a8648ce3d030101"),
        ("an unknown kind of key", "06072a8648ce3d0201", "06072a8648ce3d0277"),
        ("a point that is not on the curve", "03420004", "03420005"),
        ("an extension twice", "0603551d0e", "0603551d0f"),
        ("a key usage that is none", "0603551d0f0101ff0404", "0603551d0f0101ff0405"),
        ("a name that is a string of bits", "0c0b44656d6f20", "030b00656d6f20"),
        ("a length beyond the end", "3082", "30ff"),
    ],
)
def test_a_mauled_certificate_is_a_verdict_and_not_a_crash(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any, what: str, old: str, new: str
) -> None:
    """Anybody can sign a letter so that everything up to the certificate holds."""
    certificate = mauled(pki, old, new)
    data = forgery.set_certificates(certificate).redigest().resign(key).bytes()
    assert assert_refused(verifier, data, *BAD_CERTIFICATE), what


def names_nobody_parses() -> x509.SubjectAlternativeName:
    """An alternative name, to be turned into an x400Address afterwards."""
    return x509.SubjectAlternativeName([x509.DNSName("abc")])


def test_a_general_name_of_an_unsupported_kind_is_a_verdict_and_not_a_crash(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """The parser of the extension raises what is no ``ValueError``."""
    odd = certify(
        "Lạ", issuer=pki.sub_ca.credential, key=key, extensions=[(names_nobody_parses(), False)]
    )
    certificate = edit(odd.der, b"\x82\x03abc", b"\xa3\x03abc")
    data = forgery.set_certificates(certificate).redigest().resign(key).bytes()
    assert_refused(verifier, data, *BAD_CERTIFICATE)


@pytest.mark.parametrize("serial", [0, -5])
def test_a_serial_number_that_is_not_positive_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any, serial: int
) -> None:
    """RFC 5280, clause 4.1.2.2; certificates are told apart by it."""
    parsed = asn1_x509.Certificate.load(pki.agency("commune").der)
    parsed["tbs_certificate"]["serial_number"] = serial
    data = forgery.set_certificates(parsed.dump(force=True)).redigest().resign(key).bytes()
    assert_refused(verifier, data, *BAD_CERTIFICATE)


@pytest.mark.parametrize("octets", [b"", b"\0", b"dummy", b"0\x03\x02\x01\x05", b"0" * 4096])
def test_octets_that_are_no_certificate_are_called_that(
    verifier: Verifier, forgery: Forgery, octets: bytes
) -> None:
    """Dummies in the place of a certificate occur in real messages."""
    forgery.set_certificates(octets)
    assert_refused(verifier, forgery.bytes(), *BAD_CERTIFICATE)


@pytest.mark.parametrize("octets", [b"", b"\0", b"dummy", b"0\x03\x02\x01\x05"])
def test_rubbish_among_the_further_certificates_is_of_no_help_and_no_harm(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, octets: bytes
) -> None:
    """They are hints, and are not signed."""
    commune = pki.agency("commune")
    data = forgery.one("//ds:X509Data")
    data.insert(1, leaf("X509Certificate", octets))
    assert len(data) == 2 + len(commune.chain)
    assert_passed(verifier, forgery.bytes())


def test_a_huge_certificate_is_refused_before_it_is_kept_in_mind(
    pki: DemoPki, verifier: Verifier, forgery: Forgery, key: Any
) -> None:
    """A thousand letters with certificates of ten megabytes would fill the memory."""
    ballast = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), bytes(MAX_CERTIFICATE))
    huge = certify("To", issuer=pki.sub_ca.credential, key=key, extensions=[(ballast, False)])
    data = forgery.set_certificates(huge.der).redigest().resign(key).bytes()
    report = assert_refused(verifier, data, *FORMAT)
    assert f"at most {MAX_CERTIFICATE} octets" in report.reason


def test_a_certificate_with_an_unknown_critical_extension_is_refused(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Critical means: who does not know it must refuse (RFC 5280, clause 4.2)."""
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    odd = certify("Lạ", issuer=pki.sub_ca.credential, extensions=[(unknown, True)])
    report = verifier.examine(Envelope.from_bytes(sign(letter(), odd)))
    assert report.sub_indication is SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    assert report.code == "certificate.path"


@pytest.mark.parametrize("usage", [(), ("key_encipherment",), ("key_agreement", "encipher_only")])
def test_a_certificate_that_may_not_sign_is_refused(
    pki: DemoPki, verifier: Verifier, usage: tuple[str, ...]
) -> None:
    """A certificate for encryption, or one that does not say what it is for."""
    cannot = certify("Mã hóa", issuer=pki.sub_ca.credential, usage=frozenset(usage))
    verdict = (SubIndication.CHAIN_CONSTRAINTS_FAILURE, "certificate.key-usage")
    assert_refused(verifier, sign(letter(), cannot), *verdict)
    assert key_usage(*usage).digital_signature is False


# --- placeholders ---

PLACEHOLDER = f"""<Signature xmlns="{EDXML}"><SignedInfo/><SignatureValue>AAAA</SignatureValue>
<KeyInfo><X509Data><X509SubjectName>CN=VPCP</X509SubjectName>
<X509Certificate>MIID</X509Certificate></X509Data></KeyInfo></Signature>"""


@pytest.mark.parametrize(
    "placeholder",
    [
        PLACEHOLDER,
        "<edXML:DigitalSignature/>",
        '<Signature xmlns=""/>',
        '<Signature xmlns="urn:x"/>',
    ],
)
def test_a_placeholder_in_another_namespace_is_named_for_what_it_is(
    verifier: Verifier, placeholder: str
) -> None:
    """Such elements are all over the real traffic; none of them proves anything."""
    plain = b"".join(Envelope.of(letter()).chunks())
    data = edit(plain, "</edXML:edXMLHeader>", placeholder + "</edXML:edXMLHeader>")
    verdict = (SubIndication.FORMAT_FAILURE, "signature.placeholder")
    assert "placeholder" in assert_refused(verifier, data, *verdict).reason


def test_a_placeholder_beside_a_good_signature_changes_nothing(
    pki: DemoPki, verifier: Verifier
) -> None:
    """It is not a signature, so it is not a bad one either."""
    data = edit(signed_letter(pki), "<ds:Signature ", PLACEHOLDER + "<ds:Signature ")
    assert_passed(verifier, data)


def test_an_unsigned_letter_is_said_to_be_unsigned(verifier: Verifier) -> None:
    """With the decree that says what it is worth."""
    data = b"".join(Envelope.of(letter()).chunks())
    report = assert_refused(verifier, data, SubIndication.FORMAT_FAILURE, "signature.none")
    assert "28/2018" in report.advice
    assert report.signatures[0].signatory is None


def test_a_dummy_certificate_in_a_real_signature_element_is_refused(
    pki: DemoPki, verifier: Verifier, forgery: Forgery
) -> None:
    """The digest of the certificate that the signer named is not that of the dummy."""
    forgery.one("//ds:X509Certificate").text = b64(pki.stranger.der)
    report = assert_refused(verifier, forgery.bytes(), *SUBSTITUTED)
    assert hashlib.sha256(pki.stranger.der).hexdigest() in report.reason
