"""Verify envelopes: the only maker of ``VerifiedEnvelope``.

>>> verifier = Verifier(TrustStore.from_path("trust/"))
>>> verified = verifier.verify(Envelope.read("letter.edxml"))   # or raises VerificationFailed
>>> report = verifier.examine(Envelope.read("letter.edxml"))    # always tells
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, replace
from typing import TYPE_CHECKING

from docexchange.clock import Clock, SystemClock
from docexchange.envelope.xml import parse
from docexchange.errors import UsageError, VerificationFailed
from docexchange.signing.carried import signatures_in, signatures_of
from docexchange.signing.coverage import parts_of, written_parts
from docexchange.signing.errors import Refusal
from docexchange.signing.overall import overall, with_roles
from docexchange.signing.policy import VerificationPolicy
from docexchange.signing.report import SignatureReport
from docexchange.signing.strict import strict_reports
from docexchange.signing.texts import texts_of
from docexchange.signing.validation import Subject, validate_signature
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment, Source
    from docexchange.envelope.envelope import Envelope
    from docexchange.envelope.model import Message
    from docexchange.envelope.reading.strict_signature import StrictSignature
    from docexchange.envelope.receipt import Receipt
    from docexchange.identifiers import MessageId, OrganId
    from docexchange.signing.certificates import Signatory
    from docexchange.signing.coverage import Part
    from docexchange.signing.pdf import PdfReport
    from docexchange.signing.report import Report
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
        report = self._strictly(envelope, moment) or self._in_tree(envelope, moment)
        report = with_roles(report, _signers(report.signatures), self._policy.required_roles)
        looks = self._policy.looks_at_pdfs and envelope.message.attachments
        return self._with_pdfs(report, envelope) if looks else report

    def _strictly(self, envelope: Envelope, moment: datetime) -> Report | None:
        """The report on a letter of the strict form whose signatures all pass; else None."""
        strict, message = envelope.strict, envelope.message
        if strict is None:
            return None
        attachments = message.attachments
        parts = written_parts(strict.fragments, attachments)
        reports = self._reports(
            strict.signatures, parts, attachments, message.sender.organ_id, moment
        )
        return overall(reports, (), moment, message.message_id) if reports else None

    def judge_strictly(
        self,
        signatures: Sequence[StrictSignature],
        parts: Sequence[Part],
        *,
        sender: OrganId,
        message_id: MessageId | None,
        at: datetime | None = None,
    ) -> Report | None:
        """As ``judge``, of what was read without a tree; None when a signature does not pass.

        Args:
            signatures: all that stand in the document.
            parts: what they must cover, in exclusive canonical form.
            sender: the agency that the signers must belong to.
            message_id: the message, for the report.
            at: the moment to judge for, timezone-aware; now when left out.
        """
        moment = self._moment(at)
        reports = self._reports(signatures, parts, (), sender, moment)
        return overall(reports, (), moment, message_id) if reports else None

    def _reports(
        self,
        signatures: Sequence[StrictSignature],
        parts: Sequence[Part],
        attachments: Sequence[Attachment],
        sender: OrganId,
        at: datetime,
    ) -> tuple[SignatureReport, ...]:
        return strict_reports(
            signatures,
            parts,
            attachments,
            trust=self.trust,
            policy=self._policy,
            at=at,
            signer_check=self._signer_check(sender),
        )

    def _in_tree(self, envelope: Envelope, moment: datetime) -> Report:
        parts = parts_of(envelope)
        try:
            elements = signatures_of(envelope, self._policy.limits)
            subject = self._subject(envelope, parts)
        except Refusal as refusal:
            reports: tuple[SignatureReport, ...] = (SignatureReport.refused(refusal),)
        else:
            sender = envelope.message.sender.organ_id
            reports = self._validated(elements, subject, sender, moment)
        return overall(
            reports, parts, moment, envelope.message.message_id, findings=envelope.findings
        )

    def _with_pdfs(self, report: Report, envelope: Envelope) -> Report:
        from docexchange.signing.pdf.nesting import with_pdfs

        return with_pdfs(
            report,
            envelope.message.attachments,
            trust=self.trust,
            policy=self._policy,
            signer_check=self._signer_check(envelope.message.sender.organ_id),
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
            MalformedEnvelope: it is no XML, or has a DTD that the policy does not accept.
            LimitExceeded: it is larger or deeper than allowed.
        """
        moment = self._moment(at)
        policy = replace(self._policy, foreign=True)
        try:
            root = _parsed(data, policy)
            elements = signatures_in(root, policy.limits)
            subject = Subject(ids=element_ids(root), attachments=detached or {}, parts=())
        except Refusal as refusal:
            refused = (SignatureReport.refused(refusal),)
            return overall(refused, (), moment, None)
        reports = tuple(
            validate_signature(element, subject, trust=self.trust, policy=policy, at=moment)
            for element in elements
        )
        report = overall(reports, (), moment, None)
        # Those in others are over them: counter-signatures fill no role.
        own = [told for told, item in zip(reports, elements, strict=True) if not _is_inside(item)]
        report = with_roles(report, _signers(own), policy.required_roles)
        from docexchange.signing.leftovers import leftovers, signed_elements, unsigned_files

        judged = zip(elements, reports, strict=True)
        left = leftovers(root, signed_elements(root, judged, subject.ids))
        return replace(report, uncovered=(*left, *unsigned_files(detached or {}, reports)))

    def examine_receipt(self, data: bytes, *, at: datetime | None = None) -> tuple[Receipt, Report]:
        """Read a receipt and judge its signature; never raises for a bad one.

        Args:
            data: the receipt.
            at: the moment to judge for, timezone-aware; now when left out.

        Raises:
            MalformedReceipt: it is no receipt, or not signed.
        """
        from docexchange.signing.receipts import judge_receipt

        return judge_receipt(data, self, at=self._moment(at))

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
        return overall(reports, subject.parts, moment, message_id)

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

    def _subject(self, envelope: Envelope, parts: Sequence[Part]) -> Subject:
        found = Subject(
            ids=element_ids(envelope.root),
            attachments={item.content_id.uri: item for item in envelope.message.attachments},
            parts=parts,
        )
        if not self._policy.foreign:
            return found
        streams, boxes = texts_of(envelope)
        return replace(found, streams=streams, boxes=boxes)

    def _signer_check(self, sender: OrganId) -> SignerCheck | None:
        binding = self._binding
        if binding is None:
            return None
        return lambda signer, at: binding(sender, signer, at)


def _signers(signatures: Iterable[SignatureReport]) -> Iterator[tuple[str, Sequence[str]]]:
    """What tells signers apart, and the roles they claim."""
    return ((item.signatory.sha256 if item.signatory else "", item.roles) for item in signatures)


def _is_inside(signature: _Element) -> bool:
    return next(signature.iterancestors(str(signature.tag)), None) is not None


def _parsed(data: bytes, policy: VerificationPolicy) -> _Element:
    if not policy.deviations:
        return parse(data, policy.limits)
    from docexchange.signing.xmldsig.foreign_xml import parse_foreign

    return parse_foreign(data, policy.limits, policy.deviations)
