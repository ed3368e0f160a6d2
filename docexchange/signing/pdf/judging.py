"""Judge one signature of a PDF file: facts, trust, policy, a moment → a report. Pure.

1. Form: it could be read, is of a known kind, and leaves out its own octets alone.
2. Certificate: there is one, and it can be read.
3. Digests: the octets are those that were signed.
4. Signature value: it is by the key of the certificate.
5. Algorithms: allowed, and strong enough for the key.
6. Changes: nothing came after signing but signatures, timestamps and what the signature permits;
   a form that was filled in counts where it does, or where somebody signed later.
7. Timestamps: over the signature, and over the document later on; a bad one is told, not counted;
   where there are any.
8. Trust: a valid path at the best signature time, as for signatures of letters. pyHanko judges no
   certificate.
9. Material for long-term validation is told: the lists and answers in it were used, the level that
   it would make is not judged yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from docexchange.signing.certificates import fingerprint, signatory, signatory_of
from docexchange.signing.chains import chain_of
from docexchange.signing.errors import Refusal
from docexchange.signing.leaf import check_period, check_usage
from docexchange.signing.moments import counted, not_counted, proving, refuse_unproved
from docexchange.signing.pdf.checks import (
    PADES,
    accepted_algorithm,
    certificate_of,
    check_changes,
    check_digest,
    check_form,
    check_gap,
    check_value,
    unread,
)
from docexchange.signing.pdf.report import PdfSignature
from docexchange.signing.steps import Steps
from docexchange.signing.token_checks import check_stamped, check_token
from docexchange.signing.tokens import read_token
from docexchange.signing.verdicts import Indication
from docexchange.signing.xmldsig.algorithms import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.x509 import Certificate

    from docexchange.signing.certificates import Signatory
    from docexchange.signing.pdf.facts import SignatureFacts
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import TimestampReport
    from docexchange.signing.token_checks import Maker
    from docexchange.signing.tokens import Token
    from docexchange.signing.trust import TrustStore

__all__ = ["Proof", "judge_signature", "judge_timestamp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A good timestamp over the document with a signature in it."""

    number: int
    """Which of the timestamps over the document, from 1."""
    time: datetime
    """The time it proves."""


def judge_signature(
    facts: SignatureFacts,
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
    proofs: Sequence[Proof] = (),
    later: str = "",
) -> PdfSignature:
    """Judge one signature; never raises for a bad one.

    Args:
        facts: what the file says.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
        proofs: good timestamps over the document with this signature in it.
        later: level for long-term validation that the document seems to have; empty for none.
    """
    return _Judgement(facts, trust, policy, at, proofs, later).run()


class _Judgement:
    """One run through the steps; collects what the report tells."""

    def __init__(
        self,
        facts: SignatureFacts,
        trust: TrustStore,
        policy: VerificationPolicy,
        at: datetime,
        proofs: Sequence[Proof],
        later: str,
    ) -> None:
        self._facts, self._trust, self._policy = facts, trust, policy
        self._at, self._proofs, self._later = at, proofs, later
        self._steps = Steps()
        self._told: dict[str, Any] = {"field": facts.name}

    def run(self) -> PdfSignature:
        """Judge it; never raises."""
        try:
            self._judge()
        except Refusal as refusal:
            return PdfSignature.refused(refusal, steps=self._steps.taken, **self._told)
        return PdfSignature(
            indication=Indication.TOTAL_PASSED, steps=self._steps.taken, **self._told
        )

    def _judge(self) -> None:
        facts, take = self._facts, self._steps.take
        take("form", check_form, facts)
        certificate = take("certificate", certificate_of, facts)
        self._told |= _claims(facts, certificate)
        take("digests", check_digest, facts)
        take("signature value", check_value, facts)
        algorithm = take("algorithms", accepted_algorithm, facts, certificate, self._policy)
        self._told["algorithm_name"] = name_of(algorithm)
        take("changes after signing", check_changes, facts)
        best = self._best_time()
        unchecked = "" if self._policy.check_revocation else "revocation not checked: by policy"
        take("trust", self._check_trust, best, detail=unchecked)
        if self._later:
            told = f"not judged yet: {self._later}"
            self._steps.note("long-term material", passed=None, detail=told)

    def _best_time(self) -> datetime:
        stamps = tuple(map(self._stamp, self._facts.tokens))
        own = [item.time for item in stamps if item.passed and item.time]
        best = min([self._at, *own, *(proof.time for proof in self._proofs)])
        proved_by = proving(stamps, best)
        self._told |= {
            "timestamps": stamps,
            "best_signature_time": best,
            "proved_by": proved_by,
            "proved_by_document": None if proved_by else self._document_proving(best),
        }
        bad = [item.reason for item in stamps if not item.passed]
        if self._policy.require_timestamp and not (own or self._proofs):
            self._steps.take("timestamps", refuse_unproved, bad)
        if stamps:
            told = "; ".join(f"not counted: {reason}" for reason in bad)
            self._steps.note("timestamps", passed=not bad, detail=told)
        if best < self._at:
            self._told["level"] = self._told["level"].replace("B-B", "B-T")
        return best

    def _document_proving(self, best: datetime) -> int | None:
        return next((proof.number for proof in self._proofs if proof.time == best), None)

    def _stamp(self, der: bytes) -> TimestampReport:
        def check(token: Token) -> Maker:
            return check_token(
                token, self._facts.value, trust=self._trust, policy=self._policy, at=self._at
            )

        return _weighed(der, check)

    def _check_trust(self, best: datetime) -> None:
        facts, policy = self._facts, self._policy
        leaf, *chain = facts.certificates
        check_usage(leaf)
        check_period(signatory_of(leaf), best, proved=best != self._at)
        policy.check_digests_at([facts.digest_name], best)
        path = self._trust.find_path(
            leaf,
            chain,
            at=best,
            check_revocation=policy.check_revocation,
            rules=policy.path,
            crls=facts.crls,
            ocsps=facts.ocsps,
        )
        self._told |= {"chain": chain_of(path.certificates), "evidence": path.evidence}


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

    def check(token: Token) -> Maker:
        check_gap(facts)
        check_changes(facts)
        return check_stamped(token, facts.digest, trust=trust, policy=policy, at=at)

    if facts.problem:
        return not_counted(unread(facts), None, sha256="")
    return _weighed(facts.tokens[0], check)


def _weighed(der: bytes, check: Callable[[Token], Maker]) -> TimestampReport:
    token = None
    try:
        token = read_token(der)
        return counted(token, check(token), sha256=fingerprint(der))
    except Refusal as refusal:
        return not_counted(refusal, token, sha256=fingerprint(der))


def _claims(facts: SignatureFacts, certificate: Certificate) -> dict[str, Any]:
    who = signatory(certificate)
    claimed = facts.signing_time
    return {
        "signatory": who,
        "role": _role(who),
        "level": "PAdES-B-B" if facts.form == PADES and facts.identified else "CMS",
        "signing_time": datetime.fromisoformat(claimed) if claimed else None,
        "coverage": facts.coverage,
        "octets": facts.octets,
        "changes": facts.changes,
        "permissions": facts.permissions,
    }


def _role(who: Signatory) -> str:
    """Circular 41/2017: a seal's certificate names the agency, a leader's a person in it."""
    if not (who.name and who.organization):
        return ""
    return "agency" if who.name.casefold() == who.organization.casefold() else "leader"
