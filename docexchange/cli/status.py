"""``docexchange status``: what became of a document, or tell its sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._documents import Found, find
from docexchange.cli._exchange_words import moment, phrase, state_words, status_words
from docexchange.cli._options import json_option, node_option
from docexchange.cli._output import answer, answer_json, plain
from docexchange.cli._words import say
from docexchange.envelope.codes import StatusCode
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.delivery import InboundRecord, OutboundRecord, StatusRecord

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
        "deliveries": [_delivery(record) for record in found.sent],
        "arrivals": [_arrival(record) for record in found.came],
        "statuses": [_status(record) for record in found.statuses],
        "reported": {"code": report, "repeated": repeated} if report else None,
    }


def _delivery(record: OutboundRecord) -> dict[str, Any]:
    return {
        "message_id": str(record.message_id),
        "recipient": str(record.recipient),
        "next_hop": str(record.next_hop),
        "state": str(record.state),
        "attempts": record.attempts,
        "due_at": None if record.state.is_terminal else record.due_at.isoformat(),
        "expires_at": record.expires_at.isoformat(),
        "problem": record.problem,
    }


def _arrival(record: InboundRecord) -> dict[str, Any]:
    return {
        "message_id": str(record.message_id),
        "recipient": str(record.recipient),
        "from_node": str(record.from_node),
        "state": str(record.state),
        "received_at": record.received_at.isoformat(),
        "verdict": record.verdict,
        "problem": record.problem,
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
    for record in found.sent:
        _print_delivery(record)
    for arrival in found.came:
        words = [str(arrival.message_id), str(arrival.recipient), moment(arrival.received_at)]
        words += [state_words(arrival.state), plain(arrival.problem)]
        answer(f"{phrase('Came in')}: {' · '.join(filter(None, words))}")
    if not found.statuses:
        answer(f"{phrase('Statuses')}: {phrase('no statuses yet')}")
    for status in found.statuses:
        words = [status_words(status.code), str(status.reporter), moment(status.at)]
        answer(f"{phrase('Statuses')}: {' · '.join([*words, *_described(status)])}")


def _print_delivery(record: OutboundRecord) -> None:
    words = [str(record.message_id), str(record.recipient), state_words(record.state)]
    words.append(f"{phrase('Next hop')} {record.next_hop}")
    words.append(f"{phrase('Attempts')} {record.attempts}")
    if not record.state.is_terminal:
        words.append(f"{phrase('Next step due')} {moment(record.due_at)}")
    if record.problem:
        words.append(plain(record.problem))
    answer(f"{phrase('Sent')}: {' · '.join(words)}")


def _described(status: StatusRecord) -> list[str]:
    return [plain(status.description)] if status.description else []
