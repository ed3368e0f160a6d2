"""A verdict as a clerk reads it: one line a file, and the whole report for who asks.

TOTAL-PASSED · letter.edxml · genuine · UBND xã An Thạnh (agency)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._output import plain, styled
from docexchange.cli._report_lines import (
    numbered,
    reason_words,
    report_lines,
    verdict_on,
    who_signed,
)
from docexchange.cli._words import advice_on, moment_words, say, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.cli._trust import Judge
    from docexchange.envelope import Envelope, Organization
    from docexchange.signing import Report

__all__ = ["COLOURS", "conditions", "verdict_lines"]

_PARTLY: Final = "no edXML letter; not all of it is signed, -v shows what is"
COLOURS: Final = {"TOTAL-PASSED": "green", "INDETERMINATE": "yellow", "TOTAL-FAILED": "red"}


def verdict_lines(
    name: str, envelope: Envelope | None, report: Report, *, judge: Judge, verbose: bool
) -> Iterator[str]:
    """The verdict on one file, line by line.

    Args:
        name: the file.
        envelope: the letter; None where it is XML of another kind.
        report: the verdict.
        judge: how it was judged.
        verbose: whether the whole report is wanted.
    """
    verdict = styled(report.indication, COLOURS[report.indication])
    words = [verdict, plain(name), verdict_words(report.indication), *_findings(report)]
    yield " · ".join([*words, *_kind(envelope, report), *conditions(judge)])
    if envelope is not None and not judge.bound:
        yield from _strangers(report, envelope.message.sender)
    if verbose:
        yield from report_lines(report, traces=len(envelope.traces) if envelope else 0)
    elif not report.passed and len(signatures := [*numbered(report.signatures)]) > 1:
        for number, signature in signatures:
            reason = reason_words(signature.code, signature.reason)
            yield f"    {number}. {verdict_on(signature)}{f' · {reason}' if reason else ''}"
    if report.advice:
        yield f"    {say('Advice')}: {plain(advice_on(report.code, report.advice))}"


def _findings(report: Report) -> Iterator[str]:
    if report.passed:
        yield from (who_signed(item) for item in report.signatures if item.signatory)
        return
    # No names here: of a signature that did not pass they are no more than a claim.
    if report.sub_indication:
        yield report.sub_indication
    yield reason_words(report.code, report.reason)


def _kind(envelope: Envelope | None, report: Report) -> Iterator[str]:
    """What the reader would not expect: no letter, or a signature that nodes do not accept."""
    if envelope is None:
        partly = report.passed and report.uncovered  # or somebody wraps a forgery around it
        yield say(_PARTLY if partly else "no edXML letter; -v shows what is signed")
    elif report.passed and any(item.foreign for item in report.signatures):
        yield say("signature of another form")


def conditions(judge: Judge) -> Iterator[str]:
    """Under what conditions it was judged, where they are not the usual ones."""
    if judge.at is not None:
        yield f"{say('as of')} {moment_words(judge.at)}"
    if not judge.revocation_checked:
        yield say("revocation not checked")
    if judge.own_store:
        yield f"{say('by the roots in')} {plain(judge.own_store)}"


def _strangers(report: Report, sender: Organization) -> Iterator[str]:
    """Without a directory nothing ties signers to senders; people must see where they differ."""
    for signature in report.signatures if report.passed else ():
        who = signature.signatory
        if who is not None and who.organ_id != sender.organ_id:
            signer, own = who.organ_id or say("unknown"), sender.organ_id
            yield (
                f"    {say('Note')}: {say('the signer is not shown to belong to the sender')}: "
                f"{plain(who.name)} ({plain(signer)}); {say('from')} {plain(sender.name)} ({own})"
            )
