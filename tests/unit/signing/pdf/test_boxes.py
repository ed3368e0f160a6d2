"""In an encrypted file, changes within what pyHanko keeps closed are found as in any other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import pytest
from pdf_help import codes, editor, judged, page_of, signed, typed
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import DemoPki

    Change = Callable[[IncrementalPdfFileWriter], None]

FREE: Final = 999
"""A number that no object has when the file is signed."""


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _edited(pdf: bytes, change: Change) -> bytes:
    writer, out = editor(pdf, password=""), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def _encrypted() -> bytes:
    writer, out = copy_into_new_writer(PdfFileReader(io.BytesIO(typed()))), io.BytesIO()
    writer.encrypt(owner_pass="owner", user_pass="", pdf_mac=False)
    writer.write(out)
    return out.getvalue()


def _prepared(pki: DemoPki, change: Change) -> bytes:
    pdf = signed(_edited(_encrypted(), change), pki.leader("commune"), password="")
    assert codes(pki, pdf) == [""]
    return pdf


def _second_text(writer: IncrementalPdfFileWriter) -> None:
    page = page_of(writer)
    both = [page.raw_get("/Contents"), IndirectObject(FREE, 0, writer)]
    page[NameObject("/Contents")] = ArrayObject(both)


def _drawing(writer: IncrementalPdfFileWriter) -> None:
    drawings = _dictionary(X=IndirectObject(FREE, 0, writer))
    page_of(writer)["/Resources"][NameObject("/XObject")] = drawings


def _drawing_within(writer: IncrementalPdfFileWriter) -> None:
    named = _dictionary(XObject=_dictionary(X=IndirectObject(FREE, 0, writer)))
    outer = StreamObject(
        _dictionary(Subtype=NameObject("/Form"), Resources=named), stream_data=b"/X Do"
    )
    drawings = _dictionary(Y=writer.add_object(outer))
    page_of(writer)["/Resources"][NameObject("/XObject")] = drawings


def _comes(writer: IncrementalPdfFileWriter) -> None:
    writer.objects[(0, FREE)] = StreamObject(stream_data=b"BT (99 trieu) Tj ET")
    writer._lastobj_id = FREE
    writer._force_write_when_empty = True


@pytest.mark.parametrize("missing", [_second_text, _drawing, _drawing_within])
def test_what_is_missing_when_signed_does_not_come_later(pki: DemoPki, missing: Change) -> None:
    """It was referred to within a box, so it counted as an object that nobody uses."""
    [found] = judged(pki, _edited(_prepared(pki, missing), _comes))
    assert found.code == "pdf.signature-format"
    assert f"idnum={FREE}" in found.reason


def test_a_drawing_that_refers_to_others_passes(pki: DemoPki) -> None:
    """Streams of an encrypted file stand open to their references as well."""

    def drawing(writer: IncrementalPdfFileWriter) -> None:
        _drawing_within(writer)
        _comes(writer)

    pdf = _prepared(pki, drawing)
    both = signed(pdf, pki.agency("commune"), field="Seal", password="")
    assert codes(pki, both) == ["", ""]


def test_what_has_two_uses_is_held_to_both(pki: DemoPki) -> None:
    """A font that describes the file as well, which may change: the font must not."""

    def shared(writer: IncrementalPdfFileWriter) -> None:
        writer.set_info(_dictionary(Subtype=NameObject("/Type1")))
        page_of(writer)["/Resources"][NameObject("/Font")] = _dictionary(F=writer._info)

    def other(writer: IncrementalPdfFileWriter) -> None:
        number = writer.prev.trailer.raw_get("/Info").idnum
        writer.objects[(0, number)] = _dictionary(Encoding=NameObject("/X"))

    assert codes(pki, _edited(_prepared(pki, shared), other)) == ["pdf.changed"]


def test_a_further_signature_is_told_for_what_it_is(pki: DemoPki) -> None:
    """Not for a timestamp: nobody may sign after one who closed the file."""
    pdf = signed(_encrypted(), pki.leader("commune"), password="")
    both = signed(pdf, pki.agency("commune"), field="Seal", password="")
    assert [str(item.changes) for item in judged(pki, both)] == ["form filling", "none"]
    assert codes(pki, both) == ["", ""]
