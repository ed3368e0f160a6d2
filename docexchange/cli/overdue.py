"""``docexchange overdue``: what should have been done by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docexchange.cli._book_words import book_words
from docexchange.cli._books import (
    calendar_of,
    holidays_option,
    ledgers,
    nodes_option,
    row_json,
    row_line,
)
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import as_moment, json_option
from docexchange.cli._output import answer, answer_json, note
from docexchange.cli._words import moment_words
from docexchange.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.report import OverdueItem

__all__ = ["command"]


@click.command("overdue")
@nodes_option
@holidays_option
@click.option("--at", help="As of this moment instead of now: 2026-03-02T09:00.")
@json_option
def command(
    *, node_folders: tuple[Path, ...], holidays: Path | None, at: str | None, as_json: bool
) -> None:
    """List what is overdue: numbers without a document, receipts, and answers, ours and of others.

    A document is sent by the morning of the next working day, its receipt told within the day, its
    answer given by its due date. Ends with exit code 1 when something is overdue.

    Example: docexchange overdue --node commune --holidays tet-2026.txt
    """
    from docexchange.report import overdue

    with ledgers(node_folders) as opened:
        now = as_moment(at) or SystemClock().now()
        found = overdue(opened, now=now, calendar=calendar_of(holidays))
    if as_json:
        answer_json([_as_json(item) for item in found])
    else:
        _print(found)
    end(ExitCode.NEGATIVE if found else ExitCode.POSITIVE)


def _as_json(item: OverdueItem) -> dict[str, Any]:
    return {
        "what": str(item.what),
        "deadline": item.deadline.isoformat(),
        "party": str(item.party) if item.party else None,
        "row": row_json(item.row),
    }


def _print(found: tuple[OverdueItem, ...]) -> None:
    if not found:
        note(book_words("nothing is overdue"))
    for item in found:
        party = f" · {item.party}" if item.party else ""
        since = f"{book_words('since')} {moment_words(item.deadline)}"
        answer(f"{book_words(item.what)} · {since}{party} · {row_line(item.row)}")
