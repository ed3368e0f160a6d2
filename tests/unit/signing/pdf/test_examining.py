"""PDF files: who signed, what was changed afterwards, in which order, and since when."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl, x509
from pdf_help import (
    annotation,
    examined,
    filled,
    other_text,
    page_of,
    ranges,
    signed,
    stamped,
    typed,
    updated,
    with_field,
    without_form,
)
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
from signing_help import NOW, certify, der, private_key, trust_in
from timestamp_help import STAMPS, authority

from docexchange.limits import Limits
from docexchange.signing import Indication, SubIndication, TrustStore
from docexchange.signing.pdf import Changes, Coverage, PdfState
from docexchange.testing import scan_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import Credential, DemoPki

PASSED, UNSURE, FAILED = Indication
EARLIER = NOW - timedelta(hours=1)


@cache
def by_leader(pki: DemoPki) -> bytes:
    """Signed by the commune's leader."""
    return signed(typed(), pki.leader("commune"))


@cache
def by_both(pki: DemoPki) -> bytes:
    """And then, with a timestamp, by the commune."""
    tsa = authority(pki.tsa, at=EARLIER)
    return signed(by_leader(pki), pki.agency("commune"), field="Seal", authority=tsa)


def test_leader_then_agency_passes(pki: DemoPki) -> None:
    """Two signatures in the order of practice pass; each tells who, since when, and how much."""
    report = examined(by_both(pki), trust_in(pki))
    leader, agency = report.signatures
    assert (report.state, report.indication, report.findings) == (PdfState.SIGNED, PASSED, ())
    assert (leader.field, leader.role, leader.level) == ("Leader", "leader", "PAdES-B-B")
    assert (leader.coverage, leader.changes) == (Coverage.REVISION, Changes.FORM)
    assert (agency.field, agency.role, agency.level) == ("Seal", "agency", "PAdES-B-T")
    assert (agency.coverage, agency.changes) == (Coverage.FILE, Changes.NONE)
    assert leader.best_signature_time == NOW
    assert agency.best_signature_time == EARLIER
    assert agency.timestamps[0].passed
    assert leader.signatory is not None
    assert leader.signatory.name == "Nguyễn Thị Hoa"


def test_agency_then_leader_is_told_and_passes(pki: DemoPki) -> None:
    """The other order is a finding; it is bad practice and no forgery."""
    pdf = signed(signed(typed(), pki.agency("commune"), field="Seal"), pki.leader("commune"))
    report = examined(pdf, trust_in(pki))
    assert report.passed
    assert [item.code for item in report.findings] == ["pdf.order-reversed"]


def test_an_unknown_order_is_told(pki: DemoPki) -> None:
    """A second signature that does not tell whose it is leaves the order open: a finding."""
    head, mark, tail = by_both(pki).rpartition(b"/ETSI.CAdES.detached")
    report = examined(head + mark[:-1] + b"e" + tail, trust_in(pki))
    assert [item.role for item in report.signatures] == ["leader", ""]
    assert [item.code for item in report.findings] == ["pdf.order-unknown"]


def test_a_file_without_signatures_is_no_failure(pki: DemoPki) -> None:
    """A PDF nobody signed is told to be so."""
    report = examined(typed(), trust_in(pki))
    assert (report.state, report.indication) == (PdfState.UNSIGNED, UNSURE)
    assert (report.code, report.signatures) == ("pdf.unsigned", ())


def test_a_file_that_is_none_is_unreadable(pki: DemoPki) -> None:
    """What does not begin as PDF files do is not looked into."""
    report = examined(b"PK\x03\x04" + by_both(pki)[5:], trust_in(pki))
    assert (report.state, report.code) == (PdfState.UNREADABLE, "pdf.no-header")


# --- changed after signing ---


def test_a_changed_octet_breaks_every_signature_over_it(pki: DemoPki) -> None:
    """One character of the page changed in place: both digests no longer hold."""
    pdf = by_both(pki).replace(b"10 trieu", b"90 trieu")
    report = examined(pdf, trust_in(pki))
    assert (report.indication, report.sub_indication) == (FAILED, SubIndication.HASH_FAILURE)
    assert [item.code for item in report.signatures] == ["pdf.digest"] * 2


@pytest.mark.parametrize("change", [other_text, annotation])
def test_a_later_revision_that_changes_what_is_seen_fails(pki: DemoPki, change) -> None:
    """Another text, or a note over it, appended after signing: the old octets hold, all fail."""
    report = examined(updated(by_both(pki), change), trust_in(pki))
    assert (report.indication, report.code) == (FAILED, "pdf.changed")
    assert [item.changes for item in report.signatures] == [Changes.OTHER] * 2


def test_a_change_between_two_signatures_fails_the_first(pki: DemoPki) -> None:
    """The agency signs what somebody changed after the leader: the leader's signature fails."""
    changed = updated(by_leader(pki), other_text)
    report = examined(signed(changed, pki.agency("commune"), field="Seal"), trust_in(pki))
    leader, agency = report.signatures
    assert (leader.code, agency.indication) == ("pdf.changed", PASSED)
    assert report.indication is FAILED


def test_a_signature_taken_off_by_an_update_is_noticed(pki: DemoPki) -> None:
    """The form goes in a new revision; readers see an unsigned file, the report what was there."""
    report = examined(updated(by_both(pki), without_form), trust_in(pki))
    assert (report.state, report.code) == (PdfState.UNSIGNED, "pdf.signature-hidden")
    assert "2 more" in report.reason
    assert not report.passed


def test_a_shadow_under_a_signature_fails(pki: DemoPki) -> None:
    """Text prepared before signing and shown by an update after it is a change like any other."""
    hidden = typed().replace(b"10 trieu", b"99 trieu")
    start = hidden.index(b"stream\n") + len(b"stream\n")
    shown = hidden[start : hidden.index(b"\nendstream", start)]

    def prepare(writer: IncrementalPdfFileWriter) -> None:
        writer.root[NameObject("/Shadow")] = writer.add_object(StreamObject(stream_data=shown))
        writer.update_root()

    def reveal(writer: IncrementalPdfFileWriter) -> None:
        page_of(writer)[NameObject("/Contents")] = writer.root.raw_get("/Shadow")

    prepared = signed(updated(typed(), prepare), pki.leader("commune"))
    assert examined(prepared, trust_in(pki)).passed
    assert examined(updated(prepared, reveal), trust_in(pki)).code == "pdf.changed"


def test_what_a_signature_permits_is_held_to(pki: DemoPki) -> None:
    """A signature that allows no change fails when a form was filled in after it."""
    options = {"certify": True, "docmdp_permissions": MDPPerm.FILL_FORMS}
    open_to_more = signed(typed(), pki.leader("commune"), **options)
    both = signed(open_to_more, pki.agency("commune"), field="Seal")
    report = examined(both, trust_in(pki))
    assert report.passed
    assert report.signatures[0].permissions == "FILL_FORMS"
    closed = certified(pki)
    assert examined(closed, trust_in(pki)).signatures[0].permissions == "NO_CHANGES"
    report = examined(updated(closed, filled), trust_in(pki))
    assert (report.indication, report.code) == (FAILED, "pdf.changed")
    assert report.signatures[0].changes is Changes.FORM


def certified(pki: DemoPki) -> bytes:
    """A file with a text field, under a signature that allows no change."""
    options = {"certify": True, "docmdp_permissions": MDPPerm.NO_CHANGES}
    return signed(updated(typed(), with_field), pki.leader("commune"), **options)


# --- byte ranges ---


def test_a_hole_in_the_range_fails(pki: DemoPki) -> None:
    """A range that leaves out more than the signature is a forgery, whatever its digest."""
    pdf = by_leader(pki)
    (_, first, second, last) = ranges(pdf)[0]
    old = f"[0 {first} {second} {last}]".encode()
    new = f"[0 {first - 9} {second} {last}]".encode()
    assert len(old) == len(new)
    assert old in pdf
    report = examined(pdf.replace(old, new), trust_in(pki))
    assert (report.indication, report.code) == (FAILED, "pdf.byte-range")


def test_contents_of_another_file_fail(pki: DemoPki) -> None:
    """A good signature put into another file is over other octets."""
    mine, other = by_leader(pki), signed(scanned(), pki.leader("commune"))
    report = examined(with_contents(other, contents(mine)), trust_in(pki))
    assert (report.indication, report.code) == (FAILED, "pdf.digest")


def test_swapped_contents_fail(pki: DemoPki) -> None:
    """Two signatures in each other's place: neither is over its octets."""
    both = signed(by_leader(pki), pki.agency("commune"), field="Seal")
    swapped = with_contents(both, contents(both, 1), 0)
    swapped = with_contents(swapped, contents(both, 0), 1)
    report = examined(swapped, trust_in(pki))
    assert [item.passed for item in report.signatures] == [False, False]
    assert report.indication is FAILED


def contents(pdf: bytes, number: int = 0) -> bytes:
    """The signature between the two spans, with its brackets."""
    _, first, second, _ = ranges(pdf)[number]
    return pdf[first:second]


def with_contents(pdf: bytes, value: bytes, number: int = 0) -> bytes:
    """The file with another signature there, cut or filled up to its room."""
    _, first, second, _ = ranges(pdf)[number]
    room = second - first - 2
    digits = value[1:-1]
    digits = digits[:room] if len(digits) > room else digits.ljust(room, b"0")
    return pdf[:first] + b"<" + digits + b">" + pdf[second:]


def scanned() -> bytes:
    """A page of noise."""
    stream = io.BytesIO()
    scan_pdf(stream, bytes_per_page=1000)
    return stream.getvalue()


# --- trust ---


@pytest.mark.parametrize(
    ("name", "sub_indication"),
    [
        ("stranger", SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
        ("revoked", SubIndication.REVOKED_NO_POE),
        ("expired", SubIndication.OUT_OF_BOUNDS_NO_POE),
    ],
)
def test_certificates_are_judged_by_our_own_trust(
    pki: DemoPki, name: str, sub_indication: SubIndication
) -> None:
    """A stranger's, a revoked and an expired certificate sign well and are not believed."""
    report = examined(signed(typed(), getattr(pki, name)), trust_in(pki))
    assert (report.indication, report.sub_indication) == (UNSURE, sub_indication)


def test_a_timestamp_before_the_revocation_saves_the_signature(pki: DemoPki) -> None:
    """Proved to be older than the revocation, the signature of a revoked key passes."""
    tsa = authority(pki.tsa, at=NOW - timedelta(days=3))
    report = examined(signed(typed(), pki.revoked, authority=tsa), trust_in(pki))
    assert report.passed
    assert report.signatures[0].level == "PAdES-B-T"


def test_a_timestamp_over_the_document_proves_what_was_there(pki: DemoPki) -> None:
    """It counts for every signature before it, and for none after it."""
    tsa = authority(pki.tsa, at=EARLIER)
    pdf = signed(stamped(by_leader(pki), tsa), pki.agency("commune"), field="Seal")
    report = examined(pdf, trust_in(pki))
    leader, agency = report.signatures
    assert report.passed
    assert (leader.best_signature_time, agency.best_signature_time) == (EARLIER, NOW)
    assert [item.passed for item in report.timestamps] == [True]


def with_store(writer: IncrementalPdfFileWriter) -> None:
    """A store for long-term validation, with nothing in it."""
    writer.root[NameObject("/DSS")] = writer.add_object(DictionaryObject())
    writer.update_root()


def test_material_for_long_term_validation_is_told_as_not_judged(pki: DemoPki) -> None:
    """By the level that it would make; a file without a store says nothing of it."""
    archived = updated(by_leader(pki), with_store)
    stamped_later = stamped(archived, authority(pki.tsa, at=EARLIER))
    told = []
    for pdf in (by_leader(pki), archived, stamped_later):
        report = examined(pdf, trust_in(pki))
        assert report.passed
        last = report.signatures[0].steps[-1]
        told.append((last.name, last.passed, last.detail))
    assert told[0][:2] == ("trust", True)
    assert told[1:] == [
        ("long-term material", None, "not judged yet: PAdES-B-LT (DSS)"),
        ("long-term material", None, "not judged yet: PAdES-B-LTA (DSS, DocTimeStamp)"),
    ]


def test_a_bad_timestamp_is_told_and_not_counted(pki: DemoPki) -> None:
    """A timestamp of an authority nobody trusts changes nothing but is in the report."""
    tsa = authority(stamper_of_nobody(), at=EARLIER)
    pdf = signed(typed(), pki.leader("commune"), authority=tsa)
    report = examined(pdf, trust_in(pki))
    (only,) = report.signatures
    assert report.passed
    assert (only.level, only.best_signature_time) == ("PAdES-B-B", NOW)
    assert [item.passed for item in only.timestamps] == [False]


def stamper_of_nobody() -> Credential:
    """A timestamp authority below a root of its own."""
    return certify("TSA", issuer=certify("Root of nobody", ca=True), extensions=[STAMPS])


def test_timestamps_can_be_required(pki: DemoPki) -> None:
    """Who insists gets INDETERMINATE for the signature whose time nothing proves."""
    report = examined(by_both(pki), trust_in(pki), require_timestamp=True)
    assert [item.code for item in report.signatures] == ["signature.no-timestamp", ""]
    assert report.indication is UNSURE


def test_roles_can_be_required(pki: DemoPki) -> None:
    """The leader's signature alone is not what asks for both; both are."""
    roles = ("leader", "agency")
    report = examined(by_leader(pki), trust_in(pki), required_roles=roles)
    assert (report.indication, report.code) == (UNSURE, "signature.role-missing")
    assert examined(by_both(pki), trust_in(pki), required_roles=roles).passed


def test_a_certificate_for_encryption_signs_nothing(pki: DemoPki) -> None:
    """Key usage is held to what it says, as for letters."""
    usage = frozenset({"key_encipherment"})
    wrong = certify("Mã hóa", issuer=pki.sub_ca.credential, usage=usage)
    report = examined(signed(typed(), wrong), trust_in(pki))
    assert report.code == "certificate.key-usage"


def test_weak_algorithms_do_not_pass(pki: DemoPki) -> None:
    """SHA-1 and RSA of 1024 bits are refused by the tables that letters are held to."""
    pdf = signed(typed(), pki.leader("commune"), digest="sha1")
    assert examined(pdf, trust_in(pki)).code == "signature.algorithm"
    small = certify("RSA", issuer=pki.sub_ca.credential, key=private_key("rsa1024"))
    assert examined(signed(typed(), small), trust_in(pki)).code == "signature.key-size"


@pytest.mark.parametrize("form", [SigSeedSubFilter.ADOBE_PKCS7_DETACHED, SigSeedSubFilter.PADES])
def test_revocation_lists_in_the_file_count(pki: DemoPki, form: SigSeedSubFilter) -> None:
    """Without a list of our own, one under the signature or in the document's store does."""
    bare = TrustStore([pki.root.credential.der])
    without = examined(signed(typed(), pki.leader("commune"), form=form), bare)
    assert (without.indication, without.sub_indication) == (UNSURE, SubIndication.TRY_LATER)
    lists = [crl.CertificateList.load(der(item)) for item in pki.crls()]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(pki.root.credential.der)],
        crls=lists,
        moment=NOW,
        allow_fetching=False,
    )
    options = {"embed_validation_info": True, "validation_context": context}
    report = examined(signed(typed(), pki.leader("commune"), form=form, **options), bare)
    assert report.passed


def test_the_older_form_is_told_by_its_name(pki: DemoPki) -> None:
    """``adbe.pkcs7.detached``, which much software still writes, passes and is not called PAdES."""
    form = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    report = examined(signed(typed(), pki.agency("commune"), form=form), trust_in(pki))
    assert (report.indication, report.signatures[0].level) == (PASSED, "CMS")


def test_an_unknown_form_is_not_judged(pki: DemoPki) -> None:
    """A signature of a form nobody here checks is INDETERMINATE, never passed over."""
    pdf = by_leader(pki).replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detachee")
    report = examined(pdf, trust_in(pki))
    assert (report.indication, report.code) == (UNSURE, "pdf.form")


# --- without the extra, and large files ---


def test_without_the_extra_it_says_so(pki: DemoPki, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyHanko is not installed a signed file is told not to be checked, and what to do."""
    sealed = by_leader(pki)  # made before: pyHanko imports parts of itself only when it writes
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    report = examined(sealed, trust_in(pki))
    assert (report.state, report.code) == (PdfState.UNCHECKED, "pdf.extra")
    assert "docexchange[pdf]" in report.advice
    assert examined(typed(), trust_in(pki)).state is PdfState.UNSIGNED


def test_a_file_beyond_the_limit_is_refused(pki: DemoPki) -> None:
    """``pdf_bytes`` bounds what is copied."""
    report = examined(by_leader(pki), trust_in(pki), limits=Limits(pdf_bytes=1000))
    assert (report.state, report.code) == (PdfState.UNREADABLE, "limit.pdf-bytes")


def test_one_signature_too_many_is_refused(pki: DemoPki) -> None:
    """``signatures`` bounds the work on one file."""
    report = examined(by_both(pki), trust_in(pki), limits=Limits(signatures=1))
    assert (report.state, report.code) == (PdfState.UNREADABLE, "pdf.too-many")


def test_a_large_file_is_read_like_a_small_one(pki: DemoPki, tmp_path: Path) -> None:
    """Sixteen megabytes of scan, signed twice, pass."""
    path = tmp_path / "scan.pdf"
    scan_pdf(path, bytes_per_page=16_000_000)
    pdf = signed(path.read_bytes(), pki.leader("commune"))
    report = examined(signed(pdf, pki.agency("commune"), field="Seal"), trust_in(pki))
    assert report.passed
