"""Files made to break their reader: a named refusal within seconds, and never a crash."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_help import examined, signed, typed
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from signing_help import trust_in

from docexchange.limits import MIB, Limits
from docexchange.signing import Indication
from docexchange.signing.pdf import PdfReport, PdfState

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

MARK = b"/ByteRange [0 1 2 3]"
"""What makes a file worth looking into."""
BOUNDS = Limits(pdf_seconds=2, pdf_memory_bytes=512 * MIB)


def file_of(*objects: bytes, trailer: bytes = b"/Root 1 0 R", size: int | None = None) -> bytes:
    """A file of these objects, numbered from 1."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(places) + 1
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n" % (size or count, table)
    return out + b"<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (count, trailer, start)


def bomb() -> bytes:
    """The form is in an object stream of 256 megabytes, packed into a quarter of one."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b" " * MIB) for _ in range(256)) + packer.flush()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R >> %" + MARK,
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(data), data),
    ]
    out, rows = b"%PDF-1.7\n", [row_of(0, 0, 65535)]
    for number, body in enumerate(bodies, start=1):
        rows.append(row_of(1, len(out), 0))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join([*rows, row_of(1, len(out), 0), row_of(2, 3, 0)])
    head = b"4 0 obj\n<< /Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n"
    tail = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + head % len(table) + table + tail


def row_of(kind: int, first: int, second: int) -> bytes:
    """A row of a table that is a stream."""
    return struct.pack(">BIH", kind, first, second)


def looping_fields() -> bytes:
    """A field that is its own child."""
    return file_of(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>",
        b"<< /Type /Pages /Kids [] /Count 0 >>",
        b"<< /T (a) /Kids [3 0 R] >> %" + MARK,
    )


def deep() -> bytes:
    """Ten thousand arrays in each other."""
    return file_of(
        b"<< /Type /Catalog /AcroForm << /Fields " + b"[" * 10000 + b"]" * 10000 + b" >> >>",
        b"<< >> %" + MARK,
    )


def looping_tables() -> bytes:
    """A table whose predecessor it is itself."""
    start = len(file_of(b"<< /Type /Catalog >> %" + MARK).partition(b"xref\n0")[0])
    return file_of(b"<< /Type /Catalog >> %" + MARK, trailer=b"/Root 1 0 R /Prev %d" % start)


def huge_table() -> bytes:
    """A table that says it has a thousand million rows."""
    return file_of(b"<< /Type /Catalog >> %" + MARK, size=10**9)


def empty_root() -> bytes:
    """Nothing but the mark."""
    return b"%PDF-1.7\n" + MARK


HOSTILE = [bomb, looping_fields, deep, looping_tables, huge_table, empty_root]


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_file_is_refused(pki: DemoPki, make) -> None:
    """Bombs, loops, depth and lies about sizes end in a report with a code, within the bounds."""
    report = examined(make(), trust_in(pki), limits=BOUNDS)
    assert_not_believed(report)


def assert_not_believed(report: PdfReport) -> None:
    """It says no in words, and with a code."""
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.code.startswith("pdf.")
    assert report.reason


def test_a_file_under_a_password_is_named(pki: DemoPki) -> None:
    """Nobody here knows the password; what a viewer shows in it is not vouched for."""
    import io

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(typed())))
    writer.encrypt(owner_pass="secret", user_pass="secret")
    out = io.BytesIO()
    writer.write(out)
    report = examined(out.getvalue() + b"%" + MARK + b"\n%%EOF\n", trust_in(pki))
    assert report.state is PdfState.UNREADABLE
    assert report.code in {"pdf.encrypted", "pdf.malformed"}


def test_too_little_memory_ends_in_a_refusal(pki: DemoPki) -> None:
    """A reader that gets no memory is no crash of ours."""
    tight = Limits(pdf_memory_bytes=32 * MIB)
    report = examined(signed(typed(), pki.leader("commune")), trust_in(pki), limits=tight)
    assert (report.state, report.code) == (PdfState.UNREADABLE, "pdf.too-hard")


def test_a_bomb_is_defused_by_the_reader(pki: DemoPki) -> None:
    """What a stream may inflate to is bounded before memory and time are."""
    ample = Limits(pdf_memory_bytes=512 * MIB, pdf_seconds=60)
    report = examined(bomb(), trust_in(pki), limits=ample)
    assert "PdfDecodeLimitError" in report.reason


@settings(max_examples=12)
@given(data=st.data())
def test_damage_anywhere_never_passes_and_never_crashes(pki: DemoPki, data: st.DataObject) -> None:
    """Any octet of a file whose signature covers all of it, changed: it does not pass."""
    pdf = _once(pki)
    place = data.draw(st.integers(8, len(pdf) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(pdf)
    changed[place] ^= other
    first = pdf.index(b"/Contents <") + len(b"/Contents <")
    filling = pdf.index(b"00000000>", first)
    report = examined(bytes(changed), trust_in(pki))
    assert not report.passed or first <= place < filling + 9


_FILES: dict[int, bytes] = {}


def _once(pki: DemoPki) -> bytes:
    return _FILES.setdefault(id(pki), signed(typed(), pki.agency("commune")))
