"""Keys that are for RSA-PSS alone: whatever they signed otherwise, their owner did not sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from pdf_help import cms_of, covered_by, examined, ranges, signed, typed, with_value
from signing_help import (
    NOW,
    Forgery,
    Loose,
    assert_passed,
    assert_refused,
    b64,
    certify,
    der,
    exclusive,
    letter,
    private_key,
    sign,
    trust_in,
    verifier_for,
)
from timestamp_help import DATA, Forged, authority

from docexchange.envelope import Envelope
from docexchange.errors import UnusableKey
from docexchange.signing import SubIndication, VerificationPolicy, prepare
from docexchange.signing.errors import Refusal
from docexchange.signing.token_checks import check_made
from docexchange.signing.tokens import pss_parameters, read_token
from docexchange.signing.xmldsig.algorithms import (
    ENVELOPED,
    Digest,
    Padding,
    SignatureAlgorithm,
)

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki

PKCS1 = SignatureAlgorithm.RSA_SHA256
DEFAULTS = algos.RSASSAPSSParams.load(b"\x30\x00")
"""Present and empty: those of the standard, which are of SHA-1."""


def credential_for(pki: DemoPki, parameters: Any = None) -> Credential:
    """An RSA key whose certificate says id-RSASSA-PSS, and maybe with which parameters."""
    issuer = pki.sub_ca.credential
    usual = certify("PSS alone", issuer=issuer, key=private_key("rsa2048"))
    tree = asn1_x509.Certificate.load(usual.der)
    key = tree["tbs_certificate"]["subject_public_key_info"]
    numbers = key["public_key"].parsed
    told = {} if parameters is None else {"parameters": parameters}
    key["algorithm"] = {"algorithm": "rsassa_pss", **told}
    key["public_key"] = numbers
    body = tree["tbs_certificate"].dump(force=True)
    value = issuer.private_key.sign(body, ec.ECDSA(hashes.SHA256()))  # type: ignore[call-arg, arg-type]
    made = core.SequenceOf(
        [
            asn1_x509.TbsCertificate.load(body),
            algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            core.OctetBitString(value),
        ],
        spec=core.Any,
    )
    certificate = x509.load_der_x509_certificate(made.dump())
    return Loose(certificate=certificate, private_key=usual.private_key, chain=usual.chain)


@pytest.fixture
def credential(pki: DemoPki) -> Credential:
    """One that says nothing besides (RFC 4055, clause 1.2)."""
    return credential_for(pki)


def only(digest: str, salt: int, *, mask: str = "") -> dict[str, Any]:
    """What a key says that is for this digest alone."""
    return {
        "hash_algorithm": {"algorithm": digest},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": mask or digest}},
        "salt_length": salt,
    }


def test_whatever_is_wished_for_it_signs_with_pss(pki: DemoPki, credential: Credential) -> None:
    """Nobody could verify anything else: here, and where the key is elsewhere."""
    found = assert_passed(verifier_for(pki), sign(letter(), credential)).signatures[0]
    assert found.algorithm == SignatureAlgorithm.PSS_SHA256
    certificates = [credential.certificate, *credential.chain]
    prepared = prepare(Envelope.of(letter()), certificates, at=NOW, padding=Padding.PKCS1)
    assert prepared.algorithm is SignatureAlgorithm.PSS_SHA256


def test_a_letter_that_it_signed_in_another_way_is_refused(
    pki: DemoPki, credential: Credential
) -> None:
    """The value is good, and the certificate says that it cannot be."""
    forgery = Forgery(sign(letter(), credential))
    forgery.one("//ds:SignatureMethod").set("Algorithm", PKCS1.value)
    data = forgery.resign(credential.private_key).bytes()
    verdict = (SubIndication.SIG_CRYPTO_FAILURE, "signature.key-kind")
    assert_refused(verifier_for(pki), data, *verdict)


def test_other_xml_is_held_to_it_as_well(pki: DemoPki, credential: Credential) -> None:
    """By the general engine; the same key under a certificate for RSA passes."""
    verifier = verifier_for(pki, policy=VerificationPolicy.general())
    usual = certify("PSS alone", issuer=pki.sub_ca.credential, key=credential.private_key)
    codes = []
    for one in (credential, usual):
        root: Any = etree.fromstring("<invoice/>")
        info = certificate_info(one.der, *map(der, one.chain))
        key = one.private_key
        sign_into(root, [Ref("", (ENVELOPED,))], key=key, info=info, method=PKCS1.value)
        codes.append(verifier.examine_xml(etree.tostring(root)).code)
    assert codes == ["signature.key-kind", ""]


def test_the_policy_says_so_for_timestamps_and_pdf_files(credential: Credential) -> None:
    """All of them ask it about certificates."""
    policy = VerificationPolicy()
    policy.check_certificate(credential.certificate, SignatureAlgorithm.PSS_SHA256)
    with pytest.raises(Refusal, match="RSA-PSS keys, found RSA_SHA256"):
        policy.check_certificate(credential.certificate, PKCS1)


def test_a_key_for_one_digest_signs_with_that(pki: DemoPki) -> None:
    """Nobody has to know what its certificate says; another wish is refused, here and elsewhere."""
    credential = credential_for(pki, only("sha384", 48))
    found = assert_passed(verifier_for(pki), sign(letter(), credential)).signatures[0]
    assert found.algorithm == SignatureAlgorithm.PSS_SHA384
    certificates = [credential.certificate, *credential.chain]
    prepared = prepare(Envelope.of(letter()), certificates, at=NOW)
    assert prepared.algorithm is SignatureAlgorithm.PSS_SHA384
    for refused in (
        lambda: sign(letter(), credential, digest=Digest.SHA256),
        lambda: prepare(Envelope.of(letter()), certificates, at=NOW, digest=Digest.SHA256),
    ):
        with pytest.raises(UnusableKey) as caught:
            refused()
        assert caught.value.code == "key.parameters"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        (only("sha256", 32), ""),
        (only("sha256", 20), ""),
        (only("sha384", 48), "signature.key-parameters"),
        (only("sha256", 33), "signature.key-parameters"),
        (only("sha256", 32, mask="sha512"), "signature.key-parameters"),
        (DEFAULTS, "signature.key-parameters"),
    ],
)
def test_a_signature_is_held_to_what_the_key_is_for(
    pki: DemoPki, parameters: Any, code: str
) -> None:
    """Digest and mask must be those, the salt at least as long (RFC 4055, clause 3.3)."""
    free, bound = credential_for(pki), credential_for(pki, parameters)
    forgery = Forgery(sign(letter(), free)).set_certificates(bound.der, *map(der, bound.chain))
    signed = exclusive(forgery.redigest().signed_info)
    filled, sha256 = padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    value = bound.private_key.sign(signed, filled, sha256)  # type: ignore[call-arg, arg-type]
    forgery.one("//ds:Signature/ds:SignatureValue").text = b64(value)
    data = forgery.bytes()
    if code:
        assert_refused(verifier_for(pki), data, SubIndication.SIG_CRYPTO_FAILURE, code)
    else:
        assert verifier_for(pki).examine(Envelope.from_bytes(data)).passed


def used(mask: str, salt: int) -> Any:
    """SHA-256 with another mask, or another salt."""
    return algos.SignedDigestAlgorithm(
        {"algorithm": "rsassa_pss", "parameters": only("sha256", salt, mask=mask)}
    )


def value_of(signed: bytes, credential: Credential, mask: str, salt: int) -> bytes:
    """The value so."""
    digest = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[mask]
    key: Any = credential.private_key
    return bytes(key.sign(signed, padding.PSS(padding.MGF1(digest), salt), hashes.SHA256()))


@pytest.mark.parametrize(("mask", "salt"), [("sha256", 32), ("sha256", 48), ("sha1", 32)])
def test_a_pdf_file_signed_as_the_key_asks_for_passes(pki: DemoPki, mask: str, salt: int) -> None:
    """Also where that is not the usual mask or salt; and with the usual ones it does not then."""
    credential = credential_for(pki, only("sha256", salt, mask=mask))
    pdf = signed(typed(), pki.leader("commune"))
    usual = ("sha256", 32)
    for way in ((mask, salt), usual):
        tree = cms_of(covered_by(pdf), pki.leader("commune"))
        held = asn1_x509.Certificate.load(credential.der)
        info = tree["content"]["signer_infos"][0]
        tree["content"]["certificates"] = [
            asn1_x509.Certificate.load(item)
            for item in (credential.der, *map(der, credential.chain))
        ]
        number = {"issuer": held.issuer, "serial_number": held.serial_number}
        info["sid"] = cms.SignerIdentifier("issuer_and_serial_number", number)
        kept = [item for item in info["signed_attrs"] if item["type"].native in _OF_CONTENT]
        info["signed_attrs"] = attributes = cms.CMSAttributes(kept)
        info["signature_algorithm"] = used(*way)
        info["signature"] = value_of(attributes.dump(), credential, *way)
        report = examined(with_value(pdf, ranges(pdf)[0], tree.dump(force=True)), trust_in(pki))
        assert (report.indication == "TOTAL-PASSED") is (way == (mask, salt)), report.reason


_OF_CONTENT = {"content_type", "message_digest"}


def test_timestamps_are_held_to_it(pki: DemoPki) -> None:
    """Made as the key asks for, the next step decides; not with a shorter salt or another mask."""
    credential = credential_for(pki, only("sha256", 48, mask="sha1"))
    held = asn1_x509.Certificate.load(credential.der)
    mark = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": held.sha256}
    named = tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(mark)]})
    number = {"issuer": held.issuer, "serial_number": held.serial_number}
    wrong = "timestamp.key-parameters"
    ways = (("sha1", 48, "timestamp.purpose"), ("sha1", 32, wrong), ("sha256", 48, wrong))
    for mask, salt, code in ways:
        forged = Forged(authority(pki.tsa).stamp(DATA), pki.tsa)
        forged.attributes(signing_certificate_v2=[named])
        forged.signed["certificates"] = [held]
        forged.signer["sid"] = cms.SignerIdentifier("issuer_and_serial_number", number)
        forged.signer["signature_algorithm"] = used(mask, salt)
        octets = b"\x31" + forged.signer["signed_attrs"].dump()[1:]
        forged.signer["signature"] = value_of(octets, credential, mask, salt)
        with pytest.raises(Refusal) as caught:
            check_made(read_token(forged.der()), DATA, policy=VerificationPolicy())
        assert caught.value.code == code, caught.value


@pytest.mark.parametrize(
    "parameters",
    [b"", b"\x05\x00", b"\x02\x01\x01", b"\x30\x05\xa1\x03\x02\x01\x01"],
    ids=["absent", "NULL", "number", "mask that is a number"],
)
def test_parameters_that_cannot_be_read_are_none(parameters: bytes) -> None:
    """Whoever makes a file decides what stands there: it is refused, and nothing breaks."""
    content = core.ObjectIdentifier("1.2.840.113549.1.1.10").dump() + parameters
    signed_with = algos.SignedDigestAlgorithm.load(b"\x30" + bytes([len(content)]) + content)
    assert pss_parameters(signed_with) is None
