"""``docexchange diff``: what differs between two letters, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._exit import ExitCode, end
from docexchange.cli._letters import opened
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json
from docexchange.cli._words import say
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.envelope import Difference, Envelope

__all__ = ["command"]


@click.command("diff")
@click.argument("before")
@click.argument("after")
@json_option
def command(*, before: str, after: str, as_json: bool) -> None:
    """Tell what differs between two letters.

    BEFORE and AFTER are edXML envelopes; - reads one of them from standard input. Each difference
    stands on a line; what is the same is not shown, and neither is what means nothing: white space,
    the order of elements and receivers, the form of a date. Long texts are shortened around the
    place where they part; --json has them whole. Nothing is verified.

    The exit code is 0 when nothing differs, 1 when something does, 4 when one of the two is no
    edXML envelope.

    Example: docexchange diff sent.edxml received.edxml
    """
    if before == after == "-":
        raise UsageError(
            "expected at most one of the two letters on standard input, found both",
            code="usage",
            advice="Name a file for the other one.",
        )
    with opened(before) as one, opened(after) as other:
        found = _differences(one, other)
        if as_json:
            answer_json(_result(before, after, found))
        else:
            _print(found, one, other)
    end(ExitCode.NEGATIVE if found else ExitCode.POSITIVE)


def _differences(before: Envelope, after: Envelope) -> tuple[Difference, ...]:
    from docexchange.envelope import differences

    return differences(before, after)


def _print(found: tuple[Difference, ...], before: Envelope, after: Envelope) -> None:
    from docexchange.cli._difference_words import line_of

    for difference in found:
        answer(line_of(difference, before, after))
    if not found:
        answer(say("no difference"))


def _result(before: str, after: str, found: tuple[Difference, ...]) -> dict[str, Any]:
    return {
        "before": before,
        "after": after,
        "same": not found,
        "differences": [
            {
                "code": item.code,
                "path": item.path,
                "which": item.which,
                "before": item.before,
                "after": item.after,
            }
            for item in found
        ],
    }
