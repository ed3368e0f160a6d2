"""What was signed is read from its own octets: what is put behind it later is no part of it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from pdf_help import codes, judged, page_of, signed, typed, updated
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import DemoPki

LATER: Final = 20000
"""A place behind the end of what is signed."""
WORDS: Final = "something behind the end of what was signed that belongs to it"


def _with_drawing(writer: IncrementalPdfFileWriter) -> None:
    kind = DictionaryObject({NameObject("/Subtype"): NameObject("/Form")})
    drawing = writer.add_object(StreamObject(kind, stream_data=b"drawing"))
    named = DictionaryObject({NameObject("/X"): drawing})
    page_of(writer)["/Resources"][NameObject("/XObject")] = named


def _revision(whole: bytes, pdf: bytes) -> bytes:
    """A further revision that changes nothing."""
    trailer = PdfFileReader(io.BytesIO(whole), strict=False).trailer
    previous = re.findall(rb"startxref\s+(\d+)", whole)[-1].decode()
    named = f"/Root {trailer.raw_get('/Root').idnum} 0 R /Size {trailer['/Size']} /Prev {previous}"
    told = f"xref\n0 0\ntrailer\n<< {named} >>\nstartxref\n{len(pdf)}\n%%EOF\n"
    return pdf + told.encode()


def test_a_place_behind_the_end_holds_nothing_of_what_was_signed(pki: DemoPki) -> None:
    """The table of contents that was signed names it, so it would change nothing."""
    pdf = updated(typed(), _with_drawing)
    end = pdf.index(b"drawing")
    start = pdf.rindex(b" 0 obj", 0, end)
    start = pdf.rindex(b"\n", 0, start) + 1
    entry = b"%010d 00000 n" % start
    assert pdf.count(entry) == 1
    once = signed(pdf.replace(entry, b"%010d 00000 n" % LATER), pki.leader("commune"))
    assert codes(pki, once) == [""]
    object_ = pdf[start : pdf.index(b"endobj", end) + 7].replace(b"drawing", b"another")
    found = judged(pki, _revision(once, (once + b"%").ljust(LATER - 1) + b"\n" + object_))
    assert [item.code for item in found] == ["pdf.changed"]
    assert WORDS in found[0].reason


def test_a_stream_ends_within_what_was_signed(pki: DemoPki) -> None:
    """Its length was signed, and what it is long over would not be."""
    pdf = updated(typed(), _with_drawing)
    start = pdf.index(b"stream", pdf.rindex(b"<<", 0, pdf.index(b"drawing")))
    opened = pdf.index(b"drawing")
    assert b"/Length 7\n" in pdf[:start]
    longer = pdf.replace(b"/Length 7\n", b"/Length %d\n" % LATER)
    more = len(longer) - len(pdf)
    table = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    longer = longer.replace(b"startxref\n%d\n" % table, b"startxref\n%d\n" % (table + more))
    once = signed(longer, pki.leader("commune"))
    assert codes(pki, once) == [""]
    stop = opened + more + LATER
    found = judged(pki, _revision(once, once.ljust(stop) + b"\nendstream\nendobj\n"))
    assert [item.code for item in found] == ["pdf.changed"]
    assert WORDS in found[0].reason
