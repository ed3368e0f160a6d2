"""``docexchange status``: what became of a document, or tell its sender."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
from docexchange.cli._standing_lines import standing_json, standing_lines
from docexchange.cli._storage import memory_of
from docexchange.cli._words import say
from docexchange.envelope.codes import StatusCode
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from docexchange.delivery import StatusRecord
    from docexchange.lifecycle import Standing

__all__ = ["command"]


@click.command("status")
@click.argument("name", metavar="MESSAGE_ID|DOCUMENT_ID")
@node_option
@click.option(
    "--report",
    type=click.Choice([code.value for code in StatusCode if not code.by_sender]),
    help="Report this status about a document that came in.",
)
@click.option("--agree", "answered", flag_value="agree", help="Agree to what its sender asked.")
@click.option("--refuse", "answered", flag_value="refuse", help="Refuse it, with --reason.")
@click.option("--ask-back", is_flag=True, help="Ask all receivers to give it back, with --reason.")
@click.option(
    "--reason", default="", help="The reason of a report or an answer; give one with a refusal."
)
@click.option(
    "--inherited-from",
    "old_folder",
    type=click.Path(path_type=Path),
    help="With --report: the node, or a copy of its folder, of an agency merged into this one, "
    "which took the letter in.",
)
@json_option
def command(
    *,
    name: str,
    node_folder: Path,
    old_folder: Path | None,
    report: str | None,
    answered: str | None,
    ask_back: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Show what became of a document: deliveries, statuses, and where it stands at each receiver.

    With --report, tell the sender instead: 01 arrived, 02 refused, 03 entered in the incoming book,
    04 assigned, 05 in processing, 06 finished, 15 and 16 change or recall accepted or refused. With
    --agree or --refuse, answer a recall, an update or a replacement; name the letter that asks, or
    the document for what was asked last. With --ask-back, its sender asks for it by status 13. What
    is told is signed and queued; `docexchange node run` delivers it.

    Example: docexchange status m-2b60… --node central --report 03
    """
    wanted = [StatusCode(report)] if report else []
    wanted += [_ANSWERS[answered]] if answered else []
    wanted += [StatusCode.ASKED_BACK] if ask_back else []
    _check(wanted, reason)
    repeated = None
    if old_folder is not None:
        name, repeated = _inherit(name, node_folder, old_folder, report, reason)
    elif wanted:
        repeated = _tell(name, node_folder, wanted[0], reason, is_report=report is not None)
    told = str(wanted[0]) if wanted else None
    found, standings = find(name, node_folder), _standings(name, node_folder)
    if as_json:
        answer_json(_as_json(found, standings, told, repeated=repeated))
    else:
        _print(found, standings, told, repeated=repeated)


_ANSWERS: Final = {"agree": StatusCode.CHANGE_ACCEPTED, "refuse": StatusCode.CHANGE_REFUSED}


def _check(wanted: list[StatusCode], reason: str) -> None:
    if len(wanted) > 1:
        raise UsageError(
            "expected one of --report, --agree, --refuse and --ask-back, found several",
            code="usage.several-statuses",
        )
    if reason and not wanted:
        raise UsageError(
            "--reason: expected --report, --agree, --refuse or --ask-back with it, found none",
            code="usage.reason",
        )


def _tell(name: str, node_folder: Path, code: StatusCode, reason: str, *, is_report: bool) -> bool:
    """Queue a status; tells whether it had been queued before."""
    from docexchange.node import Node

    found = find(name, node_folder)
    with Node.from_config(node_folder) as node:
        if code.by_sender:
            return not node.ask_back(found.only_departure, reason=reason)
        if not is_report:
            agree = code is StatusCode.CHANGE_ACCEPTED
            return not node.answer(found.only_arrival, agree=agree, reason=reason)
        node.report_status(found.only_arrival, code, description=reason)
    return any(item.outgoing and item.code == code for item in found.statuses)


def _inherit(
    name: str, node_folder: Path, old_folder: Path, report: str | None, reason: str
) -> tuple[str, bool]:
    """Queue a status about what an older node took in; tells the id of the document, too."""
    from docexchange.node import Node

    if report is None:
        raise UsageError(
            "--inherited-from: expected --report with it, found none", code="usage.inherited"
        )
    code, found = StatusCode(report), find(name, old_folder)
    with memory_of(old_folder) as old, Node.from_config(node_folder) as node:
        known = node.store.statuses(found.document_id)
        node.report_status(found.only_arrival, code, description=reason, inherited=old)
    return found.document_id, any(item.outgoing and item.code == code for item in known)


def _standings(name: str, node_folder: Path) -> tuple[Standing, ...]:
    from docexchange.clock import SystemClock
    from docexchange.node import open_standings, read_config

    with memory_of(node_folder) as storage:
        return open_standings(read_config(node_folder), storage, SystemClock()).of(name)


def _as_json(
    found: Found, standings: tuple[Standing, ...], report: str | None, *, repeated: bool | None
) -> dict[str, Any]:
    return {
        "document_id": found.document_id,
        "deliveries": list(map(delivery_json, found.sent)),
        "arrivals": list(map(arrival_json, found.came)),
        "statuses": [_status(record) for record in found.statuses],
        "standings": list(map(standing_json, standings)),
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


def _print(
    found: Found, standings: tuple[Standing, ...], report: str | None, *, repeated: bool | None
) -> None:
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
    for line in (line for item in standings for line in standing_lines(item)):
        answer(line)


def _described(status: StatusRecord) -> list[str]:
    return [plain(status.description)] if status.description else []
