"""The PDF files of a letter in the letter's report, and how much they weigh.

- A file in which a signature failed makes a letter that passed INDETERMINATE: the envelope is
  genuine and somebody vouches for it, but what people will look at is broken or forged.
- Anything less decides nothing unless the policy requires signed files: letters carry drafts,
  tables and documents of others, signed by people whom nobody here knows. It is told.
- So is a good signature by somebody whose certificate is not the sender's (``pdf.not-by-sender``).

>>> with_pdfs(report, envelope.message.attachments, trust=trust, policy=policy)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.envelope.attachments.attachment import readable
from docexchange.envelope.reading.findings import Finding
from docexchange.errors import UnreadableInput
from docexchange.signing.pdf.apart import is_pdf, marks_in
from docexchange.signing.pdf.examining import examine_pdf, unlooked
from docexchange.signing.pdf.report import PdfReport, PdfState
from docexchange.signing.verdicts import Indication, SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import Report
    from docexchange.signing.trust import TrustStore
    from docexchange.signing.validation import SignerCheck

__all__ = ["with_pdfs"]


def with_pdfs(
    report: Report,
    attachments: Sequence[Attachment],
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    signer_check: SignerCheck | None = None,
) -> Report:
    """The report on a letter, with what its PDF files are worth.

    Args:
        report: on the letter alone.
        attachments: of the letter.
        trust: anchors and revocation lists.
        policy: what to insist on.
        signer_check: tells why a signer may not sign for the letter's sender at a moment.
    """
    found: list[PdfReport] = []
    for attachment in filter(_is_candidate, attachments):
        signed = sum(item.state is not PdfState.UNSIGNED for item in found)
        found.append(_examined(attachment, report.checked_at, trust, policy, number=signed + 1))
    if signer_check is not None:
        found = [_tied(item, signer_check) for item in found]
    return _weighed(replace(report, attachments=tuple(found)), policy)


def _tied(pdf: PdfReport, signer_check: SignerCheck) -> PdfReport:
    """With a finding on each good signature that is not the sender's."""
    strangers = tuple(_strangers(pdf, signer_check))
    return replace(pdf, findings=(*pdf.findings, *strangers)) if strangers else pdf


def _strangers(pdf: PdfReport, signer_check: SignerCheck) -> Iterator[Finding]:
    for signature in pdf.signatures:
        who, at = signature.signatory, signature.best_signature_time
        problem = signer_check(who, at) if signature.passed and who and at else ""
        if problem:
            yield Finding(
                code="pdf.not-by-sender",
                path=f"AcroForm/{signature.field}",
                message=problem,
                advice="The letter vouches for the file as it is; who answers for what it says is "
                "its signer, not the sender.",
            )


def _is_candidate(attachment: Attachment) -> bool:
    if attachment.name.lower().endswith(".pdf") or "pdf" in attachment.media_type:
        return True
    with readable(attachment.name):
        return is_pdf(attachment)


def _examined(
    attachment: Attachment,
    at: datetime,
    trust: TrustStore,
    policy: VerificationPolicy,
    *,
    number: int,
) -> PdfReport:
    name, uri = attachment.name, attachment.content_id.uri
    try:
        file = attachment.inflated(policy.limits) if attachment.is_zipped else attachment
        if number > policy.limits.signed_pdfs and marks_in(file):
            policy.limits.hold("signed_pdfs", number)
    except UnreadableInput as error:
        blank = PdfReport(name=name, uri=uri, state=PdfState.UNSIGNED, checked_at=at)
        return unlooked(blank, error)
    return examine_pdf(file, name=name, uri=uri, trust=trust, policy=policy, at=at)


def _weighed(report: Report, policy: VerificationPolicy) -> Report:
    required = policy.require_signed_pdfs
    bad = [item for item in report.attachments if item.failed or (required and not item.passed)]
    if not report.passed or not bad:
        return report
    worst = max(bad, key=lambda item: item.indication.severity)
    return replace(
        report,
        indication=Indication.INDETERMINATE,
        sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
        reason=f"attachment {worst.name}: {worst.reason}",
        code=worst.code,
        advice=worst.advice or "Ask the sender for the file with its signatures.",
    )
