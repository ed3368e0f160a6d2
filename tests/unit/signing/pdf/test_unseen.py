"""Files prepared so that they show another text after signing, which pyHanko lets by.

Each one shows the other text in poppler, under a signature that holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from pdf_help import codes, judged, page_of, signed, typed, updated, value_in
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.sign.fields import MDPPerm

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import DemoPki

    Change = Callable[[IncrementalPdfFileWriter], None]

FREE: Final = 999
"""A number that no object has when the file is signed."""
CLOSED: Final = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _drawing() -> StreamObject:
    box = ArrayObject(map(NumberObject, (0, 0, 600, 800)))
    text = b"BT /F 40 Tf 50 400 Td (99 trieu) Tj ET"
    return StreamObject(_dictionary(Subtype=NameObject("/Form"), BBox=box), stream_data=text)


def _defines(number: int, item: Any) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.objects[(0, number)] = item
        writer._lastobj_id = max(writer._lastobj_id, number)
        writer._force_write_when_empty = True

    return change


def _drawing_named(name: str, *, within: bool = False) -> Change:
    """A drawing by that name, which does not exist yet, or is so of something that does.

    What holds it is an element of the structure of the text as well, to be the same for ``/P``.
    """

    def change(writer: IncrementalPdfFileWriter) -> None:
        missing = IndirectObject(FREE, 0, writer)
        held = writer.add_object(_dictionary(Resources=missing)) if within else missing
        drawings = writer.add_object(_dictionary(**{name: held}))
        page_of(writer)["/Resources"][NameObject("/XObject")] = drawings
        writer.root[NameObject("/StructTreeRoot")] = _dictionary(K=ArrayObject([drawings]))
        writer.update_root()

    return change


def _waiting(writer: IncrementalPdfFileWriter, **entries: Any) -> None:
    """A signature field without a place, as timestamps come in."""
    field = _dictionary(
        FT=NameObject("/Sig"),
        T=TextStringObject("Evil"),
        Subtype=NameObject("/Widget"),
        Rect=ArrayObject(map(NumberObject, (0, 0, 0, 0))),
        **entries,
    )
    reference, page, form = writer.add_object(field), page_of(writer), writer.root["/AcroForm"]
    held = list.__iter__(page["/Annots"]) if "/Annots" in page else ()
    page[NameObject("/Annots")] = ArrayObject([*held, reference])
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])


@pytest.mark.parametrize("name", ["Parent", "P"])
@pytest.mark.parametrize("within", [False, True])
def test_what_is_missing_when_signed_does_not_come_later(
    pki: DemoPki, name: str, *, within: bool
) -> None:
    """A drawing called as what leads back up: pyHanko follows neither, and misses nothing."""
    pdf = signed(updated(typed(), _drawing_named(name, within=within)), pki.leader("commune"))
    assert codes(pki, pdf) == [""]
    found = judged(pki, updated(pdf, _defines(FREE, _drawing())))
    assert [item.code for item in found] == ["pdf.changed"]
    assert f"another object {FREE} 0 than when it was signed" in found[0].reason


def test_the_title_of_a_file_draws_nothing(pki: DemoPki) -> None:
    """A font that is the description of the file, too, which may change after signing."""

    def font(writer: IncrementalPdfFileWriter) -> None:
        writer.set_info(_dictionary(Subtype=NameObject("/Type1")))
        info = writer._info
        page_of(writer)["/Resources"][NameObject("/Font")] = _dictionary(Parent=info)

    pdf = signed(updated(typed(), font), pki.leader("commune"))
    number = _info(pdf)
    assert codes(pki, updated(pdf, _defines(number, _dictionary(Encoding=NameObject("/X"))))) == [
        "pdf.changed"
    ]


def _info(pdf: bytes) -> int:
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader

    return int(PdfFileReader(BytesIO(pdf)).trailer.raw_get("/Info").idnum)


@pytest.mark.parametrize("options", [{}, CLOSED], ids=["open", "closed"])
def test_what_a_timestamp_names_as_its_parameters_is_not_replaced(
    pki: DemoPki, options: dict[str, Any]
) -> None:
    """The text of the page is written anew, and named as parameters by junk of anybody's making."""
    pdf = signed(typed(), pki.leader("commune"), **options)

    def change(writer: IncrementalPdfFileWriter) -> None:
        text = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents")
        method = _dictionary(TransformParams=text, TransformMethod=NameObject("/Identity"))
        token = _dictionary(
            Type=NameObject("/DocTimeStamp"),
            SubFilter=NameObject("/ETSI.RFC3161"),
            ByteRange=ArrayObject(map(NumberObject, (0, 1, 2, 3))),
            Contents=ByteStringObject(value_in(pdf)),
            Reference=ArrayObject([method]),
        )
        _waiting(writer, V=writer.add_object(token))
        _defines(text.idnum, _drawing())(writer)

    assert codes(pki, updated(pdf, change)) == ["pdf.changed"]


def test_annotations_stay_one_over_the_other(pki: DemoPki) -> None:
    """What was covered when it was signed would be on top."""

    def stamps(writer: IncrementalPdfFileWriter) -> None:
        page_of(writer)[NameObject("/Annots")] = ArrayObject(
            writer.add_object(_dictionary(Subtype=NameObject("/Stamp"))) for _ in range(2)
        )

    def reordered(writer: IncrementalPdfFileWriter) -> None:
        _waiting(writer)
        page = page_of(writer)
        first, second, *others = list.__iter__(page["/Annots"])
        page[NameObject("/Annots")] = ArrayObject([second, first, *others])

    pdf = signed(updated(typed(), stamps), pki.leader("commune"), **CLOSED)
    assert codes(pki, updated(pdf, _waiting)) == [""]
    found = judged(pki, updated(pdf, reordered))
    assert "annotations in another order" in found[0].reason


@pytest.mark.parametrize(
    "entries",
    [
        {"Subtype": NameObject("/Text")},
        {"Subtype": NameObject("/Ink")},
        {"A": _dictionary(S=NameObject("/JavaScript"))},
        {"AA": _dictionary(PO=_dictionary(S=NameObject("/JavaScript")))},
    ],
    ids=["note", "ink", "action", "actions"],
)
def test_a_field_without_a_place_neither_shows_nor_does_anything(
    pki: DemoPki, entries: dict[str, Any]
) -> None:
    """Notes and drawings are seen wherever they are said to be, and programs run."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        _waiting(writer)
        field = writer.root["/AcroForm"]["/Fields"][-1].get_object()
        field.update(_dictionary(**entries))

    assert codes(pki, updated(signed(typed(), pki.leader("commune")), change)) == ["pdf.changed"]
