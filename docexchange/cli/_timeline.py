"""A timeline as people read it: when, where, what, which bytes, with which result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docexchange.cli._exchange_words import event_words, moment, phrase, status_words
from docexchange.cli._output import answer, plain
from docexchange.cli._problem_words import problem_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docexchange.report import TimelineRow

__all__ = ["print_table", "print_timeline", "row_as_json"]

_DIGITS = 12
"""Of a digest, for the eye; the JSON has all 64."""


def print_timeline(rows: Iterable[TimelineRow], names: Mapping[str, str]) -> None:
    """Print rows as a table.

    Args:
        rows: in the order to print them.
        names: what to call an agency, by its code; the code itself where there is none.
    """
    rows = list(rows)
    several = len({row.detail["recipient"] for row in rows if "recipient" in row.detail}) > 1
    head = [phrase("time (Vietnam)"), phrase("hop"), phrase("event"), "SHA-256"]
    cells = [
        [
            moment(row.at),
            names.get(str(row.node), str(row.node)),
            event_words(row.event),
            row.detail.get("sha256", "")[:_DIGITS],
            _result(row, names, several=several),
        ]
        for row in rows
    ]
    print_table([[*head, phrase("verdict, peer or reason")], *cells])


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of cells in columns."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        answer(line.rstrip())


def _result(row: TimelineRow, names: Mapping[str, str], *, several: bool) -> str:
    detail = row.detail
    of = detail.get("recipient", "") if several else ""
    words = [detail.get("verdict", "")]
    words += [f"→ {names.get(detail['to'], detail['to'])}"] if "to" in detail else []
    words += [f"← {names.get(detail['from'], detail['from'])}"] if "from" in detail else []
    words += [f"{phrase('recipient')} {names.get(of, of)}"] if of else []
    words += [status_words(detail["code"])] if "code" in detail else []
    words.append(problem_words(detail.get("reason", "") or detail.get("warning", "")))
    return " · ".join(filter(None, words))


def row_as_json(row: TimelineRow) -> dict[str, Any]:
    """A row as plain values."""
    return {
        "at": row.at.isoformat(),
        "node": str(row.node),
        "event": row.event,
        "words": event_words(row.event),
        "sha256": row.detail.get("sha256"),
        "verdict": row.detail.get("verdict") or None,
        "detail": row.detail,
    }
