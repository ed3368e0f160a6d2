"""The report as values, as one line, as JSON."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from signing_help import (
    NOW,
    ONE,
    TWO,
    attachments,
    der,
    edit,
    letter,
    named_agency,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)
from timestamp_help import client

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.identifiers import ContentId
from docexchange.signing import Indication, Report, SubIndication, VerificationPolicy, Verifier

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

STEPS = [
    "form",
    "certificate",
    "algorithms",
    "signature value",
    "coverage",
    "digests",
    "trust",
    "sender",
]


def report_on(pki: DemoPki, data: bytes) -> Report:
    """Of a verifier that knows whose certificate is whose."""
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW), binding=named_agency)
    return verifier.examine(Envelope.from_bytes(data))


def test_a_good_letter_is_told_in_full(pki: DemoPki) -> None:
    """Who signed, when, in which role, at which level, with what, and what it covers."""
    report = report_on(pki, signed_letter(pki))
    (one,) = report.signatures
    assert report.summary == "TOTAL-PASSED"
    assert report.indication is one.indication is Indication.TOTAL_PASSED
    assert (report.message_id, report.checked_at, report.uncovered) == ("m-1", NOW, ())
    assert one.level == "XAdES-B-B"
    assert one.roles == ("agency",)
    assert one.signing_time == NOW
    assert one.best_signature_time == NOW
    assert one.signatory is not None
    assert one.signatory.name == "UBND xã An Thạnh"
    assert one.algorithm.endswith("#ecdsa-sha256")
    assert all(item.intact for item in one.coverage)
    assert [step.name for step in one.steps] == STEPS
    assert [step.number for step in one.steps] == list(range(1, 9))
    assert all(step.passed for step in one.steps)


def test_the_steps_end_at_the_first_that_does_not_hold(pki: DemoPki) -> None:
    """Its detail is the reason."""
    report = report_on(pki, edit(signed_letter(pki), "V/v báo", "V/v bao"))
    (one,) = report.signatures
    assert [(step.name, step.passed) for step in one.steps][-1] == ("digests", False)
    assert "expected digest" in one.steps[-1].detail
    assert one.steps[-1].detail == one.reason == report.reason
    assert one.best_signature_time is None
    assert [part.label for part in report.uncovered] == ["MessageHeader"]
    assert report.summary.startswith("TOTAL-FAILED · HASH_FAILURE · MessageHeader: expected")


def test_what_was_not_checked_is_said(pki: DemoPki) -> None:
    """Neither revocation nor sender: a pass that is worth less says so."""
    policy = VerificationPolicy(check_revocation=False)
    verifier = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW))
    report = verifier.examine(Envelope.from_bytes(sign(letter(), pki.revoked)))
    trust, sender = report.signatures[0].steps[-2:]
    assert report.passed
    assert (trust.passed, trust.detail) == (True, "revocation not checked: by policy")
    assert (sender.passed, sender.detail) == (None, "not checked: no directory given")


def test_it_is_json(pki: DemoPki) -> None:
    """Plain values all through, whatever the verdict; identifiers and times as text."""
    damaged = edit(signed_letter(pki), "V/v báo", "V/v bao")
    unsigned = b"".join(Envelope.of(letter(*attachments())).chunks())
    for data in (signed_letter(pki), damaged, unsigned, sign(letter(), pki.stranger)):
        report = report_on(pki, data)
        plain = json.loads(json.dumps(report.as_json(), ensure_ascii=False))
        assert plain["indication"] == report.indication.value
        assert plain["checked_at"] == "2026-03-02T02:00:00+00:00"
        assert plain["message_id"] == "m-1"
        assert len(plain["signatures"]) == 1
    plain = report_on(pki, signed_letter(pki)).as_json()
    assert plain["sub_indication"] is None
    assert plain["signatures"][0]["signatory"]["organ_id"] == "000.21.31.H53"
    assert plain["signatures"][0]["coverage"][0] == {
        "label": "MessageHeader",
        "uri": "#m-1",
        "intact": True,
        "octets": 1022,
        "digest": "SHA-256",
        "parts": ["MessageHeader"],
        "whole": True,
    }


def test_findings_do_not_change_the_verdict(pki: DemoPki) -> None:
    """What is not as the standard says is told beside it."""
    data = sign(letter(), pki.agency("commune"))
    odd = edit(data, "</edXML:edXMLHeader>", "</edXML:edXMLHeader>\n")
    report = verifier_for(pki).examine(Envelope.from_bytes(odd))
    assert report.passed
    assert report.findings == Envelope.from_bytes(odd).findings
    assert json.dumps(report.as_json())


def test_a_sub_indication_is_of_the_standard(pki: DemoPki) -> None:
    """In JSON it is the standard's own word."""
    plain = report_on(pki, sign(letter(), pki.stranger)).as_json()
    assert plain["sub_indication"] == SubIndication.NO_CERTIFICATE_CHAIN_FOUND.value
    assert plain["code"] == "certificate.no-chain"


def test_the_path_and_what_shows_that_nobody_on_it_was_revoked(pki: DemoPki) -> None:
    """Signer, authority, root with validity and fingerprints; a current list of each authority."""
    trust = trust_in(pki)
    verifier = Verifier(trust, clock=VirtualClock(NOW))
    (one,) = verifier.examine(Envelope.from_bytes(signed_letter(pki))).signatures
    agency = pki.agency("commune")
    ders = [agency.der, *map(der, agency.chain), pki.root.credential.der]
    assert [item.sha256 for item in one.chain] == [sha256(item).hexdigest() for item in ders]
    assert all(item.not_before < NOW < item.not_after for item in one.chain)
    lists = {sha256(item).hexdigest() for item in trust.crls}
    assert {item.sha256 for item in one.evidence} == lists
    assert all(item.produced <= NOW < (item.next_update or NOW) for item in one.evidence)


def test_path_and_evidence_come_out_of_the_remembered_verdict(pki: DemoPki) -> None:
    """The second letter is told the very same values: nothing is worked out again."""
    verifier = Verifier(trust_in(pki), clock=VirtualClock(NOW))
    letters = [
        Envelope.from_bytes(sign(letter(identity=name), pki.agency("commune"))) for name in "ab"
    ]
    first, second = (verifier.examine(item).signatures[0] for item in letters)
    assert first.chain
    assert first.chain is second.chain
    assert first.evidence is second.evidence


def test_the_map_of_what_is_signed_has_sizes_and_digests(pki: DemoPki) -> None:
    """Attachments by their octets, elements by their canonical octets."""
    report = report_on(pki, signed_letter(pki))
    told = {item.label: item for item in report.signatures[0].coverage}
    assert [told[f"attachment {item.name}"].octets for item in attachments()] == [
        len(ONE),
        len(TWO),
    ]
    assert {item.digest for item in told.values()} == {"SHA-256"}
    assert told["MessageHeader"].parts == ("MessageHeader",)
    assert report.signatures[0].algorithm_name == "ECDSA with SHA-256"


def test_what_nothing_covers_has_its_size(pki: DemoPki) -> None:
    """Of an unsigned letter every part, of two attachments of one name each."""
    files = [
        Attachment.from_bytes(data, name="a.pdf", content_id=ContentId(f"c{len(data)}"))
        for data in (ONE, TWO)
    ]
    left = report_on(pki, b"".join(Envelope.of(letter(*files)).chunks())).uncovered
    assert [item.octets for item in left][-2:] == [len(ONE), len(TWO)]
    assert [item.label for item in left][-2:] == [
        "attachment a.pdf (cid:c12)",
        "attachment a.pdf (cid:c21)",
    ]
    assert left[0].label == "MessageHeader"
    assert left[0].octets > 500


def test_the_timestamp_that_proves_the_time_is_named(pki: DemoPki) -> None:
    """The earliest that holds, by its number; none where nothing is proved."""
    (bare,) = report_on(pki, signed_letter(pki)).signatures
    assert bare.proved_by is None
    data = sign(letter(), pki.agency("commune"), timestamps=client(pki.tsa))
    (one,) = report_on(pki, data).signatures
    assert one.proved_by == 1
    assert one.timestamps[0].time == one.best_signature_time
