"""The books of nodes, opened for the commands that report from them, and entries as answers."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from docexchange.cli._book_words import book_words, series_words
from docexchange.cli._output import plain
from docexchange.cli._storage import place_of
from docexchange.errors import InputNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.delivery import BookRow
    from docexchange.lifecycle import WorkCalendar
    from docexchange.report import Ledger

__all__ = [
    "calendar_of",
    "holidays_option",
    "ledgers",
    "nodes_option",
    "row_json",
    "row_line",
]

_LONGEST_CALENDAR: Final = 1024 * 1024

nodes_option = click.option(
    "--node",
    "node_folders",
    type=click.Path(path_type=Path),
    multiple=True,
    default=[Path()],
    show_default="the current folder",
    help="Folder of a node, with its node.toml; may be given again.",
)
holidays_option = click.option(
    "--holidays",
    type=click.Path(path_type=Path),
    help="File with days off, one date a line; + before a weekend day that is worked.",
)


@contextmanager
def ledgers(node_folders: Sequence[Path]) -> Iterator[list[Ledger]]:
    """Read the books of nodes; their stores stay open for the statuses meanwhile.

    Raises:
        StoreFailure: a node has no store yet, or it cannot be read.
    """
    with ExitStack() as stack:
        yield [_ledger(folder, stack) for folder in dict.fromkeys(node_folders)]


def _ledger(node_folder: Path, stack: ExitStack) -> Ledger:
    from docexchange.identifiers import OrganId
    from docexchange.node import directory_of, read_config
    from docexchange.report import ledger_of

    config = read_config(node_folder)
    agency = OrganId(config.agency)
    directory = directory_of(config)
    store = stack.enter_context(place_of(node_folder).store())
    return ledger_of(store, agency, directory=directory)


def calendar_of(path: Path | None) -> WorkCalendar:
    """Read the file that ``--holidays`` names; weekends and fixed holidays when there is none.

    Raises:
        InputNotFound: it cannot be read.
        UsageError: a line of it is no date.
    """
    from docexchange.lifecycle import WorkCalendar, read_calendar

    if path is None:
        return WorkCalendar()
    try:
        with path.open("rb") as stream:
            text = stream.read(_LONGEST_CALENDAR).decode("utf-8-sig", "replace")
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    return read_calendar(text, name=str(path))


def row_json(row: BookRow) -> dict[str, Any]:
    """An entry as plain values."""
    return {
        "book": str(row.book),
        "agency": str(row.agency),
        "series": row.series,
        "year": row.year,
        "number": row.number,
        "code": row.code,
        "reserved": row.is_reserved,
        "entered_at": row.entered_at.isoformat(),
        "received_at": row.received_at.isoformat() if row.received_at else None,
        "message_id": str(row.message_id) if row.message_id else None,
        "document_id": row.document_id,
        "date": row.issued.isoformat() if row.issued else None,
        "type": row.type_name,
        "subject": row.subject,
        "signer": row.signer,
        "issuer": {"organ_id": str(row.issuer or ""), "name": row.issuer_name},
        "recipients": [{"organ_id": code, "name": name} for code, name in row.recipients],
        "copies": row.copies,
        "priority": row.priority,
        "due": row.due.isoformat() if row.due else None,
        "electronic": row.electronic,
        "paper": row.paper,
        "signed_by": list(row.roles),
        "refusal": row.refusal,
        "note": row.note,
    }


def row_line(row: BookRow) -> str:
    """An entry on one line: its number in the book, the document, the other side, remarks."""
    from docexchange.delivery import Book
    from docexchange.lifecycle import number_text

    number = book_words("no number") if row.number is None else number_text(row.number)
    others = [name or code for code, name in row.recipients]
    side = [row.issuer_name or str(row.issuer or "")] if row.book is Book.INCOMING else others
    words = [
        f"{number} ({series_words(row.series)} {row.year})",
        row.code,
        row.issued.isoformat() if row.issued else "",
        " ".join(filter(None, [row.type_name, row.subject])),
        "; ".join(side),
        str(row.message_id or ""),
        *_remarks(row),
    ]
    return " · ".join(plain(word) for word in words if word)


def _remarks(row: BookRow) -> list[str]:
    remarks = [book_words("reserved")] if row.is_reserved else []
    if row.issued is not None and not row.electronic:
        remarks.append(book_words("on paper"))
    if row.refusal:
        remarks.append(f"{book_words('refused')}: {row.refusal}")
    return [*remarks, row.note]
