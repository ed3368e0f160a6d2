"""Keys that are for RSA-PSS alone: whatever they signed otherwise, their owner did not sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import algos, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from signing_help import (
    NOW,
    Forgery,
    Loose,
    assert_passed,
    assert_refused,
    certify,
    der,
    letter,
    private_key,
    sign,
    verifier_for,
)

from docexchange.envelope import Envelope
from docexchange.signing import SubIndication, VerificationPolicy, prepare
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import ENVELOPED, Padding, SignatureAlgorithm

if TYPE_CHECKING:
    from docexchange.testing import Credential, DemoPki

PKCS1 = SignatureAlgorithm.RSA_SHA256


@pytest.fixture
def credential(pki: DemoPki) -> Credential:
    """An RSA key whose certificate says id-RSASSA-PSS (RFC 4055, clause 1.2)."""
    issuer = pki.sub_ca.credential
    usual = certify("PSS alone", issuer=issuer, key=private_key("rsa2048"))
    tree = asn1_x509.Certificate.load(usual.der)
    key = tree["tbs_certificate"]["subject_public_key_info"]
    numbers = key["public_key"].parsed
    key["algorithm"] = {"algorithm": "rsassa_pss"}
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
