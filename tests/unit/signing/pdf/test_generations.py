"""Objects of a generation without predecessors: left out where every reader agrees, or refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pytest
from pdf_help import examined, other_text, revised, signed, typed, updated
from pyhanko.pdf_utils.misc import PdfStrictReadError
from signing_help import trust_in

from docexchange.signing.pdf.generations import Orphan, opened
from docexchange.signing.pdf.reading import facts_of

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

PAGE: Final = 1
CONTENT: Final = 4
NEVER: Final = 20
"""A number that the file has never used."""
NOTHING: Final = b"<< /Length 0 >>\nstream\n\nendstream"


def page(content: bytes) -> bytes:
    """The page, with other content."""
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> "
        b">> /Contents %b >>" % content
    )


def orphaned() -> bytes:
    """With such an object, that nothing refers to."""
    return revised(typed(), (NEVER, 1, NOTHING))


def test_what_nothing_refers_to_is_left_out_and_told(pki: DemoPki) -> None:
    """The signature is judged as if it were not there, and the report names it."""
    report = examined(signed(orphaned(), pki.leader("commune")), trust_in(pki))
    assert report.passed
    (finding,) = report.findings
    assert finding.code == "pdf.generation"
    assert f"({NEVER} 1)" in finding.message


def refusal(pdf: bytes) -> str:
    """Why it is not read, in this process."""
    facts = facts_of(io.BytesIO(pdf), 9)
    assert (facts.refusal, facts.signatures) == ("pdf.malformed", ())
    return facts.reason


def test_a_file_without_has_no_such_finding(pki: DemoPki) -> None:
    """Nothing is told of a sound file."""
    report = examined(signed(typed(), pki.leader("commune")), trust_in(pki))
    assert report.passed
    assert not report.findings


def test_the_reader_stays_strict_and_sees_none_of_it() -> None:
    """What was left out cannot be read any more, and a broken reference is an error."""
    reader, orphans = opened(io.BytesIO(orphaned()))
    assert orphans == (Orphan(NEVER, 1, 1),)
    assert reader.strict
    assert not list(reader.xrefs.get_xref_data(1).higher_generation_refs())
    assert not reader.xrefs.explicit_refs_in_revision(1)


def test_a_generation_that_was_freed_before_is_no_orphan() -> None:
    """Freed, then used again with the next generation: as ISO 32000-1, 7.5.4, wants it."""
    added = revised(typed(), (NEVER, 0, NOTHING))
    freed = revised(added, freed=b"%d 1\n%010d %05d f \n" % (NEVER, 0, 1))
    _, orphans = opened(io.BytesIO(revised(freed, (NEVER, 1, NOTHING))))
    assert not orphans


@pytest.mark.parametrize("generation", [0, 1, 2])
def test_what_something_refers_to_is_refused(pki: DemoPki, generation: int) -> None:
    """Whatever the generation named: readers that do not mind it would show the object."""
    held = page(b"%d %d R" % (NEVER, generation))
    pdf = revised(typed(), (NEVER, 1, NOTHING), (PAGE, 0, held))
    assert "something refers to its number" in refusal(signed(pdf, pki.leader("commune")))


def test_what_an_array_in_a_stream_refers_to_is_refused(pki: DemoPki) -> None:
    """References are looked for in all that can be reached, however deep."""
    body = b"<< /Length 0 /X [[<< /Y %d 0 R >>]] >>\nstream\n\nendstream" % NEVER
    pdf = revised(typed(), (NEVER, 1, NOTHING), (CONTENT, 0, body))
    assert "something refers to its number" in refusal(signed(pdf, pki.leader("commune")))


def test_a_number_in_use_is_refused(pki: DemoPki) -> None:
    """The page's content in generation 1, never freed: one reader shows this, another that."""
    pdf = revised(typed(), (CONTENT, 1, NOTHING))
    assert "orphaned generation" in refusal(signed(pdf, pki.leader("commune")))


def test_a_number_in_two_generations_is_refused(pki: DemoPki) -> None:
    """Twice an orphan, in two revisions."""
    pdf = revised(orphaned(), (NEVER, 2, NOTHING))
    assert "orphaned generation" in refusal(signed(pdf, pki.leader("commune")))


@pytest.mark.parametrize("numbers", [(NEVER,), (NEVER, NEVER + 1)])
def test_what_came_after_the_last_signature_is_refused(
    pki: DemoPki, numbers: tuple[int, ...]
) -> None:
    """Only what a signer vouches for is overlooked."""
    later = [(number, 1, NOTHING) for number in numbers]
    pdf = signed(typed(), pki.leader("commune"))
    assert "came after the last signature" in refusal(revised(pdf, *later))


def test_a_change_after_signing_is_found_in_such_a_file(pki: DemoPki) -> None:
    """As in any other."""
    pdf = updated(signed(orphaned(), pki.leader("commune")), other_text)
    report = examined(pdf, trust_in(pki))
    assert (report.failed, report.code) == (True, "pdf.changed")


def test_a_second_fault_is_refused() -> None:
    """Left out is this one fault; for all others the reader is as strict as ever."""
    pdf = revised(orphaned(), (CONTENT, 0, NOTHING), size=NEVER)
    with pytest.raises(PdfStrictReadError, match="nondecreasing"):
        opened(io.BytesIO(pdf))
