"""PDF files in a letter: in its report, and how much they weigh."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from pdf_help import annotation, signed, typed, updated
from signing_help import NOW, letter, named_agency, sign, trust_in, verifier_for
from timestamp_help import authority

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.errors import VerificationFailed
from docexchange.limits import Limits
from docexchange.signing import Indication, SubIndication, VerificationPolicy, Verifier
from docexchange.signing.pdf import PdfState

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.signing import Report
    from docexchange.testing import DemoPki

PASSED, UNSURE, FAILED = Indication


def report_on(pki: DemoPki, *files: bytes, zipped: bool = False, **options) -> Report:
    """The report on a letter with these PDF files; ``options`` are those of the policy."""
    attached = [
        Attachment.from_bytes(data, name=f"tệp {number}.pdf")
        for number, data in enumerate(files, start=1)
    ]
    attached = [item.zipped() if zipped else item for item in attached]
    policy = VerificationPolicy(**{"check_pdfs": True, **options})
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    envelope = Envelope.from_bytes(sign(letter(*attached), pki.agency("commune")))
    report = verifier.examine(envelope)
    if not report.passed:
        with pytest.raises(VerificationFailed):
            verifier.verify(envelope)
    return report


@cache
def good(pki: DemoPki) -> bytes:
    """Signed by the leader."""
    return signed(typed(), pki.leader("commune"))


def test_a_signed_file_is_in_the_report_of_its_letter(pki: DemoPki) -> None:
    """The report names file and attachment, and goes into JSON with everything in it."""
    report = report_on(pki, good(pki))
    (pdf,) = report.attachments
    assert (report.indication, pdf.indication) == (PASSED, PASSED)
    assert (pdf.name, pdf.uri[:4]) == ("tệp 1.pdf", "cid:")
    plain = report.as_json()["attachments"][0]
    assert plain["signatures"][0]["signatory"]["name"] == "Nguyễn Thị Hoa"
    assert plain == pdf.as_json()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda pdf: pdf.replace(b"10 trieu", b"90 trieu"),
        lambda pdf: updated(pdf, annotation),
    ],
)
def test_a_failed_signature_inside_makes_the_letter_undecided(pki: DemoPki, break_it) -> None:
    """The envelope is genuine, the file in it is not: nobody may take that for fine."""
    report = report_on(pki, good(pki), break_it(good(pki)))
    assert (report.indication, report.sub_indication) == (
        UNSURE,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
    )
    assert report.signatures[0].indication is PASSED
    assert report.attachments[1].indication is FAILED
    assert report.reason.startswith("attachment tệp 2.pdf: ")
    assert report.code == report.attachments[1].code


def test_a_stranger_inside_is_told_and_decides_nothing(pki: DemoPki) -> None:
    """Documents of people whom nobody here knows travel in letters every day."""
    report = report_on(pki, signed(typed(), pki.stranger), typed())
    assert report.passed
    assert [item.indication for item in report.attachments] == [UNSURE, UNSURE]
    assert report.attachments[1].state is PdfState.UNSIGNED


def test_signed_files_can_be_required(pki: DemoPki) -> None:
    """Then every PDF file must hold signatures, and all of them must pass."""
    assert report_on(pki, good(pki), require_signed_pdfs=True).passed
    unsigned = report_on(pki, good(pki), typed(), require_signed_pdfs=True)
    assert (unsigned.indication, unsigned.code) == (UNSURE, "pdf.unsigned")
    stranger = report_on(pki, signed(typed(), pki.stranger), require_signed_pdfs=True)
    assert stranger.code == "certificate.no-chain"


def tied(pki: DemoPki, *files: bytes) -> Report:
    """The report of a verifier that knows whose certificate is whose."""
    policy = VerificationPolicy(check_pdfs=True)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW), binding=named_agency)
    attached = [
        Attachment.from_bytes(data, name=f"tệp {number}.pdf")
        for number, data in enumerate(files, start=1)
    ]
    return verifier.examine(Envelope.from_bytes(sign(letter(*attached), pki.agency("commune"))))


def test_a_file_signed_by_another_agency_is_a_finding_and_no_failure(pki: DemoPki) -> None:
    """Letters carry what others have signed; nobody must take it for the sender's own."""
    another = signed(signed(typed(), pki.leader("commune")), pki.agency("district"), field="Other")
    report = tied(pki, good(pki), another)
    assert report.passed
    own, others = report.attachments
    assert (own.findings, others.passed) == ((), True)
    [finding] = [item for item in others.findings if item.code == "pdf.not-by-sender"]
    assert finding.path == "AcroForm/Other"
    assert "000.00.31.H53" in finding.message


def test_a_bad_signature_is_not_asked_whose_it_is(pki: DemoPki) -> None:
    """What it says of its signer is no more than a claim."""
    forged = signed(typed(), pki.agency("district")).replace(b"10 trieu", b"90 trieu")
    [pdf] = tied(pki, forged).attachments
    assert (pdf.indication, pdf.findings) == (FAILED, ())


def test_the_signer_of_a_file_is_asked_about_as_of_the_proved_time(pki: DemoPki) -> None:
    """An agency that has another certificate by now has signed with this one all the same."""
    then = NOW - timedelta(days=1)
    asked: list[datetime] = []

    def binding(_sender: object, _signer: object, at: datetime) -> str:
        asked.append(at)
        return ""

    pdf = signed(typed(), pki.leader("commune"), authority=authority(pki.tsa, at=then))
    policy = VerificationPolicy(check_pdfs=True)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW), binding=binding)
    attached = letter(Attachment.from_bytes(pdf, name="a.pdf"))
    verifier.examine(Envelope.from_bytes(sign(attached, pki.agency("commune"))))
    assert asked == [NOW, then]


def test_a_failed_letter_stays_failed(pki: DemoPki) -> None:
    """What is wrong with the envelope weighs more than what is in it."""
    attached = Attachment.from_bytes(good(pki), name="a.pdf")
    data = sign(letter(attached), pki.agency("commune")).replace(b"V/v b", b"V/v c")
    policy = VerificationPolicy(check_pdfs=True, require_signed_pdfs=True)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    report = verifier.examine(Envelope.from_bytes(data))
    assert (report.indication, report.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)
    assert report.attachments[0].passed


def test_files_zipped_as_the_java_sdk_does_are_looked_into(pki: DemoPki) -> None:
    """The archive travels, the file in it is judged."""
    broken = good(pki).replace(b"10 trieu", b"90 trieu")
    report = report_on(pki, good(pki), broken, zipped=True)
    assert [item.indication for item in report.attachments] == [PASSED, FAILED]


def test_other_files_are_left_alone(pki: DemoPki) -> None:
    """Only PDF files are in the report, by name, type or beginning."""
    files = [
        Attachment.from_bytes(b"PK\x03\x04", name="a.xlsx"),
        Attachment.from_bytes(typed(), name="b.bin"),
        Attachment.from_bytes(b"none", name="c.PDF"),
    ]
    policy = VerificationPolicy(check_pdfs=True)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    report = verifier.examine(Envelope.from_bytes(sign(letter(*files), pki.agency("commune"))))
    assert [(item.name, item.state) for item in report.attachments] == [
        ("b.bin", PdfState.UNSIGNED),
        ("c.PDF", PdfState.UNREADABLE),
    ]


def test_nobody_looks_unless_asked_to(pki: DemoPki) -> None:
    """The default policy, which nodes have, leaves attached files alone."""
    attached = Attachment.from_bytes(good(pki), name="a.pdf")
    envelope = Envelope.from_bytes(sign(letter(attached), pki.agency("commune")))
    assert verifier_for(pki).examine(envelope).attachments == ()


def test_the_number_of_signed_files_is_bounded(pki: DemoPki) -> None:
    """Beyond the limit files are told not to have been read; unsigned ones do not count."""
    sealed = signed(typed(), pki.agency("commune"))
    limits = Limits(signed_pdfs=1)
    report = report_on(pki, typed(), good(pki), sealed, typed(), limits=limits)
    assert [item.state for item in report.attachments] == [
        PdfState.UNSIGNED,
        PdfState.SIGNED,
        PdfState.UNREADABLE,
        PdfState.UNSIGNED,
    ]
    assert report.attachments[2].code == "limit.signed-pdfs"
