"""``docexchange validate``: what is not as the standard says, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exit import ExitCode, code_of_error, end, error_json, tell, worst
from docexchange.cli._letters import opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, plain, progress, stdout_is_terminal
from docexchange.cli._words import advice_on, message_on, say
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from docexchange.envelope import Finding

__all__ = ["command"]


@click.command("validate")
@click.argument("files", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@json_option
def command(*, files: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Check letters against the rules of edXML.

    FILES are edXML envelopes; - reads standard input. Each finding stands on a line: file, line and
    column, error or warning, code, element, expected and found. Warnings are what real traffic is
    full of and readers put up with: other dialects of edXML (codes D.), texts that are too long,
    numbers out of range, agency codes outside the two grammars. Everything else is an error.

    The exit code is 0 when there is no error (with --strict, no finding), 1 when there is one, 4
    when a file is no edXML envelope at all. Signatures are not looked at.

    Example: docexchange validate letter.edxml --strict
    """
    codes: list[ExitCode] = []
    results: list[dict[str, Any]] = []
    watched = len(files) > 1 and (as_json or not stdout_is_terminal())
    with progress(len(files), "validate", watched=watched) as bar:
        for name in files:
            code, result = _validate(name, strict=strict, quiet=as_json)
            codes.append(code)
            results.append(result)
            bar.update(1)
    if as_json:
        answer_json(results)
    end(worst(codes))


def _validate(name: str, *, strict: bool, quiet: bool) -> tuple[ExitCode, dict[str, Any]]:
    try:
        with opened(name) as envelope:
            found = [_row(finding, strict=strict) for finding in envelope.findings]
    except DocExchangeError as error:
        if not quiet:
            tell(error)
        return code_of_error(error), {"file": name, "error": error_json(error)}
    if not quiet:
        _print(name, found)
    bad = any(row["severity"] == "error" for row in found)
    code = ExitCode.NEGATIVE if bad else ExitCode.POSITIVE
    return code, {"file": name, "valid": not bad, "findings": found}


def _row(finding: Finding, *, strict: bool) -> dict[str, Any]:
    return {
        "severity": "error" if strict or not _is_tolerable(finding) else "warning",
        "code": finding.code,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "expected": finding.expected,
        "found": finding.found,
        "advice": finding.advice,
    }


def _is_tolerable(finding: Finding) -> bool:
    odd_code = finding.code.startswith("T.") and finding.path.endswith("OrganId")
    return finding.code.startswith(("D.", "R.")) or odd_code


def _print(name: str, found: list[dict[str, Any]]) -> None:
    if not found:
        answer(f"{plain(name)}: {say('no findings')}")
    for row in found:
        place = [name, row["line"], row["column"]] if row["line"] else [name]
        where = plain(":".join(map(str, place)))
        advice = advice_on(row["code"], row["advice"])
        at = "" if row["code"].endswith(row["path"]) else f" {row['path']}:"
        answer(
            f"{where}: {say(row['severity'])}: {plain(row['code'])}:{plain(at)} "
            f"{plain(message_on(row['message']))}. {plain(advice)}"
        )
