"""The steps of a validation, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from signing_help import (
    NOW,
    Forgery,
    attachments,
    certify,
    letter,
    sign,
    trust_in,
)

from docexchange.envelope import Envelope
from docexchange.signing import Indication, SubIndication, VerificationPolicy
from docexchange.signing.coverage import parts_of
from docexchange.signing.validation import Subject, validate_signature
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from docexchange.signing.report import SignatureReport
    from docexchange.testing import DemoPki


def validated(pki: DemoPki, data: bytes, **options: Any) -> SignatureReport:
    """The report on the first signature."""
    envelope = Envelope.from_bytes(data)
    subject = Subject(
        ids=element_ids(envelope.root),
        attachments={item.content_id.uri: item for item in envelope.message.attachments},
        parts=parts_of(envelope),
    )
    element = envelope.header.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    assert element is not None
    return validate_signature(
        element, subject, trust=trust_in(pki), policy=VerificationPolicy(), at=NOW, **options
    )


def form(forgery: Forgery) -> None:
    forgery.signature.append(forgery.one("//ds:KeyInfo"))


def certificate(forgery: Forgery) -> None:
    forgery.one("//ds:X509Certificate").text = "AAAA"


def algorithms(forgery: Forgery) -> None:
    forgery.set_method("urn:x")


def value(forgery: Forgery) -> None:
    forgery.one("//ds:SignatureValue").text = "AAAA"


FAULTS = [
    (form, "form", "signature.format"),
    (certificate, "certificate", "signature.bad-certificate"),
    (algorithms, "algorithms", "signature.algorithm"),
    (value, "signature value", "signature.value"),
]


@pytest.mark.parametrize("first", range(4))
def test_the_first_step_that_does_not_hold_decides(pki: DemoPki, first: int) -> None:
    """Whatever else is wrong after it."""
    forgery = Forgery(sign(letter(), pki.stranger))
    for damage, _, _ in FAULTS[:first:-1] if first else FAULTS[::-1]:
        damage(forgery)
    FAULTS[first][0](forgery)
    report = validated(pki, forgery.bytes())
    _, step, code = FAULTS[first]
    assert report.code == code
    assert [item.name for item in report.steps][-1] == step
    assert len(report.steps) == first + 1


def test_coverage_comes_before_digests(pki: DemoPki) -> None:
    """Nothing is digested for a signature that does not cover the letter anyway."""
    forgery = Forgery(sign(letter(*attachments()), pki.agency("commune")))
    forgery.signed_info.remove(forgery.reference("cid:one"))
    forgery.message_header[0][0].text = "000.00.00.H53"
    forgery.resign(pki.agency("commune").private_key)
    report = validated(pki, forgery.bytes())
    assert report.code == "signature.coverage"
    assert report.coverage == ()


def test_trust_and_sender_come_last(pki: DemoPki) -> None:
    """And may leave the question open: INDETERMINATE is not FAILED."""
    report = validated(pki, sign(letter(), pki.stranger))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert all(item.intact for item in report.coverage)
    assert report.steps[-1].name == "trust"


def test_a_signer_check_says_why_not(pki: DemoPki) -> None:
    """Its words become the reason; an empty text is consent."""
    data = sign(letter(), pki.agency("commune"))
    report = validated(pki, data, signer_check=lambda _signer, _at: "not this one")
    assert (report.reason, report.code) == ("not this one", "signature.wrong-sender")
    assert report.indication is Indication.TOTAL_FAILED
    report = validated(pki, data, signer_check=lambda _signer, _at: "")
    assert report.indication is Indication.TOTAL_PASSED
    assert report.steps[-1].passed


def test_a_failed_report_still_tells_who_claims_to_have_signed(pki: DemoPki) -> None:
    """Everything that was read before the step that failed."""
    forgery = Forgery(sign(letter(), pki.agency("commune")))
    value(forgery)
    report = validated(pki, forgery.bytes())
    assert report.signatory is not None
    assert report.signatory.name == "UBND xã An Thạnh"
    assert (report.level, report.roles, report.signing_time) == ("XAdES-B-B", ("agency",), NOW)


def test_non_repudiation_alone_is_enough_to_sign(pki: DemoPki) -> None:
    """Seals often have that bit and no other."""
    seal = certify("x", issuer=pki.sub_ca.credential, usage=frozenset({"content_commitment"}))
    assert validated(pki, sign(letter(), seal)).indication is Indication.TOTAL_PASSED
