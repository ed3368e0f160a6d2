"""Judge one signature of a PDF file: facts, trust, policy, a moment → a report. Pure.

1. Form: it could be read, is of a known kind, and leaves out its own octets alone.
2. Digest and value: the octets are those that were signed, by the key of the certificate.
3. Algorithms: allowed, and strong enough for the key.
4. Changes: nothing came after signing but what signatures, forms and timestamps need, and nothing
   that the signature forbids.
5. Timestamps: over the signature, and over the document later on; a bad one is told, not counted.
6. Trust: a valid path at the best signature time, as for signatures of letters. pyHanko judges no
   certificate.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.certificates import fingerprint, load_der, signatory
from docexchange.signing.errors import Refusal
from docexchange.signing.leaf import check_period, check_usage
from docexchange.signing.moments import counted, not_counted, refuse_unproved
from docexchange.signing.pdf.facts import Changes, Coverage
from docexchange.signing.pdf.report import PdfSignature
from docexchange.signing.token_checks import check_stamped, check_token
from docexchange.signing.tokens import read_token, signature_algorithm
from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.x509 import Certificate

    from docexchange.signing.certificates import Signatory
    from docexchange.signing.pdf.facts import SignatureFacts
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import TimestampReport
    from docexchange.signing.tokens import Token
    from docexchange.signing.trust import TrustStore

__all__ = ["judge_signature", "judge_timestamp"]

_PADES: Final = "/ETSI.CAdES.detached"
_FORMS: Final = {_PADES, "/adbe.pkcs7.detached"}
_FORGED: Final = "The file was changed after signing, or the signature is a forgery. Do not use it."
_HARMLESS: Final = {Changes.NONE, Changes.TIMESTAMPS, Changes.FORM}


def judge_signature(
    facts: SignatureFacts,
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
    proofs: Sequence[datetime] = (),
) -> PdfSignature:
    """Judge one signature; never raises for a bad one.

    Args:
        facts: what the file says.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
        proofs: times of good timestamps over the document with this signature in it.
    """
    told: dict[str, Any] = {}
    try:
        _check_form(facts)
        certificate = _certificate(facts)
        told |= _claims(facts, certificate)
        _check_value(facts)
        _check_algorithms(facts, certificate, policy)
        _check_changes(facts)
        proved, stamps = _times(facts, trust, policy, at)
        proved += proofs
        best = min([at, *proved])
        told |= {"timestamps": stamps, "best_signature_time": best}
        if policy.require_timestamp and not proved:
            refuse_unproved([item.reason for item in stamps])
        if best < at:
            told["level"] = told["level"].replace("B-B", "B-T")
        _check_trust(facts, certificate, best, trust, policy, proved=best != at)
    except Refusal as refusal:
        return _refused(facts.name, refusal, told)
    return PdfSignature(field=facts.name, indication=Indication.TOTAL_PASSED, **told)


def judge_timestamp(
    facts: SignatureFacts, *, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> TimestampReport:
    """Judge a timestamp over the document; one that does not hold is told, and not counted.

    Args:
        facts: what the file says.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
    """

    def check(token: Token) -> Certificate:
        _check_gap(facts)
        _check_changes(facts)
        return check_stamped(token, facts.digest, trust=trust, policy=policy, at=at)

    if facts.problem:
        return not_counted(_unread(facts), None, sha256="")
    return _weighed(facts.tokens[0], check)


def _times(
    facts: SignatureFacts, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> tuple[list[datetime], tuple[TimestampReport, ...]]:
    """What the timestamps over the signature prove, and what each is worth."""
    stamps = tuple(_stamp(der, facts, trust, policy, at) for der in facts.tokens)
    return [item.time for item in stamps if item.passed and item.time], stamps


def _refused(name: str, refusal: Refusal, told: dict[str, Any]) -> PdfSignature:
    return PdfSignature(
        field=name,
        indication=refusal.sub_indication.indication,
        sub_indication=refusal.sub_indication,
        reason=str(refusal),
        code=refusal.code,
        advice=refusal.advice,
        **told,
    )


def _stamp(
    der: bytes,
    facts: SignatureFacts,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
) -> TimestampReport:
    def check(token: Token) -> Certificate:
        return check_token(token, facts.value, trust=trust, policy=policy, at=at)

    return _weighed(der, check)


def _weighed(der: bytes, check: Callable[[Token], Certificate]) -> TimestampReport:
    token = None
    try:
        token = read_token(der)
        return counted(token, check(token), sha256=fingerprint(der))
    except Refusal as refusal:
        return not_counted(refusal, token, sha256=fingerprint(der))


def _check_form(facts: SignatureFacts) -> None:
    if facts.problem:
        raise _unread(facts)
    if facts.form not in _FORMS:
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            f"expected a signature of the form {' or '.join(sorted(_FORMS))}, found "
            f"{facts.form[:80] or 'none named'}",
            code="pdf.form",
            advice="Ask for a signature after PAdES.",
        )
    _check_gap(facts)


def _unread(facts: SignatureFacts) -> Refusal:
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        f"expected a signature that can be read, found one that cannot ({facts.problem})",
        code="pdf.signature-format",
        advice="Do not rely on it; ask the sender to sign again after PAdES.",
    )


def _check_gap(facts: SignatureFacts) -> None:
    if facts.gap:
        raise Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected ByteRange to leave out the signature alone, found {facts.gap}",
            code="pdf.byte-range",
            advice=_FORGED,
        )


def _certificate(facts: SignatureFacts) -> Certificate:
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


def _claims(facts: SignatureFacts, certificate: Certificate) -> dict[str, Any]:
    who = signatory(certificate)
    claimed = facts.signing_time
    return {
        "signatory": who,
        "role": _role(who),
        "level": "PAdES-B-B" if facts.form == _PADES and facts.identified else "CMS",
        "signing_time": datetime.fromisoformat(claimed) if claimed else None,
        "coverage": facts.coverage,
        "changes": facts.changes,
        "permissions": facts.permissions,
    }


def _role(who: Signatory) -> str:
    """Circular 41/2017: a seal's certificate names the agency, a leader's a person in it."""
    if not (who.name and who.organization):
        return ""
    return "agency" if who.name.casefold() == who.organization.casefold() else "leader"


def _check_value(facts: SignatureFacts) -> None:
    if not facts.intact:
        raise Refusal(
            SubIndication.HASH_FAILURE,
            "expected the octets that were signed, found others",
            code="pdf.digest",
            advice=_FORGED,
        )
    if not facts.valid:
        raise Refusal(
            SubIndication.SIG_CRYPTO_FAILURE,
            "expected a signature by the key of its certificate, found one that does not hold",
            code="pdf.value",
            advice=_FORGED,
        )


def _check_algorithms(
    facts: SignatureFacts, certificate: Certificate, policy: VerificationPolicy
) -> None:
    from asn1crypto import algos

    named = algos.SignedDigestAlgorithm.load(facts.algorithm)
    algorithm = signature_algorithm(named, facts.digest_name)
    if algorithm is None:
        raise Refusal(
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
            "expected RSA, ECDSA or Ed25519 with SHA-256 or better, found "
            f"{named['algorithm'].native} with {facts.digest_name}"[:200],
            code="signature.algorithm",
            advice="Ask the sender to sign again with SHA-256.",
        )
    policy.signature_algorithm(algorithm)
    policy.check_key(certificate.public_key(), algorithm)


def _check_changes(facts: SignatureFacts) -> None:
    if facts.changes is Changes.UNKNOWN:
        raise Refusal(
            SubIndication.SIGNED_DATA_NOT_FOUND,
            f"expected changes after signing that can be understood, found {facts.change}",
            code="pdf.changes-unknown",
            advice="Ask the sender for the file as it was signed.",
        )
    if facts.changes in _HARMLESS and facts.coverage is not Coverage.LESS and facts.permitted:
        return
    # What people see is not what was signed; that the old octets are still in there helps nobody.
    raise Refusal(
        SubIndication.FORMAT_FAILURE,
        "expected no change after signing but further signatures and what the signature permits, "
        f"found {facts.change or facts.changes}",
        code="pdf.changed",
        advice=_FORGED,
    )


def _check_trust(
    facts: SignatureFacts,
    certificate: Certificate,
    best: datetime,
    trust: TrustStore,
    policy: VerificationPolicy,
    *,
    proved: bool,
) -> None:
    check_usage(certificate)
    check_period(certificate, best, proved=proved)
    policy.check_digests_at([facts.digest_name], best)
    leaf, *chain = facts.certificates
    trust.check_path(
        leaf,
        chain,
        at=best,
        check_revocation=policy.check_revocation,
        rules=policy.path,
        crls=facts.crls,
        ocsps=facts.ocsps,
    )
