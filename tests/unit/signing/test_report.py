"""The report as values, as one line, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from signing_help import (
    NOW,
    attachments,
    edit,
    letter,
    named_agency,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
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
    assert report.uncovered == ("MessageHeader",)
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
