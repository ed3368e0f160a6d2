"""A verdict on a PDF file as a clerk reads it: one line, and what each signature is worth.

TOTAL-PASSED · quyết định.pdf · genuine · Nguyễn Thị Hoa (leader) · UBND xã An Thạnh (agency)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._output import plain, styled
from docexchange.cli._report_lines import (
    name_words,
    octets_words,
    reason_words,
    signature_lines,
    stamp_lines,
)
from docexchange.cli._verdict import COLOURS, conditions
from docexchange.cli._words import advice_on, moment_words, say, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.cli._trust import Judge
    from docexchange.signing.pdf import PdfReport, PdfSignature

__all__ = ["attached_lines", "pdf_verdict_lines"]

_PERMITTED: Final = {
    "NO_CHANGES": "no changes",
    "FILL_FORMS": "form filling",
    "ANNOTATE": "annotations",
}
"""What the levels of DocMDP mean, in the words that changes are told in."""


def pdf_verdict_lines(
    name: str, report: PdfReport, *, judge: Judge, verbose: bool
) -> Iterator[str]:
    """The verdict on a PDF file of its own, line by line.

    Args:
        name: the file.
        report: the verdict.
        judge: how it was judged.
        verbose: whether the whole report is wanted.
    """
    verdict = styled(report.indication, COLOURS[report.indication])
    words = [verdict, plain(name), verdict_words(report.indication), *_told(report)]
    yield " · ".join([*words, *conditions(judge)])
    yield from _notes(report, "    ", verbose=verbose)
    if verbose:
        yield f"    {say('Checked at')}: {moment_words(report.checked_at)}"
        yield from _signatures(report)
    if report.advice:
        yield f"    {say('Advice')}: {plain(advice_on(report.code, report.advice))}"


def attached_lines(reports: Sequence[PdfReport], *, verbose: bool) -> Iterator[str]:
    """What is worth telling about the PDF files in a letter, line by line.

    Args:
        reports: on each of them.
        verbose: whether everything is wanted; else what passed and what is not signed is left out.
    """
    for report in reports:
        silent = report.passed or report.code == "pdf.unsigned"
        if silent and not report.findings and not verbose:
            continue
        told = () if report.code == "pdf.unsigned" else _told(report)
        yield f"    PDF {plain(report.name)}: {' · '.join([_mark(report), *told])}"
        yield from _notes(report, "      ", verbose=verbose)
        if verbose:
            yield from _signatures(report)


def _mark(report: PdfReport) -> str:
    if not report.signatures:
        return say(report.state)
    return styled(report.indication, COLOURS[report.indication])


def _told(report: PdfReport) -> Iterator[str]:
    if report.passed:
        yield from map(_who, report.signatures)
        return
    # No names here: of a signature that did not pass they are no more than a claim.
    if report.sub_indication:
        yield report.sub_indication
    yield reason_words(report.code, report.reason)


def _who(signature: PdfSignature) -> str:
    who = name_words(signature.signatory) if signature.signatory else say("unknown")
    return f"{who} ({say(signature.role)})" if signature.role else who


def _notes(report: PdfReport, indent: str, *, verbose: bool) -> Iterator[str]:
    for finding in report.findings:
        if finding.code == report.code:
            continue
        yield f"{indent}{say('Note')}: {reason_words(finding.code, finding.message)}"
        if verbose and finding.advice:
            yield f"{indent}  {say('Advice')}: {plain(advice_on(finding.code, finding.advice))}"


def _signatures(report: PdfReport) -> Iterator[str]:
    for number, signature in enumerate(report.signatures, start=1):
        words = [signature.indication, signature.sub_indication or "", _who(signature)]
        yield f"      {say('Signature')} {number}: {' · '.join(filter(None, words))}"
        told = _covered(signature, report.octets)
        document = signature.proved_by_document
        for line in signature_lines(signature, told, proved_by_document=document):
            yield f"        {line}"
    for number, stamp in enumerate(report.timestamps, start=1):
        yield f"      {say('Over the document')}:"
        for line in stamp_lines(stamp, number):
            yield f"        {line}"


def _covered(signature: PdfSignature, octets: int) -> Iterator[str]:
    if signature.coverage:
        size = f"{signature.octets:,} {say('of')} {octets_words(octets)}"
        yield f"{say('Covers')}: {say(signature.coverage)} · {size}"
    if signature.changes:
        yield f"{say('Changed after signing')}: {say(signature.changes)}"
    if signature.permissions:
        yield f"{say('Permits')}: {say(_PERMITTED[signature.permissions])}"
