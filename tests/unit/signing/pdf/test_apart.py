"""Which files are looked into, and how the looking ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_help import signed, typed

from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.limits import Limits
from docexchange.signing.errors import Refusal
from docexchange.signing.pdf.apart import facts_apart, is_pdf, marks_in
from docexchange.signing.pdf.reading import facts_of

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

_CHUNK = 256 * 1024


@given(before=st.integers(_CHUNK - 40, _CHUNK + 5), gap=st.integers(0, 40))
def test_marks_are_counted_once_wherever_they_stand(before: int, gap: int) -> None:
    """Across the end of a piece or close together, each mark counts once."""
    data = b"x" * before + b"/ByteRange" + b"y" * gap + b"/ByteRange"
    assert marks_in(BytesSource(data)) == 2


@pytest.mark.parametrize("name", [b"/ByteRange", b"/Byte#52ange", b"/#42#79#74#65#52#61#6e#67#65"])
def test_escaped_names_are_marks(name: bytes) -> None:
    """A name of PDF may be written in digits; viewers read it, and so do we."""
    assert marks_in(BytesSource(b"<< " + name + b" [0 1 2 3] >>")) == 1


@pytest.mark.parametrize(
    ("data", "is_one"),
    [(b"%PDF-1.7", True), (b"\n" * 1000 + b"%PDF-", True), (b"\n" * 2000 + b"%PDF-", False)],
)
def test_a_file_begins_as_readers_take_it(data: bytes, is_one: bool) -> None:  # noqa: FBT001
    """The header may stand anywhere in the first kilobyte."""
    assert is_pdf(BytesSource(data)) is is_one


def test_the_process_tells_what_the_reader_tells(pki: DemoPki) -> None:
    """Facts that came over the way are those the reader had in hand."""
    pdf = signed(typed(), pki.leader("commune"))
    assert facts_apart(BytesSource(pdf), Limits()) == facts_of(io.BytesIO(pdf), 16)


def test_no_time_is_a_refusal(pki: DemoPki) -> None:
    """A process that gets no time ends, and the refusal names the limits."""
    pdf = signed(typed(), pki.leader("commune"))
    with pytest.raises(Refusal, match="pdf_seconds") as refused:
        facts_apart(BytesSource(pdf), Limits(pdf_seconds=0))
    assert refused.value.code == "pdf.too-hard"
