"""The whole report as an auditor reads it: what is not signed first, then each signature.

>>> for line in report_lines(report):
...     answer(line)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.cli._names import short_names
from docexchange.cli._output import plain
from docexchange.cli._words import advice_on, message_on, moment_words, reason_of, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope.findings import Finding
    from docexchange.signing import Evidence, Report, Signatory, SignatureReport, TimestampReport
    from docexchange.signing.report import Covered, Step

__all__ = [
    "name_words",
    "reason_words",
    "report_lines",
    "stamp_words",
    "verdict_on",
    "who_signed",
]

_LONG_ID: Final = re.compile(r"([0-9a-f]{12})[0-9a-f-]{20,}")
_EVIDENCE: Final = {
    "CRL": "revocation list",
    "delta CRL": "delta revocation list",
    "OCSP": "OCSP answer",
}


def report_lines(report: Report, *, traces: int = 0) -> Iterator[str]:
    """A report, line by line.

    Args:
        report: the verdict.
        traces: how many trace headers the letter has; nobody signs them.
    """
    yield f"    {say('Checked at')}: {moment_words(report.checked_at)}"
    for part in report.uncovered:
        yield f"    {say('Not covered')}: {_part(part.label)} · {_octets(part.octets)}"
    if traces:
        yield f"    {say('Not covered')}: {say('trace headers, which nobody signs')} · {traces}"
    for number, signature in enumerate(report.signatures, start=1):
        yield f"  {say('Signature')} {number}: {verdict_on(signature)}"
        yield from _signature(signature)
        for inner, counter in enumerate(signature.counter_signatures, start=1):
            yield f"  {say('Counter-signature')} {number}.{inner}: {verdict_on(counter)}"
            yield from _signature(counter)
    for finding in report.findings:
        yield from _finding(finding)


def reason_words(code: str, reason: str) -> str:
    """A reason, without the long digests: who wants them whole asks for JSON."""
    return plain(reason_of(code, _LONG_ID.sub(r"\1…", short_names(reason))))


def verdict_on(signature: SignatureReport) -> str:
    """Verdict and signer."""
    words = [signature.indication.value, signature.sub_indication or "", who_signed(signature)]
    return " · ".join(filter(None, words))


def who_signed(signature: SignatureReport) -> str:
    """The signer, with the roles claimed."""
    who = signature.signatory
    names = [plain(say(role)) for role in signature.roles]
    roles = f" ({', '.join(names)})" if names else ""
    return (name_words(who) if who else say("unknown")) + roles


def name_words(who: Signatory) -> str:
    """Whom a certificate names."""
    names = dict.fromkeys(filter(None, (who.name, who.organization)))
    return ", ".join(map(plain, names)) or say("unknown")


def _signature(signature: SignatureReport) -> Iterator[str]:
    yield from _signer(signature)
    if signature.level:
        yield f"    {say('Level')}: {signature.level}"
    if signature.algorithm_name:
        yield f"    {say('Algorithm')}: {_algorithm(signature)}"
    if signature.policy:
        yield f"    {say('Signature policy')}: {plain(signature.policy)}"
    yield from _times(signature)
    yield from _chain(signature)
    for item in signature.coverage:
        yield f"    {say('Covers')}: {_covered(item)}"
    for step in signature.steps:
        yield _step(step)


def _algorithm(signature: SignatureReport) -> str:
    return plain(signature.algorithm_name).replace(" with ", f" {say('with')} ")


def _signer(signature: SignatureReport) -> Iterator[str]:
    who = signature.signatory
    if who is not None:
        yield f"    {say('Signer')}: {name_words(who)}"
        yield f"    {say('Agency')}: {who.organ_id or say('none')}"
        yield f"    {say('Issuer')}: {plain(short_names(who.issuer))}"
        yield f"    {say('Certificate')}: sha256:{who.sha256}"


def _times(signature: SignatureReport) -> Iterator[str]:
    if signature.signing_time:
        yield f"    {say('Signed at (claimed)')}: {moment_words(signature.signing_time)}"
    for number, stamp in enumerate(signature.timestamps, start=1):
        yield f"    {say('Timestamp')} {number}: {stamp_words(stamp)}"
    best = signature.best_signature_time
    if best is not None:
        proof = say("nothing proves that it is older than this check")
        if signature.proved_by is not None:
            proof = f"{say('proved by timestamp')} {signature.proved_by}"
        yield f"    {say('Existed at')}: {moment_words(best)} · {proof}"


def stamp_words(stamp: TimestampReport) -> str:
    """What a timestamp tells, or why it does not count."""
    if not stamp.passed:
        return f"{say('not counted')}: {reason_words(stamp.code, stamp.reason)}"
    who = f" · {name_words(stamp.authority)}" if stamp.authority else ""
    return (moment_words(stamp.time) if stamp.time else say("unknown")) + who


def _chain(signature: SignatureReport) -> Iterator[str]:
    for number, item in enumerate(signature.chain, start=1):
        span = f"{item.not_before:%Y-%m-%d} – {item.not_after:%Y-%m-%d}"
        name = plain(short_names(item.subject))
        yield f"    {say('Certificate path')} {number}: {name} · {span} · sha256:{item.sha256}"
    for evidence in signature.evidence:
        yield f"    {say('Not revoked by')}: {_evidence(evidence)}"


def _evidence(evidence: Evidence) -> str:
    due = moment_words(evidence.next_update) if evidence.next_update else say("unknown")
    issued = f"{say('issued')} {moment_words(evidence.produced)}"
    kind = say(_EVIDENCE[evidence.kind])
    name = plain(short_names(evidence.issuer))
    return f"{kind} · {name} · {issued} · {say('next due')} {due} · sha256:{evidence.sha256}"


def _covered(item: Covered) -> str:
    words = [_part(item.label), _octets(item.octets), plain(item.digest)]
    if item.parts not in ((), (item.label,)):
        words.append(", ".join(map(_part, item.parts)))
    if not item.whole:
        words.append(say("a choice out of it"))
    return " · ".join(words) + ("" if item.intact else f" — {say('changed')}")


def _octets(count: int) -> str:
    return f"{count:,} {say('bytes')}"


def _part(label: str) -> str:
    kind, space, name = label.partition(" ")
    return say(label) if say(label) != label else f"{say(kind)}{space}{plain(name)}"


def _step(step: Step) -> str:
    mark = {True: say("ok"), False: say("NO"), None: "--"}[step.passed]
    detail = plain(message_on(short_names(step.detail)))
    return f"    {step.number}. {say(step.name)}: {mark} {detail}".rstrip()


def _finding(finding: Finding) -> Iterator[str]:
    yield f"    {say('Findings')}: {finding.code} {plain(message_on(finding.message))}"
    advice = advice_on(finding.code, finding.advice)
    if advice:
        yield f"        {say('Advice')}: {plain(advice)}"
