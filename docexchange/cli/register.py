"""``docexchange register``: the books of outgoing and incoming documents."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._book_words import book_words
from docexchange.cli._books import ledgers, row_json, row_line
from docexchange.cli._options import as_day, json_option, node_option
from docexchange.cli._output import answer, answer_json, note, plain
from docexchange.cli._storage import place_of
from docexchange.cli._words import language
from docexchange.cli._writing import check_free, force_option, write_out
from docexchange.clock import SystemClock
from docexchange.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.delivery import BookRow
    from docexchange.lifecycle import Duplicate
    from docexchange.node import Register

__all__ = ["command"]

_BOOKS: Final = ("outgoing", "incoming")
_SHARED: Final = {
    "number": "the same number, notation and issuer",
    "document-id": "the same document id",
}

_book_option = click.option(
    "--book",
    type=click.Choice(_BOOKS),
    default="outgoing",
    show_default=True,
    help="Which book.",
)
_year_option = click.option(
    "--year", type=click.IntRange(1900, 9998), help="Only the series of this year."
)
_series_option = click.option(
    "--series",
    default="general",
    show_default=True,
    help="Series of numbers: general, legal, or a name of your own.",
)


@click.group("register", no_args_is_help=True)
def command() -> None:
    """Keep the books of outgoing and incoming documents.

    Documents that a node sends or hands over are entered by themselves.

    Example: docexchange register list --node commune
    """


@command.command("list")
@node_option
@_book_option
@_year_option
@json_option
def show(*, node_folder: Path, book: str, year: int | None, as_json: bool) -> None:
    """List the entries of a book, and which of them look like the same document.

    Example: docexchange register list --node central --book incoming --year 2026
    """
    from docexchange.lifecycle import duplicates

    rows = _rows(node_folder, book, year)
    doubles = duplicates([row for row in rows if not row.is_reserved])
    if as_json:
        answer_json(
            {"rows": list(map(row_json, rows)), "duplicates": list(_doubles_json(rows, doubles))}
        )
        return
    if not rows:
        note(book_words("the book is empty"))
    for row in rows:
        answer(row_line(row))
    for double, found in _doubled(rows, doubles):
        note(f"{book_words(_SHARED[double.what])}: {', '.join(map(_named, found))}")


@command.command("next")
@node_option
@_series_option
@click.option(
    "--year", type=click.IntRange(1900, 9998), help="Year of the series, if not this one."
)
@click.option("--notation", default="", help="Only a document with this notation takes the number.")
@click.option("--note", "remark", default="", help="What the number is for.")
@json_option
def reserve(
    *,
    node_folder: Path,
    series: str,
    year: int | None,
    notation: str,
    remark: str,
    as_json: bool,
) -> None:
    """Reserve the next number, for a document that is written now.

    Nobody else gets it, however many ask. The letter that bears it takes its place in the book when
    it is sent. Numbers of each series begin with 01 every year.

    Example: docexchange register next --node commune --notation UBND-VX
    """
    with _register(node_folder) as register:
        row = register.reserve(series, year, notation=notation, note=remark)
    _tell_number(row, as_json=as_json)


@command.command("enter")
@node_option
@_series_option
@click.option("--notation", required=True, help="Notation of the document.")
@click.option("--date", "day", required=True, help="The day it was signed, such as 2026-03-02.")
@click.option("--subject", required=True, help="Trích yếu.")
@click.option("--type", "type_name", default="", help="Kind of document, such as 'Công văn'.")
@click.option("--signer", default="", help="Who signed it.")
@click.option("--to", "recipients", multiple=True, help="A recipient; may be given again.")
@click.option("--copies", type=click.IntRange(min=0), help="How many copies were made.")
@click.option("--note", "remark", default="", help="What else is to be said.")
@json_option
def enter(  # noqa: PLR0913  one option for each column of the book
    *,
    node_folder: Path,
    series: str,
    notation: str,
    day: str,
    subject: str,
    type_name: str,
    signer: str,
    recipients: tuple[str, ...],
    copies: int | None,
    remark: str,
    as_json: bool,
) -> None:
    """Enter a document that goes out on paper alone, under the next number.

    Reports need it: the share of documents that go electronically is a share of all of them.

    Example: docexchange register enter --notation UBND-VX --date 2026-03-02 --subject "V/v mời họp"
    """
    from docexchange.node import PaperDocument

    document = PaperDocument(
        notation=notation,
        issued=as_day(day, "--date"),
        subject=subject,
        type_name=type_name,
        signer=signer,
        recipients=recipients,
        copies=copies,
        note=remark,
    )
    with _register(node_folder) as register:
        row = register.enter_paper(document, series=series)
    _tell_number(row, as_json=as_json)


@command.command("thread")
@click.argument("name", metavar="MESSAGE_ID|DOCUMENT_ID|NUMBER")
@node_option
@json_option
def thread(*, name: str, node_folder: Path, as_json: bool) -> None:
    """Show a document with all that it answers and all that answers it, the earliest first.

    Example: docexchange register thread 12/UBND-VX --node commune
    """
    from docexchange.lifecycle import thread_of

    with ledgers([node_folder]) as (ledger,):
        rows = [row for row in ledger.rows if not row.is_reserved]
    named = [row for row in rows if name in {str(row.message_id), row.document_id, row.code}]
    if not named:
        raise UsageError(
            f"expected a document that is in the books of {node_folder}, found none under {name!r}",
            code="register.unknown-document",
            advice="`docexchange register list` shows them, with their numbers.",
        )
    found = thread_of(rows, named[0])
    if as_json:
        answer_json([row_json(row) for row in found])
        return
    for row in found:
        answer(f"{book_words(row.book)} · {row_line(row)}")


@command.command("export")
@click.argument("file", metavar="FILE.csv|FILE.xlsx")
@node_option
@_book_option
@_year_option
@force_option
def export(*, file: str, node_folder: Path, book: str, year: int | None, force: bool) -> None:
    """Write a book with the ten columns of Decree 30/2020 for an office program.

    The heads are in the language asked for with `docexchange --lang`.

    Example: docexchange register export so-di.xlsx --node commune --year 2026
    """
    from docexchange.delivery import Book
    from docexchange.report import book_table, to_csv, to_xlsx

    suffix = Path(file).suffix.lower()
    if suffix not in {".csv", ".xlsx"}:
        raise UsageError(
            f"{file}: expected a name that ends with .csv or .xlsx, found {suffix or 'none'}",
            code="register.export-form",
        )
    check_free(file, force=force)
    with ledgers([node_folder]) as (ledger,):
        rows = [row for row in ledger.rows if row.book == book and year in (None, row.year)]
        table = book_table(rows, ledger, Book(book), vietnamese=language() == "vi")
    title = book_words(f"Book of {book} documents")
    octets = to_csv(table) if suffix == ".csv" else to_xlsx(table, title=title)
    write_out([octets], file, force=force)
    answer(plain(file))


def _rows(node_folder: Path, book: str, year: int | None) -> list[BookRow]:
    from docexchange.delivery import Book

    with place_of(node_folder).store() as store:
        return store.book(Book(book), year=year)


@contextmanager
def _register(node_folder: Path) -> Iterator[Register]:
    """The books without keys and transports; made when there are none yet."""
    from docexchange.identifiers import OrganId
    from docexchange.node import Register, open_storage, read_config

    config = read_config(node_folder)
    with open_storage(config) as storage:
        yield Register(OrganId(config.agency), storage.store, SystemClock())


def _tell_number(row: BookRow, *, as_json: bool) -> None:
    from docexchange.lifecycle import number_text

    if as_json:
        answer_json(row_json(row))
    else:
        answer(row.code if not row.is_reserved else number_text(row.number or 0))


def _doubled(
    rows: list[BookRow], doubles: tuple[Duplicate, ...]
) -> Iterator[tuple[Duplicate, list[BookRow]]]:
    documents = [row for row in rows if not row.is_reserved]
    for double in doubles:
        yield double, [documents[place] for place in double.places]


def _doubles_json(rows: list[BookRow], doubles: tuple[Duplicate, ...]) -> Iterator[dict[str, Any]]:
    for double, found in _doubled(rows, doubles):
        yield {"what": double.what, "rows": [_named(row) for row in found]}


def _named(row: BookRow) -> str:
    return plain(row.message_id or row.code)
