"""What is asked of the facts about one signature of a PDF file, before any question of trust.

>>> check_form(facts)
>>> certificate = certificate_of(facts)
>>> check_digest(facts)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.signing.certificates import load_der, signatory
from docexchange.signing.errors import Refusal
from docexchange.signing.pdf.facts import Changes, Coverage
from docexchange.signing.tokens import pss_parameters, signature_algorithm
from docexchange.signing.verdicts import SubIndication

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.signing.pdf.facts import SignatureFacts
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = [
    "PADES",
    "accepted_algorithm",
    "certificate_of",
    "check_changes",
    "check_digest",
    "check_form",
    "check_gap",
    "check_value",
    "unread",
]

PADES: Final = "/ETSI.CAdES.detached"
"""How signatures after PAdES are written."""
_FORMS: Final = {PADES, "/adbe.pkcs7.detached"}
_FORGED: Final = "The file was changed after signing, or the signature is a forgery. Do not use it."
_HARMLESS: Final = {Changes.NONE, Changes.TIMESTAMPS}
_OPEN: Final = {"FILL_FORMS", "ANNOTATE"}
"""Permissions of a signature after which anybody may fill in a form."""


def check_form(facts: SignatureFacts) -> None:
    """It could be read, is of a known kind, and leaves out its own octets alone."""
    if facts.problem:
        raise unread(facts)
    if facts.form not in _FORMS:
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            f"expected a signature of the form {' or '.join(sorted(_FORMS))}, found "
            f"{facts.form[:80] or 'none named'}",
            code="pdf.form",
            advice="Ask for a signature after PAdES.",
        )
    check_gap(facts)


def unread(facts: SignatureFacts) -> Refusal:
    """The refusal of a signature that could not be read."""
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        f"expected a signature that can be read, found one that cannot ({facts.problem})",
        code="pdf.signature-format",
        advice="Do not rely on it; ask the sender to sign again after PAdES.",
    )


def check_gap(facts: SignatureFacts) -> None:
    """``ByteRange`` leaves out the signature and nothing else."""
    if facts.gap:
        raise Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected ByteRange to leave out the signature alone, found {facts.gap}",
            code="pdf.byte-range",
            advice=_FORGED,
        )


def certificate_of(facts: SignatureFacts) -> Certificate:
    """The certificate that it was checked with."""
    try:
        certificate = load_der(facts.certificates[0])
        signatory(certificate)
    except ValueError as error:
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            f"expected certificates in the signature, found octets that are none ({error})",
            code="signature.bad-certificate",
        ) from error
    return certificate


def check_digest(facts: SignatureFacts) -> None:
    """The octets are those that were signed."""
    if not facts.intact:
        raise Refusal(
            SubIndication.HASH_FAILURE,
            "expected the octets that were signed, found others",
            code="pdf.digest",
            advice=_FORGED,
        )


def check_value(facts: SignatureFacts) -> None:
    """The signature value is by the key of the certificate."""
    if not facts.valid:
        raise Refusal(
            SubIndication.SIG_CRYPTO_FAILURE,
            "expected a signature by the key of its certificate, found one that does not hold",
            code="pdf.value",
            advice=_FORGED,
        )


def accepted_algorithm(
    facts: SignatureFacts, certificate: Certificate, policy: VerificationPolicy
) -> SignatureAlgorithm:
    """What it was made with, where the policy accepts that and the key is strong enough."""
    from asn1crypto import algos

    named = algos.SignedDigestAlgorithm.load(facts.algorithm)
    parameters = pss_parameters(named)
    algorithm = None if parameters is None else signature_algorithm(named, facts.digest_name)
    if algorithm is None or parameters is None:
        raise Refusal(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
            "expected RSA, ECDSA or Ed25519 with SHA-256 or better, found "
            f"{named['algorithm'].native} with {facts.digest_name}"[:200],
            code="signature.algorithm",
            advice="Ask the sender to sign again with SHA-256.",
        )
    policy.signature_algorithm(algorithm)
    policy.check_certificate(certificate, algorithm, parameters)
    return algorithm


def check_changes(facts: SignatureFacts) -> None:
    """Nothing came after signing but signatures, timestamps and what it permits.

    Of a form that was filled in nobody knows by whom: that counts where the signature says so, or
    where another came later, whose signer is judged and saw it.
    """
    if facts.changes is Changes.UNKNOWN:
        raise Refusal(
            SubIndication.SIGNED_DATA_NOT_FOUND,
            f"expected changes after signing that can be understood, found {facts.change}",
            code="pdf.changes-unknown",
            advice="Ask the sender for the file as it was signed.",
        )
    known = facts.changes in _HARMLESS or (
        facts.changes is Changes.FORM and (not facts.last or facts.permissions in _OPEN)
    )
    if known and facts.coverage is not Coverage.LESS and facts.permitted:
        return
    # What people see is not what was signed; that the old octets are still in there helps nobody.
    raise Refusal(
        SubIndication.FORMAT_FAILURE,
        "expected no change after signing but further signatures and what the signature permits, "
        f"found {facts.change or facts.changes}",
        code="pdf.changed",
        advice=_FORGED,
    )
