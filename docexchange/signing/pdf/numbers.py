"""Numbers of objects: which a file knows, and which of those it left out a later revision may take.

pyHanko takes each number below ``/Size`` for one that may be in use: an object that appears under
it later might be shown by what was signed. But writers leave numbers out, pyHanko among them, and
poppler 25 fills such gaps when it signs. Where no table of contents of a revision knows a number,
in use or freed, and nothing that can be reached in that revision refers to it, it is as good as one
beyond the end (ISO 32000-1, 7.3.10: a reference to it would have been one to null).

>>> reader = Reader(stream)
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from docexchange.signing.pdf.boxes import OpenReader, OpenResolver
from docexchange.signing.pdf.unseen import walked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.generic import Reference
    from pyhanko.pdf_utils.xref import XRefSectionData

__all__ = ["Reader", "numbers_in"]


class Reader(OpenReader):
    """Reads a PDF file; its revisions know which numbers they left out."""

    def get_historical_resolver(self, revision: int) -> OpenResolver:
        """The file as it was at a revision, from 0."""
        known = self._historical_resolver_cache
        if revision not in known:
            known[revision] = _Revision(self, revision)
        view: OpenResolver = known[revision]
        return view


class _Revision(OpenResolver):
    """A file as it was at some revision."""

    def is_ref_unassignable(self, ref: Reference) -> bool:
        """Whether nothing in this revision can have meant the object that comes later."""
        beyond: bool = super().is_ref_unassignable(ref)
        return beyond or not (ref.idnum in self._known or ref.idnum in self._referred)

    @cached_property
    def _known(self) -> set[int]:
        xrefs = self.reader.xrefs
        tables = map(xrefs.get_xref_data, range(self.revision + 1))
        return {number for table in tables for numbers in numbers_in(table) for number in numbers}

    @cached_property
    def _referred(self) -> set[int]:
        return {ref.idnum for ref in walked(self, [self.trailer_view])}


def numbers_in(table: XRefSectionData) -> Iterator[dict[int, Any]]:
    """By what a table of contents knows numbers; of a second one in its place (hybrid), too.

    Args:
        table: of one revision.
    """
    yield from (table.standard_xrefs, table.freed, table.xrefs_in_objstm)
    if table.hybrid is not None:
        yield from numbers_in(table.hybrid.xref_data)
