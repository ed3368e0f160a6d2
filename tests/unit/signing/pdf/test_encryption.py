"""Files that open to anybody are judged as others are; what encrypts them later is refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pdf_help import annotation, editor, examined, other_text, page_of, signed, typed
from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.generic import IndirectObject, NameObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from signing_help import trust_in

from docexchange.signing.pdf import PdfState
from docexchange.signing.pdf.generations import _numbers_within
from docexchange.signing.verdicts import Indication

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import DemoPki


def _under(password: str, pdf: bytes | None = None) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf or typed())))
    writer.encrypt(owner_pass="owner", user_pass=password, pdf_mac=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _both(pki: DemoPki, password: str) -> bytes:
    """A leader's signature and the agency's, in a file under a password."""
    once = signed(_under(password), pki.leader("commune"), password=password)
    return signed(once, pki.agency("commune"), field="Seal", password=password)


def _edited(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = editor(pdf, password="")
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_that_opens_to_anybody_is_judged(pki: DemoPki) -> None:
    """Scanners and offices forbid printing that way: every viewer shows it, so do we."""
    report = examined(_both(pki, ""), trust_in(pki))
    assert (report.state, report.indication) == (PdfState.SIGNED, Indication.TOTAL_PASSED)
    assert [item.role for item in report.signatures] == ["leader", "agency"]


@pytest.mark.parametrize("change", [other_text, annotation])
def test_changes_in_such_a_file_are_found(pki: DemoPki, change: Any) -> None:
    """What is shown was not signed, under a password or not."""
    report = examined(_edited(_both(pki, ""), change), trust_in(pki))
    assert (report.indication, report.code) == (Indication.TOTAL_FAILED, "pdf.changed")


def test_a_file_that_asks_for_a_password_is_told_as_such(pki: DemoPki) -> None:
    """Nobody here knows it, though its signatures are genuine."""
    report = examined(_both(pki, "secret"), trust_in(pki))
    assert (report.state, report.code) == (PdfState.UNREADABLE, "pdf.encrypted")


def _settings() -> Any:
    """They leave strings and streams as they are: what encrypts some is the same to the check."""
    settings = StandardSecurityHandler.build_from_pw("owner", "", pdf_mac=False).as_pdf_object()
    for name in ("/StrF", "/StmF"):
        settings[NameObject(name)] = NameObject("/Identity")
    return settings


def test_encryption_that_comes_after_signing_is_refused(pki: DemoPki) -> None:
    """The settings lay in the file when it was signed; a later revision has them used.

    Content that was shown could become noise, and what was noise be shown.
    """

    def hidden(writer: IncrementalPdfFileWriter) -> None:
        page_of(writer)[NameObject("/Hidden")] = writer.add_object(_settings())

    def used(writer: IncrementalPdfFileWriter) -> None:
        place = writer.root["/Pages"]["/Kids"][0].raw_get("/Hidden")
        writer._encrypt = IndirectObject(place.idnum, place.generation, writer)
        writer._force_write_when_empty = True

    pdf = signed(_edited(typed(), hidden), pki.leader("commune"))
    assert examined(pdf, trust_in(pki)).passed
    assert_refused(pki, _edited(pdf, used))


def test_encryption_that_goes_after_signing_is_refused(pki: DemoPki) -> None:
    """What was shown is noise then, and what was noise may be shown.

    pyHanko has trailers inherit what they leave out, as others do not.
    """
    pdf = _both(pki, "")
    trailer = PdfFileReader(io.BytesIO(pdf)).trailer
    root, size = trailer.raw_get("/Root"), trailer["/Size"]
    previous = pdf.rsplit(b"startxref", 1)[1].split()[0].decode()
    kept = f"/Root {root.idnum} 0 R /Size {size} /Prev {previous}"
    update = f"xref\n0 0\ntrailer\n<< {kept} >>\nstartxref\n{len(pdf)}\n%%EOF\n"
    assert_refused(pki, pdf + update.encode())


def assert_refused(pki: DemoPki, pdf: bytes) -> None:
    """It says why."""
    report = examined(pdf, trust_in(pki))
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.code == "pdf.malformed"
    assert "encryption of the file was changed" in report.reason


def test_what_is_below_closed_boxes_is_looked_through(pki: DemoPki) -> None:
    """In an encrypted file pyHanko keeps what dictionaries hold closed: references stand there."""
    reader = PdfFileReader(io.BytesIO(_both(pki, "")))
    reader.decrypt("")
    text = reader.root["/Pages"]["/Kids"][0].raw_get("/Contents").idnum
    assert text in _numbers_within(reader)
