"""Keys that are for RSA-PSS alone: whatever they signed otherwise, their owner did not sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import algos, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
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
    verifier_for,
)

from docexchange.envelope import Envelope
from docexchange.errors import UnusableKey
from docexchange.signing import SubIndication, VerificationPolicy, prepare
from docexchange.signing.errors import Refusal
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


def test_timestamps_and_pdf_files_are_held_to_it(pki: DemoPki) -> None:
    """They ask the same policy."""
    certificate = credential_for(pki, only("sha512", 64)).certificate
    VerificationPolicy().check_certificate(certificate, SignatureAlgorithm.PSS_SHA512)
    with pytest.raises(Refusal) as caught:
        VerificationPolicy().check_certificate(certificate, SignatureAlgorithm.PSS_SHA256)
    assert caught.value.code == "signature.key-parameters"
