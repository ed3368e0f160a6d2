"""What a list says, row by row, before anything is mended.

Columns are known by the names that lists really give them, in any case and with any spaces; those
of the catalogues of provinces and of the national axis among them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.directory.importing.repairs import Repair
from docexchange.errors import MalformedDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["COLUMNS", "Row", "column_of", "columns_not_kept", "read_csv_rows"]

COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "code": frozenset(
        {"code", "organid", "mã", "ma", "mãđịnhdanh", "madinhdanh", "madinhdanhcap1", "mãđơnvị"}
    ),
    "name": frozenset({"name", "organname", "tên", "ten", "tênđơnvị", "tendonvi", "têncơquan"}),
    "tier": frozenset({"tier", "cấp", "cap"}),
    "parent": frozenset({"parent", "pcode", "mãcha", "macha", "mãđơnvịcha", "madonvicha"}),
    "aliases": frozenset({"aliases", "oldcode", "code102", "mãcũ", "macu"}),
    "endpoint": frozenset({"endpoint"}),
    "representative": frozenset({"representative"}),
    "certificates": frozenset({"certificates"}),
    "valid_from": frozenset({"valid_from"}),
    "valid_to": frozenset({"valid_to"}),
    "successors": frozenset({"successors", "successor"}),
}
"""Our columns, and what lists call them; small letters, no spaces."""

_DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list."""

    line: int
    """Line of the file, from 1; number of the record where there are no lines."""
    cells: Mapping[str, str] = field(default_factory=dict)
    """What it says, by our names of the columns; several old codes stand separated by spaces."""


def column_of(name: str) -> str | None:
    """Which of our columns a list means; none where it means none of them."""
    plain = "".join(unicodedata.normalize("NFC", name).lower().replace("\u200b", "").split())
    return next((column for column, names in COLUMNS.items() if plain in names), None)


def columns_not_kept(names: Sequence[str], line: int) -> tuple[Repair, ...]:
    """Tell which columns a directory has no place for."""
    return tuple(
        Repair(code="import.unknown-column", line=line, column=name, found=name, made="")
        for name in names
        if column_of(name) is None
    )


def read_csv_rows(text: str, *, source: str) -> tuple[tuple[Row, ...], tuple[Repair, ...]]:
    """Read CSV with commas, semicolons, tabs or bars, whichever the first line has most of.

    Raises:
        MalformedDirectory: no CSV, or the first line names no column of codes or none of names.
    """
    lines = _lines(text, source)
    line, header = next(lines, (1, []))
    columns = [column_of(name) for name in header]
    if "code" not in columns or "name" not in columns:
        raise MalformedDirectory(
            f"{source}, line {line}: expected the columns code and name, "
            f"found {', '.join(map(repr, header[:10])) or 'nothing'}",
            code="directory.fields",
            advice="Name the columns in the first line.",
        )
    rows, faults = [], list(columns_not_kept(header, line))
    for number, cells in lines:
        if any(map(str.strip, cells)):
            rows.append(Row(line=number, cells=_named(columns, cells)))
            faults.extend(_surplus(number, cells, len(columns)))
    return tuple(rows), tuple(faults)


def _lines(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    import csv
    import io

    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise MalformedDirectory(
            f"{source}, line {reader.line_num}: expected CSV, found: {error}",
            code="directory.syntax",
            advice="Save it as CSV again, with double quotes around texts with commas.",
        ) from error


def _named(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column is not None and cell.strip():
            found[column] = f"{found[column]} {cell}" if column in found else cell
    return found


def _surplus(line: int, cells: Sequence[str], width: int) -> Iterator[Repair]:
    beyond = " ".join(cells[width:]).strip()
    if beyond:
        yield Repair(code="import.surplus-cells", line=line, column="", found=beyond, made="")
