"""Verify envelopes: the only maker of ``VerifiedEnvelope``.

>>> verifier = Verifier(TrustStore.from_path("trust/"))
>>> verified = verifier.verify(Envelope.read("letter.edxml"))   # or raises VerificationFailed
>>> report = verifier.examine(Envelope.read("letter.edxml"))    # always tells
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, replace
from typing import TYPE_CHECKING

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.names import DS, local_name
from docexchange.envelope.xml import parse
from docexchange.errors import UsageError, VerificationFailed
from docexchange.signing.coverage import Part, parts_of
from docexchange.signing.errors import Refusal
from docexchange.signing.policy import VerificationPolicy
from docexchange.signing.report import Report, SignatureReport, Uncovered
from docexchange.signing.texts import texts_of
from docexchange.signing.validation import Subject, validate_signature
from docexchange.signing.verdicts import Indication, SubIndication
from docexchange.signing.xmldsig.references import element_ids, octets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope.attachments import Attachment, Source
    from docexchange.envelope.envelope import Envelope
    from docexchange.envelope.findings import Finding
    from docexchange.envelope.model import Message
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.pdf import PdfReport
    from docexchange.signing.trust import TrustStore
    from docexchange.signing.validation import SignerCheck

    Binding = Callable[[OrganId, Signatory, datetime], str]

__all__ = ["VerifiedEnvelope", "Verifier"]

_MADE_BY_VERIFIER = object()


@dataclass(frozen=True)
class VerifiedEnvelope:
    """A message of which every part is covered by a signature that passed.

    Only ``Verifier.verify`` makes one. Trace headers are not in it: nobody vouches for them.
    """

    message: Message
    """Rebuilt from what the signature covers."""
    report: Report
    """What the verdict stands on."""
    _seal: InitVar[object]

    def __post_init__(self, _seal: object) -> None:
        if _seal is not _MADE_BY_VERIFIER:
            raise TypeError("a VerifiedEnvelope is made by Verifier.verify and nobody else")

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The attachments, as the signed manifest names them."""
        return self.message.attachments


class Verifier:
    """Verifies envelopes under one policy.

    Args:
        trust: anchors, intermediates and revocation lists.
        policy: what to insist on.
        clock: tells the present, for verdicts as of now.
        binding: tells why a signer may not sign for an agency at a moment, or an empty string;
            without it any trusted signer may sign for anyone, and the report says so.
    """

    def __init__(
        self,
        trust: TrustStore,
        *,
        policy: VerificationPolicy | None = None,
        clock: Clock | None = None,
        binding: Binding | None = None,
    ) -> None:
        self.trust = trust
        self._policy = policy or VerificationPolicy()
        self._clock = clock or SystemClock()
        self._binding = binding

    def verify(self, envelope: Envelope, *, at: datetime | None = None) -> VerifiedEnvelope:
        """Return the message if it can be relied on.

        Args:
            envelope: as read from a file.
            at: the moment to judge for, timezone-aware; now when left out.

        Raises:
            VerificationFailed: it cannot; ``error.report`` tells everything.
            UsageError: ``at`` has no zone.
        """
        report = self.examine(envelope, at=at)
        if not report.passed:
            raise VerificationFailed(
                report.summary, report=report, code=report.code, advice=report.advice
            )
        return VerifiedEnvelope(envelope.message, report, _MADE_BY_VERIFIER)

    def examine(self, envelope: Envelope, *, at: datetime | None = None) -> Report:
        """Judge an envelope; never raises for a bad signature.

        Args:
            envelope: as read from a file.
            at: the moment to judge for, timezone-aware; now when left out.
        """
        moment = self._moment(at)
        parts = parts_of(envelope)
        try:
            elements = self._signatures(envelope)
            subject = self._subject(envelope, parts)
        except Refusal as refusal:
            reports: tuple[SignatureReport, ...] = (_unread(refusal),)
        else:
            sender = envelope.message.sender.organ_id
            reports = self._validated(elements, subject, sender, moment)
        report = _report(
            reports, parts, moment, envelope.message.message_id, findings=envelope.findings
        )
        report = _with_roles(report, self._policy.required_roles)
        looks = self._policy.looks_at_pdfs and envelope.message.attachments
        return self._with_pdfs(report, envelope) if looks else report

    def _with_pdfs(self, report: Report, envelope: Envelope) -> Report:
        from docexchange.signing.pdf.nesting import with_pdfs

        return with_pdfs(
            report, envelope.message.attachments, trust=self.trust, policy=self._policy
        )

    def examine_pdf(self, source: Source, *, name: str, at: datetime | None = None) -> PdfReport:
        """Judge the signatures inside a PDF file; never raises for a bad one.

        Args:
            source: the file.
            name: what people call it.
            at: the moment to judge for, timezone-aware; now when left out.
        """
        from docexchange.signing.pdf import examine_pdf

        moment = self._moment(at)
        return examine_pdf(source, name=name, trust=self.trust, policy=self._policy, at=moment)

    def examine_xml(
        self,
        data: bytes,
        *,
        detached: Mapping[str, Attachment] | None = None,
        at: datetime | None = None,
    ) -> Report:
        """Judge the signatures of any XML file; never raises for a bad signature.

        What the file must have under its signatures nobody here can know: the report tells what
        they cover. Use a policy such as ``VerificationPolicy.general()``.

        Args:
            data: the file.
            detached: files that its references mean, by URI.
            at: the moment to judge for, timezone-aware; now when left out.

        Raises:
            MalformedEnvelope: it is no XML, or has a DTD.
            LimitExceeded: it is larger or deeper than allowed.
        """
        moment = self._moment(at)
        policy = replace(self._policy, foreign=True)
        root = parse(data, policy.limits)
        try:
            elements = self._counted(list(root.iter(f"{{{DS}}}Signature")))
            subject = Subject(ids=element_ids(root), attachments=detached or {}, parts=())
        except Refusal as refusal:
            return _report((_unread(refusal),), (), moment, None)
        reports = tuple(
            validate_signature(element, subject, trust=self.trust, policy=policy, at=moment)
            for element in elements
        )
        report = _report(reports, (), moment, None)
        from docexchange.signing.leftovers import leftovers

        return replace(report, uncovered=leftovers(root, _signed(root, reports, subject.ids)))

    def judge(
        self,
        signatures: Sequence[_Element],
        subject: Subject,
        *,
        sender: OrganId,
        message_id: MessageId | None,
        at: datetime | None = None,
    ) -> Report:
        """Judge the signatures of any document, such as a receipt.

        Args:
            signatures: one ``ds:Signature`` or more.
            subject: the document around them.
            sender: the agency that the signers must belong to.
            message_id: the message, for the report.
            at: the moment to judge for, timezone-aware; now when left out.
        """
        moment = self._moment(at)
        reports = self._validated(signatures, subject, sender, moment)
        return _report(reports, subject.parts, moment, message_id)

    def _validated(
        self, signatures: Sequence[_Element], subject: Subject, sender: OrganId, at: datetime
    ) -> tuple[SignatureReport, ...]:
        signer_check = self._signer_check(sender)
        return tuple(
            validate_signature(
                element,
                subject,
                trust=self.trust,
                policy=self._policy,
                at=at,
                signer_check=signer_check,
            )
            for element in signatures
        )

    def _moment(self, at: datetime | None) -> datetime:
        if at is not None and at.tzinfo is None:
            raise UsageError(
                f"at: expected a time with its zone, found {at}",
                code="verify.time",
                advice="Write datetime(..., tzinfo=UTC).",
            )
        return at or self._clock.now()

    def _signatures(self, envelope: Envelope) -> list[_Element]:
        elements = [child for child in envelope.header if child.tag == f"{{{DS}}}Signature"]
        if envelope.unlisted:
            raise Refusal(
                SubIndication.FORMAT_FAILURE,
                "expected only attachments that the manifest names, found "
                f"{envelope.unlisted} more",
                code="signature.coverage",
                advice="Somebody added an attachment. Do not use the letter.",
            )
        if not elements:
            raise _unsigned(envelope)
        return self._counted(elements)

    def _counted(self, elements: list[_Element]) -> list[_Element]:
        if not elements:
            raise Refusal(
                SubIndication.FORMAT_FAILURE,
                "expected a signature in the file, found none",
                code="signature.none",
            )
        # Counter-signatures count as well: each of them costs what a signature costs.
        count = len({inner for item in elements for inner in item.iter(f"{{{DS}}}Signature")})
        if count > self._policy.limits.signatures:
            raise Refusal(
                SubIndication.FORMAT_FAILURE,
                f"expected at most {self._policy.limits.signatures} signatures, found {count}",
                code="signature.too-many",
            )
        return elements

    def _subject(self, envelope: Envelope, parts: Sequence[Part]) -> Subject:
        found = Subject(
            ids=element_ids(envelope.root),
            attachments={item.content_id.uri: item for item in envelope.message.attachments},
            parts=parts,
        )
        if not self._policy.foreign:
            return found
        streams, contents = texts_of(envelope)
        return replace(found, streams=streams, contents=contents)

    def _signer_check(self, sender: OrganId) -> SignerCheck | None:
        binding = self._binding
        if binding is None:
            return None
        return lambda signer, at: binding(sender, signer, at)


def _unsigned(envelope: Envelope) -> Refusal:
    tags = [str(child.tag) for child in envelope.header]
    lookalikes = [tag for tag in tags if local_name(tag) in {"Signature", "DigitalSignature"}]
    if lookalikes:
        return Refusal(
            SubIndication.FORMAT_FAILURE,
            f"expected an XML signature in namespace {DS}, found a placeholder: {lookalikes[0]}",
            code="signature.placeholder",
            advice="Such an element proves nothing; treat the letter as not signed.",
        )
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        "expected a signature in edXMLHeader, found none",
        code="signature.none",
        advice="Decision 28/2018/QĐ-TTg, article 4: unsigned, it is for information only.",
    )


def _unread(refusal: Refusal) -> SignatureReport:
    return SignatureReport(
        indication=refusal.sub_indication.indication,
        sub_indication=refusal.sub_indication,
        reason=str(refusal),
        code=refusal.code,
        advice=refusal.advice,
    )


def _report(
    signatures: tuple[SignatureReport, ...],
    parts: Sequence[Part],
    at: datetime,
    message_id: MessageId | None,
    *,
    findings: tuple[Finding, ...] = (),
) -> Report:
    worst = max(_flat(signatures), key=lambda item: item.indication.severity)
    passed = worst.indication is Indication.TOTAL_PASSED
    return Report(
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        reason=worst.reason,
        code=worst.code,
        advice=worst.advice,
        message_id=str(message_id or ""),
        checked_at=at,
        signatures=signatures,
        uncovered=() if passed else _uncovered(signatures, parts),
        findings=findings,
    )


def _signed(
    root: _Element, signatures: Sequence[SignatureReport], ids: Mapping[str, _Element]
) -> list[_Element]:
    """The elements of a file that are wholly under a signature, and unchanged."""
    from docexchange.signing.xmldsig.documents import SignedDocument
    from docexchange.signing.xmldsig.selection import Selection

    document = SignedDocument(root, ids=ids)
    uris = {
        item.uri
        for signature in signatures
        for item in signature.coverage
        if item.intact and item.whole
    }
    found = [document.find(uri) for uri in uris if uri.startswith("#") or not uri]
    top = root.getroottree().getroot()
    return [
        top if item.apex is None else item.apex for item in found if isinstance(item, Selection)
    ]


def _flat(signatures: Sequence[SignatureReport]) -> Iterator[SignatureReport]:
    """Signatures and the signatures over them: who countersigned is asked about as well."""
    for signature in signatures:
        yield signature
        yield from _flat(signature.counter_signatures)


def _with_roles(report: Report, required: Sequence[str]) -> Report:
    """The report, unless it passed without a signature in each of the roles."""
    held = {role for signature in report.signatures for role in signature.roles}
    missing = [role for role in required if role not in held]
    if not report.passed or not missing:
        return report
    return replace(
        report,
        indication=Indication.INDETERMINATE,
        sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
        reason=f"expected signatures in the roles {', '.join(required)}, found none as "
        f"{', '.join(missing)}",
        code="signature.role-missing",
        advice="A signature may have been taken off on the way. Ask the sender for the letter "
        "with all of them.",
    )


def _uncovered(
    signatures: Sequence[SignatureReport], parts: Sequence[Part]
) -> tuple[Uncovered, ...]:
    intact = (item for report in signatures for item in report.coverage if item.intact)
    covered = {label for item in intact for label in item.parts}
    return tuple(
        Uncovered(label=part.label, octets=octets_of(part.target))
        for part in parts
        if part.label not in covered
    )
