"""``docexchange verify``: is it genuine, who signed it, may I rely on it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exit import ExitCode, code_of_error, code_of_report, end
from docexchange.cli._options import as_moment, json_option, readable
from docexchange.cli._output import answer, answer_json, complain, plain, styled
from docexchange.cli._words import say, verdict_words
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing import Report, SignatureReport, Verifier

__all__ = ["command"]

_COLOURS = {"TOTAL-PASSED": "green", "INDETERMINATE": "yellow", "TOTAL-FAILED": "red"}


@click.command("verify")
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--trust",
    multiple=True,
    required=True,
    help="Root certificate, bundle, or folder of them (with revocation lists).",
)
@click.option("--crl", "crls", multiple=True, help="Certificate revocation list.")
@click.option("--at", help="Judge for this moment instead of now (ISO 8601).")
@click.option("--directory", help="Directory of agencies: ties signers to senders.")
@click.option(
    "--no-revocation",
    is_flag=True,
    help="Do not ask whether certificates were revoked; a stolen key stays good.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the whole report.")
@json_option
def command(
    *,
    files: tuple[str, ...],
    trust: tuple[str, ...],
    crls: tuple[str, ...],
    at: str | None,
    directory: str | None,
    no_revocation: bool,
    verbose: bool,
    as_json: bool,
) -> None:
    """Verify the signatures of letters.

    FILES are edXML envelopes; - reads standard input. One line per file; the exit code is 0 when
    every file passed, 1 when one failed, 3 when one cannot be decided, 4 when one cannot be read.

    Example: docexchange verify letter.edxml --trust root.pem --crl ca.crl
    """
    verifier = _verifier(trust, crls, directory, check_revocation=not no_revocation)
    moment = as_moment(at)
    codes, results = [], []
    for name in files:
        code, result = _verify(name, verifier, moment, verbose=verbose, quiet=as_json)
        codes.append(code)
        results.append(result)
    if as_json:
        answer_json(results)
    end(_worst(codes))


def _verifier(
    trust: tuple[str, ...],
    crls: tuple[str, ...],
    directory: str | None,
    *,
    check_revocation: bool,
) -> Verifier:
    from docexchange.signing import TrustStore, VerificationPolicy, Verifier

    binding = None
    if directory:
        from docexchange.directory import Directory
        from docexchange.node.point import binding_of

        binding = binding_of(Directory.from_path(directory))
    return Verifier(
        TrustStore.from_path(*trust, crls=crls),
        policy=VerificationPolicy(check_revocation=check_revocation),
        binding=binding,
    )


def _verify(
    name: str, verifier: Verifier, at: datetime | None, *, verbose: bool, quiet: bool
) -> tuple[ExitCode, dict[str, Any]]:
    from docexchange.envelope import Envelope

    try:
        with readable(name) as path:
            report = verifier.examine(Envelope.read(path), at=at)
    except DocExchangeError as error:
        if not quiet:
            complain(f"{name}: {error}", advice=error.advice, code=error.code)
        return code_of_error(error), {
            "file": name,
            "error": {"code": error.code, "message": str(error), "advice": error.advice},
        }
    if not quiet:
        _print(name, report, verbose=verbose)
    return code_of_report(report), {"file": name, "report": report.as_json()}


def _worst(codes: list[ExitCode]) -> ExitCode:
    order = (ExitCode.NEGATIVE, ExitCode.UNREADABLE, ExitCode.USAGE, ExitCode.INDETERMINATE)
    return next((code for code in order if code in codes), ExitCode.POSITIVE)


def _print(name: str, report: Report, *, verbose: bool) -> None:
    verdict = styled(report.indication, _COLOURS[report.indication])
    words = [verdict, plain(name), verdict_words(report.indication)]
    words += [_who(signature) for signature in report.signatures if signature.signatory]
    if report.sub_indication:
        words += [report.sub_indication, plain(report.reason)]
    answer(" · ".join(words))
    if verbose:
        _print_details(report)
    elif report.advice:
        answer(f"    {say('Advice')}: {plain(report.advice)}")


def _who(signature: SignatureReport) -> str:
    who = signature.signatory
    if who is None:
        return ""
    role = f" ({', '.join(map(plain, signature.roles))})" if signature.roles else ""
    return plain(who.name or who.organization) + role


def _print_details(report: Report) -> None:
    for signature in report.signatures:
        _print_signature(signature)
    for label in report.uncovered:
        answer(f"    {say('Not covered')}: {plain(label)}")
    for finding in report.findings:
        answer(f"    {say('Findings')}: {finding.code} {plain(finding.message)}")
    if report.advice:
        answer(f"    {say('Advice')}: {plain(report.advice)}")


def _print_signature(signature: SignatureReport) -> None:
    who = signature.signatory
    if who is not None:
        answer(f"    {say('Signer')}: {plain(who.name)}, {plain(who.organization)}")
        answer(f"    {say('Agency')}: {who.organ_id or say('none')}")
        answer(f"    {say('Certificate')}: sha256:{who.sha256}")
    if signature.signing_time:
        answer(f"    {say('Signed at (claimed)')}: {signature.signing_time.isoformat()}")
    for item in signature.coverage:
        mark = "" if item.intact else f" — {say('changed')}"
        answer(f"    {say('Covers')}: {plain(item.label)}{mark}")
    for step in signature.steps:
        mark = {True: "ok", False: "NO", None: "--"}[step.passed]
        answer(f"    {step.number}. {step.name}: {mark} {plain(step.detail)}".rstrip())
