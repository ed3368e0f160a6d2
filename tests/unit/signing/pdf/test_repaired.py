"""What only readers show that repair a file is a change as well."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from pdf_help import codes, judged, signed, stamped, typed
from pyhanko.pdf_utils.reader import PdfFileReader
from timestamp_help import authority

from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.limits import Limits
from docexchange.signing.pdf.apart import facts_apart
from docexchange.signing.pdf.repaired import _OBJECT

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


def test_room_for_a_large_signature_is_no_work(pki: DemoPki) -> None:
    """Signing programs leave tens of kilobytes; the digits were tried from each of them on."""
    pdf = signed(typed(), pki.leader("commune"), room=65_536)
    pdf = signed(pdf, pki.agency("commune"), field="Seal", room=65_536)
    facts = facts_apart(BytesSource(pdf), Limits(pdf_seconds=5))  # of 26
    assert [(item.intact, item.valid) for item in facts.signatures] == [(True, True)] * 2


@given(
    st.lists(
        st.sampled_from([b"4", b"12", b" ", b"\n", b"0", b"obj", b"4 0 obj", b"x"]), max_size=12
    )
)
def test_objects_are_found_as_if_each_digit_were_tried(words: list[bytes]) -> None:
    """What is found does not hang on where the search begins."""
    octets = b"".join(words)
    slow = re.compile(rb"(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj")
    found = [match.span() for match in _OBJECT.finditer(octets)]
    assert found == [match.span() for match in slow.finditer(octets)]
