"""``docexchange status``: what became of a document, or tell its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._delivery_lines import (
    arrival_json,
    arrival_line,
    delivery_json,
    delivery_line,
)
from docexchange.cli._documents import Found, find
from docexchange.cli._exchange_words import moment, phrase, status_words
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import say
from docexchange.envelope.codes import StatusCode
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import StatusRecord

__all__ = ["command"]


@click.command("status")
@click.argument("name", metavar="MESSAGE_ID|DOCUMENT_ID")
@node_option
@click.option(
    "--report",
    type=click.Choice([code.value for code in StatusCode if not code.by_sender]),
    help="Report this status about a document that came in.",
)
@click.option(
    "--reason", default="", help="The reason of what --report says; give one with a refusal."
)
@json_option
def command(
    *, name: str, node_folder: Path, report: str | None, reason: str, as_json: bool
) -> None:
    """Show what became of a document: delivery to each recipient, and the statuses reported.

    With --report, tell the sender instead: 01 arrived, 02 refused, 03 entered in the incoming book,
    04 assigned, 05 in processing, 06 finished, 15 and 16 change or recall accepted or refused. The
    report is signed and queued; `docexchange node run` delivers it. A message id is found at once,
    for a document id every letter has to be looked at.

    Example: docexchange status m-2b60… --node central --report 03
    """
    if reason and report is None:
        raise UsageError("--reason: expected --report with it, found none", code="usage.reason")
    repeated = _report(name, node_folder, StatusCode(report), reason) if report else None
    found = find(name, node_folder)
    if as_json:
        answer_json(_as_json(found, report, repeated=repeated))
    else:
        _print(found, report, repeated=repeated)


def _report(name: str, node_folder: Path, code: StatusCode, reason: str) -> bool:
    """Report a status; tells whether it had been reported before."""
    from docexchange.node import Node

    found = find(name, node_folder)
    message_id = found.only_arrival
    with Node.from_config(node_folder) as node:
        node.report_status(message_id, code, description=reason)
    return any(item.outgoing and item.code == code for item in found.statuses)


def _as_json(found: Found, report: str | None, *, repeated: bool | None) -> dict[str, Any]:
    return {
        "document_id": found.document_id,
        "deliveries": list(map(delivery_json, found.sent)),
        "arrivals": list(map(arrival_json, found.came)),
        "statuses": [_status(record) for record in found.statuses],
        "reported": {"code": report, "repeated": repeated} if report else None,
    }


def _status(record: StatusRecord) -> dict[str, Any]:
    known = StatusCode(record.code) if record.code in set(StatusCode) else None
    return {
        "code": record.code,
        "vietnamese": known.vietnamese if known else "",
        "english": known.english if known else "",
        "reporter": str(record.reporter),
        "at": record.at.isoformat(),
        "description": record.description,
        "outgoing": record.outgoing,
    }


def _print(found: Found, report: str | None, *, repeated: bool | None) -> None:
    answer(f"{say('Document')}: {plain(found.document_id) or say('none')}")
    if report:
        outcome = phrase("reported before" if repeated else "reported")
        answer(f"{outcome}: {status_words(report)}")
    for line in [*map(delivery_line, found.sent), *map(arrival_line, found.came)]:
        answer(line)
    if not found.statuses:
        answer(f"{phrase('Statuses')}: {phrase('no statuses yet')}")
    for status in found.statuses:
        words = [status_words(status.code), str(status.reporter), moment(status.at)]
        answer(f"{phrase('Statuses')}: {' · '.join([*words, *_described(status)])}")


def _described(status: StatusRecord) -> list[str]:
    return [plain(status.description)] if status.description else []
