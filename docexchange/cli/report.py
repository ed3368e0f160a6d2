"""``docexchange report``: numbers for those who have to report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._book_words import book_words
from docexchange.cli._books import calendar_of, holidays_option, ledgers, nodes_option
from docexchange.cli._options import as_day, json_option
from docexchange.cli._output import answer, answer_json, note, plain
from docexchange.cli._timeline import print_table
from docexchange.cli._writing import check_free, force_option, write_out
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.report import IndicatorLine, Period, Rate

__all__ = ["command"]

_GROUPS: Final = ("agency", "tier", "superior", "province", "month", "quarter", "year")


@click.group("report", no_args_is_help=True)
def command() -> None:
    """Count what has to be reported.

    Example: docexchange report indicators --node commune --period 2026-Q1
    """


@command.command("indicators")
@nodes_option
@click.option(
    "--by",
    "groups",
    type=click.Choice(_GROUPS),
    multiple=True,
    help="A line for each of these; may be given again.",
)
@click.option("--period", help="A year, quarter or month: 2026, 2026-Q1, 2026-03.")
@click.option("--from", "first", help="First day, such as 2026-03-02.")
@click.option("--to", "last", help="Last day.")
@holidays_option
@click.option("--csv", "csv_file", help="Write the table to this file, for an office program.")
@click.option("--chart", help="Draw the rates into this file; its name ends with .svg.")
@force_option
@json_option
def show(  # noqa: PLR0913  one option for each thing that a report is asked for by
    *,
    node_folders: tuple[Path, ...],
    groups: tuple[str, ...],
    period: str | None,
    first: str | None,
    last: str | None,
    holidays: Path | None,
    csv_file: str | None,
    chart: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Count documents by direction: electronic, without paper, signed, in time, refused, recalled.

    Every rate is shown with its part and its whole. Signatures count if they were good when the
    letter was sent or came in. Documents on paper count once they are in the book, see `docexchange
    register enter`.

    Example: docexchange report indicators --node commune --node district --by tier --period 2026-Q1
    """
    from docexchange.report import Group, indicators

    _check_files(csv_file, chart, force=force)
    with ledgers(node_folders) as opened:
        lines = indicators(
            opened,
            now=SystemClock().now(),
            by=[Group(name) for name in groups],
            period=_period(period, first, last),
            calendar=calendar_of(holidays),
        )
    if csv_file:
        from docexchange.report import to_csv

        write_out([to_csv(_table(lines, groups))], csv_file, force=force)
    if chart:
        write_out([_chart(lines).encode()], chart, force=force)
    if as_json:
        answer_json({"lines": list(map(_as_json, lines))})
    else:
        _print(lines)


def _check_files(csv_file: str | None, chart: str | None, *, force: bool) -> None:
    """Tell what cannot be written before anything is counted."""
    if chart and Path(chart).suffix.lower() != ".svg":
        raise UsageError(
            f"--chart: expected the name of a file that ends with .svg, found {chart!r}",
            code="report.chart-form",
            advice="Pictures are drawn as SVG; browsers and office programs turn it into PNG.",
        )
    for option, file in (("--csv", csv_file), ("--chart", chart)):
        if file:
            check_free(file, force=force, option=option)


def _period(text: str | None, first: str | None, last: str | None) -> Period:
    from docexchange.report import Period, parse_period

    if text and (first or last):
        raise UsageError(
            "--period: expected it alone, found --from or --to with it", code="usage.period"
        )
    if text:
        return parse_period(text)
    return Period(
        first=as_day(first, "--from") if first else None,
        last=as_day(last, "--to") if last else None,
    )


def _as_json(line: IndicatorLine) -> dict[str, Any]:
    return {
        "direction": str(line.direction),
        "groups": {str(name): value for name, value in line.groups},
        "documents": line.documents,
        "rates": {
            str(name): {"part": rate.part, "whole": rate.whole, "percent": rate.percent}
            for name, rate in line.rates.items()
        },
        "reasons": [{"reason": reason, "count": count} for reason, count in line.reasons],
    }


def _print(lines: Sequence[IndicatorLine]) -> None:
    if not lines:
        note(book_words("no documents"))
    for line in lines:
        answer(f"{_title(line)} · {book_words('documents')}: {line.documents}")
        print_table([[f"  {book_words(name)}", *_cells(rate)] for name, rate in line.rates.items()])
        if line.reasons:
            told = [f"{plain(reason) or '-'} ({count})" for reason, count in line.reasons]
            answer(f"  {book_words('reasons of refusal')}: {'; '.join(told)}")


def _title(line: IndicatorLine) -> str:
    told = [f"{book_words(name)} {value or '?'}" for name, value in line.groups]
    return " · ".join([book_words(line.direction), *told])


def _cells(rate: Rate) -> list[str]:
    percent = "-" if rate.percent is None else f"{rate.percent:.1f} %"
    return [percent.rjust(7), f"{rate.part}/{rate.whole}"]


def _table(lines: Sequence[IndicatorLine], groups: Sequence[str]) -> list[list[str]]:
    """A row for each line, and three columns for each measure."""
    from docexchange.report import Measure

    measures = [book_words(name) for name in Measure]
    heads = [book_words(name) for name in ("direction", *groups, "documents")]
    heads += [cell for name in measures for cell in (name, f"{name} (n)", f"{name} (%)")]
    table = [heads]
    for line in lines:
        cells = [book_words(line.direction), *(value for _, value in line.groups)]
        cells.append(str(line.documents))
        for rate in line.rates.values():
            percent = "" if rate.percent is None else f"{rate.percent:.1f}"
            cells += [str(rate.part), str(rate.whole), percent]
        table.append(cells)
    return table


def _chart(lines: Sequence[IndicatorLine]) -> str:
    from docexchange.report import Bar, bar_chart

    bars = [
        Bar(
            heading=_title(line),
            label=book_words(name),
            percent=rate.percent,
            text=" ".join(cell.strip() for cell in _cells(rate)),
        )
        for line in lines
        for name, rate in line.rates.items()
    ]
    return bar_chart(book_words("Indicators"), bars)
