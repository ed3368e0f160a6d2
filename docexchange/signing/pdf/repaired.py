"""What came after signing that only readers show that repair the file.

A reader that finds a file broken looks for everything in it that begins as an object does, whether
a table of contents names it or not, and takes the last of each number: poppler does where a trailer
names no catalog, or an object is missing. Others, and the comparison of revisions, go by the tables
and never see what is hidden so. So there must be nothing to find that the tables do not name.

>>> shown_by_repair(reader, revision=0, end=9000, orphans=())
'an object 4 0 that no table of contents names'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhanko.pdf_utils.reader import PdfFileReader

    from docexchange.signing.pdf.generations import Orphan

__all__ = ["shown_by_repair"]

# From the first digit on: a value of a hundred thousand zeros must not be tried from each of them.
_OBJECT: Final = re.compile(rb"(?<!\d)(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj")
_WHITE: Final = b"\0\t\n\f\r "


def shown_by_repair(
    reader: PdfFileReader, *, revision: int, end: int, orphans: Sequence[Orphan]
) -> str:
    """What a reader could show that repairs the file, and another could not.

    Args:
        reader: of the file.
        revision: what was signed.
        end: where that ends in the file.
        orphans: what was left out of the tables, and is judged elsewhere.

    Returns:
        Words for it; empty where there is nothing.
    """
    for number in range(revision + 1, reader.xrefs.total_revisions):
        # pyHanko lets a trailer inherit what it leaves out, as it does for encryption.
        trailer = reader.trailer._trailer_revisions[-1 - number]  # noqa: SLF001
        if "/Root" not in trailer:
            return "a trailer that names no catalog"
    reader.stream.seek(end)
    octets = reader.stream.read()
    named = {_begin(octets, at - end) for at in _places(reader) if at >= end}
    left_out = {(item.number, item.generation) for item in orphans}
    for found in _OBJECT.finditer(octets):
        name = int(found[1]), int(found[2])
        if found.start() not in named and name not in left_out:
            return f"an object {name[0]} {name[1]} that no table of contents names"
    return ""


def _begin(octets: bytes, at: int) -> int:
    """Where something begins for which a table names the white space before it."""
    while at < len(octets) and octets[at] in _WHITE:
        at += 1
    return at


def _places(reader: PdfFileReader) -> set[int]:
    """Where the tables say that something is, and where they are themselves."""
    tables = range(reader.xrefs.total_revisions)
    listed = (reader.xrefs.get_xref_data(number).standard_xrefs for number in tables)
    own = (reader.xrefs.get_xref_container_info(number).start_location for number in tables)
    return {place for table in listed for _, place in table.values()} | set(own)
