"""The second opinion: signxml agrees on good and bad, and a disagreement is never a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from signing_help import (
    NOW,
    ONE,
    attachments,
    b64,
    der,
    edit,
    letter,
    sign,
    signed_letter,
    trust_in,
    verifier_for,
)
from timestamp_help import client

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.signing import Indication, VerificationPolicy, Verifier
from docexchange.signing.second_opinion import MOST_OCTETS, SignedFile, with_second_opinion
from docexchange.signing.xmldsig.algorithms import ENVELOPED, EXCLUSIVE_C14N, Digest

if TYPE_CHECKING:
    from docexchange.signing import Report
    from docexchange.testing import DemoPki


def asked(pki: DemoPki, data: bytes, about: bytes | None = None) -> Report:
    """Our report on a letter, after signxml was asked about it, or about another one."""
    envelope = Envelope.from_bytes(data)
    other = Envelope.from_bytes(about or data)
    return with_second_opinion(verifier_for(pki).examine(envelope), SignedFile.of(other))


def opinions(report: Report) -> list[bool | None]:
    """What came of the question, for each signature."""
    last = [signature.steps[-1] for signature in report.signatures]
    assert {step.name for step in last} == {"second opinion"}
    return [step.passed for step in last]


def changed(pki: DemoPki) -> bytes:
    """The letter with another first attachment."""
    return edit(signed_letter(pki), b64(ONE), b64(ONE[::-1]))


@pytest.mark.parametrize("options", [{}, {"digest": Digest.SHA512}])
def test_it_agrees_on_what_is_good(pki: DemoPki, options: dict[str, Any]) -> None:
    """One signature, two side by side, one with a timestamp."""
    agency, leader = pki.agency("commune"), pki.leader("commune")
    one = sign(letter(*attachments()), agency, **options)
    two = sign(Envelope.from_bytes(one), leader, role="leader", timestamps=client(pki.tsa))
    for data, count in ((one, 1), (two, 2)):
        report = asked(pki, data)
        assert report.passed, report.summary
        assert opinions(report) == [True] * count


def test_it_agrees_on_what_is_bad(pki: DemoPki) -> None:
    """The verdict stays ours."""
    for data in (changed(pki), edit(signed_letter(pki), "V/v báo cáo", "V/v báo cao")):
        report = asked(pki, data)
        assert report.indication is Indication.TOTAL_FAILED
        assert opinions(report) == [True]


def test_a_no_of_the_other_is_never_a_pass(pki: DemoPki) -> None:
    """Asked about a changed copy it says no where we say yes; both answers are told."""
    report = asked(pki, signed_letter(pki), about=changed(pki))
    assert (report.indication, report.code) == (
        Indication.INDETERMINATE,
        "signature.second-opinion",
    )
    assert report.signatures[0].indication is Indication.INDETERMINATE
    assert "it holds" in report.reason
    assert "InvalidDigest" in report.reason
    assert opinions(report) == [False]


def test_a_yes_of_the_other_mends_nothing(pki: DemoPki) -> None:
    """We say changed, it says good: told, and still a failure."""
    report = asked(pki, changed(pki), about=signed_letter(pki))
    assert report.indication is Indication.TOTAL_FAILED
    assert report.code == "signature.digest"
    assert opinions(report) == [False]


def test_trust_is_not_its_business(pki: DemoPki) -> None:
    """A stranger's signature holds for both; nobody trusts the stranger."""
    report = asked(pki, sign(letter(), pki.stranger))
    assert report.code == "certificate.no-chain"
    assert opinions(report) == [True]


def test_what_it_cannot_judge_it_is_not_asked_about(pki: DemoPki) -> None:
    """Too large; another count of signatures; what our rules alone refuse."""
    big = Attachment.from_bytes(bytes(MOST_OCTETS + 1), name="big.bin")
    report = asked(pki, sign(letter(big), pki.agency("commune")))
    assert report.passed
    assert opinions(report) == [None]
    report = asked(pki, signed_letter(pki), about=b"".join(Envelope.of(letter()).chunks()))
    assert opinions(report) == [None]
    assert opinions(asked(pki, b"".join(Envelope.of(letter()).chunks()))) == [None]


@pytest.mark.parametrize(
    ("transforms", "opinion"),
    [((ENVELOPED, EXCLUSIVE_C14N), [True]), ((ENVELOPED,), [None])],
)
def test_other_xml_is_asked_about_too(
    pki: DemoPki, transforms: tuple[str, ...], opinion: list[bool | None]
) -> None:
    """Where every canonical form is written out; without, two programs may mean different ones."""
    agency = pki.agency("commune")
    info = certificate_info(agency.der, *map(der, agency.chain))
    root = etree.fromstring("<a><b>1</b></a>")
    sign_into(root, [Ref("", transforms)], key=agency.private_key, info=info)
    data = etree.tostring(root)
    policy = VerificationPolicy.general()
    report = Verifier(trust_in(pki), policy=policy, clock=VirtualClock(NOW)).examine_xml(data)
    told = with_second_opinion(report, SignedFile(octets=data, attachments={}))
    assert told.passed, told.summary
    assert opinions(told) == opinion
