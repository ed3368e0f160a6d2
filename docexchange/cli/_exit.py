"""Exit codes, and the only place that ends the process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import click

from docexchange.errors import (
    DeliveryError,
    DocExchangeError,
    InvalidEnvelope,
    MalformedReceipt,
    SnapshotRefused,
    StoreFailure,
    TransportError,
    UnreadableInput,
    UsageError,
    VerificationFailed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docexchange.signing import Report
    from docexchange.signing.pdf import PdfReport

__all__ = [
    "Complaint",
    "ExitCode",
    "code_of_error",
    "code_of_pdf",
    "code_of_report",
    "complaint_on",
    "end",
    "error_json",
    "guarded",
    "tell",
    "worst",
]


class ExitCode(IntEnum):
    """What the process ends with."""

    POSITIVE = 0
    NEGATIVE = 1
    USAGE = 2
    INDETERMINATE = 3
    UNREADABLE = 4
    PEER = 5
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def code_of_report(report: Report | PdfReport) -> ExitCode:
    """The exit code of a verdict."""
    codes = {
        "TOTAL-PASSED": ExitCode.POSITIVE,
        "INDETERMINATE": ExitCode.INDETERMINATE,
        "TOTAL-FAILED": ExitCode.NEGATIVE,
    }
    return codes[report.indication]


def code_of_pdf(report: PdfReport) -> ExitCode:
    """The exit code of a verdict on a PDF file, which may be that there is none."""
    codes = {"unreadable": ExitCode.UNREADABLE, "not checked": ExitCode.USAGE}
    return codes.get(report.state, code_of_report(report))


def code_of_error(error: DocExchangeError) -> ExitCode:
    """The exit code of an error."""
    from docexchange.signing.report import Report

    if isinstance(error, VerificationFailed) and isinstance(error.report, Report):
        return code_of_report(error.report)
    if isinstance(error, SnapshotRefused):
        return ExitCode.NEGATIVE
    if isinstance(error, (UnreadableInput, MalformedReceipt)):
        return ExitCode.UNREADABLE
    if _may_pass(error):
        return ExitCode.PEER
    if isinstance(error, (UsageError, DeliveryError, TransportError)):
        return ExitCode.USAGE
    return ExitCode.INTERNAL


def _may_pass(error: DocExchangeError) -> bool:
    """Whether trying the same again may help, now or after somebody has mended something."""
    if isinstance(error, TransportError):
        return error.retryable
    if error.code == "store.target-exists":
        return False
    return isinstance(error, StoreFailure) or error.code == "store.stale"


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code for several files: a negative verdict weighs most, then what is unreadable."""
    order = (ExitCode.NEGATIVE, ExitCode.UNREADABLE, ExitCode.USAGE, ExitCode.INDETERMINATE)
    found = set(codes)
    return next((code for code in order if code in found), max(found, default=ExitCode.POSITIVE))


def end(code: ExitCode) -> NoReturn:
    """End the command with this code."""
    raise click.exceptions.Exit(int(code))


def guarded(command: click.Command, argv: Sequence[str] | None) -> NoReturn:
    """Run the command line; whatever happens, one clear line and the right exit code."""
    from docexchange.cli._output import (
        ReaderGoneError,
        complain,
        put_up_with_terminals,
        show_traceback,
        silence_stdout,
    )
    from docexchange.cli._words import say

    put_up_with_terminals()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        result = command.main(arguments, prog_name="docexchange", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        complain(say("interrupted"))
        sys.exit(ExitCode.INTERRUPTED)
    except ReaderGoneError:
        # Not all was said, so it is not the positive answer; nor is anybody left to be told why.
        silence_stdout()
        sys.exit(ExitCode.BROKEN_PIPE)
    except Exception as error:  # noqa: BLE001  the outermost loop: users are not shown tracebacks
        if "--debug" in arguments:
            show_traceback()
        code = _told(error)
        if getattr(error, "code", "") == "output.not-writable":
            silence_stdout()  # what could not be written would fail again when the process ends
        sys.exit(code)
    sys.exit(result if isinstance(result, int) else ExitCode.POSITIVE)


def _told(error: Exception) -> int:
    """Say what went wrong; the exit code that goes with it."""
    from docexchange.cli._output import complain
    from docexchange.cli._words import advice_on, message_on, say

    if isinstance(error, click.ClickException):
        return _told_usage(error)
    if isinstance(error, DocExchangeError):
        tell(error)
        return code_of_error(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename is not None else ""
        advice = advice_on("system", "Check the path, the permissions and the free space.")
        complain(message_on(f"{where}{error.strerror or error}"), advice=advice, code="system")
        return ExitCode.UNREADABLE
    complain(
        f"{say('internal error')}: {type(error).__name__}: {error}",
        advice=say("This is a fault of docexchange; run again with --debug and report it."),
    )
    return ExitCode.INTERNAL


def _told_usage(error: click.ClickException) -> int:
    from docexchange.cli._output import complain
    from docexchange.cli._words import usage_words

    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        error.show()  # since click 8.2 the help comes as an error
        return error.exit_code
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "docexchange"
    advice = _misplaced(error) or usage_words(f"See {path} --help.")
    complain(usage_words(error.format_message()), advice=advice, code="usage")
    return error.exit_code


def _misplaced(error: click.ClickException) -> str:
    """What to do about an option of ``docexchange`` itself that stands behind the command."""
    from docexchange.cli._words import usage_words

    context = getattr(error, "ctx", None)
    name = getattr(error, "option_name", "")
    if context is None or not isinstance(error, click.NoSuchOption):
        return ""
    own = (option for item in context.find_root().command.params for option in item.opts)
    program, _, command = context.command_path.partition(" ")
    advice = f"Put it before the command: {program} {name} ... {command} ..."
    return usage_words(advice) if name in own else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is to be said about an error, in the language asked for."""

    message: str
    """What it is about, and what is wrong."""
    advice: str
    """What to do."""
    code: str
    """The stable code."""
    details: tuple[str, ...] = ()
    """Where there are several faults, each of them."""

    def say(self) -> None:
        """Print it."""
        from docexchange.cli._output import complain

        complain(self.message, advice=self.advice, code=self.code, details=self.details)


def complaint_on(error: DocExchangeError) -> Complaint:
    """What is to be said about an error of ours: what it is about, what is wrong, and advice."""
    from docexchange.cli._names import short_names
    from docexchange.cli._words import advice_on, message_on, say

    advice = advice_on(error.code, error.advice)
    where = "".join(f"{note}: " for note in _notes(error))
    message = short_names(f"{where}{_words_of(error)}")
    if not isinstance(error, InvalidEnvelope) or len(error.faults) == 1:
        return Complaint(message=message, advice=advice, code=error.code)
    return Complaint(
        message=f"{where}{say(error.message)}: {len(error.faults)} {say('faults')}",
        advice=advice,
        code=error.code,
        details=tuple(
            f"{fault.path}: {message_on(str(fault))}. {advice_on(fault.code, fault.advice)}"
            for fault in error.faults
        ),
    )


def _words_of(error: DocExchangeError) -> str:
    """What is wrong; of a verdict its reason, behind the words that are the same in all tongues."""
    from docexchange.cli._words import message_on, reason_of

    if isinstance(error, VerificationFailed):
        from docexchange.signing.report import Report

        report = error.report
        if isinstance(report, Report) and str(error) == report.summary:
            reason = reason_of(report.code, report.reason)
            words = (report.indication.value, report.sub_indication or "", reason)
            return " · ".join(filter(None, words))
    return message_on(str(error))


def tell(error: DocExchangeError) -> None:
    """Print an error of ours."""
    complaint_on(error).say()


def error_json(error: DocExchangeError) -> dict[str, str]:
    """The same as plain values."""
    message = "".join(f"{note}: " for note in _notes(error)) + str(error)
    return {"code": error.code, "message": message, "advice": error.advice}


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])
