"""Numbers that a file left out: a later revision may take them where nobody can have meant them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pytest
from pdf_help import editor, examined, page_of, revised, signed, typed
from pyhanko.pdf_utils.generic import IndirectObject, NameObject
from pyhanko.pdf_utils.reader import PdfFileReader
from signing_help import trust_in

from docexchange.signing.pdf.numbers import Reader
from docexchange.signing.pdf.unseen import walked

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

NEVER: Final = 20
NOTHING: Final = b"<< /Length 0 >>\nstream\n\nendstream"
LEFT_OUT: Final = 9
"""Below the end of the file, and in no table of it."""


def _with_gap(*, freed: bytes = b"") -> bytes:
    return revised(typed(), (NEVER, 0, NOTHING), freed=freed)


def _with_new_field(pdf: bytes, number: int) -> bytes:
    """A revision that adds a signature field, empty and without a size, under this number."""
    reader = PdfFileReader(io.BytesIO(pdf))
    form = reader.root.raw_get("/AcroForm").idnum
    fields = [item.idnum for item in list.__iter__(reader.root["/AcroForm"]["/Fields"])]
    listed = b" ".join(b"%d 0 R" % item for item in [*fields, number])
    field = (
        b"<< /FT /Sig /T (Seal) /Type /Annot /Subtype /Widget /F 132 /Rect [0 0 0 0] /P 1 0 R >>"
    )
    return revised(
        pdf,
        (number, 0, field),
        (form, 0, b"<< /Fields [%b] /SigFlags 3 >>" % listed),
        size=reader.trailer["/Size"] + 1,
    )


def test_a_number_that_was_left_out_is_a_new_one(pki: DemoPki) -> None:
    """As poppler 25 takes it for a second signature; so is the first number beyond the end."""
    pdf = signed(_with_gap(), pki.leader("commune"))
    for number in (LEFT_OUT, PdfFileReader(io.BytesIO(pdf)).trailer["/Size"]):
        report = examined(_with_new_field(pdf, number), trust_in(pki))
        assert report.passed, report.reason


def test_a_number_that_was_referred_to_is_not_new(pki: DemoPki) -> None:
    """What was signed would show the object that comes later."""
    writer = editor(_with_gap())
    page_of(writer)[NameObject("/Later")] = IndirectObject(LEFT_OUT, 0, writer)
    out = io.BytesIO()
    writer.write(out)
    pdf = signed(out.getvalue(), pki.leader("commune"))
    first = examined(pdf, trust_in(pki))
    assert first.passed, first.reason
    report = examined(_with_new_field(pdf, LEFT_OUT), trust_in(pki))
    assert not report.passed
    last = Reader(io.BytesIO(pdf)).get_historical_resolver(2)
    assert not last.is_ref_unassignable(IndirectObject(LEFT_OUT, 0, last))
    assert last.is_ref_unassignable(IndirectObject(LEFT_OUT + 1, 0, last))


@pytest.mark.parametrize("number", [LEFT_OUT, NEVER])
def test_a_number_that_some_table_knows_is_not_new(pki: DemoPki, number: int) -> None:
    """Freed, or in use: some reader may have something under it."""
    pdf = signed(_with_gap(freed=b"%d 1\n0000000000 00001 f \n" % LEFT_OUT), pki.leader("commune"))
    first = examined(pdf, trust_in(pki))
    assert first.passed, first.reason
    report = examined(_with_new_field(pdf, number), trust_in(pki))
    assert not report.passed


def test_numbers_are_those_that_can_be_reached_at_a_revision() -> None:
    """What a later revision refers to was not referred to before."""
    reader = Reader(io.BytesIO(_with_gap()))
    first = reader.get_historical_resolver(0)
    assert first is reader.get_historical_resolver(0)
    assert {ref.idnum for ref in walked(first, [first.trailer_view])} == {1, 2, 3, 4, 5, 6}
    assert [first.is_ref_unassignable(IndirectObject(at, 0, reader)) for at in (6, 7)] == [
        False,
        True,
    ]
