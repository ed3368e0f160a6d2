"""Validate one signature, step by step. Pure: a tree, the parts, the trust, a moment → a report.

1. Form: the signature and its properties have exactly the prescribed form.
2. Certificate: the one that the signer named, and it is there.
3. Algorithms: allowed, and strong enough for the key.
4. Signature value: made by that key over ``SignedInfo``.
5. Coverage: every part of the letter is referenced, once, and nothing else.
6. Digests: every referenced part is as it was when it was signed.
7. Policy: the signature policy is known; where one is named.
8. Timestamps: since when the signature is proved to exist; where there are any.
9. Trust: a valid certificate path to an anchor, as of that time; not revoked before it; may sign.
10. Sender: the certificate belongs to the agency that the letter says it is from.
11. Counter-signatures: each is over this very signature value; where there are any.

The first step that does not hold decides the verdict, with three exceptions: all broken digests are
listed, a cryptographic failure (1 to 6) weighs more than a question of trust (7 to 10), and a bad
timestamp is told but decides nothing; a bad counter-signature has a verdict of its own. Coverage
comes before digests because trust comes last: a stranger must not be able to have us digest the
letter ten thousand times over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeVarTuple

from docexchange.signing.certificates import signatory_of
from docexchange.signing.chains import chain_of
from docexchange.signing.course import Course
from docexchange.signing.coverage import check_coverage, countersigned_part
from docexchange.signing.digests import compared, digests_of
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.leaf import check_period, check_usage
from docexchange.signing.moments import best_time, proving, refuse_unproved
from docexchange.signing.profile import (
    accepted_algorithm,
    check_order,
    read_profile,
    signing_certificate,
)
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.policies import check_policy
from docexchange.signing.xades.properties import (
    check_certificate,
    find_signed_properties,
    read_properties,
)
from docexchange.signing.xades.unsigned import read_unsigned
from docexchange.signing.xmldsig.algorithms import name_of
from docexchange.signing.xmldsig.model import SignatureElement
from docexchange.signing.xmldsig.references import Resolved, resolve
from docexchange.signing.xmldsig.value import verify_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate
    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.coverage import Part
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import SignatureReport
    from docexchange.signing.trust import TrustStore
    from docexchange.signing.xades.properties import SignedProperties
    from docexchange.signing.xades.unsigned import UnsignedProperties
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm
    from docexchange.signing.xmldsig.canonical import Streams
    from docexchange.signing.xmldsig.model import SignatureForm

__all__ = ["SignerCheck", "Subject", "Validation", "validate_signature"]

_Given = TypeVarTuple("_Given")


class SignerCheck(Protocol):
    """Decides whether a signer may sign for the sender of a message."""

    def __call__(self, signer: Signatory, at: datetime) -> str:
        """Why not, or an empty string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What signatures are validated against."""

    ids: Mapping[str, _Element]
    """Elements of the document by id."""
    attachments: Mapping[str, Attachment]
    """Attachments by ``cid:`` URI."""
    parts: Sequence[Part]
    """What must be covered."""
    streams: Streams = field(default_factory=dict)
    """Attachment text that is not in the tree, by the element it stands in."""
    boxes: Mapping[str, _Element] = field(default_factory=dict)
    """The elements around those, by the ``cid:`` URI of the attachment."""


def validate_signature(
    element: _Element,
    subject: Subject,
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
    signer_check: SignerCheck | None = None,
) -> SignatureReport:
    """Validate one signature; never raises for a bad one.

    Args:
        element: the ``ds:Signature``.
        subject: the document around it.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
        signer_check: decides whether the signer may sign for the sender.
    """
    own = Validation(subject, trust, policy, at, signer_check).run(element)
    if not policy.foreign or not _may_be_of_another_form(own):
        return own
    from docexchange.signing.foreign import ForeignValidation

    return ForeignValidation(subject, trust, policy, at, signer_check).run(element)


def _may_be_of_another_form(report: SignatureReport) -> bool:
    """Whether our profile stopped where another form may still hold; never at trust or time."""
    last = report.steps[-1]
    by_form = last.name in {"form", "certificate", "algorithms", "coverage"}
    return last.passed is False and (by_form or report.code in _OF_ANOTHER_FORM)


_OF_ANOTHER_FORM = {"signature.transform", "signature.digest-algorithm"}


class Validation:
    """One run through the steps for our own profile; collects what the report tells."""

    def __init__(
        self,
        subject: Subject,
        trust: TrustStore,
        policy: VerificationPolicy,
        at: datetime,
        signer_check: SignerCheck | None,
    ) -> None:
        self._subject, self._trust, self._policy = subject, trust, policy
        self._at, self._signer_check = at, signer_check
        self._course = Course()

    @property
    def _ids(self) -> Mapping[str, _Element | bytes]:
        return self._subject.ids

    def run(self, element: _Element) -> SignatureReport:
        """Validate one signature; never raises for a bad one."""
        return self._reported(self._validate, element)

    def _reported(self, validate: Callable[[*_Given], None], *given: *_Given) -> SignatureReport:
        try:
            validate(*given)
        except Refusal as refusal:
            return self._course.ended_by(refusal)
        return self._course.passed()

    def _validate(self, element: _Element) -> None:
        self._judge(*self._course.take("form", self._form, element))

    def _judge(self, signature: SignatureForm, properties: SignedProperties) -> None:
        """All steps behind the first."""
        take = self._course.take
        certificate = take("certificate", self._certificate, signature, properties)
        algorithm = take("algorithms", accepted_algorithm, signature, certificate, self._policy)
        take("signature value", _check_value, signature, certificate, algorithm)
        resolved = take("coverage", self._coverage, signature, properties.target)
        take("digests", self._digests, resolved, properties)
        unsigned = read_unsigned(properties.unsigned)
        self._countersigned(signature, unsigned)
        self._check_policy(properties)
        if unsigned.timestamps or self._policy.require_timestamp:
            self._check_timestamps(signature, unsigned)
        leaf, *chain = signature.certificates
        self._vouched(leaf, chain, signature)
        if unsigned.later:
            later = f"not judged yet: {', '.join(unsigned.later)}"
            self._course.note("long-term material", passed=None, detail=later)

    def _vouched(self, leaf: bytes, chain: Sequence[bytes], signature: SignatureForm) -> None:
        """Trust and sender, as of the best signature time."""
        # Without a timestamp nothing older than this moment is proved (EN 319 102-1, 5.3).
        self._course.facts.setdefault("best_signature_time", self._at)
        unchecked = "" if self._policy.check_revocation else "revocation not checked: by policy"
        self._course.take("trust", self._check_trust, leaf, chain, signature, detail=unchecked)
        if self._signer_check is None:
            absent = "not checked: no directory given"
            self._course.note("sender", passed=None, detail=absent)
        else:
            self._course.take("sender", self._check_sender, signatory_of(leaf))

    def _form(self, element: _Element) -> tuple[SignatureForm, SignedProperties]:
        signature = read_profile(element, self._policy.limits)
        self._note_method(signature)
        properties = read_properties(find_signed_properties(signature))
        self._note_claims(properties)
        read_unsigned(properties.unsigned)
        if properties.signing_time is None:
            raise malformed("expected SigningTime with a zone, found none")
        return signature, properties

    def _note_method(self, signature: SignatureForm) -> None:
        facts = self._course.facts
        facts["algorithm"] = signature.signature_method.algorithm
        facts["algorithm_name"] = name_of(signature.signature_method.algorithm)

    def _note_claims(self, properties: SignedProperties) -> None:
        facts = self._course.facts
        facts["level"] = "XAdES-B-B"
        facts["signing_time"] = properties.signing_time
        facts["roles"] = properties.roles

    def _certificate(self, signature: SignatureForm, properties: SignedProperties) -> Certificate:
        certificate = signing_certificate(signature)
        der = signature.certificates[0]
        self._course.facts["signatory"] = signatory_of(der)
        check_certificate(properties, der)
        if len(properties.certificate_digests) > 1:
            check_order(signature.certificates)
        return certificate

    def _coverage(self, signature: SignatureForm, properties: _Element | bytes) -> list[Resolved]:
        ids, attachments = self._ids, self._subject.attachments
        resolved = [resolve(reference, ids, attachments) for reference in signature.references]
        check_coverage(resolved, properties, self._subject.parts)
        return resolved

    def _digests(self, resolved: list[Resolved], properties: SignedProperties) -> None:
        labels = {id(part.target): part.label for part in self._subject.parts}
        labels[id(properties.target)] = "SignedProperties"
        if properties.octets is not properties.target:
            # What was read of them was read from these octets, so these are held to the digest.
            resolved = [
                item._replace(octets=properties.octets)
                if item.target is properties.target
                else item
                for item in resolved
            ]
        for method in dict.fromkeys(item.reference.digest_method for item in resolved):
            self._policy.digest(method)
        self._course.facts["coverage"], refusal = compared(resolved, labels)
        if refusal:
            raise refusal

    def _check_policy(self, properties: SignedProperties) -> None:
        if properties.policy is None and not properties.policy_implied:
            return
        known = self._policy.signature_policies
        self._course.facts["policy"] = self._course.take(
            "policy", check_policy, properties.policy, known
        )

    def _check_timestamps(self, signature: SignatureForm, unsigned: UnsignedProperties) -> None:
        best, reports = best_time(
            _value_of(signature),
            unsigned.timestamps,
            trust=self._trust,
            policy=self._policy,
            at=self._at,
        )
        self._course.facts["timestamps"] = reports
        self._course.facts["best_signature_time"] = best
        self._course.facts["proved_by"] = proving(reports, best)
        bad = [report.reason for report in reports if not report.passed]
        good = len(reports) - len(bad)
        if good:
            self._course.facts["level"] = "XAdES-B-T"
        if not good and self._policy.require_timestamp:
            self._course.take("timestamps", refuse_unproved, bad)
        told = "; ".join(f"not counted: {reason}" for reason in bad)
        self._course.note("timestamps", passed=not bad, detail=told)

    def _countersigned(self, signature: SignatureForm, unsigned: UnsignedProperties) -> None:
        if not unsigned.counter_signatures:
            return
        self._course.facts["counter_signatures"] = tuple(
            self._counter_signature(element, _value_of(signature))
            for element in unsigned.counter_signatures
        )

    def _counter_signature(self, element: _Element, value: _Element) -> SignatureReport:
        """Over one thing alone: the value of the signature that it stands in (clause 5.2.7)."""
        return validate_signature(
            element,
            replace(self._subject, parts=(countersigned_part(value),)),
            trust=self._trust,
            policy=replace(self._policy, require_timestamp=False),
            at=self._at,
        )

    def _check_trust(self, leaf: bytes, chain: Sequence[bytes], signature: SignatureForm) -> None:
        best = self._course.facts["best_signature_time"]
        if self._policy.key_usage:
            check_usage(leaf)
        check_period(signatory_of(leaf), best, proved=best != self._at)
        self._policy.check_digests_at(digests_of(signature), best)
        path = self._trust.find_path(
            leaf,
            chain,
            at=best,
            check_revocation=self._policy.check_revocation,
            rules=self._policy.path,
        )
        self._course.facts["chain"] = chain_of(path.certificates)
        self._course.facts["evidence"] = path.evidence

    def _check_sender(self, who: Signatory) -> None:
        at = self._course.facts["best_signature_time"]
        problem = self._signer_check(who, at) if self._signer_check else ""
        if problem:
            # A good signature by the wrong agency is a forgery, however good.
            raise Refusal(
                SubIndication.FORMAT_FAILURE,
                problem,
                code="signature.wrong-sender",
                advice="Whoever signed this is not the agency it claims to come from.",
            )


def _check_value(
    signature: SignatureForm, certificate: Certificate, algorithm: SignatureAlgorithm
) -> None:
    verify_value(certificate.public_key(), algorithm, signature.signed_octets, signature.value)


def _value_of(signature: SignatureForm) -> _Element:
    """The ``SignatureValue``: what stands unsigned is only read in a tree."""
    assert isinstance(signature, SignatureElement)  # noqa: S101
    return signature.element[1]
