"""The directory as CSV: the form that spreadsheets and other systems export.

The first line names the columns as in TOML; ``code``, ``name`` and ``tier`` must be there. Several
certificates, aliases or successors in one cell are separated by spaces; an empty cell is an absent
field::

    code,name,tier,parent,aliases
    000.00.00.H53,UBND tỉnh Tây Ninh,2,,H53
    000.00.31.H53,UBND huyện Bến Cầu,3,000.00.00.H53,
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from docexchange.directory._fields import (
    KEYS,
    LISTS,
    REQUIRED,
    WRITTEN,
    collect_entries,
    plain_fields,
)
from docexchange.directory._shorten import shorten
from docexchange.errors import MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from docexchange.directory.entry import DirectoryEntry

__all__ = ["parse_csv", "write_csv"]

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN_COLUMNS: Final = 10
_TIER: Final = re.compile(r"[0-9]")


def parse_csv(text: str, *, source: str = "directory") -> tuple[DirectoryEntry, ...]:
    """Read the entries out of CSV text.

    Args:
        text: the whole file.
        source: the name of the file, for messages.

    Raises:
        MalformedDirectory: not CSV, other columns, or rows that are no agencies; with the line.
    """
    lines = _lines(text, source)
    _, header = next(lines, (0, []))
    columns = [cell.strip() for cell in header]
    _refuse_columns(columns, source)
    rows = (
        (f"line {line}", _fields(columns, cells))
        for line, cells in lines
        if any(map(str.strip, cells))
    )
    return collect_entries(rows, source=source)


def write_csv(entries: Iterable[DirectoryEntry]) -> str:
    """Write entries so that ``parse_csv`` gives them back.

    Args:
        entries: a ``Directory``, or entries of one's own.

    Returns:
        The text of the file, to be stored as UTF-8.
    """
    import csv
    import io

    sheet = io.StringIO(newline="")
    rows = csv.writer(sheet)
    rows.writerow(WRITTEN)
    for entry in entries:
        fields = plain_fields(entry)
        rows.writerow(_cell(fields.get(key, "")) for key in WRITTEN)
    return sheet.getvalue()


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _lines(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    import csv
    import io

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise MalformedDirectory(
            f"{source}, line {reader.line_num}: expected CSV, found: {error}",
            code="directory.syntax",
            advice="Save it as CSV with commas, and with double quotes around texts with commas.",
        ) from error


def _refuse_columns(columns: Sequence[str], source: str) -> None:
    unknown = [shorten(name) for name in columns if name not in KEYS][:_SHOWN_COLUMNS]
    doubled = sorted({shorten(name) for name in columns if columns.count(name) > 1})
    missing = sorted(REQUIRED - set(columns))
    found = [
        *(f"an unknown column {name}" for name in unknown),
        *(f"column {name} twice" for name in doubled),
        *(f"no column {name}" for name in missing),
    ]
    if found:
        raise MalformedDirectory(
            f"{source}, line 1: expected the columns {', '.join(KEYS)}, found {'; '.join(found)}",
            code="directory.fields",
            advice="Name the columns in the first line, separated by commas.",
        )


def _fields(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, object] | str:
    """The typed fields of one row; what cannot be typed stays text and is refused by name later."""
    if len(cells) != len(columns):
        return f"expected {len(columns)} cells, one for each column, found {len(cells)}"
    return {
        key: _value(key, cell.strip())
        for key, cell in zip(columns, cells, strict=True)
        if cell.strip()
    }


def _value(key: str, cell: str) -> object:
    if key in LISTS:
        return cell.split()
    if key == "tier" and _TIER.fullmatch(cell):
        return int(cell)
    if key in {"valid_from", "valid_to"} and _DAY.fullmatch(cell):
        return _day(cell)
    return cell


def _day(cell: str) -> object:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return cell
