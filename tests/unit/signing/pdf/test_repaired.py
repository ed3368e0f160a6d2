"""What only readers show that repair a file is a change as well."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pdf_help import codes, judged, signed, stamped, typed
from pyhanko.pdf_utils.reader import PdfFileReader
from timestamp_help import authority

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

EVIL = b"4 0 obj\n<< /Length 4 >>\nstream\nevil\nendstream\nendobj\n"


def _revision(pdf: bytes, *, root: bool, before: bytes = b"") -> bytes:
    """An empty one, after whatever stands before it."""
    trailer = PdfFileReader(io.BytesIO(pdf)).trailer
    previous = pdf.rsplit(b"startxref", 1)[1].split()[0].decode()
    named = f"/Root {trailer.raw_get('/Root').idnum} 0 R " if root else ""
    start = len(pdf) + len(before)
    told = f"xref\n0 0\ntrailer\n<< {named}/Size {trailer['/Size']} /Prev {previous} >>\n"
    return pdf + before + f"{told}startxref\n{start}\n%%EOF\n".encode()


def test_objects_that_no_table_names_are_a_change(pki: DemoPki) -> None:
    """A reader that repairs takes the last object of a number, wherever it finds it."""
    pdf = signed(typed(), pki.leader("commune"))
    assert codes(pki, _revision(pdf, root=True)) == [""]
    found = judged(pki, _revision(pdf, root=True, before=EVIL))
    assert [item.code for item in found] == ["pdf.changed"]
    assert "an object 4 0 that no table of contents names" in found[0].reason


def test_a_revision_names_the_catalog(pki: DemoPki) -> None:
    """Else poppler repairs the file, and shows what lay hidden in what was signed."""
    found = judged(pki, _revision(signed(typed(), pki.leader("commune")), root=False))
    assert [item.code for item in found] == ["pdf.changed"]
    assert "a trailer that names no catalog" in found[0].reason


def test_what_is_signed_and_stamped_later_is_named(pki: DemoPki) -> None:
    """Signatures and timestamps of others put nothing but named objects there."""
    once = signed(typed(), pki.leader("commune"))
    twice = signed(once, pki.agency("commune"), field="Seal")
    assert codes(pki, stamped(twice, authority(pki.tsa))) == ["", ""]
