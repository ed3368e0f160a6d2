"""``docexchange verify``: is it genuine, who signed it, may I rely on it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exit import (
    ExitCode,
    code_of_error,
    code_of_pdf,
    code_of_report,
    end,
    error_json,
    tell,
    worst,
)
from docexchange.cli._letters import opened, pdf_in
from docexchange.cli._options import json_option
from docexchange.cli._output import answer_json, progress, stdout_is_terminal
from docexchange.cli._pdf_verdict import print_pdf_verdict, print_pdfs
from docexchange.cli._trust import trust_options
from docexchange.cli._verdict import print_verdict
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from docexchange.cli._trust import Judge
    from docexchange.envelope import Envelope
    from docexchange.envelope.attachments import Source
    from docexchange.signing import Report

__all__ = ["command"]


@click.command("verify")
@click.argument("files", nargs=-1, required=True)
@trust_options(required=True, pdfs=True)
@click.option("-v", "--verbose", is_flag=True, help="Show the whole report.")
@json_option
def command(*, files: tuple[str, ...], judge: Judge, verbose: bool, as_json: bool) -> None:
    """Verify the signatures of letters and of PDF files.

    FILES are edXML envelopes or PDF files; - reads an envelope from standard input. Signatures
    inside attached PDF files are looked into as well (needs the extra pdf). One line per file;
    the exit code is 0 when every file passed, 1 when one failed, 3 when one cannot be decided,
    4 when one cannot be read.
    A date without a time means its first moment.

    Example: docexchange verify letter.edxml --trust root.pem --crl ca.crl
    """
    codes: list[ExitCode] = []
    results: list[dict[str, Any]] = []
    # Where people see the lines come, the lines are the progress.
    watched = len(files) > 1 and (as_json or not stdout_is_terminal())
    with progress(len(files), "verify", watched=watched) as bar:
        for name in files:
            code, result = _verify(name, judge, verbose=verbose, quiet=as_json)
            codes.append(code)
            results.append(result)
            bar.update(1)
    if as_json:
        answer_json(results)
    end(worst(codes))


def _verify(
    name: str, judge: Judge, *, verbose: bool, quiet: bool
) -> tuple[ExitCode, dict[str, Any]]:
    try:
        source = pdf_in(name)
        if source is not None:
            return _verify_pdf(name, source, judge, verbose=verbose, quiet=quiet)
        with opened(name) as envelope:
            report = judge.examine(envelope)
    except DocExchangeError as error:
        if not quiet:
            tell(error)
        return code_of_error(error), {"file": name, "error": error_json(error)}
    if not quiet:
        print_verdict(name, envelope, report, judge=judge, verbose=verbose)
        print_pdfs(report.attachments, verbose=verbose)
    return code_of_report(report), _result(name, envelope, report)


def _verify_pdf(
    name: str, source: Source, judge: Judge, *, verbose: bool, quiet: bool
) -> tuple[ExitCode, dict[str, Any]]:
    report = judge.examine_pdf(source, name)
    if not quiet:
        print_pdf_verdict(name, report, judge=judge, verbose=verbose)
    return code_of_pdf(report), {"file": name, "pdf": report.as_json()}


def _result(name: str, envelope: Envelope, report: Report) -> dict[str, Any]:
    sender = envelope.message.sender
    return {
        "file": name,
        "sender": {"organ_id": str(sender.organ_id), "name": sender.name},
        "report": report.as_json(),
    }
