"""Examine a PDF file: is it signed, by whom, in which order, and was it changed afterwards?

>>> report = examine_pdf(attachment, name="quyết định.pdf", trust=trust, policy=policy, at=now)
>>> report.state, report.indication
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import readable
from docexchange.envelope.reading.findings import Finding
from docexchange.errors import InputNotFound, MissingExtra, UnreadableInput
from docexchange.signing.errors import Refusal
from docexchange.signing.overall import with_roles
from docexchange.signing.pdf.apart import facts_apart, is_pdf, marks_in, unreadable
from docexchange.signing.pdf.report import PdfReport, PdfState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docexchange.envelope.attachments.attachment import Source
    from docexchange.errors import DocExchangeError
    from docexchange.signing.pdf.facts import PdfFacts, SignatureFacts
    from docexchange.signing.pdf.judging import Proof
    from docexchange.signing.pdf.report import PdfSignature
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import TimestampReport
    from docexchange.signing.trust import TrustStore

__all__ = ["examine_pdf", "unlooked"]

_TOKEN: Final = "/DocTimeStamp"  # noqa: S105  a kind of signature
_HIDDEN: Final = "pdf.signature-hidden"


def examine_pdf(
    source: Source,
    *,
    name: str,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
    uri: str = "",
) -> PdfReport:
    """Examine the signatures inside a PDF file; never raises for a bad one.

    Args:
        source: the file, or an attachment.
        name: what people call it.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
        uri: of the attachment.

    Raises:
        InputNotFound: the file has gone.
    """
    blank = PdfReport(name=name, uri=uri, state=PdfState.UNSIGNED, checked_at=at)
    try:
        with readable(name):
            marks = _marks(source)
            if not marks:
                return _without(blank)  # most files; what judges the others is not even loaded
            facts = facts_apart(source, policy.limits)
    except InputNotFound:
        raise
    except (MissingExtra, UnreadableInput, Refusal) as error:
        return unlooked(blank, error)
    return _judged(blank, facts, marks, trust, policy)


def _marks(source: Source) -> int:
    if not is_pdf(source):
        raise unreadable("a PDF file", "one that does not begin as such", "pdf.no-header")
    return marks_in(source)


def unlooked(blank: PdfReport, error: DocExchangeError | Refusal) -> PdfReport:
    """The report on a file that was not looked into.

    Args:
        blank: a report without a verdict.
        error: why.
    """
    missing = isinstance(error, MissingExtra)
    return replace(
        blank,
        state=PdfState.UNCHECKED if missing else PdfState.UNREADABLE,
        sub_indication=error.sub_indication if isinstance(error, Refusal) else None,
        reason=str(error),
        code=error.code,
        advice=error.advice,
    )


def _judged(
    blank: PdfReport,
    facts: PdfFacts,
    marks: int,
    trust: TrustStore,
    policy: VerificationPolicy,
) -> PdfReport:
    from docexchange.signing.pdf.judging import judge_signature, judge_timestamp

    at, later = blank.checked_at, _later_level(facts)
    stamps = [
        (item.revision, judge_timestamp(item, trust=trust, policy=policy, at=at))
        for item in facts.signatures
        if item.kind == _TOKEN
    ]
    signatures = tuple(
        judge_signature(
            replace(item, crls=item.crls + facts.crls, ocsps=item.ocsps + facts.ocsps),
            trust=trust,
            policy=policy,
            at=at,
            proofs=_proofs(stamps, item),
            later=later,
        )
        for item in facts.signatures
        if item.kind != _TOKEN
    )
    found = replace(
        blank,
        octets=facts.octets,
        signatures=signatures,
        timestamps=tuple(report for _, report in stamps),
        findings=(
            *_findings(signatures, hidden=marks - len(facts.signatures)),
            *_left_out(facts.orphans),
        ),
    )
    if not signatures:
        return _without(found)
    signers = ((item.role, (item.role,)) for item in signatures)  # their certificates say so
    return with_roles(_summed(found), signers, policy.required_roles)


def _proofs(
    stamps: Sequence[tuple[int, TimestampReport]], signature: SignatureFacts
) -> list[Proof]:
    """Good timestamps over the document with this signature in it."""
    from docexchange.signing.pdf.judging import Proof

    return [
        Proof(number=number, time=report.time)
        for number, (revision, report) in enumerate(stamps, start=1)
        if report.passed and report.time and revision > signature.revision
    ]


def _later_level(facts: PdfFacts) -> str:
    if not facts.has_store:
        return ""
    stamped = any(item.kind == _TOKEN for item in facts.signatures)
    return "PAdES-B-LTA (DSS, DocTimeStamp)" if stamped else "PAdES-B-LT (DSS)"


def _summed(found: PdfReport) -> PdfReport:
    worst = max(found.signatures, key=lambda item: item.indication.severity)
    return replace(
        found,
        state=PdfState.SIGNED,
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        reason=worst.reason,
        code=worst.code,
        advice=worst.advice,
    )


def _without(found: PdfReport) -> PdfReport:
    hidden = next((item for item in found.findings if item.code == _HIDDEN), None)
    if hidden:
        return replace(found, reason=hidden.message, code=hidden.code, advice=hidden.advice)
    return replace(
        found, reason="expected a signature in the PDF file, found none", code="pdf.unsigned"
    )


def _findings(signatures: Sequence[PdfSignature], *, hidden: int) -> Iterator[Finding]:
    if hidden > 0:
        yield Finding(
            code=_HIDDEN,
            path="AcroForm",
            message="expected every signature in a form field of the document as it is now, found "
            f"{hidden} more in the file",
            advice="A signature may have been taken off after signing. Ask the sender for the "
            "file as it was signed.",
        )
    roles = [item.role for item in signatures]
    if len(roles) > 1 and "" in roles:
        yield _order("pdf.order-unknown", "signatures of which not all tell whose they are")
    elif "leader" in roles and "agency" in roles[: roles.index("leader")]:
        yield _order("pdf.order-reversed", "the agency's before the leader's")


def _left_out(orphans: Sequence[str]) -> Iterator[Finding]:
    if orphans:
        yield Finding(
            code="pdf.generation",
            path="xref",
            message="expected new objects of generation 0 in the file, found some of a later one "
            f"that nothing refers to ({', '.join(orphans)}); they were left out",
            advice="pdfsig of poppler writes such files; ask its maker for one without this fault.",
        )


def _order(code: str, found: str) -> Finding:
    return Finding(
        code=code,
        path="AcroForm",
        message=f"expected the leader's signature first and then the agency's, found {found}",
        advice="Circular 41/2017/TT-BTTTT: the clerk signs with the agency's key what the leader "
        "has signed.",
    )
