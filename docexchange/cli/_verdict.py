"""A verdict as a clerk reads it: one line a letter, and the whole report for who asks.

TOTAL-PASSED · letter.edxml · genuine · UBND xã An Thạnh (agency)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.cli._names import short_names
from docexchange.cli._output import answer, plain, styled
from docexchange.cli._words import advice_on, moment_words, reason_of, say, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.cli._trust import Judge
    from docexchange.envelope import Envelope, Organization
    from docexchange.signing import Report, Signatory, SignatureReport, TimestampReport

__all__ = ["print_verdict"]

_LONG_ID: Final = re.compile(r"([0-9a-f]{12})[0-9a-f-]{20,}")

_COLOURS: Final = {"TOTAL-PASSED": "green", "INDETERMINATE": "yellow", "TOTAL-FAILED": "red"}


def print_verdict(
    name: str, envelope: Envelope, report: Report, *, judge: Judge, verbose: bool
) -> None:
    """Print the verdict on one letter.

    Args:
        name: its file.
        envelope: the letter.
        report: the verdict.
        judge: how it was judged.
        verbose: whether the whole report is wanted.
    """
    verdict = styled(report.indication, _COLOURS[report.indication])
    words = [verdict, plain(name), verdict_words(report.indication), *_findings(report)]
    answer(" · ".join([*words, *_conditions(judge)]))
    if not judge.bound:
        _print_strangers(report, envelope.message.sender)
    if verbose:
        _print_details(report)
    elif len(report.signatures) > 1 and not report.passed:
        for number, signature in enumerate(report.signatures, start=1):
            reason = f" · {_reason(signature.code, signature.reason)}" if signature.reason else ""
            answer(f"    {number}. {_verdict_on(signature)}{reason}")
    if report.advice:
        answer(f"    {say('Advice')}: {plain(advice_on(report.code, report.advice))}")


def _findings(report: Report) -> Iterator[str]:
    if report.passed:
        yield from (_who(item) for item in report.signatures if item.signatory)
        return
    # No names here: of a signature that did not pass they are no more than a claim.
    if report.sub_indication:
        yield report.sub_indication
    yield _reason(report.code, report.reason)


def _conditions(judge: Judge) -> Iterator[str]:
    if judge.at is not None:
        yield f"{say('as of')} {moment_words(judge.at)}"
    if not judge.revocation_checked:
        yield say("revocation not checked")


def _print_strangers(report: Report, sender: Organization) -> None:
    """Without a directory nothing ties signers to senders; people must see where they differ."""
    for signature in report.signatures if report.passed else ():
        who = signature.signatory
        if who is not None and who.organ_id != sender.organ_id:
            signer, own = who.organ_id or say("unknown"), sender.organ_id
            answer(
                f"    {say('Note')}: {say('the signer is not shown to belong to the sender')}: "
                f"{plain(who.name)} ({plain(signer)}); {say('from')} {plain(sender.name)} ({own})"
            )


def _who(signature: SignatureReport) -> str:
    who = signature.signatory
    roles = f" ({', '.join(map(plain, signature.roles))})" if signature.roles else ""
    return (_name(who) if who else say("unknown")) + roles


def _name(who: Signatory) -> str:
    names = dict.fromkeys(filter(None, (who.name, who.organization)))
    return ", ".join(map(plain, names)) or say("unknown")


def _reason(code: str, reason: str) -> str:
    # Who wants the digests and ids whole asks for the whole report.
    return plain(reason_of(code, _LONG_ID.sub(r"\1…", short_names(reason))))


def _verdict_on(signature: SignatureReport) -> str:
    words = [signature.indication.value, signature.sub_indication or "", _who(signature)]
    return " · ".join(filter(None, words))


def _print_details(report: Report) -> None:
    for number, signature in enumerate(report.signatures, start=1):
        answer(f"  {say('Signature')} {number}: {_verdict_on(signature)}")
        _print_signature(signature)
        for inner, counter in enumerate(signature.counter_signatures, start=1):
            answer(f"  {say('Counter-signature')} {number}.{inner}: {_verdict_on(counter)}")
            _print_signature(counter)
    for label in report.uncovered:
        answer(f"    {say('Not covered')}: {_part(label)}")
    for finding in report.findings:
        answer(f"    {say('Findings')}: {finding.code} {plain(finding.message)}")


def _part(label: str) -> str:
    kind, space, name = label.partition(" ")
    return f"{say(kind)}{space}{plain(name)}"


def _stamp_words(stamp: TimestampReport) -> str:
    if not stamp.passed:
        return f"{say('not counted')}: {_reason(stamp.code, stamp.reason)}"
    who = f" · {_name(stamp.authority)}" if stamp.authority else ""
    return (moment_words(stamp.time) if stamp.time else say("unknown")) + who


def _print_signature(signature: SignatureReport) -> None:
    who = signature.signatory
    if who is not None:
        answer(f"    {say('Signer')}: {_name(who)}")
        answer(f"    {say('Agency')}: {who.organ_id or say('none')}")
        answer(f"    {say('Issuer')}: {plain(short_names(who.issuer))}")
        answer(f"    {say('Certificate')}: sha256:{who.sha256}")
    if signature.signing_time:
        answer(f"    {say('Signed at (claimed)')}: {moment_words(signature.signing_time)}")
    if signature.policy:
        answer(f"    {say('Signature policy')}: {plain(signature.policy)}")
    for stamp in signature.timestamps:
        answer(f"    {say('Timestamp')}: {_stamp_words(stamp)}")
    for item in signature.coverage:
        mark = "" if item.intact else f" — {say('changed')}"
        answer(f"    {say('Covers')}: {_part(item.label)}{mark}")
    for step in signature.steps:
        mark = {True: say("ok"), False: say("NO"), None: "--"}[step.passed]
        detail = plain(short_names(step.detail))
        answer(f"    {step.number}. {say(step.name)}: {mark} {detail}".rstrip())
