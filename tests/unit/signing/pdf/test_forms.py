"""What is put on a page by means of the form, after signing: without a key nobody gets it through.

Sneaky signatures, evil timestamps and shadows in fields (Mainka et al., 2021).
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from pdf_help import (
    codes,
    filled,
    judged,
    page_of,
    signed,
    stamped,
    typed,
    updated,
    with_field,
)
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from signing_help import certify
from timestamp_help import STAMPS, authority

from docexchange.signing.pdf.reading import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import DemoPki

    Change = Callable[[IncrementalPdfFileWriter], None]

PLACE: Final = (50, 500, 450, 600)
DRAWING: Final = b"BT /F1 40 Tf 50 700 Td (99 trieu) Tj ET"


@cache
def once(pki: DemoPki, *, form: bool = False) -> bytes:
    """Signed by the leader; ``form``: with a text field that is seen."""
    pdf = updated(typed(), _with_numbers)
    return signed(updated(pdf, _with_seen_field) if form else pdf, pki.leader("commune"))


def _with_numbers(writer: IncrementalPdfFileWriter) -> None:
    """Every file holds some numbers that can be referred to later, as lengths of streams."""
    numbers = ArrayObject(writer.add_object(NumberObject(item)) for item in PLACE)
    writer.root[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): numbers})
    writer.update_root()


def _dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _appearance(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    box = ArrayObject(map(NumberObject, (0, 0, 400, 100)))
    kind = _dictionary(Subtype=NameObject("/Form"), BBox=box)
    return _dictionary(N=writer.add_object(StreamObject(kind, stream_data=DRAWING)))


def _place(writer: IncrementalPdfFileWriter, *, referred: bool) -> ArrayObject:
    if not referred:
        return ArrayObject(map(NumberObject, PLACE))
    numbers = list.__iter__(writer.root["/PieceInfo"]["/X"])
    return ArrayObject(IndirectObject(item.idnum, 0, writer) for item in numbers)


def _added(writer: IncrementalPdfFileWriter, field: Any, widget: Any) -> None:
    page, form = page_of(writer), writer.root["/AcroForm"]
    held = page["/Annots"] if "/Annots" in page else ArrayObject()
    page[NameObject("/Annots")] = ArrayObject([*held, widget])
    form["/Fields"].append(field)
    writer.update_container(form["/Fields"])
    writer.update_container(form)


def with_seen(kind: str = "/Sig", *, referred: bool = False, child: bool = False) -> Change:
    """A field that shows something.

    Args:
        kind: of the field.
        referred: whether the corners of its place are objects of what was signed.
        child: whether what is seen is a widget below the field.
    """

    def change(writer: IncrementalPdfFileWriter) -> None:
        shown = _dictionary(
            Type=NameObject("/Annot"),
            Subtype=NameObject("/Widget"),
            F=NumberObject(4),
            Rect=_place(writer, referred=referred),
            AP=_appearance(writer),
        )
        named = _dictionary(FT=NameObject(kind), T=TextStringObject("Evil"))
        if not child:
            both = writer.add_object(DictionaryObject({**shown, **named}))
            return _added(writer, both, both)
        widget = writer.add_object(shown)
        named[NameObject("/Kids")] = ArrayObject([widget])
        return _added(writer, writer.add_object(named), widget)

    return change


def _with_seen_field(writer: IncrementalPdfFileWriter) -> None:
    form = _dictionary(Fields=ArrayObject([]))
    writer.root[NameObject("/AcroForm")] = writer.add_object(form)
    writer.update_root()
    with_seen("/Tx")(writer)


def field_with(**entries: Any) -> Change:
    """The text field, with some entries written anew."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0].get_object()
        assert field["/T"] == "Evil"
        field.update(_dictionary(**entries))
        writer.update_container(field)

    return change


def form_with(**entries: Any) -> Change:
    """The form itself, with some entries written anew."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/AcroForm"].update(_dictionary(**entries))
        writer.update_container(writer.root["/AcroForm"])

    return change


@pytest.mark.parametrize("referred", [False, True], ids=["numbers", "references"])
@pytest.mark.parametrize("child", [False, True], ids=["one object", "child"])
def test_an_empty_signature_field_shows_nothing(
    pki: DemoPki, *, referred: bool, child: bool
) -> None:
    """Text over the page in a field that waits for a signature: nobody signed it."""
    change = with_seen(referred=referred, child=child)
    found = judged(pki, updated(once(pki), change))
    assert [item.code for item in found] == ["pdf.changed"]
    assert "the field Evil, which shows or does something and is not signed" in found[0].reason
    sealed = signed(once(pki), pki.agency("commune"), field="Seal")
    assert codes(pki, updated(sealed, change)) == ["pdf.changed"] * 2


@pytest.mark.parametrize("trusted", [True, False])
def test_a_timestamp_shows_nothing(pki: DemoPki, *, trusted: bool) -> None:
    """Anybody gets a timestamp over anything: what is seen with it is nobody's word."""
    root = certify("Stranger Root", ca=True)
    stranger = certify("Stranger TSA", issuer=root, extensions=[STAMPS])
    maker = authority(pki.tsa if trusted else stranger)
    assert codes(pki, stamped(once(pki), maker)) == [""]
    seen = updated(once(pki), _named("Stamp"))
    assert codes(pki, stamped(seen, maker)) == ["pdf.changed"]


def _named(name: str) -> Change:
    """A signature field of that name that is seen, as editors make them."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec(name, box=PLACE))

    return change


def test_a_field_that_waits_for_a_signature_is_not_for_a_timestamp(pki: DemoPki) -> None:
    """Filled with one it shows what nobody signed, whatever the signature permits."""
    options = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS}
    waiting = signed(updated(typed(), _named("Stamp")), pki.leader("commune"), **options)
    assert codes(pki, waiting) == [""]
    assert codes(pki, stamped(waiting, authority(pki.tsa))) == ["pdf.changed"]


def test_fields_for_those_who_sign_later_pass(pki: DemoPki) -> None:
    """Made before signing and left empty, filled by the agency, or made for its seal."""
    prepared = signed(updated(typed(), _named("Seal")), pki.leader("commune"))
    assert codes(pki, prepared) == [""]
    assert codes(pki, signed(prepared, pki.agency("commune"), field="Seal")) == ["", ""]
    made = updated(once(pki), _named("Seal"))
    assert codes(pki, signed(made, pki.agency("commune"), field="Seal")) == ["", ""]


def test_a_field_that_a_stranger_signs_does_not_pass_with_the_stranger(pki: DemoPki) -> None:
    """Whoever signs what is seen is judged for it."""
    made = updated(once(pki), _named("Seal"))
    by_stranger = signed(made, certify("stranger"), field="Seal")
    assert codes(pki, by_stranger) == ["", "certificate.no-chain"]


SHADOWS: Final[dict[str, Change]] = {
    "another value": field_with(V=TextStringObject("99 trieu")),
    "another look, the same value": lambda writer: field_with(AP=_appearance(writer))(writer),
    "hidden": field_with(F=NumberObject(2)),
    "drawn out of its value": form_with(NeedAppearances=BooleanObject(True)),  # noqa: FBT003
    "in another font": form_with(DA=TextStringObject("/ZaDb 0 Tf")),
    "with other resources": form_with(DR=_dictionary(Font=DictionaryObject())),
    "to the other side": form_with(Q=NumberObject(2)),
}
"""What anybody can do to a field after signing."""


@pytest.mark.parametrize("name", SHADOWS)
def test_a_form_filled_in_by_nobody_knows_whom_is_a_change(pki: DemoPki, name: str) -> None:
    """Unless the signature says that it may be, or somebody signs it as it is then."""
    changed = updated(once(pki, form=True), SHADOWS[name])
    found = judged(pki, changed)
    assert [item.code for item in found] == ["pdf.changed"]
    assert "form filling" in found[0].reason
    assert codes(pki, signed(changed, pki.agency("commune"), field="Seal")) == ["", ""]


def test_a_timestamp_says_nothing_of_who_filled_in_a_form(pki: DemoPki) -> None:
    """It comes later, and nobody is judged for what it is over but its maker for the time."""
    changed = updated(once(pki, form=True), SHADOWS["another value"])
    assert codes(pki, stamped(changed, authority(pki.tsa))) == ["pdf.changed"]


def test_a_form_of_signatures_alone_is_drawn_from_nothing(pki: DemoPki) -> None:
    """Programs that add a timestamp put fonts there that no field uses, and say what was so."""
    for name in ("drawn out of its value", "in another font", "to the other side"):
        assert codes(pki, updated(once(pki), SHADOWS[name])) == [""]
    said = form_with(NeedAppearances=BooleanObject(False))  # noqa: FBT003
    assert codes(pki, updated(once(pki, form=True), said)) == [""]


@pytest.mark.parametrize("permissions", MDPPerm)
def test_what_a_signature_says_of_forms_is_held_to(pki: DemoPki, permissions: MDPPerm) -> None:
    """Filled in where it permits that; text of a field that shows something unsigned, nowhere."""
    pdf = updated(updated(typed(), _with_numbers), with_field)
    closed = signed(pdf, pki.leader("commune"), certify=True, docmdp_permissions=permissions)
    code = "pdf.changed" if permissions is MDPPerm.NO_CHANGES else ""
    assert codes(pki, updated(closed, filled)) == [code]
    for seen in (with_seen(), with_seen(referred=True), _named("Seal")):
        assert codes(pki, updated(closed, seen)) == ["pdf.changed"]


def test_a_place_that_cannot_be_read_may_be_seen(pki: DemoPki) -> None:
    """One reader takes it for nothing, another for the whole page."""

    def odd(writer: IncrementalPdfFileWriter) -> None:
        shown = _dictionary(
            Subtype=NameObject("/Widget"),
            FT=NameObject("/Sig"),
            T=TextStringObject("Evil"),
            Rect=ArrayObject(map(TextStringObject, ("a", "b", "c", "d"))),
        )
        field = writer.add_object(shown)
        _added(writer, field, field)

    assert codes(pki, updated(once(pki), odd)) == ["pdf.changed"]


def test_junk_in_the_store_of_the_document_proves_nothing(pki: DemoPki) -> None:
    """Anybody can add some to a file: what else it holds is still read."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        junk = writer.add_object(StreamObject(stream_data=b"junk"))
        store = _dictionary(CRLs=ArrayObject([junk]), OCSPs=ArrayObject([junk]))
        writer.root[NameObject("/DSS")] = writer.add_object(store)
        writer.update_root()

    pdf = updated(once(pki), change)
    facts = facts_of(io.BytesIO(pdf), 9)
    assert (facts.crls, facts.has_store) == ((b"junk",), True)
    assert codes(pki, pdf) == [""]
