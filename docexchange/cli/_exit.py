"""Exit codes, and the only place that ends the process."""

from __future__ import annotations

import os
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import click

from docexchange.errors import (
    DeliveryError,
    DocExchangeError,
    MalformedReceipt,
    StoreFailure,
    TransportError,
    UnreadableInput,
    UsageError,
    VerificationFailed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.signing import Report

__all__ = ["ExitCode", "code_of_error", "code_of_report", "end", "guarded"]


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


def code_of_report(report: Report) -> ExitCode:
    """The exit code of a verdict."""
    codes = {
        "TOTAL-PASSED": ExitCode.POSITIVE,
        "INDETERMINATE": ExitCode.INDETERMINATE,
        "TOTAL-FAILED": ExitCode.NEGATIVE,
    }
    return codes[report.indication]


def code_of_error(error: DocExchangeError) -> ExitCode:
    """The exit code of an error."""
    from docexchange.signing.report import Report

    if isinstance(error, VerificationFailed) and isinstance(error.report, Report):
        return code_of_report(error.report)
    if isinstance(error, (UnreadableInput, MalformedReceipt)):
        return ExitCode.UNREADABLE
    if isinstance(error, (TransportError, StoreFailure)):
        return ExitCode.PEER
    if isinstance(error, (UsageError, DeliveryError)):
        return ExitCode.USAGE
    return ExitCode.INTERNAL


def end(code: ExitCode) -> NoReturn:
    """End the command with this code."""
    raise click.exceptions.Exit(int(code))


def guarded(command: click.Command, argv: Sequence[str] | None) -> NoReturn:
    """Run the command line; whatever happens, one clear line and the right exit code."""
    from docexchange.cli._output import complain

    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    try:
        result = command.main(arguments, prog_name="docexchange", standalone_mode=False)
    except click.exceptions.Abort:
        complain("interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough; nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.POSITIVE)
    except DocExchangeError as error:
        if debug:
            raise
        complain(str(error), advice=error.advice, code=error.code)
        sys.exit(code_of_error(error))
    except Exception as error:
        if debug:
            raise
        complain(
            f"internal error: {type(error).__name__}: {error}",
            advice="This is a fault of docexchange; run again with --debug and report it.",
        )
        sys.exit(ExitCode.INTERNAL)
    sys.exit(result if isinstance(result, int) else ExitCode.POSITIVE)
