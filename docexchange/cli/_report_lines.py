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
    from collections.abc import Iterable, Iterator

    from docexchange.envelope.reading.findings import Finding
    from docexchange.signing import Evidence, Report, Signatory, SignatureReport, TimestampReport
    from docexchange.signing.report import Covered, SignatureVerdict, Step, TracedVerdict

__all__ = [
    "name_words",
    "numbered",
    "octets_words",
    "part_words",
    "reason_words",
    "report_lines",
    "signature_lines",
    "stamp_lines",
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
        yield f"    {say('Not covered')}: {part_words(part.label)} · {octets_words(part.octets)}"
    if traces:
        yield f"    {say('Not covered')}: {say('trace headers, which nobody signs')} · {traces}"
    for number, signature in numbered(report.signatures):
        kind = say("Counter-signature" if "." in number else "Signature")
        yield f"  {kind} {number}: {verdict_on(signature)}"
        yield from _signature(signature)
    for finding in report.findings:
        yield from _finding(finding)


def numbered(
    signatures: Iterable[SignatureReport], above: str = ""
) -> Iterator[tuple[str, SignatureReport]]:
    """Signatures and those over them, each under its number: 1, 1.1, 1.1.1, 2.

    Args:
        signatures: the reports on them.
        above: what the numbers begin with.
    """
    for at, signature in enumerate(signatures, start=1):
        yield f"{above}{at}", signature
        yield from numbered(signature.counter_signatures, f"{above}{at}.")


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
    told = [f"{say('Covers')}: {_covered(item)}" for item in signature.coverage]
    if signature.policy:
        told.insert(0, f"{say('Signature policy')}: {plain(signature.policy)}")
    for line in signature_lines(signature, told):
        yield f"    {line}"


def signature_lines(
    signature: SignatureVerdict, told: Iterable[str], *, proved_by_document: int | None = None
) -> Iterator[str]:
    """The whole report on a signature of any kind, line by line.

    Args:
        signature: the verdict on it.
        told: lines of its own kind: what it covers, and more.
        proved_by_document: which timestamp over the document proves since when it exists.
    """
    who = signature.signatory
    if who is not None:
        yield f"{say('Signer')}: {name_words(who)}"
        yield f"{say('Agency')}: {who.organ_id or say('none')}"
        yield f"{say('Issuer')}: {plain(short_names(who.issuer))}"
        yield f"{say('Certificate')}: sha256:{who.sha256}"
    if signature.level:
        yield f"{say('Level')}: {signature.level}"
    if signature.algorithm_name:
        yield f"{say('Algorithm')}: {_algorithm(signature)}"
    yield from _times(signature, proved_by_document)
    yield from _path(signature)
    yield from told
    yield from map(_step, signature.steps)


def _algorithm(verdict: TracedVerdict) -> str:
    return plain(verdict.algorithm_name).replace(" with ", f" {say('with')} ")


def _times(signature: SignatureVerdict, proved_by_document: int | None) -> Iterator[str]:
    if signature.signing_time:
        yield f"{say('Signed at (claimed)')}: {moment_words(signature.signing_time)}"
    for number, stamp in enumerate(signature.timestamps, start=1):
        yield from stamp_lines(stamp, number)
    best = signature.best_signature_time
    if best is not None:
        proof = say("nothing proves that it is older than this check")
        if signature.proved_by is not None:
            proof = f"{say('proved by timestamp')} {signature.proved_by}"
        elif proved_by_document is not None:
            proof = f"{say('proved by timestamp over the document')} {proved_by_document}"
        yield f"{say('Existed at')}: {moment_words(best)} · {proof}"


def stamp_lines(stamp: TimestampReport, number: int) -> Iterator[str]:
    """What a timestamp tells and what that stands on, or why it does not count, line by line.

    Args:
        stamp: the verdict on it.
        number: which it is.
    """
    yield f"{say('Timestamp')} {number}: {_stamp_words(stamp)}"
    yield from (f"  {line}" for line in _path(stamp))


def _stamp_words(stamp: TimestampReport) -> str:
    if not stamp.passed:
        return f"{say('not counted')}: {reason_words(stamp.code, stamp.reason)}"
    words = [moment_words(stamp.time) if stamp.time else say("unknown")]
    if stamp.accuracy_seconds is not None:
        words[0] += f" ± {stamp.accuracy_seconds:g} s"
    if stamp.authority:
        words.append(name_words(stamp.authority))
    return " · ".join([*words, _algorithm(stamp)])


def _path(verdict: TracedVerdict) -> Iterator[str]:
    for number, item in enumerate(verdict.chain, start=1):
        span = f"{item.not_before:%Y-%m-%d} – {item.not_after:%Y-%m-%d}"
        name = plain(short_names(item.subject))
        yield f"{say('Certificate path')} {number}: {name} · {span} · sha256:{item.sha256}"
    for evidence in verdict.evidence:
        yield f"{say('Not revoked by')}: {_evidence(evidence)}"


def _evidence(evidence: Evidence) -> str:
    due = moment_words(evidence.next_update) if evidence.next_update else say("unknown")
    issued = f"{say('issued')} {moment_words(evidence.produced)}"
    kind = say(_EVIDENCE[evidence.kind])
    name = plain(short_names(evidence.issuer))
    return f"{kind} · {name} · {issued} · {say('next due')} {due} · sha256:{evidence.sha256}"


def _covered(item: Covered) -> str:
    words = [part_words(item.label), octets_words(item.octets), plain(item.digest)]
    if item.parts not in ((), (item.label,)):
        words.append(", ".join(map(part_words, item.parts)))
    if not item.whole:
        words.append(say("a choice out of it"))
    return " · ".join(words) + ("" if item.intact else f" — {say('changed')}")


def octets_words(count: int) -> str:
    """A size."""
    return f"{count:,} {say('bytes')}"


def part_words(label: str) -> str:
    """A part of a message that a signature covers, or should."""
    kind, space, name = label.partition(" ")
    return say(label) if say(label) != label else f"{say(kind)}{space}{plain(name)}"


def _step(step: Step) -> str:
    mark = {True: say("ok"), False: say("NO"), None: "--"}[step.passed]
    detail = plain(message_on(short_names(step.detail)))
    return f"{step.number}. {say(step.name)}: {mark} {detail}".rstrip()


def _finding(finding: Finding) -> Iterator[str]:
    yield f"    {say('Findings')}: {finding.code} {plain(message_on(finding.message))}"
    advice = advice_on(finding.code, finding.advice)
    if advice:
        yield f"        {say('Advice')}: {plain(advice)}"
