"""Objects of a generation without predecessors: left out where nothing refers to them.

ISO 32000-1, 7.5.4, has every new object begin with generation 0. pdfsig of poppler 22.12 writes
appearances that it drops again as generation 1 of numbers never used, under its own signature.
pyHanko refuses a table of contents with such an entry, for readers that mind generations and
readers that do not may see two files in it.

Here such a file is read as if those entries were not there, where that is the same for every
reader: each number stands once in all tables of contents, in no other generation, is not freed,
and no object that can be reached refers to it, whatever the generation named; and none came after
the last signature. All else stays as strict as before, for this file, too; and what was left out is
told.

>>> reader, orphans = opened(stream)
>>> check_unreferred(reader, orphans)
>>> check_signed(orphans, last=signatures[-1].revision)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.misc import PdfStrictReadError

from docexchange.signing.pdf.numbers import Reader, numbers_in
from docexchange.signing.pdf.unseen import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhanko.pdf_utils.reader import PdfFileReader

__all__ = ["Orphan", "check_signed", "check_unreferred", "opened"]

_SAID: Final = "orphaned generation"
"""What pyHanko says at the very end of reading, when all tables were found well written."""


class Orphan(NamedTuple):
    """An object of a generation that nothing came before."""

    number: int
    """Its number..."""
    generation: int
    """...and generation, which is not 0."""
    revision: int
    """Revision it came with, from 0."""

    def __str__(self) -> str:
        """As PDF writes it."""
        return f"{self.number} {self.generation}"


def opened(stream: BinaryIO) -> tuple[PdfFileReader, tuple[Orphan, ...]]:
    """A strict reader, and what was left out for it.

    Args:
        stream: the file, which can be sought in.

    Raises:
        PdfReadError: it is broken in this or any other way.
    """
    try:
        return Reader(stream), ()
    except PdfStrictReadError as error:
        if _SAID not in str(error):
            raise
    reader = Reader(stream, strict=False)
    orphans = tuple(_left_out(reader))
    _check_tables(reader)
    reader.strict = True
    return reader, orphans


def check_unreferred(reader: PdfFileReader, orphans: Sequence[Orphan]) -> None:
    """See to it that nothing refers to what was left out.

    Args:
        reader: of the file.
        orphans: what was left out.

    Raises:
        PdfStrictReadError: something does; one reader would show it, another would not.
    """
    if not orphans:
        return
    referred = _numbers_within(reader)
    for orphan in orphans:
        if orphan.number in referred:
            raise PdfStrictReadError(
                f"Object {orphan} has an orphaned generation, and something refers to its number."
            )


def check_signed(orphans: Sequence[Orphan], *, last: int) -> None:
    """See to it that a signature was made over what was left out.

    Args:
        orphans: what was left out.
        last: the last revision with a signature; -1 for none.

    Raises:
        PdfStrictReadError: some of it was added later.
    """
    for orphan in orphans:
        if orphan.revision > last:
            raise PdfStrictReadError(
                f"Object {orphan} has an orphaned generation, and came after the last signature."
            )


def _left_out(reader: PdfFileReader) -> Iterator[Orphan]:
    """Take such entries out of the tables; others stay, for the check that comes next."""
    tables = [
        reader.xrefs.get_xref_data(revision) for revision in range(reader.xrefs.total_revisions)
    ]
    found = [
        Orphan(number, generation, revision)
        for revision, table in enumerate(tables)
        for number, generation in table.higher_generation_refs()
    ]
    for orphan in found:
        table = tables[orphan.revision]
        if sum(orphan.number in numbers for item in tables for numbers in numbers_in(item)) == 1:
            del table.standard_xrefs[orphan.number]
            table.explicit_refs_in_revision.remove(orphan[:2])
            yield orphan


def _check_tables(reader: PdfFileReader) -> None:
    """All that a strict reader checks of the tables together."""
    # Where pyHanko moves it, the file is refused as before: tests notice, nobody is deceived.
    from pyhanko.pdf_utils.xref import XRefSection, _check_xref_consistency

    tables = reader.xrefs
    _check_xref_consistency(
        [
            XRefSection(tables.get_xref_container_info(revision), tables.get_xref_data(revision))
            for revision in range(tables.total_revisions)
        ]
    )


def _numbers_within(reader: PdfFileReader) -> set[int]:
    """Numbers of all objects that can be reached, there or not."""
    seen: set[int] = set()
    waiting: list[Any] = [reader.trailer.flatten()]
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            known = item.idnum in seen
            seen.add(item.idnum)
            if not known and reader.xrefs[item.reference] is not None:
                waiting.append(item.get_object())
        else:
            waiting.extend(part for _, part in parts_of(item))
    return seen
