"""Signatures that are cheap to send and dear to check: each is refused before the work is done.

The bounds on time are generous by an order of magnitude; without the defence each case takes
minutes or days.
"""

from __future__ import annotations

import copy
import gc
import time
from typing import TYPE_CHECKING, Any

import pytest
from signing_help import (
    NOW,
    Forgery,
    assert_passed,
    assert_refused,
    attachments,
    certify,
    element,
    key_usage,
    leaf,
    letter,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.envelope.names import DS
from docexchange.limits import Limits
from docexchange.signing import SubIndication, VerificationPolicy, Verifier

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

FORMAT = (SubIndication.FORMAT_FAILURE, "signature.format")
COVERAGE = (SubIndication.FORMAT_FAILURE, "signature.coverage")
NO_CHAIN = (SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain")


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Trusts the PKI."""
    return verifier_for(pki)


def seconds(verifier: Verifier, data: bytes) -> float:
    """How long a look takes, of this thread alone."""
    envelope = Envelope.from_bytes(data)
    begin = time.thread_time()
    verifier.examine(envelope)
    return time.thread_time() - begin


def test_certificates_that_all_issue_each_other_do_not_hang_the_verifier(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Thirty-one look-alikes have 31! orders; a path builder tries them all."""
    key = pki.stranger.private_key
    alike = [certify(f"{number}", key=key, ca=True) for number in range(31)]
    name = alike[0].certificate.subject
    ring = [_renamed(item, name, key) for item in alike]
    forgery = Forgery(sign(letter(), pki.stranger))
    forgery.set_certificates(*ring).redigest().resign(key)
    assert seconds(verifier, forgery.bytes()) < 2
    assert_refused(verifier, forgery.bytes(), *NO_CHAIN)


def _renamed(credential: Any, name: Any, key: Any) -> bytes:
    """DER of the same certificate, issued by and to one name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    old = credential.certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(old.serial_number)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature", "key_cert_sign"), critical=True)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_an_agency_cannot_make_look_alikes_that_hang_the_verifier(
    pki: DemoPki, verifier: Verifier
) -> None:
    """They are issued by a genuine certificate, and it may not issue any."""
    commune = pki.agency("commune")
    name, key = commune.certificate.subject, commune.private_key
    alike = [_renamed(certify(f"{number}", key=key, ca=True), name, key) for number in range(31)]
    forgery = Forgery(signed_letter(pki)).set_certificates(*alike[:31], commune.der)
    forgery.redigest().resign(key)
    assert seconds(verifier, forgery.bytes()) < 2
    assert_refused(verifier, forgery.bytes(), *NO_CHAIN)


def test_look_alikes_beside_a_genuine_chain_do_not_hang_it_either(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The signer is genuine, and brings false authorities of the true one's name along."""
    key = pki.stranger.private_key
    name = pki.sub_ca.credential.certificate.subject
    false = [_renamed(certify(f"{number}", key=key, ca=True), name, key) for number in range(30)]
    forgery = Forgery(signed_letter(pki))
    data = forgery.one("//ds:X509Data")
    for certificate in false:
        data.insert(1, leaf("X509Certificate", certificate))
    assert seconds(verifier, forgery.bytes()) < 2
    assert_passed(verifier, forgery.bytes())


def test_too_many_certificates_are_refused(verifier: Verifier, pki: DemoPki) -> None:
    """One more than the limit."""
    forgery = Forgery(signed_letter(pki))
    certificate = forgery.one("//ds:X509Certificate")
    for _ in range(Limits().certificates - 1):
        certificate.addnext(copy.deepcopy(certificate))
    report = assert_refused(verifier, forgery.bytes(), *FORMAT)
    assert "at most 32 certificates, found 33" in report.reason


def test_too_many_signatures_are_refused_unseen(verifier: Verifier, pki: DemoPki) -> None:
    """None of them is validated."""
    forgery = Forgery(signed_letter(pki))
    for _ in range(Limits().signatures):
        forgery.header.append(element("Signature", DS))
    verdict = (SubIndication.FORMAT_FAILURE, "signature.too-many")
    report = assert_refused(verifier, forgery.bytes(), *verdict)
    assert "at most 16 signatures, found 17" in report.reason
    assert len(report.signatures) == 1


def test_too_many_references_are_refused_unread(pki: DemoPki) -> None:
    """The limit is that of the policy."""
    policy = VerificationPolicy(limits=Limits(references=5))
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    report = assert_refused(verifier, signed_letter(pki), *FORMAT)
    assert "at most 5 references, found 6" in report.reason
    assert_passed(verifier, sign(letter(), pki.agency("commune")))


def test_ten_thousand_references_to_one_part_are_refused_before_it_is_digested(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Anybody can sign such a letter; each further reference would cost the whole part again."""
    forgery = Forgery(sign(letter(), pki.stranger))
    forgery.one("//e:MessageHeader/e:Subject").text = "x" * 1_000_000
    reference = copy.deepcopy(forgery.reference("#m-1"))
    del reference.attrib["Id"]
    forgery.redigest()
    forgery.signed_info.extend(copy.deepcopy(reference) for _ in range(10_000))
    forgery.resign(pki.stranger.private_key)
    assert seconds(verifier, forgery.bytes()) < 4
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert "referenced twice" in report.reason


def test_references_to_nested_elements_are_refused_before_they_are_digested(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Each level holds all below it once more."""
    forgery = Forgery(sign(letter(), pki.stranger))
    inner = forgery.header
    for number in range(50):
        inner.append(element("Nest", Id=f"n{number}"))
        inner = inner[-1]
        reference = copy.deepcopy(forgery.reference("#m-1"))
        del reference.attrib["Id"]
        reference.set("URI", f"#n{number}")
        forgery.signed_info.append(reference)
    inner.text = "x" * 1_000_000
    forgery.redigest().resign(pki.stranger.private_key)
    assert seconds(verifier, forgery.bytes()) < 2
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert "something else" in report.reason


def test_a_thousand_attachments_are_verified_in_linear_time(
    pki: DemoPki, verifier: Verifier
) -> None:
    """A thousand references are nothing unusual for a dossier."""
    from docexchange.envelope import Attachment

    many = [Attachment.from_bytes(b"%d" % n, name=f"{n}.txt") for n in range(1000)]
    data = sign(letter(*many), pki.agency("commune"))
    assert seconds(verifier, data) < 4
    assert_passed(verifier, data)


def test_a_refused_path_does_not_keep_what_it_was_judged_with(pki: DemoPki) -> None:
    """The verdict is remembered; the certificates, lists and frames behind it are not."""
    trust = trust_in(pki)
    verifier = Verifier(trust, clock=VirtualClock(NOW))
    assert_refused(
        verifier,
        sign(letter(*attachments()), pki.revoked),
        SubIndication.REVOKED_NO_POE,
        "certificate.revoked",
    )
    gc.collect()
    kept = [held.verdict for held in trust._verdicts._held.values()]
    assert [type(item).__name__ for item in kept] == ["Refusal"]
    assert [(item.__traceback__, item.__cause__, item.__context__) for item in kept] == [
        (None, None, None)
    ]
