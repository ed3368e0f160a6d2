"""Tables as files that office programs open: CSV and XLSX, written without another package.

>>> to_csv([["Số đến", "Tác giả"], ["01", "UBND xã An Thạnh"]])
>>> to_xlsx([["Số đến"], ["01"]], title="Sổ đến")

What a letter says is the sender's. A cell that a spreadsheet would run as a formula gets an
apostrophe in CSV; in XLSX every cell is text by its type, and nothing is run.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from docexchange.report._markup import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["to_csv", "to_xlsx"]

_FORMULA: Final = re.compile(r"[\s]*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_LONGEST_CELL: Final = 32767
_LONGEST_TITLE: Final = 31
_NOT_IN_TITLE: Final = re.compile(r"[][*?:/\\']")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}


def to_csv(table: Iterable[Sequence[str]]) -> bytes:
    """A table as CSV in UTF-8, with the mark at its beginning that Excel needs.

    Args:
        table: rows of cells.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def to_xlsx(table: Iterable[Sequence[str]], *, title: str) -> bytes:
    """A table as one sheet of an Office Open XML workbook; the same table gives the same bytes.

    Args:
        table: rows of cells.
        title: of the sheet.
    """
    name = _NOT_IN_TITLE.sub(" ", title)[:_LONGEST_TITLE] or "1"
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{xml_text(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in table)
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {**_FIXED_PARTS, "xl/workbook.xml": workbook, "xl/worksheets/sheet1.xml": sheet}
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in parts.items():
            part = zipfile.ZipInfo(path)  # of 1980, not of the moment
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, f"{_HEAD}{content}".encode())
    return octets.getvalue()


def _harmless(cell: str) -> str:
    is_formula = _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def _cell(cell: str) -> str:
    text = xml_text(cell[:_LONGEST_CELL])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
